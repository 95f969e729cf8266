"""Fills knapsacks: all offers one after another, then some of them ever anew.

The bound stays the certificate's over all edges; what is proven beyond it is so by
fillings (`knapsacks.py`): a better choice uses only edges whose loss is within reach.
Where these are few, a search among them proves more.
"""

import numpy as np

from matcher.ascending import once, within
from matcher.columns import Ints
from matcher.diving import Diving
from matcher.ends import Part
from matcher.filling import Filling
from matcher.instance import SPAN, Instance, fits
from matcher.knapsacks import NEVER, Table, weigh, with_losses
from matcher.master import NO_BASIS, Found, choose
from matcher.patience import Patience, Progress
from matcher.pricing import Priced, best_edges, price
from matcher.rounding import served
from matcher.rows import NOTHING, constraints
from matcher.tiers import SCALE, Reached, Solved

FIRST_EDGES = 12
FEW, RELAXED = 15, 600
"""Needs an offer, and rows in all, up to which whole fillings are relaxed. Beyond,
prices of a unit say nearly the same, or the linear program takes too long."""
WIDTH, EACH, CLOSED = 4, 3, 5
"""Edges a need that a search of few offers sees, and of each; a last one, at most."""
NODES, FEW_NODES, SMALL = 60, 60, 60_000
"""So much is searched; where all edges are few, so many nodes and edges together."""
TURNS, WORK, EDGE = 160, 32_000_000_000, 3_000_000
"""So often some offers are emptied, while it took less work: an edge seen is some."""
SMALLEST = 8
"""So many offers, at most all, are emptied and filled one after another."""
GROUP, LARGEST = 6, 16
"""So many at first, and at most, are emptied and filled by a search."""
WIDER, NARROWER = 0.5, 2.0
"""By so many offers a search is larger after one that ended, smaller after others."""


def may_be_relaxed(needs: int, offers: int) -> bool:
    """Say whether whole fillings of an instance of this size are relaxed."""
    return needs <= FEW * offers and needs + offers <= RELAXED


def solve_knapsacks(
    instance: Instance,
    progress: Progress,
    *,
    seed: int = 1,
    scale: int = SCALE,
    effort: int = 1,
) -> Solved:
    """Return the best choice found for offers that are one knapsack each."""
    patience = Patience.of(progress)
    edges = best_edges(instance, instance.worth[0], FIRST_EDGES)
    priced = price(instance, 0, (), edges, start=NO_BASIS, scale=scale)
    bound = priced.certificate.bound
    patience("tier 1: priced", 0, bound)
    packing = _Packing(instance, priced, patience, seed=seed, effort=effort)
    packing.turns()
    chosen, proven = packing.chosen, packing.proven
    if not fits(instance, chosen):
        raise RuntimeError("the search returned a choice that does not fit")
    tier = Reached(packing.worth(chosen), bound, priced.prices, proven)
    return Solved(chosen, (tier,), "knapsacks+highs")


