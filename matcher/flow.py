"""Pieces from lots to requests: a min-cost flow, exact, and the prices that prove it.

The only door to OR-Tools' graph library.
"""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from matcher.columns import Ints


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs from lots to requests; `gain` is what a piece over an arc is worth."""

    supply: Ints
    demand: Ints
    lot: Ints
    request: Ints
    gain: Ints


def best_flow(network: Network) -> Ints:
    """Return how many pieces go over each arc."""
    lots, requests = len(network.supply), len(network.demand)
    source, sink = lots + requests, lots + requests + 1
    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        np.full(lots, source),
        np.arange(lots),
        network.supply,
        np.zeros(lots, np.int64),
    )
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        network.lot,
        lots + network.request,
        np.minimum(network.supply[network.lot], network.demand[network.request]),
        -network.gain,
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        lots + np.arange(requests),
        np.full(requests, sink),
        network.demand,
        np.zeros(requests, np.int64),
    )
    total = int(network.demand.sum())
    flow.add_arc_with_capacity_and_unit_cost(source, sink, total, 0)
    flow.set_node_supply(source, total)
    flow.set_node_supply(sink, -total)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"min-cost flow: {status}")
    pieces: Ints = flow.flows(arcs)
    return pieces


FAR = np.int64(1 << 60)


def prices(network: Network, pieces: Ints) -> tuple[Ints, Ints]:
    """Return what a piece of each lot is worth, and one more to each request.

    The longest residual path from the lot: one more piece goes to a request with room,
    or takes the place of one that goes elsewhere. `pieces` must be the best flow, or
    there is a cycle that gains, and no longest path.
    """
    used = np.nonzero(pieces > 0)[0]
    met = np.zeros(len(network.demand), np.int64)
    np.add.at(met, network.request, pieces)
    full = met >= network.demand
    price = np.zeros(len(network.supply), np.int64)
    while True:
        rest = np.full(len(full), FAR)
        kept = network.gain[used] - price[network.lot[used]]
        np.minimum.at(rest, network.request[used], kept)
        rest[~full] = 0
        raised = price.copy()
        np.maximum.at(raised, network.lot, network.gain - rest[network.request])
        if (raised == price).all():
            return price, rest
        price = raised
