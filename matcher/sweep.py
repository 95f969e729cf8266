"""All edges priced, some needs at a time: the bound, and the edges worth knowing.

What an edge earns is thought of only while its stretch is looked at, so the memory does
not grow with the edges.
"""

from dataclasses import dataclass

import numpy as np

from matcher.ascending import once
from matcher.certificate import Prices, Tariff, owed
from matcher.columns import Bools, Ints
from matcher.instance import Instance, Source
from matcher.pricing import best_edges
from matcher.rows import NOTHING

FAR = 1 << 40
"""Nothing is worth more."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The bound of one tier, and the highest profit of each need, at least 0 (1/scale).

    `total` is the bound in 1/scale before it is rounded down.
    """

    bound: int
    total: int
    best: Ints


def prove(
    source: Source,
    tier: int,
    prices: Prices,
    kept: tuple[int, ...],
    known: Instance,
    count: int,
) -> tuple[Proof, Ints]:
    """Return what prices prove of a tier, and `count` edges a need that do better.

    Better than all of the `known` ones, by a thousandth of one at least.
    """
    tariff, found = Tariff(prices), [NOTHING]
    level = np.zeros(source.needs, np.int64)
    raise_to_highest(level, known, tariff.profit(known, tier))
    best = level.copy()
    for edges, part in source.stretches(_hopeless(source, tier, prices, level)):
        profit = tariff.profit(part, tier)
        raise_to_highest(best, part, profit)
        beyond = np.nonzero(profit > level[part.need] + prices.scale // 1000)[0]
        found.append(edges[best_edges(part, profit, count, beyond)])
    total = owed(source, prices, kept) + int(best.sum())
    return Proof(total // prices.scale, total, best), np.concatenate(found)


def _hopeless(source: Source, tier: int, prices: Prices, level: Ints) -> Ints | None:
    """Return for each need the worth in the last tier at which no edge does better.

    Prices are never below nothing: an edge earns at most what it is worth.
    """
    if source.before is None:
        return None
    weights = (*prices.multipliers, prices.scale)[: len(source.before)]
    worth = np.zeros(source.needs, np.int64)
    for weight, before in zip(weights, source.before, strict=False):
        worth += weight * before
    if tier == len(source.before):
        return (level - worth) // prices.scale
    return np.where(worth > level, -FAR, FAR)


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
    known: Ints,
    *,
    counting: Ints | None = None,
) -> Ints:
    """Return of each need the edges that earn most at prices.

    `known` are edges, ascending, among which most of them are: of all others only
    those are looked at that could earn more. Where `counting` says what each need can
    add to the first tier, edges that do not count in it are left out.
    """
    tariff = Tariff(prices)

    def best(edges: Ints) -> tuple[Ints, Instance]:
        part = source.only(edges)
        mine = None if counting is None else np.nonzero(part.worth[0] > 0)[0]
        some = best_edges(part, tariff.profit(part, tier), count, mine)
        return edges[some], part.only(some)

    near, part = best(known)
    level = _level(part, tariff.profit(part, tier), count)
    least = _hopeless(source, tier, prices, level)
    if counting is not None:
        none = only_of(counting > 0)
        least = none if least is None else np.maximum(least, none)
    found = [near]
    for edges, some in source.stretches(least):
        beyond = tariff.profit(some, tier) > level[some.need]
        found.append(edges[beyond])
    return best(once(*found))[0]


def _level(part: Instance, profit: Ints, count: int) -> Ints:
    """Return the least that the `count` best edges of each need earn."""
    level = np.full(part.needs, FAR)
    np.minimum.at(level, part.need, profit)
    level[np.bincount(part.need, minlength=part.needs) < count] = -FAR
    return level


def only_of(needs: Bools) -> Ints:
    """Return below which worth edges need not be looked at: those of other needs."""
    return np.where(needs, -FAR, FAR)
