"""The bound of each tier, kept true from event to event by what an event touches.

It is the formula of `matcher.certificate`: what all that is free costs, and of every
need the best profit that any of its edges has at the prices. A new need adds its best,
one that goes takes it away, a new offer lifts the best of its needs as far as its own
prices let it, an offer that goes takes its prices with it.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from matcher.columns import Ints, Narrow
from matcher.instance import SPAN, Instance
from matcher.master import NO_BASIS, relax
from matcher.pricing import whole
from matcher.standing.book import Book, of_one_at_a_time
from matcher.standing.edges import Edges, best_of

FINE = 1_000
"""Prices of a contingent are found in so many parts of a tier's worth."""


class Proof:
    """Prices, and what follows from them, by tier.

    `best` is the highest profit of each need, at least 0; `high` and `low` are how far
    its worth can vary, for the steps between the tiers.
    """

    def __init__(self, edges: Edges, books: Sequence[Book]) -> None:
        self._edges, self.books = edges, tuple(books)
        self.best, self.high, self.low = (
            np.zeros((len(self.books), 0), np.int64) for _ in range(3)
        )
        self._total = [0] * len(self.books)

    def bounds(self, reached: Sequence[int]) -> tuple[int, ...]:
        """Return the bound of each tier beside a plan that reached so much."""
        found = []
        for book, total in zip(self.books, self._total, strict=True):
            kept = sum(m * r for m, r in zip(book.multipliers, reached, strict=False))
            found.append((book.stock + total - kept) // book.scale)
        return tuple(found)

    def steps(self, apart: int) -> tuple[int, ...]:
        """Return the weights of the tiers in one sum, as `matcher.steps` has them."""
        weights: list[int] = []
        below = 0
        spreads = (self.high - self.low).sum(axis=1).tolist()
        for spread in reversed(spreads):
            weights.insert(0, below + 1)
            below += weights[0] * spread + (apart if len(weights) == 1 else 0)
        return tuple(weights)

    def price(self, edges: Narrow) -> None:
        """Say what edges earn at the prices."""
        some = self._edges
        for tier, book in enumerate(self.books):
            worth = some.worth[:, edges].astype(np.int64)
            earned = worth[tier] * book.scale
            for before, multiplier in enumerate(book.multipliers):
                earned += multiplier * worth[before]
            some.profit[tier, edges] = earned - self._cost(book, edges)

    def look_again(self, needs: Iterable[int]) -> None:
        """Find the best of some needs once more."""
        rows = sorted(set(needs))
        self._reach(max(rows, default=-1) + 1)
        edges, cuts = self._edges.rows(rows)
        lengths = np.diff(np.append(cuts, len(edges)))
        living = self._edges.alive[edges]
        for tier in range(len(self.books)):
            self._enter(
                tier, rows, best_of(self._edges.profit[tier, edges], cuts, lengths)
            )
            worth = np.where(living, self._edges.worth[tier, edges], 0).astype(np.int64)
            self.high[tier, rows] = best_of(worth, cuts, lengths)
            self.low[tier, rows] = -best_of(-worth, cuts, lengths)

    def price_anew(self, pool: int, *, one_at_a_time: bool) -> None:
        """Give a pool the prices that prove most while all others stay.

        Of a contingent the relaxation says them; they count if they prove more.
        """
        here = self._edges.at_pool(pool)
        needs = self._edges.need[here].tolist()
        edges, cuts = self._edges.rows(needs)
        lengths = np.diff(np.append(cuts, len(edges)))
        mine = np.repeat(here, lengths) == edges
        for tier, book in enumerate(self.books):
            profit = self._edges.profit[tier, edges]
            others = best_of(np.where(mine, -1, profit), cuts, lengths)
            paid = self._paid(book, here, pool)
            alone = self._edges.profit[tier, here] + paid
            gain = alone - others
            wanting = gain > 0
            if one_at_a_time:
                found = self._of_home(here[wanting], gain[wanting])
            else:
                found = self._of_contingent(pool, here[wanting], gain[wanting], book)
            before = book.of(pool)
            old = book.stock + int(np.maximum(others, alone - paid).sum())
            book.set(pool, *found)
            after = alone - self._paid(book, here, pool)
            if book.stock + int(np.maximum(others, after).sum()) > old:
                book.set(pool, *before)
                continue
            self._edges.profit[tier, here] = after
            self._enter(tier, needs, np.maximum(others, after))

    def _of_home(self, here: Narrow, gain: Ints) -> tuple[Ints, Ints]:
        if len(here) == 0:
            return gain, gain
        start, end = self._edges.start[here], self._edges.end[here]
        return of_one_at_a_time(start.astype(np.int64), end.astype(np.int64), gain)

    def _of_contingent(
        self, pool: int, here: Narrow, gain: Ints, book: Book
    ) -> tuple[Ints, Ints]:
        if len(here) == 0:
            return gain, gain
        unit = max(1, book.scale // FINE)
        since, free = book.free(pool)
        demand = [dict(self._edges.uses(edge))[pool] for edge in here.tolist()]
        every = np.arange(len(here))
        part = Instance(
            needs=len(here),
            need=every.astype(np.int32),
            start=self._edges.start[here].astype(np.int32),
            end=self._edges.end[here].astype(np.int32),
            worth=-(-gain // unit)[None, :],
            use_edge=every,
            use_pool=np.zeros(len(here), np.int64),
            use_demand=np.array(demand, np.int64),
            free_key=since,
            free=free,
        )
        relaxed = relax(part, every, 0, (), NO_BASIS)
        return relaxed.points % SPAN, whole(relaxed.price, 1) * unit

    def _paid(self, book: Book, edges: Narrow, pool: int) -> Ints:
        """Return what edges pay at one pool."""
        some = self._edges
        demand = some.demand[edges].astype(np.int64)
        other = np.nonzero(some.pool[edges] != pool)[0].tolist()
        for n in other:
            demand[n] = dict(some.extra[int(edges[n])])[pool]
        there = np.full(len(edges), pool)
        return book.cost(there, some.start[edges], some.end[edges], demand)

    def _cost(self, book: Book, edges: Narrow) -> Ints:
        some = self._edges
        paid = book.cost(
            some.pool[edges], some.start[edges], some.end[edges], some.demand[edges]
        )
        if some.extra:
            several = np.isin(edges, np.fromiter(some.extra, np.int32))
            for n in np.nonzero(several)[0].tolist():
                edge = int(edges[n])
                for pool, demand in some.extra[edge]:
                    days = some.start[[edge]], some.end[[edge]]
                    more = book.cost(np.array([pool]), *days, np.array([demand]))
                    paid[n] += int(more[0])
        return paid

    def _enter(self, tier: int, needs: Sequence[int], best: Ints) -> None:
        self._total[tier] += int(best.sum()) - int(self.best[tier, needs].sum())
        self.best[tier, needs] = best

    def _reach(self, needs: int) -> None:
        more = needs - self.best.shape[1]
        if more > 0:
            fresh = np.zeros((len(self.books), max(more, 256)), np.int64)
            self.best = np.concatenate([self.best, fresh], axis=1)
            self.high = np.concatenate([self.high, fresh], axis=1)
            self.low = np.concatenate([self.low, fresh], axis=1)
