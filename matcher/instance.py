"""An assignment instance in columns: who may take what, from when to when, for what.

An edge is one need in one pool over `[start, end)`; each need takes at most one. An
edge may use several pools at once: its own, and one for each household that it must
not meet there. Tiers are rows of `worth`, in strict order.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

import numpy as np

from matcher.ascending import once
from matcher.columns import STRETCH, Ints, Narrow, Whole

SPAN = 1 << 32
"""A (pool, day) key is pool · SPAN + day; days are in [0, SPAN)."""


class Free(Protocol):
    """What is free of pools, day by day."""

    def free_at(self, keys: Ints) -> Ints:
        """Return what is free at (pool, day) keys."""


class Source(Free, Protocol):
    """All edges, numbered by need; there may be too many to have them at once."""

    @property
    def needs(self) -> int: ...

    @property
    def tiers(self) -> int: ...

    @property
    def edges(self) -> int: ...

    @property
    def before(self) -> Ints | None:
        """What each edge of a need is worth in the tiers before the last.

        `None` where that is not the same for all of them.
        """

    def highest(self) -> Ints:
        """Return the most that an edge of a need is worth: tiers before the last."""

    def last(self) -> Iterator[tuple[Ints, Narrow, Whole]]:
        """Yield edges, their needs and worth in the last tier, some needs at a time."""

    def stretches(self, least: Ints | None = None) -> Iterator[tuple[Ints, "Instance"]]:
        """Yield all edges with their numbers, some needs at a time.

        Edges that are worth no more in the last tier than `least` says of their need
        may be left out.
        """

    def only(self, edges: Ints) -> "Instance":
        """Return the edges with these numbers, ascending."""


@dataclass(frozen=True, slots=True)
class Instance:
    """Edges sorted by need. `free_*` are steps: so much is free from that day on."""

    needs: int
    need: Narrow
    start: Narrow
    end: Narrow
    worth: Ints
    use_edge: Ints
    use_pool: Ints
    use_demand: Ints
    free_key: Ints
    free: Ints

    @property
    def edges(self) -> int:
        return len(self.need)

    @property
    def tiers(self) -> int:
        return len(self.worth)

    def starts(self) -> Ints:
        """Return the key at which each use begins."""
        return self.use_pool * SPAN + self.start[self.use_edge]

    def ends(self) -> Ints:
        """Return the key at which each use ends."""
        return self.use_pool * SPAN + self.end[self.use_edge]

    def free_at(self, keys: Ints) -> Ints:
        """Return what is free at (pool, day) keys; every pool's steps begin at 0."""
        return free_at(self.free_key, self.free, keys)

    def only(self, edges: Ints) -> "Instance":
        """Return the same instance with these edges only, in the given order."""
        place = np.full(self.edges, -1, np.int64)
        place[edges] = np.arange(len(edges))
        kept = place[self.use_edge] >= 0
        return Instance(
            needs=self.needs,
            need=self.need[edges],
            start=self.start[edges],
            end=self.end[edges],
            worth=self.worth[:, edges],
            use_edge=place[self.use_edge[kept]],
            use_pool=self.use_pool[kept],
            use_demand=self.use_demand[kept],
            free_key=self.free_key,
            free=self.free,
        )

    @property
    def before(self) -> Ints | None:
        """Nothing is known of edges that have the need in common."""
        return None

    def highest(self) -> Ints:
        """Return the most that an edge of a need is worth: tiers before the last."""
        found = np.zeros((self.tiers - 1, self.needs), np.int64)
        for most, worth in zip(found, self.worth, strict=False):
            np.maximum.at(most, self.need, worth)
        return found

    def last(self) -> Iterator[tuple[Ints, Narrow, Whole]]:
        """Yield edges, their needs and worth in the last tier, some needs at a time."""
        for edges, part in self.stretches():
            yield edges, part.need, part.worth[-1]

    def stretches(self, least: Ints | None = None) -> Iterator[tuple[Ints, "Instance"]]:
        """Yield all edges with their numbers, some needs at a time."""
        starts = np.searchsorted(self.need, self.need[STRETCH::STRETCH]).tolist()
        order = np.argsort(self.use_edge, kind="stable")
        edges = self.use_edge[order]
        for first, last in pairwise(dict.fromkeys((0, *starts, self.edges))):
            uses = order[slice(*np.searchsorted(edges, (first, last)).tolist())]
            yield (
                np.arange(first, last),
                replace(
                    self,
                    need=self.need[first:last],
                    start=self.start[first:last],
                    end=self.end[first:last],
                    worth=self.worth[:, first:last],
                    use_edge=self.use_edge[uses] - first,
                    use_pool=self.use_pool[uses],
                    use_demand=self.use_demand[uses],
                ),
            )

    def beside(self, taken: Ints) -> "Instance":
        """Return the same instance with what these edges take no longer free."""
        part = self.only(taken)
        starts, ends = part.starts(), part.ends()
        keys = once(self.free_key, starts, ends)
        load = np.zeros(len(keys), np.int64)
        np.add.at(load, np.searchsorted(keys, starts), part.use_demand)
        np.add.at(load, np.searchsorted(keys, ends), -part.use_demand)
        free = self.free_at(keys) - np.cumsum(load)
        return replace(self, free_key=keys, free=free)


def beginnings(need: Narrow, needs: int) -> Ints:
    """Return where the edges of each need begin, sorted by need; and their number.

    Asked at once: a search for numbers of another width copies all edges.
    """
    return np.searchsorted(need, np.arange(needs + 1, dtype=need.dtype))


def free_at(key: Ints, free: Ints, wanted: Ints) -> Ints:
    """Return what is free at `wanted` keys, from what is free from each key on."""
    return free[np.searchsorted(key, wanted, side="right") - 1]


def fits(instance: Instance, chosen: Ints) -> bool:
    """Say whether `chosen` edges keep every need and every pool within its limit."""
    part = instance.only(chosen)
    if len(once(part.need)) < len(part.need):
        return False
    starts, ends = part.starts(), part.ends()
    inside = (instance.free_key > starts.min(initial=0)) & (
        instance.free_key < ends.max(initial=0)
    )
    points = once(starts, instance.free_key[inside])
    load = np.zeros(len(points) + 1, np.int64)
    np.add.at(load, np.searchsorted(points, starts), part.use_demand)
    np.add.at(load, np.searchsorted(points, ends), -part.use_demand)
    return bool((np.cumsum(load)[:-1] <= instance.free_at(points)).all())
