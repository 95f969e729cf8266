"""The proof: an upper bound from prices, over all edges, in exact integers.

For any prices v >= 0 on (pool, day), and any multipliers m >= 0 on the tiers before,
which must keep what they reached,

    bound = ( Σ free·v + Σ_need max(0, max_edge worth + m·worth_before - price)
              - m·reached ) / scale,   rounded down,

where an edge's price is the sum over its pools of demand · Σ v over the days of its
stay. It is weak duality: it holds whatever a solver did or did not do.
"""

from dataclasses import dataclass

import numpy as np

from matcher.columns import Ints, Whole, stretches
from matcher.instance import SPAN, Free, Instance


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices in 1/scale of a tier's worth, at ascending (pool, day) keys."""

    key: Ints
    price: Ints
    multipliers: tuple[int, ...]
    scale: int

    def worth_of(self, reached: tuple[int, ...]) -> int:
        """Return what the tiers before count for, in 1/scale."""
        return sum(m * r for m, r in zip(self.multipliers, reached, strict=False))


@dataclass(frozen=True, slots=True)
class Certificate:
    """The bound of one tier; `profit` is what an edge earns after paying (1/scale).

    `best` is the highest profit of each need, at least 0; `total` is the bound in
    1/scale before it is rounded down.
    """

    bound: int
    total: int
    profit: Ints
    best: Ints


class Tariff:
    """What stays pay at prices. It is looked up, not searched.

    A table says for each pool with a price what its prices sum up to before each day on
    which there is any. Its first row is for pools without one.
    """

    def __init__(self, prices: Prices) -> None:
        self.prices = prices
        pools, days = np.divmod(prices.key[prices.price > 0], SPAN)
        priced, row = np.unique(pools, return_inverse=True)
        self._days, day = np.unique(days, return_inverse=True)
        table = np.zeros((len(priced) + 1, len(self._days) + 1), np.int64)
        np.add.at(table, (row + 1, day + 1), prices.price[prices.price > 0])
        self._summed = np.cumsum(table, axis=1).ravel()
        self._row = np.zeros(int(pools.max(initial=0)) + 2, np.int64)
        self._row[priced] = np.arange(len(priced)) + 1
        self._first = int(self._days.min(initial=0))
        last = int(self._days.max(initial=0)) + 1
        self._place = np.searchsorted(self._days, np.arange(self._first, last + 1))

    def profit(self, part: Instance, tier: int) -> Ints:
        """Return what each edge is worth in a tier after it paid, in 1/scale."""
        profit: Ints = part.worth[tier] * self.prices.scale
        for before, multiplier in enumerate(self.prices.multipliers):
            profit += multiplier * part.worth[before]
        for some in stretches(len(part.use_edge)):
            self._pay(part, some, profit)
        return profit

    def paid(self, part: Instance) -> Ints:
        """Return what each edge pays, in 1/scale."""
        paid = np.zeros(part.edges, np.int64)
        self._pay(part, slice(None), paid)
        return -paid

    def _pay(self, part: Instance, some: slice, purse: Ints) -> None:
        pool, edge = part.use_pool[some], part.use_edge[some]
        row = self._row[np.minimum(pool, len(self._row) - 1)]
        costly = np.nonzero(row)[0]
        row, edge = row[costly] * (len(self._days) + 1), edge[costly]
        due = self._summed[row + self._cell(part.end[edge])]
        due -= self._summed[row + self._cell(part.start[edge])]
        due *= part.use_demand[some][costly]
        np.subtract.at(purse, edge, due)

    def _cell(self, day: Whole) -> Ints:
        """Return how many days with a price are before each of these."""
        there = np.clip(day - self._first, 0, len(self._place) - 1)
        found: Ints = self._place[there]
        return found


def certify(
    instance: Instance, tier: int, prices: Prices, reached: tuple[int, ...]
) -> Certificate:
    """Return the bound of `tier`, given what the tiers before it reached."""
    profit = Tariff(prices).profit(instance, tier)
    best = np.zeros(instance.needs, np.int64)
    first = np.nonzero(np.diff(instance.need, prepend=-1))[0]
    if len(first):
        highest = np.maximum.reduceat(profit, first)
        best[instance.need[first]] = np.maximum(highest, 0)
    total = owed(instance, prices, reached) + int(best.sum())
    return Certificate(total // prices.scale, total, profit, best)


def owed(instance: Free, prices: Prices, reached: tuple[int, ...]) -> int:
    """Return what all that is free costs, less what the tiers before keep."""
    full = int((instance.free_at(prices.key) * prices.price).sum())
    return full - prices.worth_of(reached)


def reaching(
    total: int, prices: Prices, aimed: tuple[int, ...], reached: tuple[int, ...]
) -> int:
    """Return the bound where the tiers before reached other than was aimed at.

    `total` is what was proven for `aimed`, in 1/scale.
    """
    moved = total + prices.worth_of(aimed) - prices.worth_of(reached)
    return moved // prices.scale


def cost(instance: Instance, prices: Prices) -> Ints:
    """Return what each edge pays, in 1/scale."""
    return Tariff(prices).paid(instance)


__all__ = [
    "SPAN",
    "Certificate",
    "Prices",
    "Tariff",
    "certify",
    "cost",
    "owed",
    "reaching",
]
