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

from matcher.columns import Ints
from matcher.instance import SPAN, Instance


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices in 1/scale of a tier's worth, at ascending (pool, day) keys."""

    key: Ints
    price: Ints
    multipliers: tuple[int, ...]
    scale: int


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


def certify(
    instance: Instance, tier: int, prices: Prices, reached: tuple[int, ...]
) -> Certificate:
    """Return the bound of `tier`, given what the tiers before it reached."""
    profit = instance.worth[tier] * prices.scale - cost(instance, prices)
    total = 0
    for before, multiplier in enumerate(prices.multipliers):
        profit = profit + multiplier * instance.worth[before]
        total -= multiplier * reached[before]
    best = np.zeros(instance.needs, np.int64)
    np.maximum.at(best, instance.need, profit)
    total += int((instance.free_at(prices.key) * prices.price).sum())
    total += int(best.sum())
    return Certificate(total // prices.scale, total, profit, best)


def cost(instance: Instance, prices: Prices) -> Ints:
    """Return what each edge pays, in 1/scale."""
    summed = np.concatenate([[0], np.cumsum(prices.price)])
    first = np.searchsorted(prices.key, instance.starts())
    last = np.searchsorted(prices.key, instance.ends())
    paid = np.zeros(instance.edges, np.int64)
    np.add.at(
        paid, instance.use_edge, (summed[last] - summed[first]) * instance.use_demand
    )
    return paid


__all__ = ["SPAN", "Certificate", "Prices", "certify", "cost"]
