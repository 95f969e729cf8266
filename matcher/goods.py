"""Goods: which pieces of which lot go to which request, exactly.

Tiers: pieces weighted by the request's priority, pieces, metres travelled (fewer are
better) and, where the policy says so, trips: so many metres each hand-over, whatever
it carries. Quantities divide; a request may be served from several lots.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from matcher.ceiling import bounds
from matcher.columns import Ints
from matcher.kits import NONE, settled_pins
from matcher.plan import Handover, Part, Price, Tier, Unmet
from matcher.problem import Market
from matcher.shortfall import unmet
from matcher.stays import to_date
from matcher.stock import Stock, stock
from matcher.suiting import Survey, suitable, survey, way
from matcher.supply import Supplied, supply
from matcher.weighing import kept, steps

TIERS = ("urgent", "pieces", "metres")


@dataclass(frozen=True, slots=True)
class Goods:
    """Everything the plan says about goods."""

    handovers: tuple[Handover, ...]
    unmet: tuple[Unmet, ...]
    part: Part


@dataclass(frozen=True, slots=True)
class Moves:
    """So many pieces of a lot to a request, in columns; by place in the stock.

    `price` of a piece is tiers × rows of lots. `ended`: a search says that nothing is
    better.
    """

    request: Ints
    lot: Ints
    pieces: Ints
    price: Ints
    ended: bool = False


Choice: TypeAlias = Callable[[Stock, Survey], Moves]


def solve_goods(market: Market, choose: Choice) -> Goods:
    """Return what `choose` picks around the pins, with its proof."""
    found = stock(market)
    seen = survey(found)
    settled, rest = _settle(market, found)
    free = choose(rest, seen)
    every = Moves(
        np.concatenate([settled.request, free.request]),
        np.concatenate([settled.lot, free.lot]),
        np.concatenate([settled.pieces, free.pieces]),
        free.price,
    )
    return Goods(
        _handovers(found, every),
        unmet(market, found, seen, _got(found, every)),
        _part(found, rest, seen, (settled, free)),
    )


def best_moves(found: Stock, seen: Survey) -> Moves:
    """Return the best flow; the earlier of like requests and lots come first."""
    best = supply(found, seen)
    raised = [(one.raised, one.id) for one in found.requests]
    listed = [(one.listed, one.id) for one in found.lots]
    asking = _queues(found.asked.of, found.wanted, raised)
    giving = _queues(found.given.of, found.left, listed)
    rows = _deal(best, asking, giving)
    request, lot, pieces = np.array(rows, np.int64).reshape(-1, 3).T
    return Moves(request, lot, pieces, best.price, best.ended)


Queue: TypeAlias = list[list[int]]
"""[case, pieces], the next one last."""


def _queues(
    of: Ints, pieces: Ints, order: Sequence[tuple[int, str]]
) -> dict[int, Queue]:
    queues: dict[int, Queue] = {}
    row, count = of.tolist(), pieces.tolist()
    for case in sorted(range(len(row)), key=order.__getitem__, reverse=True):
        queues.setdefault(row[case], []).append([case, count[case]])
    return queues


def _deal(
    best: Supplied, asking: dict[int, Queue], giving: dict[int, Queue]
) -> list[tuple[int, int, int]]:
    """Deal the pieces of rows out to their cases."""
    dealt = []
    columns = best.pairs.asked.tolist(), best.pairs.given.tolist(), best.pieces.tolist()
    for asked, given, pieces in zip(*columns, strict=True):
        left = pieces
        while left:
            request, lot = asking[asked][-1], giving[given][-1]
            count = min(left, request[1], lot[1])
            if count:
                dealt.append((request[0], lot[0], count))
            left -= count
            for queue, case in ((asking[asked], request), (giving[given], lot)):
                case[1] -= count
                if not case[1]:
                    queue.pop()
    return dealt


def _settle(market: Market, found: Stock) -> tuple[Moves, Stock]:
    """Return what pins take, the earliest request first, and what they leave.

    A pinned request takes nothing else, and one of a halted kit takes nothing.
    """
    left, wanted = found.left.copy(), found.wanted.copy()
    rows = []
    for one, other in _pins(market, found):
        count = min(int(left[other]), int(wanted[one]))
        left[other] -= count
        wanted[one] -= count
        if count:
            rows.append((one, other, count))
    pinned = {need for need, _ in settled_pins(market)}
    wanted[[n for n, one in enumerate(found.requests) if one.id in pinned]] = 0
    wanted[found.halted] = 0
    request, lot, pieces = np.array(rows, np.int64).reshape(-1, 3).T
    free = np.zeros((len(TIERS), len(found.given.cases)), np.int64)
    return Moves(request, lot, pieces, free), replace(found, left=left, wanted=wanted)


def _pins(market: Market, found: Stock) -> list[tuple[int, int]]:
    """Return the pinned pairs that suit, in the order in which they are settled."""
    need = {request.id: n for n, request in enumerate(found.requests)}
    offer = {lot.id: n for n, lot in enumerate(found.lots)}
    pins = [
        (need[n], offer[o]) for n, o in settled_pins(market) if n in need and o in offer
    ]
    request, lot = np.array(pins, np.int64).reshape(-1, 2).T
    asked, given = found.asked.of[request], found.given.of[lot]
    metres = way(found, asked, given)
    fits = suitable(found, asked, given, metres)
    raised = np.array([one.raised for one in found.requests], np.int64)
    order = np.lexsort((lot, metres, request, raised[request]))
    return [pins[n] for n in order.tolist() if fits[n]]


def _worth(found: Stock, moves: Moves) -> Ints:
    """Return what the moves are worth, tiers × moves."""
    asked, given = found.asked.of[moves.request], found.given.of[moves.lot]
    metres = way(found, asked, given)
    weight = found.asked.weight[asked]
    worth: Ints = np.stack([weight, np.ones_like(weight), -metres]) * moves.pieces
    worth[2] -= found.trip
    return worth


def _handovers(found: Stock, moves: Moves) -> tuple[Handover, ...]:
    asked, given = found.asked.of[moves.request], found.given.of[moves.lot]
    known = found.asked.known[asked] & found.given.known[given]
    rows = []
    for request, lot, count, day, metres, told, worth in zip(
        moves.request.tolist(),
        moves.lot.tolist(),
        moves.pieces.tolist(),
        found.given.day[given].tolist(),
        way(found, asked, given).tolist(),
        known.tolist(),
        _worth(found, moves).T.tolist(),
        strict=True,
    ):
        first, second, third = worth
        rows.append(
            Handover(
                need=found.requests[request].id,
                offer=found.lots[lot].id,
                day=to_date(day),
                quantity=count,
                metres=metres if told else None,
                worth=(first, second, third),
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.need, row.offer)))


def _got(found: Stock, moves: Moves) -> Ints:
    got = np.zeros(len(found.requests), np.int64)
    np.add.at(got, moves.request, moves.pieces)
    return got


def _part(found: Stock, rest: Stock, seen: Survey, moves: tuple[Moves, Moves]) -> Part:
    fixed, reached = (_worth(found, some).sum(axis=1).tolist() for some in moves)
    proofs = _proofs(rest, seen, moves[1].price, reached)
    tiers = tuple(
        Tier(
            name=name,
            worth=fixed[n] + reached[n],
            bound=fixed[n] + proof.bound,
            scale=1,
            multipliers=proof.multipliers,
            prices=tuple(
                Price(found.lots[lot].id, None, None, None, price)
                for lot, price in enumerate(proof.price[found.given.of].tolist())
                if price
            ),
        )
        for n, (name, proof) in enumerate(zip(TIERS, proofs, strict=True))
    )
    equal = all(tier.bound == tier.worth for tier in tiers)
    proven = equal or moves[1].ended
    return Part("goods", tiers, _strict_steps(found, seen), proven=proven)


@dataclass(frozen=True, slots=True)
class _Proof:
    """What no plan exceeds in a tier, beside pins; `price` is that of rows of lots."""

    bound: int
    multipliers: tuple[int, ...]
    price: Ints


def _proofs(rest: Stock, seen: Survey, price: Ints, reached: list[int]) -> list[_Proof]:
    """Return by tier the better proof: by these prices, or by none at all.

    What a tier lacks of its bound counts in the tiers below, times their multipliers:
    so where kits leave a gap, no prices and no multipliers may say more.
    """
    usual = kept(steps(rest, seen))
    known = [(price, usual)]
    if (rest.kit != NONE).any():
        known.append((0 * price, ((), (0,), (0, 0))))
    found: list[list[_Proof]] = [[], [], []]
    for row_price, multipliers in known:
        for n, total in enumerate(bounds(rest, row_price, multipliers)):
            held = zip(multipliers[n], reached, strict=False)
            bound = total - sum(m * r for m, r in held)
            found[n].append(_Proof(bound, multipliers[n], row_price[n]))
    return [min(some, key=lambda proof: proof.bound) for some in found]


def _strict_steps(found: Stock, seen: Survey) -> tuple[int, int, int]:
    """Return the weight of each tier in one sum: one more than what is below varies by.

    Each request takes what it lacks over any of its pairs, or nothing.
    """
    some = seen.blocked[:, -1] > 0
    wanted = found.asked.pieces(found.wanted)
    second = int((seen.farthest + found.trip) @ (wanted * some)) + 1
    return (second - 1 + second * int(some @ wanted) + 1, second, 1)
