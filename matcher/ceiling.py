"""What no hand-over of goods can exceed, by tier, whatever the prices are."""

import numpy as np

from matcher.columns import Bools, Ints
from matcher.stock import Stock
from matcher.suiting import FAR, blocks, suitable, way
from matcher.trips import Table


def bounds(
    stock: Stock, price: Ints, multipliers: tuple[tuple[int, ...], ...]
) -> tuple[int, int, int]:
    """Return the bound of each tier over all compatible pairs.

    `price` of a piece is tiers × rows of lots; `multipliers` of a tier weigh the tiers
    before it.
    """
    weight, (first, second) = stock.asked.weight, multipliers[2]
    value = np.stack([weight, multipliers[1][0] * weight + 1, first * weight + second])
    wanted = stock.asked.pieces(stock.wanted)
    left = stock.given.pieces(stock.left)
    total = left @ price.T
    for shelf in stock.shelves():
        for asked, given in blocks(shelf):
            metres = way(stock, asked, given)
            fits = suitable(stock, asked, given, metres)
            mine = asked[:, 0]
            for n in range(2):
                profit = value[n, mine] - _least(fits, price[n, given])
                total[n] += np.maximum(0, profit) @ wanted[mine]
            table = Table(
                gain=value[2, asked] - metres,
                fits=fits,
                left=left[given[0]],
                wanted=wanted[mine],
                trip=stock.trip,
            )
            total[2] += table.profit(price[2, given[0]])
    a, b, c = total.tolist()
    return a, b, c


def _least(fits: Bools, cost: Ints) -> Ints:
    """Return the least cost of each row where it fits; `FAR` where nothing does."""
    least: Ints = np.where(fits, cost, FAR).min(axis=1)
    return least
