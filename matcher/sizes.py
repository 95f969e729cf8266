"""Whether a household fits, and how many rooms it takes.

Rooms are asked once for each kind of household and kind of home, not once a pair.
"""

from collections.abc import Sequence

import numpy as np

from matcher.columns import Households, Ints, Pool, Pools, Whole
from matcher.problem import Household
from matcher.rooms import assign, fewest

_NOT_ASKED = -1


class Sizes:
    """The answers for one set of pools; asked block by block, each question once."""

    def __init__(self, pools: Pools) -> None:
        self._pools = pools
        self._kind = _Numbers()
        kinds = [
            (p.bedrooms, p.beds, p.home.contingent, p.home.step_free == "some")
            for p in pools.rows
        ]
        self._kind_of = self._kind.of(kinds)
        self._shape = _Numbers()
        self._answer: Ints = np.zeros((0, self._kind.count), np.int64)
        self._contingent = np.array([p.home.contingent for p in pools.rows], np.bool_)

    def demands(
        self, needs: Households, *, need: Ints, pool: Ints, start: Ints, end: Ints
    ) -> Ints:
        """Return for each pair the rooms (a home: 1) it takes; 0 where it is no fit."""
        demand = self._by_rooms(needs, need, pool)
        demand[needs.persons[need] > self._pools.max_persons[pool]] = 0
        shared = np.nonzero(self._contingent[pool])[0]
        for column in np.unique(pool[shared]).tolist():
            here = shared[pool[shared] == column]
            row = self._pools.rows[column]
            short = demand[here] > _free(row, start[here], end[here])
            demand[here[short]] = 0
        return demand

    def shapes(self, needs: Households) -> Ints:
        """Return the number of each household's shape."""
        return self._shape.of([(h.shape, len(h.people)) for h in needs.rows])

    def known(self, shape: Ints, pool: Whole) -> Ints:
        """Return the rooms that pairs take which were asked before, by their shapes."""
        rooms: Ints = self._answer[shape, self._kind_of[pool]]
        return rooms

    def _by_rooms(self, needs: Households, need: Ints, pool: Ints) -> Ints:
        shape = self.shapes(needs)[need]
        kind = self._kind_of[pool]
        more = self._shape.count - len(self._answer)
        fresh = np.full((more, self._kind.count), _NOT_ASKED)
        self._answer = np.concatenate([self._answer, fresh])
        asked = np.nonzero(self._answer[shape, kind] == _NOT_ASKED)[0]
        question = shape[asked] * self._kind.count + kind[asked]
        _, first = np.unique(question, return_index=True)
        for pair in asked[first].tolist():
            household, row = needs.rows[need[pair]], self._pools.rows[pool[pair]]
            self._answer[shape[pair], kind[pair]] = rooms_taken(household, row)
        demand: Ints = self._answer[shape, kind]
        return demand


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

    @property
    def count(self) -> int:
        return len(self._known)

    def of(self, things: Sequence[tuple[object, ...]]) -> Ints:
        known = self._known
        return np.array([known.setdefault(t, len(known)) for t in things], np.int64)


def _free(pool: Pool, start: Ints, end: Ints) -> Ints:
    least = np.full(len(start), np.iinfo(np.int64).max)
    days = [day for day, _ in pool.steps] + [np.iinfo(np.int64).max]
    for n, (day, free) in enumerate(pool.steps):
        meets = (start < days[n + 1]) & (end > day)
        least[meets] = np.minimum(least[meets], free)
    return least
