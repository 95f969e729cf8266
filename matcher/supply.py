"""The best flow over all compatible pairs, found over few of them.

Each shelf begins with near pairs. The flow over them has prices; every other pair of
the shelf is asked whether it would gain at these prices, and those that would join.
When none would, the flow is the best over all pairs, and its prices prove it.

Tiers are lexicographic: a step between two tiers need only exceed what one augmenting
cycle can change below it, because a flow that could be improved could be improved
along one simple cycle. One flow is therefore best for every tier, and one price is
read as the prices of all of them.
"""

from dataclasses import dataclass, replace

import numpy as np

from matcher.columns import Bools, Ints
from matcher.flow import Network, best_flow, prices
from matcher.loads import Loads, fewest
from matcher.stock import Shelf, Stock
from matcher.suiting import (
    CELLS,
    Pairs,
    Survey,
    blocks,
    chained,
    joined,
    suitable,
    way,
)
from matcher.trips import Table, moved, scaled

JOIN = 8
"""So many pairs of a row may join in one round."""
BESIDE = 3
SEARCHED = 400
"""Trips are searched among so many pairs of a request, and of a shelf, at most: what a
search among more finds is little for its time."""


@dataclass(frozen=True, slots=True)
class Supplied:
    """Pieces over pairs of rows; `price` of a piece is tiers × rows of lots."""

    pairs: Pairs
    pieces: Ints
    price: Ints


@dataclass(frozen=True, slots=True)
class Closed:
    """A flow over some pairs of a shelf that no other pair would better.

    `price` and `rest` are what a piece of a lot is worth, and one more to a request.
    """

    pairs: Pairs
    network: Network
    flow: Ints
    price: Ints
    rest: Ints


def steps(stock: Stock, seen: Survey) -> tuple[int, int, int]:
    """Return the weight of each tier under which the sum is lexicographic.

    The metres of a path are within `spread` of zero, its pieces zero or one: so of a
    price p, (p + spread) // second step is 2 · urgent + pieces.
    """
    arcs = 2 * min(len(stock.given.cases), len(stock.asked.cases)) + 2
    spread = arcs * (int(seen.farthest.max(initial=0)) + stock.trip)
    return (4 * spread + 2, 2 * spread + 1, 1)


