"""What a tier of goods weighs beside the next, so that one sum speaks for all."""

from typing import TypeAlias

import numpy as np

from matcher.kits import NONE
from matcher.stock import Stock
from matcher.suiting import Survey

Weights: TypeAlias = tuple[int, int, int]


def steps(stock: Stock, seen: Survey) -> Weights:
    """Return the weight of each tier under which the sum is lexicographic.

    The metres of a path are within `spread` of zero, its pieces zero or one: so of a
    price p, (p + spread) // second step is 2 · urgent + pieces. Kits are no flow: a
    first step that outweighs all their pieces is a guess, which the bound judges.
    """
    arcs = 2 * min(len(stock.given.cases), len(stock.asked.cases)) + 2
    spread = arcs * (int(seen.farthest.max(initial=0)) + stock.trip)
    in_kit = np.zeros(int(stock.kit.max(initial=NONE)) + 2, np.int64)
    np.add.at(in_kit, stock.kit + 1, stock.asked.pieces(stock.wanted))
    above = 2 + 2 * int(in_kit[1:].max(initial=0))
    return (above * (2 * spread + 1), 2 * spread + 1, 1)


def kept(weights: Weights) -> tuple[tuple[int, ...], ...]:
    """Return by tier what the tiers before weigh in its bound."""
    first, second, _ = weights
    return ((), (first // second,), (first, second))
