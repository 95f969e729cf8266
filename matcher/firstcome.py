"""First come, first served: the queue that a plan is compared with.

Needs are served in the order in which they were raised, each by the first listed
offer that it may have and that is still free. Nothing is weighed, nothing looked ahead.
"""

from collections.abc import Iterator

import numpy as np

from matcher.board import Board
from matcher.certificate import Prices, certify
from matcher.columns import Ints
from matcher.goods import Moves
from matcher.instance import Instance
from matcher.kits import NONE
from matcher.rounding import served
from matcher.stock import Stock
from matcher.suiting import Survey, suitable, way
from matcher.tiers import Reached, Solved


def serve_households(table: Board) -> Solved:
    """Return what the queue gives."""
    instance, pairs = table.instance, table.pairs
    raised = [household.raised for household in table.needs.rows]
    listed = [pool.home.listed for pool in table.pools.rows]
    order = np.lexsort(
        (
            pairs.pool,
            np.array(listed, np.int64)[pairs.pool],
            pairs.need,
            np.array(raised, np.int64)[pairs.need],
        )
    )
    return unpriced(instance, served(instance, order), "first come, first served")


def unpriced(instance: Instance, chosen: Ints, engine: str) -> Solved:
    """Return a choice without prices: its bound is what everyone would like best."""
    tiers = tuple(_unpriced(instance, tier, chosen) for tier in range(instance.tiers))
    return Solved(chosen, tiers, engine)


def serve_requests(found: Stock, seen: Survey) -> Moves:
    """Return the pieces that each request takes in its turn; nothing has a price."""
    left, wanted = found.left.tolist(), found.wanted.tolist()
    raised = [(request.raised, n) for n, request in enumerate(found.requests)]
    listed = np.array([lot.listed for lot in found.lots], np.int64)
    turns = np.lexsort((np.arange(len(listed)), listed))
    rows = []
    for group in _groups(found, [one for _, one in sorted(raised)]):
        taken, short = [], False
        for one in group:
            lacks = wanted[one]
            for other in _suiting(found, one, turns) if lacks and seen.edges else ():
                count = min(left[other], lacks)
                left[other] -= count
                lacks -= count
                if count:
                    taken.append((one, other, count))
            short |= lacks > 0 and _in_kit(found, one)
        for _, other, count in taken if short else ():
            left[other] += count
        rows += [] if short else taken
    request, lot, pieces = np.array(rows, np.int64).reshape(-1, 3).T
    return Moves(request, lot, pieces, np.zeros((3, len(found.given.cases)), np.int64))


def _groups(found: Stock, turns: list[int]) -> Iterator[list[int]]:
    """Yield requests in their turn, the parts of a kit together at the first's."""
    kit = found.kit[found.asked.of].tolist()
    parts: dict[int, list[int]] = {}
    for one in turns:
        parts.setdefault(kit[one], []).append(one)
    for one in turns:
        if kit[one] == NONE:
            yield [one]
        elif parts[kit[one]][0] == one:
            yield parts[kit[one]]


def _in_kit(found: Stock, request: int) -> bool:
    return bool(found.kit[found.asked.of[request]] != NONE)


def _suiting(found: Stock, request: int, turns: Ints) -> list[int]:
    """Return the lots that suit, in their turn."""
    row = found.asked.of[request]
    given = found.given.of[turns]
    asked = np.full(len(given), row)
    fits = suitable(found, asked, given, way(found, asked, given))
    suiting: list[int] = turns[fits].tolist()
    return suiting


def _unpriced(instance: Instance, tier: int, chosen: Ints) -> Reached:
    nothing = np.zeros(0, np.int64)
    prices = Prices(nothing, nothing, (0,) * tier, 1)
    bound = certify(instance, tier, prices, (0,) * tier).bound
    worth = int(instance.worth[tier][chosen].sum())
    return Reached(worth, bound, prices, proven=worth == bound)