def supply(stock: Stock, seen: Survey) -> Supplied:
    """Return the best flow of what is left to what is wanted, over all pairs.

    Where trips cost, it is a good one: fewest trips are no flow.
    """
    weights = steps(stock, seen)
    value = weights[0] * stock.asked.weight + weights[1]
    price = np.zeros((3, len(stock.given.cases)), np.int64)
    found: list[Pairs] = []
    pieces = [np.zeros(0, np.int64)]
    for shelf in stock.shelves():
        closed = _closed(stock, shelf, _within(stock, shelf, seen.near), value)
        if closed is None:
            continue
        second = (closed.price + (weights[1] - 1) // 2) // weights[1]
        flow, last = closed.flow, closed.price
        if stock.trip:
            flow, last = _with_trips(stock, shelf, closed, value, second)
        price[:, shelf.given] = second // 2, second, last
        found.append(_only(closed.pairs, flow > 0))
        pieces.append(flow[flow > 0])
    return Supplied(chained(found), np.concatenate(pieces), price)


def _closed(stock: Stock, shelf: Shelf, pairs: Pairs, value: Ints) -> Closed | None:
    """Let pairs join until none would gain; `None`: there are none at all.

    Where trips cost, a pair bears the share of one that carries all it can: so much
    at least each piece costs.
    """
    price = np.zeros(len(stock.given.cases), np.int64)
    while len(pairs):
        network = _network(stock, shelf, pairs, value)
        charged = replace(
            network, gain=network.gain - _share(stock, pairs.asked, pairs.given)
        )
        flow = best_flow(charged)
        price[shelf.given], rest = prices(charged, flow)
        more = _gaining(stock, shelf, value[shelf.asked] - rest, price)
        if not len(more):
            return Closed(pairs, network, flow, price[shelf.given], rest)
        pairs = joined([pairs, more])
    return None


def _share(stock: Stock, asked: Ints, given: Ints) -> Ints:
    """Return the least that a piece bears of a trip; broadcasts."""
    if not stock.trip:
        return np.int64(0) * (asked + given)
    left = stock.given.pieces(stock.left)[given]
    wanted = stock.asked.pieces(stock.wanted)[asked]
    return stock.trip // np.maximum(1, np.minimum(left, wanted))


def _with_trips(
    stock: Stock, shelf: Shelf, closed: Closed, value: Ints, second: Ints
) -> tuple[Ints, Ints]:
    """Return a flow of few trips, and prices that bound it in the last tier."""
    network, trip = closed.network, stock.trip
    flow = scaled(network, trip)
    flow = _searched(stock, closed, flow, second)
    if len(shelf.asked) * len(shelf.given) > CELLS:
        return flow, closed.price
    asked, given = shelf.asked[:, None], shelf.given[None, :]
    metres = way(stock, asked, given)
    table = Table(
        gain=value[asked] - metres,
        fits=suitable(stock, asked, given, metres),
        left=network.supply,
        wanted=network.demand,
        trip=trip,
    )
    worth = int(network.gain @ flow) - trip * int((flow > 0).sum())
    return flow, moved(table, closed.price, worth)


def _searched(stock: Stock, closed: Closed, flow: Ints, second: Ints) -> Ints:
    """Search among the pairs of least loss that keep the tiers before as they are.

    These are proven: by what their prices leave, a request must be served in full, a
    lot given away, a pair left out.
    """
    pairs, network = closed.pairs, closed.network
    left = 2 * stock.asked.weight[pairs.asked] + 1 - second[network.lot]
    most = np.zeros(len(network.demand), np.int64)
    np.maximum.at(most, network.request, left)
    tight = left == most[network.request]
    loss = (
        closed.price[network.lot]
        - network.gain
        + _share(stock, pairs.asked, pairs.given)
    )
    order = np.lexsort((loss, ~tight, network.request))
    rank = np.empty(len(order), np.int64)
    first = np.searchsorted(network.request[order], network.request[order])
    rank[order] = np.arange(len(order)) - first
    some = np.nonzero((flow > 0) | (tight & (rank < BESIDE)))[0]
    if len(some) > SEARCHED:
        return flow
    loads = Loads(
        lot=network.lot[some],
        request=network.request[some],
        metres=pairs.metres[some],
        left=network.supply,
        wanted=network.demand,
        emptied=second > 0,
        served=most > 0,
        trip=stock.trip,
    )
    better = flow.copy()
    better[some] = fewest(loads, flow[some])
    return better


def _within(stock: Stock, shelf: Shelf, pairs: Pairs) -> Pairs:
    mine = np.zeros(len(stock.asked.cases), np.bool_)
    mine[shelf.asked] = True
    return _only(pairs, mine[pairs.asked])


def _only(pairs: Pairs, which: Ints | Bools) -> Pairs:
    return Pairs(pairs.asked[which], pairs.given[which], pairs.metres[which])


def _network(stock: Stock, shelf: Shelf, pairs: Pairs, value: Ints) -> Network:
    return Network(
        supply=stock.given.pieces(stock.left)[shelf.given],
        demand=stock.asked.pieces(stock.wanted)[shelf.asked],
        lot=np.searchsorted(shelf.given, pairs.given),
        request=np.searchsorted(shelf.asked, pairs.asked),
        gain=value[pairs.asked] - pairs.metres,
    )


def _gaining(stock: Stock, shelf: Shelf, reach: Ints, price: Ints) -> Pairs:
    """Return compatible pairs that gain, the best of each row.

    A pair gains when its way, its share of a trip and the lot's price are less than
    `reach`, which is what a piece more may cost the request.
    """
    found: list[Pairs] = []
    start = 0
    for asked, given in blocks(shelf):
        metres = way(stock, asked, given)
        mine = reach[start : start + len(asked), None]
        start += len(asked)
        gain = mine - price[given] - metres
        if stock.trip:
            gain -= _share(stock, asked, given)
        row, column = np.nonzero(gain > 0)
        pairs = Pairs(asked[row, 0], given[0, column], metres[row, column])
        fits = suitable(stock, pairs.asked, pairs.given, pairs.metres)
        pairs, gain = _only(pairs, fits), gain[row, column][fits]
        found.append(_only(pairs, _best(pairs, gain)))
    return joined(found)


def _best(pairs: Pairs, gain: Ints) -> Ints:
    """Return the places of the `JOIN` best of each row, and of each lot."""
    chosen = []
    for side in (pairs.asked, pairs.given):
        order = np.lexsort((-gain, side))
        first = np.searchsorted(side[order], side[order])
        chosen.append(order[np.arange(len(order)) - first < JOIN])
    return np.unique(np.concatenate(chosen))
