"""The best flow of one shelf over all compatible pairs, found over few of them.

It begins with near pairs. The flow over them has prices; every other pair of the shelf
is asked whether it would gain at these prices, and those that would join. When none
would, the flow is the best over all pairs, and its prices prove it.
"""

from dataclasses import dataclass, replace

import numpy as np

from matcher.ascending import once
from matcher.columns import Bools, Ints
from matcher.flow import Network, best_flow, prices
from matcher.stock import Shelf, Stock
from matcher.suiting import Pairs, blocks, joined, suitable, way

JOIN = 8
"""So many pairs of a row may join in one round."""


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


def closed(stock: Stock, shelf: Shelf, pairs: Pairs, value: Ints) -> Closed | None:
    """Let pairs join until none would gain; `None`: there are none at all.

    Where trips cost, a pair bears the share of one that carries all it can: so much
    at least each piece costs.
    """
    price = np.zeros(len(stock.given.cases), np.int64)
    while len(pairs):
        network = network_of(stock, shelf, pairs, value)
        charged = replace(
            network, gain=network.gain - share(stock, pairs.asked, pairs.given)
        )
        flow = best_flow(charged)
        price[shelf.given], rest = prices(charged, flow)
        more = gaining(stock, shelf, value[shelf.asked] - rest, price)
        if not len(more):
            return Closed(pairs, network, flow, price[shelf.given], rest)
        pairs = joined([pairs, more])
    return None


def share(stock: Stock, asked: Ints, given: Ints) -> Ints:
    """Return the least that a piece bears of a trip; broadcasts."""
    if not stock.trip:
        return np.int64(0) * (asked + given)
    left = stock.given.pieces(stock.left)[given]
    wanted = stock.asked.pieces(stock.wanted)[asked]
    return stock.trip // np.maximum(1, np.minimum(left, wanted))


def within(stock: Stock, shelf: Shelf, pairs: Pairs) -> Pairs:
    mine = np.zeros(len(stock.asked.cases), np.bool_)
    mine[shelf.asked] = True
    return only(pairs, mine[pairs.asked])


def only(pairs: Pairs, which: Ints | Bools) -> Pairs:
    return Pairs(pairs.asked[which], pairs.given[which], pairs.metres[which])


def network_of(stock: Stock, shelf: Shelf, pairs: Pairs, value: Ints) -> Network:
    return Network(
        supply=stock.given.pieces(stock.left)[shelf.given],
        demand=stock.asked.pieces(stock.wanted)[shelf.asked],
        lot=np.searchsorted(shelf.given, pairs.given),
        request=np.searchsorted(shelf.asked, pairs.asked),
        gain=value[pairs.asked] - pairs.metres,
    )


def gaining(stock: Stock, shelf: Shelf, reach: Ints, price: Ints) -> Pairs:
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
            gain -= share(stock, asked, given)
        row, column = np.nonzero(gain > 0)
        pairs = Pairs(asked[row, 0], given[0, column], metres[row, column])
        fits = suitable(stock, pairs.asked, pairs.given, pairs.metres)
        pairs, gain = only(pairs, fits), gain[row, column][fits]
        found.append(only(pairs, _best(pairs, gain)))
    return joined(found)


def _best(pairs: Pairs, gain: Ints) -> Ints:
    """Return the places of the `JOIN` best of each row, and of each lot."""
    chosen = []
    for side in (pairs.asked, pairs.given):
        order = np.lexsort((-gain, side))
        first = np.searchsorted(side[order], side[order])
        chosen.append(order[np.arange(len(order)) - first < JOIN])
    return once(*chosen)
