"""The proof: an upper bound from prices, over all edges, in exact integers.

For any prices v >= 0 on (pool, day), and any multipliers m >= 0 on the tiers before,
which must keep what they reached,

    bound = ( Σ free·v + Σ_need max(0, max_edge worth + m·worth_before - price)
              - m·reached ) / scale,   rounded down,

where an edge's price is the sum over its pools of demand · Σ v over the days of its
stay. It is weak duality: it holds whatever a solver did or did not do.
"""

from dataclasses import dataclass, replace

import numpy as np

from matcher.columns import Ints, Narrow, stretches
from matcher.instance import SPAN, Instance


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


class Scan:
    """The edges of an instance laid out for pricing, round after round.

    What an edge pays is looked up, not searched: a table says what the prices of a pool
    sum up to before each day on which a stay begins or ends.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._days = np.union1d(instance.start, instance.end)
        self._pools = int(instance.free_key.max(initial=0)) // SPAN + 1
        self._start = self._cells(instance.start)
        self._end = self._cells(instance.end)
        self._first = np.nonzero(np.diff(instance.need, prepend=-1))[0]

    def certify(
        self, tier: int, prices: Prices, reached: tuple[int, ...]
    ) -> Certificate:
        """Return the bound of `tier`, given what the tiers before it reached."""
        instance = self.instance
        profit = -self.cost(prices)
        for some in stretches(instance.edges):
            profit[some] += instance.worth[tier, some] * prices.scale
            for before, multiplier in enumerate(prices.multipliers):
                profit[some] += multiplier * instance.worth[before, some]
        best = self.best(profit)
        total = int((instance.free_at(prices.key) * prices.price).sum())
        total += int(best.sum()) - prices.worth_of(reached)
        return Certificate(total // prices.scale, total, profit, best)

    def best(self, profit: Ints) -> Ints:
        """Return the highest profit of each need, at least 0."""
        best = np.zeros(self.instance.needs, np.int64)
        if len(self._first):
            needs = self.instance.need[self._first]
            best[needs] = np.maximum(np.maximum.reduceat(profit, self._first), 0)
        return best

    def cost(self, prices: Prices) -> Ints:
        """Return what each edge pays, in 1/scale."""
        table = np.zeros((self._pools, len(self._days) + 1), np.int64)
        pool, day = np.divmod(prices.key, SPAN)
        after = np.searchsorted(self._days, day, side="right")
        np.add.at(table, (pool, after), prices.price)
        summed = np.cumsum(table[:, :-1], axis=1).ravel()
        uses, cost = self.instance, np.zeros(self.instance.edges, np.int64)
        for some in stretches(len(uses.use_edge)):
            paid = summed[self._end[some]] - summed[self._start[some]]
            paid *= uses.use_demand[some]
            np.add.at(cost, uses.use_edge[some], paid)
        return cost

    def _cells(self, day: Narrow) -> Narrow:
        """Return for each use where the table has its pool before this day."""
        uses = self.instance
        place = np.searchsorted(self._days, day).astype(np.int32)
        cells: Narrow = uses.use_pool.astype(np.int32) * np.int32(len(self._days))
        return cells + place[uses.use_edge]


def reaching(
    found: Certificate, prices: Prices, aimed: tuple[int, ...], reached: tuple[int, ...]
) -> Certificate:
    """Return the same proof when the tiers before reached other than was aimed at."""
    total = found.total + prices.worth_of(aimed) - prices.worth_of(reached)
    return replace(found, bound=total // prices.scale, total=total)


def certify(
    instance: Instance, tier: int, prices: Prices, reached: tuple[int, ...]
) -> Certificate:
    """Return the bound of `tier`, given what the tiers before it reached."""
    return Scan(instance).certify(tier, prices, reached)


def cost(instance: Instance, prices: Prices) -> Ints:
    """Return what each edge pays, in 1/scale."""
    return Scan(instance).cost(prices)


__all__ = ["SPAN", "Certificate", "Prices", "Scan", "certify", "cost", "reaching"]
