"""Whether a household fits, and how many rooms it takes.

Rooms are asked once for each kind of household and kind of home, not once a pair.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from matcher.columns import Households, Ints, Pool, Pools, Whole
from matcher.problem import Household
from matcher.rooms import LARGEST, Bedroom, Shape, alike, assign, fewest
from matcher.spans import ALWAYS, Spans

_NOT_ASKED = -1


class Sizes:
    """The answers for one set of pools; asked block by block, each question once.

    Homes whose rooms differ in their order only are of one kind, households whose
    people do are of one shape.
    """

    def __init__(self, pools: Pools) -> None:
        self._pools = pools
        kind = _Numbers()
        kinds = [
            (_sorted(p.bedrooms), p.beds, p.home.contingent, p.home.step_free == "some")
            for p in pools.rows
        ]
        self._kind_of = kind.of(kinds)
        _, first = np.unique(self._kind_of, return_index=True)
        self._kinds = [pools.rows[n] for n in first.tolist()]
        self._shape = _Numbers()
        self._answer: Ints = np.zeros((0, len(self._kinds)), np.int64)
        self._contingent = np.array([p.home.contingent for p in pools.rows], np.bool_)
        steps = [
            (n, day, until, free)
            for n in np.nonzero(self._contingent)[0].tolist()
            for (day, free), (until, _) in pairwise((*pools.rows[n].steps, (ALWAYS, 0)))
        ]
        self._free = Spans.of(steps, len(pools.rows))

    def demands(
        self, needs: Households, *, need: Ints, pool: Ints, start: Ints, end: Ints
    ) -> Ints:
        """Return for each pair the rooms (a home: 1) it takes; 0 where it is no fit."""
        demand = self._by_rooms(needs, need, pool)
        demand[needs.persons[need] > self._pools.max_persons[pool]] = 0
        shared = np.nonzero(self._contingent[pool])[0]
        free = self._free.least(pool[shared], start[shared], end[shared])
        demand[shared[demand[shared] > free]] = 0
        return demand

    def shapes(self, needs: Households) -> Ints:
        """Return the number of each household's shape, and be ready to be asked of it.

        Whoever asks in several threads has all households numbered before.
        """
        told = [(_told_apart(h), len(h.people)) for h in needs.rows]
        shapes, known = self._shape.of(told), len(self._answer)
        fresh, first = np.unique(shapes, return_index=True)
        rows = [self._quick(needs.rows[n]) for n in first[fresh >= known].tolist()]
        if rows:
            self._answer = np.concatenate([self._answer, *rows])
        return shapes

    def known(self, shape: Ints, pool: Whole) -> Ints:
        """Return the rooms that pairs take which were asked before, by their shapes."""
        rooms: Ints = self._answer[shape, self._kind_of[pool]]
        return rooms

    def _by_rooms(self, needs: Households, need: Ints, pool: Ints) -> Ints:
        shapes = self.shapes(needs)
        shape, kind = shapes[need], self._kind_of[pool]
        asked = np.nonzero(self._answer[shape, kind] == _NOT_ASKED)[0]
        question = shape[asked] * len(self._kinds) + kind[asked]
        _, first = np.unique(question, return_index=True)
        for pair in asked[first].tolist():
            household, row = needs.rows[need[pair]], self._pools.rows[pool[pair]]
            self._answer[shape[pair], kind[pair]] = rooms_taken(household, row)
        demand: Ints = self._answer[shape, kind]
        return demand

    def _quick(self, household: Household) -> Ints:
        """Return a row of answers: those for which nobody needs to be laid anywhere."""
        row = [_plain(household, kind) for kind in self._kinds]
        return np.array(row, np.int64).reshape(1, -1)


def _told_apart(household: Household) -> Shape:
    """Return a shape; of the largest, whom nobody lays into rooms, the very own."""
    large = len(household.people) > LARGEST
    return household.shape if large else alike(household.shape)


def _sorted(bedrooms: tuple[Bedroom, ...]) -> tuple[Bedroom, ...]:
    order = sorted(bedrooms, key=lambda room: (room.sleeps, room.cot, room.step_free))
    return tuple(order)


def _plain(household: Household, pool: Pool) -> int:
    """Return 1 where everyone has a room, 0 where beds are too few, or `_NOT_ASKED`."""
    count = len(household.people)
    if pool.home.contingent or count > LARGEST:
        return _NOT_ASKED
    if not pool.bedrooms:
        return int(count <= pool.beds)
    if count > sum(room.sleeps + room.cot for room in pool.bedrooms):
        return 0
    choosy = pool.home.step_free == "some" and household.step_free
    alone = count <= sum(room.sleeps > 0 for room in pool.bedrooms)
    return 1 if alone and not choosy else _NOT_ASKED


def beds(household: Household, pool: Pool) -> tuple[int, ...] | None:
    """Return the room of each person; empty where the rooms are not known."""
    if pool.home.contingent:
        return fewest(household.shape, pool.bedrooms[0]) if pool.bedrooms else None
    if pool.bedrooms:
        some = pool.home.step_free == "some"
        return assign(household.shape, pool.bedrooms, step_free_rooms=some)
    return () if len(household.people) <= pool.beds else None


def rooms_taken(household: Household, pool: Pool) -> int:
    """Return how many rooms of a contingent, or 1 for a home; 0 if it does not fit."""
    found = beds(household, pool)
    if found is None:
        return 0
    return max(found) + 1 if pool.home.contingent else 1


class _Numbers:
    """Numbers for equal things, in the order in which they come."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], int] = {}

    def of(self, things: Sequence[tuple[object, ...]]) -> Ints:
        known = self._known
        return np.array([known.setdefault(t, len(known)) for t in things], np.int64)
