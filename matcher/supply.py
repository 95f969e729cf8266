"""What lots give to requests, shelf by shelf, and the prices that prove it.

Tiers are lexicographic: a step between two tiers need only exceed what one augmenting
cycle can change below it, because a flow that could be improved could be improved
along one simple cycle. One flow is therefore best for every tier, and one price is
read as the prices of all of them.
"""

from dataclasses import dataclass

import numpy as np

from matcher.closing import Closed, closed, only, share, within
from matcher.columns import Ints
from matcher.kitshelf import has_kits, kitted
from matcher.loads import Loads, fewest
from matcher.stock import Shelf, Stock
from matcher.suiting import CELLS, Pairs, Survey, chained, suitable, way
from matcher.trips import Table, moved, scaled
from matcher.weighing import Weights, steps

BESIDE = 3
SEARCHED = 400
"""Trips are searched among so many pairs of a request, and of a shelf, at most: what a
search among more finds is little for its time."""


@dataclass(frozen=True, slots=True)
class Supplied:
    """Pieces over pairs of rows; `price` of a piece is tiers × rows of lots.

    `ended`: where prices leave a gap, a search says that nothing is better.
    """

    pairs: Pairs
    pieces: Ints
    price: Ints
    ended: bool


def supply(stock: Stock, seen: Survey) -> Supplied:
    """Return the best flow of what is left to what is wanted, over all pairs.

    Where trips cost, or kits are asked for, it is a good one: these are no flow.
    """
    weights = steps(stock, seen)
    price = np.zeros((3, len(stock.given.cases)), np.int64)
    found, ended = list[Pairs](), True
    pieces = [np.zeros(0, np.int64)]
    for shelf in stock.shelves():
        near = within(stock, shelf, seen.near)
        some = _kitted if has_kits(stock, shelf) else _flowing
        supplied = some(stock, shelf, near, weights)
        if supplied is None:
            continue
        price[:, shelf.given] = supplied.price
        ended &= supplied.ended
        carried = supplied.pieces > 0
        found.append(only(supplied.pairs, carried))
        pieces.append(supplied.pieces[carried])
    return Supplied(chained(found), np.concatenate(pieces), price, ended)


def _flowing(
    stock: Stock, shelf: Shelf, near: Pairs, weights: Weights
) -> Supplied | None:
    best = closed(stock, shelf, near, weights[0] * stock.asked.weight + weights[1])
    if best is None:
        return None
    second = (best.price + (weights[1] - 1) // 2) // weights[1]
    flow, last = best.flow, best.price
    if stock.trip:
        flow, last = _with_trips(stock, shelf, best, weights, second)
    first = second // (weights[0] // weights[1])
    price = np.stack([first, second, last])
    return Supplied(best.pairs, flow, price, ended=not stock.trip)


def _kitted(
    stock: Stock, shelf: Shelf, near: Pairs, weights: Weights
) -> Supplied | None:
    best = kitted(stock, shelf, near, weights)
    if best is None:
        return None
    flow = scaled(best.network, stock.trip) if stock.trip else best.flow
    return Supplied(best.pairs, flow, best.price, best.ended)


def _with_trips(
    stock: Stock, shelf: Shelf, closed: Closed, weights: Weights, second: Ints
) -> tuple[Ints, Ints]:
    """Return a flow of few trips, and prices that bound it in the last tier."""
    network, trip = closed.network, stock.trip
    flow = scaled(network, trip)
    above = weights[0] // weights[1]
    flow = _searched(stock, closed, flow, second, above)
    if len(shelf.asked) * len(shelf.given) > CELLS:
        return flow, closed.price
    asked, given = shelf.asked[:, None], shelf.given[None, :]
    metres = way(stock, asked, given)
    table = Table(
        gain=weights[0] * stock.asked.weight[asked] + weights[1] - metres,
        fits=suitable(stock, asked, given, metres),
        left=network.supply,
        wanted=network.demand,
        trip=trip,
    )
    worth = int(network.gain @ flow) - trip * int((flow > 0).sum())
    return flow, moved(table, closed.price, worth)


def _searched(
    stock: Stock, closed: Closed, flow: Ints, second: Ints, above: int
) -> Ints:
    """Search among the pairs of least loss that keep the tiers before as they are.

    These are proven: by what their prices leave, a request must be served in full, a
    lot given away, a pair left out.
    """
    pairs, network = closed.pairs, closed.network
    left = above * stock.asked.weight[pairs.asked] + 1 - second[network.lot]
    most = np.zeros(len(network.demand), np.int64)
    np.maximum.at(most, network.request, left)
    tight = left == most[network.request]
    loss = (
        closed.price[network.lot]
        - network.gain
        + share(stock, pairs.asked, pairs.given)
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
