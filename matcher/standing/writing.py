"""A standing plan written out whole, as any other plan: stays, prices, reasons, goods.

The market is laid out once more and every bound is computed again over all its pairs;
what the events left in memory is only where the plan comes from.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from matcher import goods
from matcher.board import Board, board
from matcher.certificate import certify
from matcher.housing import solve_housing
from matcher.instance import beginnings
from matcher.market import Doc
from matcher.plan import Plan, Tier
from matcher.solving import planned
from matcher.standing.naming import Name, names_of, prices_of
from matcher.tiers import Reached, Solved

ENGINE = "one event at a time"


def written(
    document: Doc, places: Mapping[str, tuple[str, str | None]], tiers: Sequence[Tier]
) -> Plan:
    """Return the plan in which households have these places, at these prices."""
    choose = partial(_chosen, places, tiers)
    homes = partial(solve_housing, lay=board, choose=choose)
    return planned(document, homes, goods.best_moves, "+flow", 0)


def _chosen(
    places: Mapping[str, tuple[str, str | None]], tiers: Sequence[Tier], laid: Board
) -> Solved:
    pools: dict[Name, int] = {name: n for n, name in enumerate(names_of(laid))}
    edges, begin = [], beginnings(laid.instance.need, laid.instance.needs).tolist()
    for need, household in enumerate(laid.needs.rows):
        place = places.get(household.id)
        pool = -1 if place is None else pools.get((*place, None), -1)
        first, last = begin[need : need + 2]
        here = np.nonzero(laid.pairs.pool[first:last] == pool)[0]
        edges += (first + here).tolist()
    chosen = np.array(edges, np.int64)
    worth = laid.instance.worth[:, chosen].sum(axis=1).tolist()
    found = []
    for n, tier in enumerate(tiers):
        prices = prices_of(tier, pools)
        bound = certify(laid.instance, n, prices, tuple(worth[:n])).bound
        found.append(Reached(worth[n], bound, prices, proven=worth[n] == bound))
    return Solved(chosen, tuple(found), ENGINE)
