"""Which lots suit which requests: asked of all pairs of rows, a block at a time.

A block is so many rows of requests against all lots of their shelf, never more than
`CELLS` pairs: memory stays bounded however large the market.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matcher.ascending import once
from matcher.columns import Bools, Ints
from matcher.stock import Shelf, Stock

FUNNEL = ("no_item", "best_before", "forbidden", "distance")
CELLS = 1 << 20
NEAREST = 12
"""So many of the nearest lots a request begins with, and a lot with requests."""
FAR = 1 << 60


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of rows, `metres` apart, ascending by (asked, given)."""

    asked: Ints
    given: Ints
    metres: Ints

    def __len__(self) -> int:
        return len(self.asked)


@dataclass(frozen=True, slots=True)
class Survey:
    """What was seen on one walk over all pairs.

    `blocked[r, n]` counts the lots that fell at `FUNNEL[n]` for a row of requests, its
    last column the compatible ones; `farthest` is the longest way to one of these.
    `near` are compatible pairs to begin with, and `edges` counts all of them, by case.
    """

    blocked: Ints
    farthest: Ints
    near: Pairs
    edges: int


def way(stock: Stock, asked: Ints, given: Ints) -> Ints:
    """Return the metres between rows, element by element; broadcasts.

    The whole root is exact: up to 2**52 the rounded root of a number below a square
    stays below its root.
    """
    a, g = stock.asked, stock.given
    east, north = a.x[asked] - g.x[given], a.y[asked] - g.y[given]
    east *= east
    north *= north
    east += north
    metres = np.sqrt(east, out=east).astype(np.int64)
    metres[~(a.known[asked] & g.known[given])] = stock.most_metres
    return metres


def verdicts(stock: Stock, asked: Ints, given: Ints, metres: Ints) -> Iterator[Bools]:
    """Yield for each rule of the funnel where it lets a pair pass; broadcasts."""
    a, g = stock.asked, stock.given
    size = a.size[asked]
    serves = stock.serves[a.item[asked], g.item[given]]
    yield serves & ((size < 0) | (size == g.size[given]))
    yield g.day[given] <= a.day[asked]
    allowed = np.ones(metres.shape, np.bool_)
    if len(stock.forbidden):
        pair = asked * len(g.cases) + given
        allowed = ~np.isin(pair, stock.forbidden)
    yield allowed
    yield metres <= stock.most_metres


def suitable(stock: Stock, asked: Ints, given: Ints, metres: Ints) -> Bools:
    """Say which pairs every rule lets pass; broadcasts."""
    alive = np.ones(metres.shape, np.bool_)
    for passed in verdicts(stock, asked, given, metres):
        alive &= passed
    return alive


def blocks(shelf: Shelf) -> Iterator[tuple[Ints, Ints]]:
    """Yield (asked, given) such that they broadcast to a block of the shelf."""
    high = max(1, CELLS // max(1, len(shelf.given)))
    for start in range(0, len(shelf.asked), high):
        yield shelf.asked[start : start + high, None], shelf.given[None, :]


def survey(stock: Stock) -> Survey:
    """Walk over all pairs once."""
    rows = len(stock.asked.cases)
    blocked = np.zeros((rows, len(FUNNEL) + 1), np.int64)
    blocked[:, 0] = len(stock.lots)
    farthest = np.zeros(rows, np.int64)
    near: list[Pairs] = []
    for shelf in stock.shelves():
        for asked, given in blocks(shelf):
            metres = way(stock, asked, given)
            mine = asked[:, 0]
            alive = _count(stock, asked, given, metres, blocked)
            farthest[mine] = np.where(alive, metres, 0).max(axis=1)
            near.append(_nearest(asked, given, np.where(alive, metres, FAR)))
    return Survey(
        blocked=blocked,
        farthest=farthest,
        near=joined(near),
        edges=int(blocked[:, -1] @ stock.asked.cases),
    )


def _count(
    stock: Stock, asked: Ints, given: Ints, metres: Ints, blocked: Ints
) -> Bools:
    """Fill in the funnel of the block's rows; return which pairs come through."""
    mine, cases = asked[:, 0], stock.given.cases[given[0]].astype(np.float64)
    alive = np.ones(metres.shape, np.bool_)
    before = np.full(len(mine), len(stock.lots), np.int64)
    for n, passed in enumerate(verdicts(stock, asked, given, metres)):
        alive &= passed
        after = np.rint(alive.astype(np.float64) @ cases).astype(np.int64)
        blocked[mine, n] = before - after
        before = after
    blocked[mine, -1] = before
    return alive


def _nearest(asked: Ints, given: Ints, metres: Ints) -> Pairs:
    """Return for each row and each column of a block its nearest partners."""
    cells = [np.zeros(0, np.int64)]
    rows, columns = metres.shape
    if columns <= NEAREST or rows <= NEAREST:
        cells.append(np.arange(metres.size))
    else:
        first = np.argpartition(metres, NEAREST, axis=1)[:, :NEAREST]
        cells.append((first + columns * np.arange(rows)[:, None]).ravel())
        first = np.argpartition(metres, NEAREST, axis=0)[:NEAREST]
        cells.append((first * columns + np.arange(columns)).ravel())
    cell = once(*cells)
    cell = cell[metres.ravel()[cell] < FAR]
    return Pairs(
        asked[cell // columns, 0], given[0, cell % columns], metres.ravel()[cell]
    )


def chained(parts: list[Pairs]) -> Pairs:
    """Return the pairs of all parts, one part after the other."""
    nothing = np.zeros(0, np.int64)
    return Pairs(
        np.concatenate([nothing, *(part.asked for part in parts)]),
        np.concatenate([nothing, *(part.given for part in parts)]),
        np.concatenate([nothing, *(part.metres for part in parts)]),
    )


def joined(parts: list[Pairs]) -> Pairs:
    """Return the pairs of all parts, each once."""
    all_of_them = chained(parts)
    order = np.lexsort((all_of_them.given, all_of_them.asked))
    asked, given, metres = (
        column[order]
        for column in (all_of_them.asked, all_of_them.given, all_of_them.metres)
    )
    first = np.ones(len(order), np.bool_)
    first[1:] = (asked[1:] != asked[:-1]) | (given[1:] != given[:-1])
    return Pairs(asked[first], given[first], metres[first])
