"""Fills knapsacks: a search among the edges that lose least, then offer by offer.

The bound stays the certificate's over all edges; what is proven beyond it is so by
fillings (`knapsacks.py`): a better choice uses only edges whose loss is within reach.
"""

import numpy as np

from matcher.columns import Ints
from matcher.instance import Instance, fits
from matcher.knapsacks import NEVER, Table, weigh
from matcher.master import NO_BASIS, Found, choose
from matcher.patience import Patience, Progress
from matcher.pricing import Priced, best_edges, price
from matcher.rounding import served
from matcher.rows import constraints
from matcher.tiers import SCALE, Reached, Solved

FIRST_EDGES = 12
WIDTH, EACH, CLOSED = 4, 3, 10
"""Edges a need that the first search sees, at least those each; the last, at most."""
NODES, FEW_NODES = 300, 100
TURNS, GROUP, LARGEST = 160, 3, 6
"""So often so many offers at least, and at most, are emptied and filled anew."""
WIDER, NARROWER = 0.25, 1.0
"""By so many offers a turn is larger after one that ended, smaller after others."""


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
    packing = _Packing(instance, priced, seed, effort)
    chosen, proven = packing.first(), False
    if not patience.over:
        chosen, proven = packing.searched(chosen)
        patience("tier 1: searched", packing.worth(chosen), bound)
    for _ in range(0 if proven else TURNS * effort):
        if patience.over:
            break
        chosen = packing.again(chosen)
        patience("tier 1: filled anew", packing.worth(chosen), bound)
    proven = proven or packing.worth(chosen) == packing.best
    if not fits(instance, chosen):
        raise RuntimeError("the search returned a choice that does not fit")
    tier = Reached(packing.worth(chosen), bound, priced.prices, proven)
    return Solved(chosen, (tier,), "knapsacks+highs")


class _Packing:
    """The edges of an instance, each with what taking it loses."""

    def __init__(
        self, instance: Instance, priced: Priced, seed: int, effort: int
    ) -> None:
        self.instance, self.effort = instance, effort
        self._dice = np.random.default_rng(seed)
        self._scale = priced.prices.scale
        table = Table.of(instance, self._scale)
        weighed = weigh(table, priced.certificate.best)
        self._total, self._price = weighed.bound, weighed.price
        self.best = weighed.bound // self._scale
        self._loss = np.empty(instance.edges, np.int64)
        known = table.edge >= 0
        self._loss[table.edge[known]] = weighed.loss[known]
        self._core = self._least(WIDTH)
        self._group: float = GROUP

    def worth(self, chosen: Ints) -> int:
        return int(self.instance.worth[0][chosen].sum())

    def first(self) -> Ints:
        """Return what fits, the edges of least loss first."""
        return served(self.instance, np.argsort(self._loss, kind="stable"))

    def searched(self, chosen: Ints) -> tuple[Ints, bool]:
        """Search the core, then all that a better choice could use where that is few.

        Say whether nothing is better.
        """
        found = self._search(self._core, chosen, self._left(chosen), NODES)
        closure = self._closure(found.chosen)
        if found.ended and len(np.setdiff1d(closure, self._core)) == 0:
            return found.chosen, True
        if len(closure) > CLOSED * self.instance.needs or not found.ended:
            return found.chosen, False
        found = self._search(closure, found.chosen, self._left(found.chosen), NODES)
        return found.chosen, found.ended

    def again(self, chosen: Ints) -> Ints:
        """Empty a few offers, rather such whose needs lose much, and search them."""
        pools = len(self.instance.free)
        lost = np.zeros(pools)
        np.add.at(lost, self.instance.use_pool[chosen], self._loss[chosen])
        lost = np.maximum(lost, 0) + max(1.0, lost.mean() / 4)
        count = min(int(self._group), pools)
        some = self._dice.choice(pools, count, replace=False, p=lost / lost.sum())
        mine = np.isin(self.instance.use_pool, some)
        taken = np.zeros(self.instance.edges, np.bool_)
        taken[chosen] = True
        free = np.ones(self.instance.needs, np.bool_)
        free[self.instance.need[taken & ~mine]] = False
        inside = mine & free[self.instance.need]
        held, seen = np.nonzero(taken & mine)[0], np.nonzero(inside)[0]
        seen = np.intersect1d(self._core, seen)
        found = self._search(seen, held, self._left(chosen), FEW_NODES)
        wider = self._group + (WIDER if found.ended else -NARROWER)
        self._group = min(max(GROUP, wider), LARGEST)
        return np.sort(np.concatenate([np.nonzero(taken & ~mine)[0], found.chosen]))

    def _search(self, edges: Ints, chosen: Ints, left: int, nodes: int) -> Found:
        """Search among edges; whom a better choice must place, is placed.

        Then only differences count: small numbers, of which the search sees more.
        """
        seen = np.union1d(edges, chosen)
        part, hint = self.instance.only(seen), np.isin(seen, chosen)
        rows = constraints(part, ())
        needs, of = np.unique(part.need, return_inverse=True)
        must = self._price[needs] > left
        least = np.full(len(needs), NEVER)
        np.minimum.at(least, of, part.worth[0])
        value = part.worth[0] - np.where(must, least, 0)[of]
        rows.lower[: len(needs)][must] = 1
        found = choose(rows, value, hint, nodes * self.effort)
        if found is None or self.worth(seen[found.chosen]) < self.worth(chosen):
            return Found(chosen, ended=False)
        return Found(seen[found.chosen], found.ended)

    def _left(self, chosen: Ints) -> int:
        """Return how far below the bound a better choice is at most."""
        return self._total - self._scale * (self.worth(chosen) + 1)

    def _closure(self, chosen: Ints) -> Ints:
        """Return the edges that a better choice could use."""
        return np.nonzero(self._loss <= self._left(chosen))[0]

    def _least(self, width: int) -> Ints:
        """Return edges of least loss: so many a need, `EACH` of each at least."""
        need = self.instance.need
        order = np.lexsort((self._loss, need))
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order)) - np.searchsorted(need[order], need[order])
        count = width * self.effort * self.instance.needs
        return np.union1d(
            np.nonzero(rank < EACH)[0], np.argsort(self._loss, kind="stable")[:count]
        )
