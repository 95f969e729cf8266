"""Who has what: what fits beside it, and who would have to go for what does not."""

from heapq import nsmallest

import numpy as np
from numpy.typing import NDArray

from matcher.columns import Ints
from matcher.standing.book import Steps
from matcher.standing.edges import Edges

MOST_ASKED = 6
"""So many of those who share a place are asked to go, those who lose least."""
Holder = tuple[int, int, int]
"""From when, until when, by which edge."""


class Rooms:
    """What is taken of each pool. Homes hold one at a time; others count by the day."""

    def __init__(self, edges: Edges, today: int) -> None:
        self._edges, self._today = edges, today
        self._holders: dict[int, list[Holder]] = {}
        self._left: dict[int, Ints] = {}
        self._free: dict[int, Steps] = {}

    def open(self, pool: int, free: Steps, *, one_at_a_time: bool) -> None:
        """Let a pool be taken from."""
        self._holders[pool] = []
        if not one_at_a_time:
            self._free[pool] = free
            self._left[pool] = np.zeros(0, np.int64)

    def close(self, pool: int) -> None:
        """Let a pool no longer be taken from."""
        self._left.pop(pool, None)
        del self._holders[pool]

    def is_open(self, pool: int) -> bool:
        return pool in self._holders

    def is_home(self, pool: int) -> bool:
        return pool not in self._left

    def holders(self, pool: int) -> list[int]:
        """Return the edges that take from a pool."""
        return [edge for _, _, edge in self._holders[pool]]

    def fits(self, edge: int) -> bool:
        edges = self._edges
        pool, days = int(edges.pool[edge]), (edges.start[edge], edges.end[edge])
        return self.asked_to_go(edge, pool, *map(int, days), dear=None) == []

    def take(self, edge: int) -> None:
        self._change(edge, 1)
        days = int(self._edges.start[edge]), int(self._edges.end[edge])
        for pool, _ in self._edges.uses(edge):
            self._holders[pool].append((*days, edge))

    def leave(self, edge: int) -> None:
        self._change(edge, -1)
        for pool, _ in self._edges.uses(edge):
            here = self._holders[pool]
            here[:] = [one for one in here if one[2] != edge]

    def asked_to_go(
        self, edge: int, pool: int, start: int, end: int, *, dear: Ints | None
    ) -> list[int] | None:
        """Return holders of whom one going is enough; none if it fits as it is.

        `None`: several would have to go. `dear` says what a need loses; without it
        nobody is looked for.
        """
        if pool not in self._left and edge not in self._edges.extra:
            there = [
                one
                for since, until, one in self._holders[pool]
                if since < end and start < until
            ]
            return None if there[1:] else there
        short = [use for use in self._edges.uses(edge) if not self._has(edge, *use)]
        if not short:
            return []
        if len(short) > 1 or dear is None:
            return None
        return self._enough(edge, *short[0], dear) or None

    def _enough(self, edge: int, pool: int, demand: int, dear: Ints) -> list[int]:
        start, end = int(self._edges.start[edge]), int(self._edges.end[edge])
        if self.is_home(pool):
            found = [e for a, b, e in self._holders[pool] if a < end and start < b]
            return found if len(found) == 1 else []
        left = self._days(pool, edge)
        lacking = np.nonzero(left < demand)[0]
        first, last = start + int(lacking[0]), start + int(lacking[-1])
        lack = demand - int(left.min())
        enough = [
            one
            for since, until, one in self._holders[pool]
            if since <= first
            and until > last
            and dict(self._edges.uses(one))[pool] >= lack
        ]
        need = self._edges.need
        return nsmallest(MOST_ASKED, enough, key=lambda one: (dear[need[one]], one))

    def _has(self, edge: int, pool: int, demand: int) -> bool:
        if self.is_home(pool):
            start, end = self._edges.start[edge], self._edges.end[edge]
            return not any(a < end and start < b for a, b, _ in self._holders[pool])
        return bool(self._days(pool, edge).min() >= demand)

    def _days(self, pool: int, edge: int) -> NDArray[np.int64]:
        """Return what is left on each day of a stay."""
        first = int(self._edges.start[edge]) - self._today
        last = int(self._edges.end[edge]) - self._today
        if last > len(self._left[pool]):
            self._left[pool] = self._longer(pool, last)
        return self._left[pool][first:last]

    def _longer(self, pool: int, length: int) -> Ints:
        """Return what is left of a pool over more days: all of it, so far on."""
        before = self._left[pool]
        days = self._today + np.arange(len(before), 2 * length)
        since, free = self._free[pool]
        more = free[np.searchsorted(since, days, side="right") - 1]
        return np.concatenate([before, more])

    def _change(self, edge: int, sign: int) -> None:
        for pool, demand in self._edges.uses(edge):
            if not self.is_home(pool):
                self._days(pool, edge)[:] -= sign * demand
