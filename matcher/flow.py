"""Pieces from lots to requests: a min-cost flow, exact, and the prices that prove it.

The only door to OR-Tools' graph library. Tiers are lexicographic: a step between two
tiers need only exceed what one augmenting cycle can change below it, because a flow
that could be improved could be improved along one simple cycle. One flow is therefore
best for every tier, and each tier's prices follow from it by longest paths.
"""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from matcher.columns import Ints


@dataclass(frozen=True, slots=True)
class Network:
    """Arcs from lots to requests; `worth` is tiers × arcs, a piece."""

    supply: Ints
    demand: Ints
    lot: Ints
    request: Ints
    worth: Ints


def steps(network: Network) -> tuple[int, ...]:
    """Return the weight of each tier under which the sum is lexicographic.

    The last two tiers differ by at most one piece, and by so many arcs of the longest
    simple cycle.
    """
    arcs = 2 * min(len(network.supply), len(network.demand)) + 2
    spread = arcs * int(np.abs(network.worth[-1]).max(initial=0))
    return (2 * spread + 3, spread + 1, 1)


def best_flow(network: Network) -> Ints:
    """Return how many pieces go over each arc."""
    lots, requests = len(network.supply), len(network.demand)
    source, sink = lots + requests, lots + requests + 1
    weights = np.array(steps(network), np.int64)
    flow = min_cost_flow.SimpleMinCostFlow()
    nothing = np.zeros(lots, np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.full(lots, source), np.arange(lots), network.supply, nothing
    )
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        network.lot,
        lots + network.request,
        np.minimum(network.supply[network.lot], network.demand[network.request]),
        -(weights @ network.worth),
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


def prices(network: Network, pieces: Ints, worth: Ints) -> Ints:
    """Return what a piece of each lot is worth under `pieces`, the best for `worth`.

    The longest residual path from the lot: one more piece goes to a request with room,
    or takes the place of one that goes elsewhere. Where a cycle gains, the flow was not
    the best, and nothing has a price.
    """
    used = np.nonzero(pieces > 0)[0]
    met = np.zeros(len(network.demand), np.int64)
    np.add.at(met, network.request, pieces)
    full = met >= network.demand
    far = np.int64(1 << 60)
    price = np.zeros(len(network.supply), np.int64)
    for _ in range(len(price) + 2):
        rest = np.full(len(full), far)
        kept = worth[used] - price[network.lot[used]]
        np.minimum.at(rest, network.request[used], kept)
        rest[~full] = 0
        raised = price.copy()
        np.maximum.at(raised, network.lot, worth - rest[network.request])
        if (raised == price).all():
            return price
        price = raised
    return np.zeros_like(price)


def bound(network: Network, price: Ints, worth: Ints) -> int:
    """Return an upper bound on the worth of any flow, whatever the prices are."""
    best = np.zeros(len(network.demand), np.int64)
    np.maximum.at(best, network.request, worth - price[network.lot])
    return int(network.supply @ price) + int(network.demand @ best)