class _Packing:
    """The edges of an instance, each with what taking it loses; the best choice."""

    def __init__(
        self,
        instance: Instance,
        priced: Priced,
        patience: Patience,
        *,
        seed: int,
        effort: int,
    ) -> None:
        self.instance, self.effort, self._patience = instance, effort, patience
        self._dice = np.random.default_rng(seed)
        self._scale, self._limit = priced.prices.scale, priced.certificate.bound
        self._grain = max(1, int(np.gcd.reduce(instance.worth[0])))
        table = Table.of(instance, self._scale)
        self._paid = np.zeros(len(instance.free), np.int64)
        self._paid[priced.prices.key // SPAN] = priced.prices.price
        relaxed = may_be_relaxed(instance.needs, len(instance.free))
        self._filling: Filling | Diving
        if relaxed:
            diving = Diving(table, self._paid, self._grain * self._scale)
            weighed = with_losses(table, diving.bound, diving.price)
            self._filling = diving
        else:
            self._filling = Filling(table, self._paid, self._dice)
            weighed = weigh(table, priced.certificate.best)
        self._total, self._price = weighed.bound, weighed.price
        self._loss = np.empty(instance.edges, np.int64)
        known = table.edge >= 0
        self._loss[table.edge[known]] = weighed.loss[known]
        self._core = self._least(WIDTH)
        self._group: float = GROUP
        self._searched, self._work = False, 0
        self._tell("weighed", np.zeros(0, np.int64))
        self._plain = served(instance, np.argsort(self._loss, kind="stable"))
        self.chosen = NOTHING if relaxed else self._plain

    @property
    def proven(self) -> bool:
        """Say whether nothing is better."""
        return self._searched or self._left(self.chosen) < 0

    def worth(self, chosen: Ints) -> int:
        return int(self.instance.worth[0][chosen].sum())

    def turns(self) -> None:
        """Fill all offers, then some anew, until it is proven or enough was done.

        A need that the first dive leaves out mostly finds its place soon, and such a
        choice leads farther than one that has everybody and is poor.
        """
        self._fill(np.arange(len(self.instance.free)))
        self._tell("filled", self.chosen)
        self._go_on()
        self.chosen = max(self.chosen, self._plain, key=self.worth)

    def _go_on(self) -> None:
        searched = 2 * CLOSED * self.instance.needs
        for _ in range(TURNS * self.effort):
            if self._over():
                return
            closure = self._closure()
            if 2 * len(closure) <= searched:
                searched = len(closure)
                self._close(closure)
                self._tell("searched", self.chosen)
                continue
            self._refill()
            self._again()
            self._tell("filled anew", self.chosen)

    def _over(self) -> bool:
        worked = self._filling.work + self._work >= WORK * self.effort
        return self.proven or worked or self._patience.over

    def _tell(self, phase: str, chosen: Ints) -> None:
        self._patience(f"tier 1: {phase}", self.worth(chosen), self._limit)

    def _refill(self) -> None:
        """Empty some offers and fill them one after another."""
        most = min(self._filling.most, len(self.instance.free))
        least = min(SMALLEST, most)
        self._fill(self._some(int(self._dice.integers(least, most + 1))))

    def _fill(self, offers: Ints) -> None:
        """Fill offers anew with what they hold and who has none; keep what is best."""
        mine = np.isin(self.instance.use_pool[self.chosen], offers)
        kept, held = self.chosen[~mine], self.chosen[mine]
        free = np.ones(self.instance.needs, np.bool_)
        free[self.instance.need[kept]] = False
        part = Part(offers, np.nonzero(free)[0], self._paid[offers])
        for found in self._filling.steps(part, self.worth(held) * self._scale):
            if found is not None:
                self.chosen = np.sort(np.concatenate([kept, found]))
            if self._filling.work >= 2 * WORK * self.effort:
                return
            self._tell("filling", self.chosen)
            if self._patience.over:
                return

    def _close(self, closure: Ints) -> None:
        """Search all that a better choice could use."""
        nodes = max(NODES, SMALL // max(1, len(closure)))
        found = self._search(closure, self.chosen, nodes)
        self.chosen, self._searched = found.chosen, found.ended

    def _again(self) -> None:
        """Empty a few offers and search them."""
        pool, need = self.instance.use_pool, self.instance.need
        count = min(int(self._group), len(self.instance.free))
        mine = np.isin(pool, self._some(count))
        taken = np.zeros(self.instance.edges, np.bool_)
        taken[self.chosen] = True
        free = np.ones(self.instance.needs, np.bool_)
        free[need[taken & ~mine]] = False
        held, seen = np.nonzero(taken & mine)[0], np.nonzero(mine & free[need])[0]
        found = self._search(np.intersect1d(self._core, seen), held, FEW_NODES)
        wider = self._group + (WIDER if found.ended else -NARROWER)
        self._group = min(max(GROUP, wider), LARGEST)
        kept = np.nonzero(taken & ~mine)[0]
        self.chosen = np.sort(np.concatenate([kept, found.chosen]))

    def _some(self, count: int) -> Ints:
        """Return so many offers, rather such whose needs lose much."""
        lost = np.zeros(len(self.instance.free))
        np.add.at(lost, self.instance.use_pool[self.chosen], self._loss[self.chosen])
        lost = np.maximum(lost, 0) + max(1.0, lost.mean() / 4)
        share = lost / lost.sum()
        return np.sort(self._dice.choice(len(lost), count, replace=False, p=share))

    def _search(self, edges: Ints, chosen: Ints, nodes: int) -> Found:
        """Search among edges; whom a better choice must place, is placed.

        Then only differences count: small numbers, of which the search sees more.
        """
        seen = once(edges, chosen)
        part, hint = self.instance.only(seen), within(seen, np.sort(chosen))
        rows = constraints(part, ())
        needs, of = np.unique(part.need, return_inverse=True)
        must = self._price[needs] > self._left(self.chosen)
        least = np.full(len(needs), NEVER)
        np.minimum.at(least, of, part.worth[0])
        value = (part.worth[0] - np.where(must, least, 0)[of]) // self._grain
        rows.lower[: len(needs)][must] = 1
        self._work += EDGE * len(seen)
        found = choose(rows, value, hint, nodes * self.effort)
        if found is None:
            return Found(chosen, ended=False)
        if self.worth(seen[found.chosen]) < self.worth(chosen):
            return Found(chosen, found.ended)  # what must be is not in what is held
        return Found(seen[found.chosen], found.ended)

    def _left(self, chosen: Ints) -> int:
        """Return how far below the bound a better choice is at most."""
        return self._total - self._scale * (self.worth(chosen) + self._grain)

    def _closure(self) -> Ints:
        """Return the edges that a better choice could use."""
        return np.nonzero(self._loss <= self._left(self.chosen))[0]

    def _least(self, width: int) -> Ints:
        """Return edges of least loss: so many a need, `EACH` of each at least."""
        need = self.instance.need
        order = np.lexsort((self._loss, need))
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order)) - np.searchsorted(need[order], need[order])
        count = width * self.effort * self.instance.needs
        return once(
            np.nonzero(rank < EACH)[0], np.argsort(self._loss, kind="stable")[:count]
        )
