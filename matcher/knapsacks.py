"""Instances in which every offer is one knapsack, and a need takes more of some.

The generalised assignment problem. The relaxation over edges says little there; at
prices of needs each offer's best filling is exact (a knapsack by dynamic programming),
and their sum is a closer bound (Lagrange). Forward and backward tables together say of
every edge what taking it costs at least: few cost little, and a search among these
comes far; where it saw all that a better choice could use, its end is a proof.
"""

from dataclasses import dataclass

import numpy as np

from matcher.columns import Bools, Ints
from matcher.instance import SPAN, Instance
from matcher.rows import Floats

PATIENT, SHORTER = 6, 0.6
"""After so many looks in vain, prices are tried by a smaller step."""
FEWEST, MOST, LOOKED = 40, 400, 2_000_000_000
"""So often prices are tried: as often as so many cells of knapsacks are filled."""
STAKE, FLOOR = 0.0004, 0.05
"""What prices may still gain, in parts of what edges of a need differ by; and of it."""
ROW = 1_500
"""So many cells more each item of a knapsack costs."""
ROOMIEST = 10_000
"""Larger rooms make larger tables; they are searched edge by edge."""
CELLS = 1 << 26
"""So many cells of knapsacks are filled side by side, at most: bytes of memory."""
NEVER = np.int64(1 << 60)


