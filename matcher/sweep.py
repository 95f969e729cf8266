"""All edges priced, some needs at a time: the bound, and the edges worth knowing.

What an edge earns is thought of only while its stretch is looked at, so the memory does
not grow with the edges.
"""

from dataclasses import dataclass

import numpy as np

from matcher.certificate import Prices, Tariff, owed
from matcher.columns import Ints
from matcher.instance import Instance, Source
from matcher.pricing import best_edges
from matcher.rows import NOTHING


@dataclass(frozen=True, slots=True)
class Proof:
    """The bound of one tier, and the highest profit of each need, at least 0 (1/scale).

    `total` is the bound in 1/scale before it is rounded down.
    """

    bound: int
    total: int
    best: Ints


@dataclass(frozen=True, slots=True)
class Above:
    """Edges that are looked for: so many of a need that earn more than a level."""

    level: Ints
    count: int


def prove(
    source: Source, tier: int, prices: Prices, kept: tuple[int, ...], above: Above
) -> tuple[Proof, Ints]:
    """Return what prices prove of a tier, and the best edges `above` a level."""
    tariff, best = Tariff(prices), np.zeros(source.needs, np.int64)
    found: list[Ints] = [NOTHING]
    for first, part in source.stretches():
        profit = tariff.profit(part, tier)
        raise_to_highest(best, part, profit)
        beyond = np.nonzero(profit > above.level[part.need])[0]
        found.append(first + best_edges(part, profit, above.count, beyond))
    total = owed(source, prices, kept) + int(best.sum())
    return Proof(total // prices.scale, total, best), np.concatenate(found)


def raise_to_highest(level: Ints, part: Instance, profit: Ints) -> None:
    """Raise the level of each need to what the best of its edges earns."""
    first = np.nonzero(np.diff(part.need, prepend=-1))[0]
    if len(first):
        needs = part.need[first]
        level[needs] = np.maximum(level[needs], np.maximum.reduceat(profit, first))


def dearest(
    source: Source,
    tier: int,
    prices: Prices,
    count: int,
    *,
    counting: int | None = None,
) -> Ints:
    """Return of each need the edges that earn most at prices.

    Where `counting` names a tier, only edges that count in it are looked at.
    """
    tariff = Tariff(prices)
    found: list[Ints] = [NOTHING]
    for first, part in source.stretches():
        mine = None if counting is None else np.nonzero(part.worth[counting] > 0)[0]
        best = best_edges(part, tariff.profit(part, tier), count, mine)
        found.append(first + best)
    return np.concatenate(found)
