"""Prices for one tier of a large market: rough at first, finer from round to round.

Each round solves the relaxation over some edges, prices *all* edges with what came out,
and goes on with those that would do better. Raw prices jump from round to round, so the
best ones so far are mixed in, and the better of the two counts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from matcher.ascending import once
from matcher.certificate import Prices, Tariff
from matcher.columns import Ints
from matcher.instance import Instance, Source
from matcher.pricing import best_edges, whole
from matcher.rough import Rough, relax_roughly
from matcher.rows import NOTHING
from matcher.sweep import Proof, prove

TOLERANCES = (2e-3, 1e-3, 3e-4, 3e-4, 1e-4, 1e-4, 1e-4, 1e-4)
KEPT_EDGES, FRESH_EDGES = 32, 24
"""Edges a need that a round keeps of those it had, and that join for each prices."""
MANY, OF_MANY = 50_000, (16, 8)
"""So many needs have fewer edges each: as good prices, in half the time. A round takes
half a minute then, so the last tier is left when one brings little."""
LITTLE = 2.5e-3
IDLE = 2
"""So many rounds in a row that bring nothing end a tier."""
USED = 1e-3
CLOSE, ALMOST = 1e-5, 0.4
"""Close: so near to the relaxation, relatively or in worth."""
FRESH_PARTS, ALL_PARTS = 4, 10
"""So much of the mixed prices is what came out last."""
SHORT, MORE = 0.999, 2
"""A tier before that keeps less than this part weighs so much more."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What is priced: a tier, what the ones before keep, and what each weighs."""

    tier: int
    kept: tuple[int, ...]
    multipliers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fine:
    """The best prices found and what they prove; where the relaxation ended.

    `value` says in thousandths what it takes of each of `edges`, and `reachable` is
    what it reaches: a choice can hardly do better.
    """

    aim: Aim
    prices: Prices
    proof: Proof
    edges: Ints
    value: Ints
    reachable: int


Tell = Callable[[int], bool]
"""Called after each round with the bound; says whether to go on."""


def price_roughly(
    source: Source, aim: Aim, edges: Ints, scale: int, tell: Tell
) -> Fine:
    """Return prices whose bound is close to the best that prices can prove."""
    first, *finer = TOLERANCES
    hurried = source.needs >= MANY and aim.tier == source.tiers - 1
    turn, idle = _turn(source, aim, edges, scale, first, None), 0
    for tolerance in finer:
        before = turn.best.proof.total
        if not tell(turn.best.proof.bound) or _is_close(turn):
            return turn.best
        turn = _turn(source, turn.aim, _next_edges(turn), scale, tolerance, turn)
        gain = before - turn.best.proof.total
        idle = 0 if gain else idle + 1
        if idle == IDLE or (hurried and gain < LITTLE * before):
            break
    tell(turn.best.proof.bound)
    return turn.best


def _widths(needs: int) -> tuple[int, int]:
    """Return how many edges a need keeps, and how many join."""
    return OF_MANY if needs >= MANY else (KEPT_EDGES, FRESH_EDGES)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One round: the best so far, where it ended, and how the next one aims.

    `better` are edges outside that would do better than all inside.
    """

    best: Fine
    rough: Rough
    part: Instance
    aim: Aim
    better: list[Ints]


def _turn(
    source: Source,
    aim: Aim,
    edges: Ints,
    scale: int,
    tolerance: float,
    last: _Turn | None,
) -> _Turn:
    part = source.only(edges)
    start = None if last is None else last.rough
    rough = relax_roughly(part, edges, weighed(part, aim), tolerance, start)
    known = [] if last is None else [last.best]
    better = []
    for prices in _tried(rough, aim, scale, last):
        fine, more = _proven(source, part, aim, prices)
        known.append(fine)
        better.append(more)
    return _Turn(
        best=_ended(min(known, key=_total), aim, rough),
        rough=rough,
        part=part,
        aim=_aimed(part, aim, rough),
        better=better,
    )


def _proven(
    source: Source, part: Instance, aim: Aim, prices: Prices
) -> tuple[Fine, Ints]:
    """Return what prices prove, and edges that would do better than those of `part`."""
    _, fresh = _widths(source.needs)
    proof, better = prove(source, aim.tier, prices, aim.kept, part, fresh)
    return Fine(aim, prices, proof, NOTHING, NOTHING, reachable=0), better


def _total(fine: Fine) -> int:
    return fine.proof.total


def _next_edges(turn: _Turn) -> Ints:
    """Return the edges in use, the best of the others, and those that do better."""
    rough, best = turn.rough, turn.best
    used = rough.edges[rough.value > USED]
    profit = Tariff(best.prices).profit(turn.part, best.aim.tier)
    kept, _ = _widths(turn.part.needs)
    near = rough.edges[best_edges(turn.part, profit, kept)]
    return once(used, near, *turn.better)


def weighed(part: Instance, aim: Aim) -> Ints:
    """Return what each edge is worth, the tiers before at their multipliers."""
    found: Ints = part.worth[aim.tier].copy()
    for before, multiplier in enumerate(aim.multipliers):
        found += multiplier * part.worth[before]
    return found


def _ended(best: Fine, aim: Aim, rough: Rough) -> Fine:
    kept = sum(m * r for m, r in zip(aim.multipliers, aim.kept, strict=True))
    return replace(
        best,
        edges=rough.edges,
        value=np.rint(rough.value * 1000).astype(np.int64),
        reachable=min(best.proof.bound, int(rough.worth - kept)),
    )


def _is_close(turn: _Turn) -> bool:
    """Say whether no other prices could prove much more."""
    best = turn.best
    left = best.proof.total / best.prices.scale - best.reachable - 1
    return left <= max(ALMOST, CLOSE * turn.rough.worth)


def _aimed(part: Instance, aim: Aim, rough: Rough) -> Aim:
    """Weigh a tier before more where the relaxation gives it up."""
    has = [float((row * rough.value).sum()) for row in part.worth[: aim.tier]]
    multipliers = tuple(
        multiplier * (MORE if got < kept * SHORT else 1)
        for got, kept, multiplier in zip(has, aim.kept, aim.multipliers, strict=True)
    )
    return replace(aim, multipliers=multipliers)


def _whole(rough: Rough, aim: Aim, scale: int) -> Prices:
    multipliers = tuple(m * scale for m in aim.multipliers)
    return Prices(rough.points, whole(rough.price, scale), multipliers, scale)


def _tried(rough: Rough, aim: Aim, scale: int, last: _Turn | None) -> Iterator[Prices]:
    """Yield the prices as they came out, and mixed with the best before."""
    fresh = _whole(rough, aim, scale)
    yield fresh
    if last is not None:
        yield _mixed(last.best.prices, fresh)


def _mixed(old: Prices, fresh: Prices) -> Prices:
    keys = once(old.key, fresh.key)
    total = np.zeros(len(keys), np.int64)
    parts = ((old, ALL_PARTS - FRESH_PARTS), (fresh, FRESH_PARTS))
    for prices, share in parts:
        total[np.searchsorted(keys, prices.key)] += share * prices.price
    multipliers = tuple(
        sum(prices.multipliers[n] * share for prices, share in parts) // ALL_PARTS
        for n in range(len(fresh.multipliers))
    )
    return Prices(keys, total // ALL_PARTS, multipliers, fresh.scale)
