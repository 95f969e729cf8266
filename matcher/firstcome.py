"""First come, first served: the queue that a plan is compared with.

Needs are served in the order in which they were raised, each by the first listed
offer that it may have and that is still free. Nothing is weighed, nothing looked ahead.
"""

from collections import defaultdict

import numpy as np

from matcher.board import Board
from matcher.certificate import Prices, certify
from matcher.columns import Ints
from matcher.flow import Network
from matcher.instance import SPAN, Instance
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
    chosen = _served(instance, order)
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


def _served(instance: Instance, order: Ints) -> Ints:
    uses: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for edge, pool, demand in zip(
        instance.use_edge.tolist(),
        instance.use_pool.tolist(),
        instance.use_demand.tolist(),
        strict=True,
    ):
        uses[edge].append((pool, demand))
    desk = _Desk(instance)
    served: set[int] = set()
    chosen = []
    for edge in order.tolist():
        need = int(instance.need[edge])
        if need not in served and desk.take(edge, uses[edge]):
            served.add(need)
            chosen.append(edge)
    return np.array(sorted(chosen), np.int64)


class _Desk:
    """What is taken so far, by pool."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.taken: dict[int, list[tuple[int, int, int]]] = defaultdict(list)

    def take(self, edge: int, uses: list[tuple[int, int]]) -> bool:
        """Take what the edge uses if all of it is free."""
        start, end = int(self.instance.start[edge]), int(self.instance.end[edge])
        if not all(self._free(pool, start, end) >= demand for pool, demand in uses):
            return False
        for pool, demand in uses:
            self.taken[pool].append((start, end, demand))
        return True

    def _free(self, pool: int, start: int, end: int) -> int:
        taken = [row for row in self.taken[pool] if row[0] < end and start < row[1]]
        keys = self.instance.free_key
        first = np.searchsorted(keys, pool * SPAN + start, side="right")
        last = np.searchsorted(keys, pool * SPAN + end)
        changes = (keys[first:last] - pool * SPAN).tolist()
        days = np.array(
            [start, *changes, *(row[0] for row in taken if row[0] > start)], np.int64
        )
        free = self.instance.free_at(pool * SPAN + days)
        for first_day, last_day, demand in taken:
            free = free - demand * ((first_day <= days) & (days < last_day))
        return int(free.min())


def _unpriced(instance: Instance, tier: int, chosen: Ints) -> Reached:
    nothing = np.zeros(0, np.int64)
    prices = Prices(nothing, nothing, (0,) * tier, 1)
    bound = certify(instance, tier, prices, (0,) * tier).bound
    worth = int(instance.worth[tier][chosen].sum())
    return Reached(worth, bound, prices, proven=worth == bound)
