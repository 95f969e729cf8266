"""What no hand-over of goods can exceed, by tier, whatever the prices are."""

from collections.abc import Sequence

import numpy as np

from matcher.columns import Bools, Ints
from matcher.kits import NONE
from matcher.stock import Shelf, Stock
from matcher.suiting import FAR, blocks, suitable, way
from matcher.trips import Table

Multipliers = Sequence[Sequence[int]]
"""Of each tier: what the tiers before it weigh."""


def bounds(stock: Stock, price: Ints, multipliers: Multipliers) -> tuple[int, int, int]:
    """Return the bound of each tier over all compatible pairs.

    `price` of a piece is tiers × rows of lots.
    """
    left = stock.given.pieces(stock.left)
    total = left @ price.T
    for shelf in stock.shelves():
        total += profits(stock, shelf, price[:, shelf.given], multipliers)
    a, b, c = total.tolist()
    return a, b, c


def profits(stock: Stock, shelf: Shelf, price: Ints, multipliers: Multipliers) -> Ints:
    """Return by tier what all requests of a shelf can earn at these prices.

    `price` is tiers × lots of the shelf.
    """
    weight, (first, second) = stock.asked.weight, multipliers[2]
    value = np.stack([weight, multipliers[1][0] * weight + 1, first * weight + second])
    wanted = np.where(stock.kit == NONE, stock.asked.pieces(stock.wanted), 0)
    left = stock.given.pieces(stock.left)[shelf.given]
    total = np.zeros(3, np.int64)
    for asked, given in blocks(shelf):
        metres = way(stock, asked, given)
        fits = suitable(stock, asked, given, metres)
        mine = asked[:, 0]
        for n in range(2):
            profit = value[n, mine] - _least(fits, price[n])
            total[n] += np.maximum(0, profit) @ wanted[mine]
        gain = value[2, asked] - metres
        table = Table(gain, fits, left=left, wanted=wanted[mine], trip=stock.trip)
        total[2] += table.profit(price[2])
    return total + _kits(stock, shelf, price, value)


def _kits(stock: Stock, shelf: Shelf, price: Ints, value: Ints) -> Ints:
    """Return by tier what kits earn: what their parts earn together, or nothing.

    Where trips cost, a part pays for them by the piece.
    """
    wanted = stock.asked.pieces(stock.wanted)
    left = stock.given.pieces(stock.left)[shelf.given]
    earned = np.zeros((3, int(stock.kit.max(initial=NONE)) + 1), np.int64)
    stuck = np.zeros(earned.shape[1], np.bool_)
    some = shelf.asked[(stock.kit[shelf.asked] != NONE) & (wanted[shelf.asked] > 0)]
    for asked, given in blocks(Shelf(some, shelf.given)):
        metres = way(stock, asked, given)
        fits = suitable(stock, asked, given, metres)
        most = np.maximum(1, np.minimum(left, wanted[asked]))
        mine, none = asked[:, 0], ~fits.any(axis=1)
        paid = (price[0], price[1], price[2] + metres + stock.trip // most)
        for n, cost in enumerate(paid):
            best = np.where(none, 0, value[n, mine] - _least(fits, cost))
            np.add.at(earned[n], stock.kit[mine], best * wanted[mine])
        stuck[stock.kit[mine[none]]] = True
    earned[:, stuck] = 0
    most_of_all: Ints = np.maximum(0, earned).sum(axis=1)
    return most_of_all


def _least(fits: Bools, cost: Ints) -> Ints:
    """Return the least cost of each row where it fits; `FAR` where nothing does."""
    least: Ints = np.where(fits, cost, FAR).min(axis=1)
    return least
