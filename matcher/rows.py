"""The rows of the restricted problem, as arrays; no solver is needed to say them.

Needs (at most one edge each), the points in time at which a pool can be full (the
starts of stays and the drops of capacity, dominated ones left out), and the tiers
before, which keep what they reached.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.ascending import once
from matcher.columns import Bools, Ints
from matcher.instance import SPAN, Instance

Floats = NDArray[np.float64]
NOTHING: Ints = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Rows:
    """The constraints as triplets: need rows first, then points, then tiers.

    `names` tells rows apart when edges come and go: (kind, need or point or tier).
    """

    needs: int
    points: Ints
    names: tuple[tuple[str, int], ...]
    row: Ints
    column: Ints
    value: Floats
    lower: Floats
    upper: Floats


def constraints(
    instance: Instance, reached: tuple[int, ...], known: Ints = NOTHING
) -> Rows:
    """Return the rows of `instance`, `known` points included.

    The tiers before keep what they `reached`.
    """
    points = once(_binding_points(instance), known)
    use, point = _loads(instance, points)
    needs, row = np.unique(instance.need, return_inverse=True)
    first = len(needs) + len(points)
    edges, before = np.arange(instance.edges), len(reached)
    tiers = np.repeat(np.arange(before) + first, instance.edges)
    kinds = (("need", needs), ("point", points), ("tier", np.arange(before)))
    free = instance.free_at(points)
    return Rows(
        needs=len(needs),
        points=points,
        names=tuple((kind, key) for kind, keys in kinds for key in keys.tolist()),
        row=np.concatenate([row, len(needs) + point, tiers]),
        column=np.concatenate([edges, instance.use_edge[use], np.tile(edges, before)]),
        value=np.concatenate(
            [
                np.ones(instance.edges),
                instance.use_demand[use],
                instance.worth[:before].ravel(),
            ]
        ),
        lower=np.concatenate([np.full(first, -np.inf), reached]),
        upper=np.concatenate([np.ones(len(needs)), free, np.full(before, np.inf)]),
    )


def _binding_points(instance: Instance) -> Ints:
    """Return the keys at which a pool can be full."""
    starts, ends = instance.starts(), instance.ends()
    drops = instance.free_key[1:][np.diff(instance.free) < 0]
    keys = once(starts, drops)
    use, point = _loads(instance, keys)
    load = np.bincount(point, instance.use_demand[use], len(keys))
    free = instance.free_at(keys)
    last = np.searchsorted(keys, ends)
    return keys[(load > free) & ~_dominated(keys, free, last)]


def _loads(instance: Instance, points: Ints) -> tuple[Ints, Ints]:
    """Return the (use, point) pairs in which a use loads a point."""
    first = np.searchsorted(points, instance.starts())
    count = np.searchsorted(points, instance.ends()) - first
    use = np.repeat(np.arange(len(count)), count)
    return use, np.arange(len(use)) - np.repeat(np.cumsum(count) - count - first, count)


def _dominated(keys: Ints, free: Ints, last: Ints) -> Bools:
    """Mark points that the next one implies: the same pool, no more room, no leaver."""
    left = np.zeros(len(keys) + 1, np.bool_)
    left[last] = True
    after = np.arange(1, len(keys))
    same_pool = keys[after] // SPAN == keys[after - 1] // SPAN
    dominated = np.zeros(len(keys), np.bool_)
    dominated[:-1] = same_pool & ~left[after] & (free[after] <= free[after - 1])
    return dominated
