"""All edges of a large instance priced at once, round after round.

What an edge pays is looked up, not searched: a table says what the prices of a pool sum
up to before each day on which a stay begins or ends.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matcher.certificate import Certificate, Prices
from matcher.columns import Ints
from matcher.instance import SPAN, Instance

Cells = NDArray[np.int32]


class Scan:
    """The edges of an instance, laid out for pricing; nothing in it changes."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._days = np.union1d(np.unique(instance.start), np.unique(instance.end))
        self._pools = int(instance.free_key.max(initial=0)) // SPAN + 1
        self._start = self._cells(instance.start)
        self._end = self._cells(instance.end)
        changes = np.diff(instance.need, prepend=-1)
        self._first = np.nonzero(changes)[0]
        self._needs = instance.need[self._first]

    def certify(
        self, tier: int, prices: Prices, reached: tuple[int, ...]
    ) -> Certificate:
        """Return the bound of `tier`, given what the tiers before it reached."""
        instance = self.instance
        profit = instance.worth[tier] * prices.scale
        for before, multiplier in enumerate(prices.multipliers):
            profit += multiplier * instance.worth[before]
        self._pay(profit, prices)
        best = self.best(profit)
        total = int((instance.free_at(prices.key) * prices.price).sum())
        total += int(best.sum()) - _kept(prices, reached)
        return Certificate(total // prices.scale, total, profit, best)

    def best(self, profit: Ints) -> Ints:
        """Return the highest profit of each need, at least 0."""
        best = np.zeros(self.instance.needs, np.int64)
        if len(self._first):
            best[self._needs] = np.maximum(np.maximum.reduceat(profit, self._first), 0)
        return best

    def _cells(self, day: Ints) -> Cells:
        """Return for each use where the table has its pool before this day."""
        uses = self.instance
        place = np.searchsorted(self._days, day).astype(np.int32)
        pool = uses.use_pool.astype(np.int32) * np.int32(len(self._days))
        return pool + place[uses.use_edge]

    def _pay(self, profit: Ints, prices: Prices) -> None:
        """Take from each edge's profit what it pays."""
        table = np.zeros((self._pools, len(self._days) + 1), np.int64)
        pool, day = np.divmod(prices.key, SPAN)
        after = np.searchsorted(self._days, day, side="right")
        np.add.at(table, (pool, after), prices.price)
        summed = np.cumsum(table[:, :-1], axis=1).ravel()
        uses, own = self.instance, self.instance.edges
        paid = (summed[self._end] - summed[self._start]) * uses.use_demand
        if np.array_equal(uses.use_edge[:own], np.arange(own)):
            profit -= paid[:own]
            np.subtract.at(profit, uses.use_edge[own:], paid[own:])
        else:
            np.subtract.at(profit, uses.use_edge, paid)


def reaching(
    found: Certificate, prices: Prices, aimed: tuple[int, ...], reached: tuple[int, ...]
) -> Certificate:
    """Return the same bound when the tiers before `reached` other than was `aimed`."""
    total = found.total + _kept(prices, aimed) - _kept(prices, reached)
    return replace(found, bound=total // prices.scale, total=total)


def _kept(prices: Prices, reached: tuple[int, ...]) -> int:
    return sum(m * r for m, r in zip(prices.multipliers, reached, strict=True))
