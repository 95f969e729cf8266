"""A shelf on which kits are asked for: which are whole, who gets what, and the prices.

Once it is said which kits are whole, their parts are requests that must be served, and
the rest is a flow again.
"""

from dataclasses import dataclass, replace

import numpy as np

from matcher.ceiling import profits
from matcher.closing import closed, network_of, share
from matcher.columns import Bools, Ints
from matcher.flow import Network
from matcher.kits import NONE
from matcher.kitting import Kitting, best_kits, lot_prices
from matcher.stock import Shelf, Stock
from matcher.suiting import CELLS, Pairs, blocks, joined, suitable, way
from matcher.weighing import Weights, kept

PROGRAMMED = 8_000
"""Among more pairs than these, kits are chosen from near ones only."""
ROUNDINGS = (np.rint, np.floor, np.ceil)


@dataclass(frozen=True, slots=True)
class Kitted:
    """A flow that serves kits whole or not at all; `price` is tiers × lots.

    `ended`: a search over all pairs says that none is better.
    """

    pairs: Pairs
    network: Network
    flow: Ints
    price: Ints
    ended: bool


def has_kits(stock: Stock, shelf: Shelf) -> bool:
    """Say whether a kit of the shelf may be served."""
    wanted = stock.asked.pieces(stock.wanted)[shelf.asked] > 0
    return bool((wanted & (stock.kit[shelf.asked] != NONE)).any())


def kitted(stock: Stock, shelf: Shelf, near: Pairs, weights: Weights) -> Kitted | None:
    """Return the best kits found, what goes round them, and prices for all tiers."""
    pairs = _pairs(stock, shelf, near)
    if not len(pairs):
        return None
    number = _numbers(stock, shelf)
    network = network_of(stock, shelf, pairs, stock.asked.weight)
    gains = _gains(stock, pairs)
    program = Kitting(
        lot=network.lot,
        request=network.request,
        left=network.supply,
        wanted=network.demand,
        kit=number,
        gains=gains,
    )
    price = _prices(stock, shelf, program, weights)
    taken = best_kits(program)
    chosen = taken.kits
    ended = taken.ended and pairs is not near and not stock.trip
    while True:
        whole = (number == NONE) | chosen[number]
        found = _around(stock, shelf, pairs, weights, whole)
        if found is None:
            return None
        flowing, short = found
        if not short.any():
            return replace(flowing, price=price, ended=ended)
        chosen[number[short]], ended = False, False


def _around(
    stock: Stock, shelf: Shelf, pairs: Pairs, weights: Weights, whole: Bools
) -> tuple[Kitted, Bools] | None:
    """Return the best flow in which the parts of chosen kits come first.

    Beside it: which of these parts lack something after all.
    """
    rows = np.zeros(len(stock.asked.cases), np.bool_)
    rows[shelf.asked] = whole
    wanted = np.where(rows[stock.asked.of], stock.wanted, 0)
    value = weights[0] * stock.asked.weight + weights[1]
    above = 2 * int(value.max()) + 1
    value = value + np.where(stock.kit != NONE, above, 0)
    best = closed(replace(stock, wanted=wanted), shelf, pairs, value)
    if best is None:
        return None
    got = np.zeros(len(shelf.asked), np.int64)
    np.add.at(got, best.network.request, best.flow)
    part = stock.kit[shelf.asked] != NONE
    price = np.zeros((0, 0), np.int64)
    found = Kitted(best.pairs, best.network, best.flow, price, ended=False)
    return found, part & (got < best.network.demand)


def _pairs(stock: Stock, shelf: Shelf, near: Pairs) -> Pairs:
    """Return all pairs that suit, or the near ones where there are too many."""
    if len(shelf.asked) * len(shelf.given) > CELLS:
        return near
    found = []
    for asked, given in blocks(shelf):
        metres = way(stock, asked, given)
        row, column = np.nonzero(suitable(stock, asked, given, metres))
        found.append(Pairs(asked[row, 0], given[0, column], metres[row, column]))
    every = joined(found)
    return every if len(every) <= PROGRAMMED else near


def _numbers(stock: Stock, shelf: Shelf) -> Ints:
    """Return the kits of the shelf's requests, numbered from 0 without a gap."""
    kit = stock.kit[shelf.asked]
    known, number = np.unique(kit, return_inverse=True)
    numbers: Ints = number.reshape(-1) - int(known[0] == NONE)
    return numbers


def _gains(stock: Stock, pairs: Pairs) -> Ints:
    weight = stock.asked.weight[pairs.asked]
    metres = pairs.metres + share(stock, pairs.asked, pairs.given)
    return np.stack([weight, np.ones_like(weight), -metres])


def _prices(stock: Stock, shelf: Shelf, program: Kitting, weights: Weights) -> Ints:
    """Return by tier the prices of the linear program, rounded as it bounds best."""
    urgent, pieces, nearer = program.gains
    first, second, _ = weights
    sums = urgent, first // second * urgent + pieces, first * urgent + second * pieces
    found = []
    for tier, gain in enumerate((*sums[:2], sums[2] + nearer)):
        raw = lot_prices(program, gain)
        some = [np.asarray(way_of(raw)).astype(np.int64) for way_of in ROUNDINGS]
        bounds = [
            int(program.left @ price)
            + int(profits(stock, shelf, np.stack([price] * 3), kept(weights))[tier])
            for price in some
        ]
        found.append(some[int(np.argmin(bounds))])
    return np.stack(found)
