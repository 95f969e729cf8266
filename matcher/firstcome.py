"""First come, first served: the queue that a plan is compared with.

Needs are served in the order in which they were raised, each by the first listed
offer that it may have and that is still free. Nothing is weighed, nothing looked ahead.
"""

import numpy as np

from matcher.board import Board
from matcher.certificate import Prices, certify
from matcher.columns import Ints
from matcher.flow import Network
from matcher.instance import Instance
from matcher.rounding import served
from matcher.stock import Stock
from matcher.tiers import Reached, Solved


def serve_households(table: Board) -> Solved:
    """Return what the queue gives; its bound is what everyone would like best."""
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
    chosen = served(instance, order)
    tiers = tuple(_unpriced(instance, tier, chosen) for tier in range(instance.tiers))
    return Solved(chosen, tiers)


def serve_requests(found: Stock, network: Network) -> Ints:
    """Return the pieces that each request takes in its turn."""
    supply, demand = network.supply.copy(), network.demand.copy()
    pieces = np.zeros(len(network.lot), np.int64)
    raised = np.array([request.raised for request in found.requests], np.int64)
    listed = np.array([lot.listed for lot in found.lots], np.int64)
    for arc in np.lexsort(
        (network.lot, listed[network.lot], network.request, raised[network.request])
    ).tolist():
        lot, request = network.lot[arc], network.request[arc]
        pieces[arc] = min(supply[lot], demand[request])
        supply[lot] -= pieces[arc]
        demand[request] -= pieces[arc]
    return pieces


def _unpriced(instance: Instance, tier: int, chosen: Ints) -> Reached:
    nothing = np.zeros(0, np.int64)
    prices = Prices(nothing, nothing, (0,) * tier, 1)
    bound = certify(instance, tier, prices, (0,) * tier).bound
    worth = int(instance.worth[tier][chosen].sum())
    return Reached(worth, bound, prices, proven=worth == bound)
