"""Prices for one tier of a large market: rough at first, finer from round to round.

Each round solves the relaxation over some edges, prices *all* edges with what came out,
and goes on with those that would do better. Raw prices jump from round to round, so the
best ones so far are mixed in, and the better of the two counts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from matcher.certificate import Certificate, Prices
from matcher.columns import Ints
from matcher.instance import Instance
from matcher.pricing import best_edges, whole
from matcher.rough import Rough, relax_roughly
from matcher.scan import Scan

TOLERANCES = (1e-3, 1e-3, 3e-4, 3e-4, 1e-4, 1e-4, 1e-4, 3e-5, 3e-5)
MORE_EDGES, KEPT_EDGES = 12, 16
USED = 1e-3
FINE, CLOSE, ALMOST = 1e-4, 1e-5, 0.4
"""Close: so near to the relaxation, relatively or in worth, at prices so fine."""
FRESH_PARTS, ALL_PARTS = 4, 10
"""So much of the mixed prices is what came out last."""
SHORT, MORE = 0.999, 2
"""A tier before that keeps less than this weighs more in the next round."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What is priced: a tier, what the ones before keep, and what each weighs."""

    tier: int
    kept: tuple[int, ...]
    multipliers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fine:
    """The best prices found, with what they prove, and where the relaxation is."""

    aim: Aim
    prices: Prices
    certificate: Certificate
    edges: Ints
    value: Ints
    """What the relaxation takes of each of `edges`, in thousandths."""


Tell = Callable[[int, float], None]
"""Called after each round with the bound and the relaxation's worth."""


def price_roughly(scan: Scan, aim: Aim, edges: Ints, scale: int, tell: Tell) -> Fine:
    """Return prices whose bound is close to the best that prices can prove."""
    best: Fine | None = None
    instance = scan.instance
    for tolerance in TOLERANCES:
        worth = weighed(instance.only(edges), aim)
        rough = relax_roughly(instance, edges, worth, tolerance)
        more = [edges[rough.value > USED]]
        for prices in _tried(_whole(rough, aim, scale), best):
            found = scan.certify(aim.tier, prices, aim.kept)
            more.append(_better(scan, edges, found.profit, scale))
            if best is None or found.total < best.certificate.total:
                best = Fine(aim, prices, found, edges, _thousandths(rough))
        assert best is not None  # noqa: S101 - at least one kind of prices is tried
        own = rough.worth - sum(m * r for m, r in zip(aim.multipliers, aim.kept, strict=True))
        tell(best.certificate.bound, own)
        if tolerance <= FINE and _is_close(best, own, rough.worth):
            break
        more.append(best_edges(instance, best.certificate.profit, KEPT_EDGES, edges))
        aim = _aimed(scan, aim, edges, rough)
        edges = np.unique(np.concatenate(more))
    return best


def weighed(part: Instance, aim: Aim) -> Ints:
    """Return what each edge is worth, the tiers before at their multipliers."""
    found: Ints = part.worth[aim.tier].copy()
    for before, multiplier in enumerate(aim.multipliers):
        found += multiplier * part.worth[before]
    return found


def _better(scan: Scan, edges: Ints, profit: Ints, scale: int) -> Ints:
    """Return of every need the edges outside that would do better than all inside."""
    instance = scan.instance
    level = np.zeros(instance.needs, np.int64)
    np.maximum.at(level, instance.need[edges], profit[edges])
    better = profit > level[instance.need] + scale // 1000
    return best_edges(instance, profit, MORE_EDGES, np.nonzero(better)[0])


def _is_close(best: Fine, own: float, worth: float) -> bool:
    """Say whether no other prices could prove much more."""
    left = best.certificate.total / best.prices.scale - own
    return left <= max(ALMOST, CLOSE * worth)


def _aimed(scan: Scan, aim: Aim, edges: Ints, rough: Rough) -> Aim:
    """Weigh a tier before more where the relaxation gives it up, else less."""
    worth = scan.instance.worth
    multipliers = []
    for before, multiplier in enumerate(aim.multipliers):
        has = float(worth[before][edges] @ rough.value)
        short = has < aim.kept[before] * SHORT
        multipliers.append(multiplier * (MORE if short else 1))
    return Aim(aim.tier, aim.kept, tuple(multipliers))


def _thousandths(rough: Rough) -> Ints:
    return np.rint(rough.value * 1000).astype(np.int64)


def _whole(rough: Rough, aim: Aim, scale: int) -> Prices:
    multipliers = tuple(m * scale for m in aim.multipliers)
    return Prices(rough.points, whole(rough.price, scale), multipliers, scale)


def _tried(fresh: Prices, best: Fine | None) -> Iterator[Prices]:
    """Yield the prices as they came out, and mixed with the best so far."""
    yield fresh
    if best is not None:
        yield _mixed(best.prices, fresh)


def _mixed(old: Prices, fresh: Prices) -> Prices:
    keys = np.union1d(old.key, fresh.key)
    total = np.zeros(len(keys), np.int64)
    parts = ((old, ALL_PARTS - FRESH_PARTS), (fresh, FRESH_PARTS))
    for prices, share in parts:
        total[np.searchsorted(keys, prices.key)] += share * prices.price
    multipliers = tuple(
        sum(prices.multipliers[n] * share for prices, share in parts) // ALL_PARTS
        for n in range(len(fresh.multipliers))
    )
    return Prices(keys, total // ALL_PARTS, multipliers, fresh.scale)