@dataclass(frozen=True, slots=True)
class Table:
    """Offers × needs: what an edge is worth and takes (none: no worth, no fit).

    Worth is counted in 1/scale; `edge` is its number, or -1.
    """

    worth: Ints
    demand: Ints
    edge: Ints
    room: Ints

    @staticmethod
    def of(instance: Instance, scale: int) -> "Table":
        """Lay an instance out whose offers have one step of capacity each."""
        shape = len(instance.free), instance.needs
        where = instance.use_pool, instance.need
        edge, demand = np.full(shape, -1, np.int64), np.full(shape, NEVER)
        worth = np.full(shape, -NEVER)
        edge[where], demand[where] = np.arange(instance.edges), instance.use_demand
        worth[where] = instance.worth[0] * scale
        return Table(worth, demand, edge, instance.free)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A bound in 1/scale, and by how much a choice stays below it at least.

    By an offer's `loss` if it takes a need; by a need's `price` if nobody does.
    """

    bound: int
    price: Ints
    loss: Ints


def is_one_knapsack_each(instance: Instance) -> bool:
    """Say whether this is the better way for an instance."""
    if instance.tiers != 1 or instance.edges == 0:
        return False
    least = np.full(instance.needs, NEVER)
    most = np.zeros(instance.needs, np.int64)
    np.minimum.at(least, instance.need, instance.use_demand[: instance.edges])
    np.maximum.at(most, instance.need, instance.use_demand[: instance.edges])
    pairs = instance.use_pool * instance.needs + instance.need[instance.use_edge]
    return (
        len(instance.use_edge) == instance.edges == len(np.unique(pairs))
        and np.array_equal(instance.free_key, np.arange(len(instance.free)) * SPAN)
        and int(instance.start.max()) < int(instance.end.min())
        and int(instance.free.max()) <= ROOMIEST
        and bool(np.mean(least < most) > 1 / 2)
    )


def weigh(table: Table, level: Ints) -> Weighed:
    """Return the best bound found; `level` is what each need earns at first."""
    return with_losses(table, *_priced(table, level))


def with_losses(table: Table, bound: int, price: Ints) -> Weighed:
    """Return a bound with what each edge loses at its prices."""
    losses = [_losses(table, offer, price) for offer in range(len(table.room))]
    return Weighed(bound, price, np.stack(losses))


def _priced(table: Table, level: Ints) -> tuple[int, Ints]:
    """Return the best bound that prices step by step lead to, and its prices."""
    price, bound, asked = level, *_look(table, level)
    best, kept, idle, step = bound, level, 0, 1.0
    stake = STAKE * _stake(table)
    push = np.zeros(len(level))
    for _ in range(_looks(table, level)):
        push = 0.6 * (asked - 1) + 0.4 * push
        far = max(bound - best + stake, FLOOR * stake)
        move = step * far * push / max(1.0, float((push * push).sum()))
        price = np.maximum(0, price + np.rint(move).astype(np.int64))
        bound, asked = _look(table, price)
        idle = 0 if bound < best else idle + 1
        if bound < best:
            best, kept = bound, price
        elif idle == PATIENT:
            step, idle, price = step * SHORTER, 0, kept
    return best, kept


def _looks(table: Table, level: Ints) -> int:
    """Return how often prices are tried: the smaller the knapsacks, the more often."""
    items = ((table.worth > level) & (table.edge >= 0)).sum(axis=1)
    cells = int((items * (table.room + ROW)).sum())
    return min(max(FEWEST, LOOKED // max(1, cells)), MOST)


def _stake(table: Table) -> float:
    """Return the sum over needs of what their edges differ by."""
    known = table.edge >= 0
    high = np.where(known, table.worth, -NEVER).max(axis=0)
    low = np.where(known, table.worth, NEVER).min(axis=0)
    return float(np.maximum(high - low, 0).sum())


def _look(table: Table, price: Ints) -> tuple[int, Floats]:
    """Return the bound at prices of needs, and how many offers ask for each."""
    best = best_fillings(table, price)
    bound = int(price.sum() + best.gain.sum())
    return bound, best.taken.sum(axis=0).astype(float)


@dataclass(frozen=True, slots=True)
class Best:
    """The best filling of each offer at prices of needs.

    `gain` is one number an offer, in the table's unit; `taken` is offers × needs;
    `items` says how many needs an offer could gain by, at most.
    """

    gain: Ints
    taken: Bools
    items: int


def best_fillings(table: Table, price: Ints, *, dear_first: bool = False) -> Best:
    """Fill every offer as well as can be, many knapsacks side by side.

    Of fillings that gain the same it takes the one with the first needs, or with those
    that gain most: the relaxation over fillings then ends where dives do better.
    """
    room = table.room[:, None]
    known = (table.edge >= 0) & (table.demand <= room)
    gain = np.where(known, np.maximum(table.worth - price, 0), 0)
    items = max(1, int((gain > 0).sum(axis=1).max()))
    rank = -gain if dear_first else gain == 0
    order = np.argsort(rank, axis=1, kind="stable")[:, :items]
    gains = np.take_along_axis(gain, order, axis=1)
    sizes = np.take_along_axis(np.minimum(table.demand, room), order, axis=1)
    many = max(1, CELLS // (items * (1 + int(room.max()))))
    blocks = [slice(k, k + many) for k in range(0, len(room), many)]
    filled = [_filled(sizes[some], gains[some], table.room[some]) for some in blocks]
    taken = np.zeros(gain.shape, np.bool_)
    np.put_along_axis(taken, order, np.concatenate([one for one, _ in filled]), axis=1)
    return Best(np.concatenate([value for _, value in filled]), taken, items)


def _filled(sizes: Ints, gains: Ints, room: Ints) -> tuple[Bools, Ints]:
    """Return which items (offers × items) the best fillings take, and their gains.

    The left half of a row stays far below nothing: what reaches there does not fit.
    """
    offers, items = sizes.shape
    wide = int(room.max()) + 1
    rows = np.full((offers, 2 * wide), -NEVER)
    rows[:, wide:] = 0
    place = np.arange(offers)[:, None] * 2 * wide + wide + np.arange(wide)
    best, flat = rows[:, wide:], rows.reshape(-1)
    better = np.empty((items, offers, wide), np.bool_)
    for n in range(items):
        tried = flat[place - sizes[:, n, None]]
        tried += gains[:, n, None]
        np.greater(tried, best, out=better[n])
        np.maximum(tried, best, out=best)
    every, left = np.arange(offers), room.copy()
    taken = np.empty((offers, items), np.bool_)
    for n in reversed(range(items)):
        taken[:, n] = better[n, every, left]
        left -= np.where(taken[:, n], sizes[:, n], 0)
    return taken, best[every, room]


def fill(sizes: list[int], gains: list[int], room: int) -> tuple[int, list[int]]:
    """Return what the best filling of a room gains, and which items it takes."""
    rows, left, taken = _forward(sizes, gains, room), room, []
    for n in reversed(range(len(sizes))):
        if rows[n + 1, left] > rows[n, left]:
            taken.append(n)
            left -= sizes[n]
    return int(rows[-1, -1]), taken[::-1]


def _items(table: Table, offer: int, price: Ints) -> tuple[Ints, list[int], list[int]]:
    """Return the needs that an offer would gain by, what they take, and the gains."""
    gain = table.worth[offer] - price
    items = np.nonzero((gain > 0) & (table.demand[offer] <= table.room[offer]))[0]
    return items, table.demand[offer, items].tolist(), gain[items].tolist()


def _forward(sizes: list[int], gains: list[int], room: int) -> Ints:
    """Return what the first n items are worth within each room, for every n."""
    rows = np.zeros((len(sizes) + 1, room + 1), np.int64)
    for n, (size, gain) in enumerate(zip(sizes, gains, strict=True)):
        rows[n + 1, :size] = rows[n, :size]
        tried = rows[n, : room + 1 - size] + gain
        np.maximum(rows[n, size:], tried, out=rows[n + 1, size:])
    return rows


def _losses(table: Table, offer: int, price: Ints) -> Ints:
    """Return what an offer loses at least by taking each need."""
    room = int(table.room[offer])
    items, sizes, gains = _items(table, offer, price)
    before = _forward(sizes, gains, room)
    after = _forward(sizes[::-1], gains[::-1], room)[::-1]
    best = int(before[-1, -1])
    fits = table.demand[offer] <= room
    left = room - table.demand[offer, fits]
    loss = np.full(len(price), NEVER)
    loss[fits] = best - before[-1, left] - (table.worth[offer] - price)[fits]
    for n, (item, size, gain) in enumerate(zip(items, sizes, gains, strict=True)):
        rest = before[n, : room + 1 - size] + after[n + 1, room - size :: -1]
        loss[item] = best - int(rest.max()) - gain
    return loss
