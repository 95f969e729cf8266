"""The best flow over all compatible pairs, found over few of them.

Each shelf begins with near pairs. The flow over them has prices; every other pair of
the shelf is asked whether it would gain at these prices, and those that would join.
When none would, the flow is the best over all pairs, and its prices prove it.

Tiers are lexicographic: a step between two tiers need only exceed what one augmenting
cycle can change below it, because a flow that could be improved could be improved
along one simple cycle. One flow is therefore best for every tier, and one price is
read as the prices of all of them.
"""

from dataclasses import dataclass

import numpy as np

from matcher.columns import Bools, Ints
from matcher.flow import Network, best_flow, prices
from matcher.stock import Shelf, Stock
from matcher.suiting import (
    FAR,
    Pairs,
    Survey,
    blocks,
    chained,
    joined,
    suitable,
    way,
)

JOIN = 8
"""So many pairs of a row may join in one round."""


@dataclass(frozen=True, slots=True)
class Supplied:
    """Pieces over pairs of rows; `price` of a piece is tiers × rows of lots."""

    pairs: Pairs
    pieces: Ints
    price: Ints


def steps(stock: Stock, seen: Survey) -> tuple[int, int, int]:
    """Return the weight of each tier under which the sum is lexicographic.

    The metres of a path are within `spread` of zero, its pieces zero or one: so of a
    price p, (p + spread) // second step is 2 · urgent + pieces.
    """
    arcs = 2 * min(len(stock.given.cases), len(stock.asked.cases)) + 2
    spread = arcs * int(seen.farthest.max(initial=0))
    return (4 * spread + 2, 2 * spread + 1, 1)


def supply(stock: Stock, seen: Survey) -> Supplied:
    """Return the best flow of what is left to what is wanted, over all pairs."""
    weights = steps(stock, seen)
    value = weights[0] * stock.asked.weight + weights[1]
    total = stock.given.pieces(stock.left), stock.asked.pieces(stock.wanted)
    price = np.zeros(len(stock.given.cases), np.int64)
    found: list[Pairs] = []
    pieces = [np.zeros(0, np.int64)]
    for shelf in stock.shelves():
        pairs = _within(stock, shelf, seen.near)
        while len(pairs):
            network = _network(shelf, pairs, total, value)
            flow = best_flow(network)
            price[shelf.given], rest = prices(network, flow)
            more = _gaining(stock, shelf, value[shelf.asked] - rest, price)
            if not len(more):
                used = flow > 0
                found.append(_only(pairs, used))
                pieces.append(flow[used])
                break
            pairs = joined([pairs, more])
    spread = (weights[1] - 1) // 2
    second = (price + spread) // weights[1]
    return Supplied(
        chained(found), np.concatenate(pieces), np.stack([second // 2, second, price])
    )


def _within(stock: Stock, shelf: Shelf, pairs: Pairs) -> Pairs:
    mine = np.zeros(len(stock.asked.cases), np.bool_)
    mine[shelf.asked] = True
    return _only(pairs, mine[pairs.asked])


def _only(pairs: Pairs, which: Ints | Bools) -> Pairs:
    return Pairs(pairs.asked[which], pairs.given[which], pairs.metres[which])


def _network(
    shelf: Shelf, pairs: Pairs, total: tuple[Ints, Ints], value: Ints
) -> Network:
    return Network(
        supply=total[0][shelf.given],
        demand=total[1][shelf.asked],
        lot=np.searchsorted(shelf.given, pairs.given),
        request=np.searchsorted(shelf.asked, pairs.asked),
        gain=value[pairs.asked] - pairs.metres,
    )


def _gaining(stock: Stock, shelf: Shelf, reach: Ints, price: Ints) -> Pairs:
    """Return compatible pairs that gain, the best of each row.

    A pair gains when its way and the lot's price are less than `reach`, which is what
    a piece more may cost the request.
    """
    found: list[Pairs] = []
    start = 0
    for asked, given in blocks(shelf):
        metres = way(stock, asked, given)
        mine = reach[start : start + len(asked), None]
        start += len(asked)
        gain = mine - price[given] - metres
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


def bounds(
    stock: Stock, price: Ints, multipliers: tuple[tuple[int, ...], ...]
) -> tuple[int, int, int]:
    """Return by tier what no flow can exceed, whatever the prices are.

    `multipliers` of a tier weigh the tiers before it.
    """
    best = np.full((3, len(stock.asked.cases)), FAR, np.int64)
    for shelf in stock.shelves():
        for asked, given in blocks(shelf):
            metres = way(stock, asked, given)
            fits = suitable(stock, asked, given, metres)
            for n, paid in enumerate(
                (price[0, given], price[1, given], price[2, given] + metres)
            ):
                best[n, asked[:, 0]] = np.where(fits, paid, FAR).min(axis=1)
    first, second = multipliers[1][0], multipliers[2]
    value = np.stack(
        [
            stock.asked.weight,
            first * stock.asked.weight + 1,
            second[0] * stock.asked.weight + second[1],
        ]
    )
    wanted = stock.asked.pieces(stock.wanted)
    paid = stock.given.pieces(stock.left) @ price.T
    profit = np.where(best < FAR, np.maximum(0, value - best), 0) @ wanted
    a, b, c = (paid + profit).tolist()
    return a, b, c
