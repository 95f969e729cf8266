"""Whether a household fits, and how many rooms it takes.

Rooms are asked once for each kind of household and kind of home, not once a pair.
"""

import numpy as np

from matcher.columns import Households, Ints, Pool, Pools
from matcher.problem import Household
from matcher.rooms import assign, fewest


def demands(
    needs: Households, pools: Pools, *, need: Ints, pool: Ints, start: Ints, end: Ints
) -> Ints:
    """Return for each pair the rooms (a home: 1) it takes; 0 where it does not fit."""
    demand = _by_rooms(needs, pools, need, pool)
    demand[needs.persons[need] > pools.max_persons[pool]] = 0
    for column, row in enumerate(pools.rows):
        if row.home.contingent:
            here = np.nonzero(pool == column)[0]
            short = demand[here] > _free(row, start[here], end[here])
            demand[here[short]] = 0
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


def _by_rooms(needs: Households, pools: Pools, need: Ints, pool: Ints) -> Ints:
    shapes = _numbered([(h.shape, len(h.people)) for h in needs.rows])
    kinds = _numbered(
        [
            (p.bedrooms, p.beds, p.home.contingent, p.home.step_free == "some")
            for p in pools.rows
        ]
    )
    question = shapes[need] * (len(pools.rows) + 1) + kinds[pool]
    _, first, again = np.unique(question, return_index=True, return_inverse=True)
    answers = [
        rooms_taken(needs.rows[h], pools.rows[p])
        for h, p in zip(need[first].tolist(), pool[first].tolist(), strict=True)
    ]
    return np.array(answers, np.int64)[again]


def _numbered(things: list[tuple[object, ...]]) -> Ints:
    numbers: dict[tuple[object, ...], int] = {}
    return np.array([numbers.setdefault(t, len(numbers)) for t in things], np.int64)


def _free(pool: Pool, start: Ints, end: Ints) -> Ints:
    least = np.full(len(start), np.iinfo(np.int64).max)
    days = [day for day, _ in pool.steps] + [np.iinfo(np.int64).max]
    for n, (day, free) in enumerate(pool.steps):
        meets = (start < days[n + 1]) & (end > day)
        least[meets] = np.minimum(least[meets], free)
    return least
