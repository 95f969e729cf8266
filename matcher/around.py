"""Who could make way for whom: needs, who holds what they could take, and so on."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from matcher.columns import Bools, Ints
from matcher.instance import Instance, beginnings

MOST = 4
"""A hall with two thousand beds around one need must not make a search endless."""
Holders = dict[int, list[int]]
"""By pool: the needs that hold something of it."""


class Around:
    """Finds the needs around others, by the edges of an instance."""

    def __init__(self, instance: Instance) -> None:
        self._needs = instance.needs
        self._pool = np.empty(instance.edges, np.int64)
        self._pool[instance.use_edge[::-1]] = instance.use_pool[::-1]
        self._need = instance.need
        self._first = beginnings(instance.need, instance.needs)

    def holders(self, chosen: Ints) -> Holders:
        """Return who holds something of each pool by a choice."""
        found: Holders = defaultdict(list)
        for edge in chosen.tolist():
            found[int(self._pool[edge])].append(int(self._need[edge]))
        return found

    def group(self, needs: Sequence[int], holders: Holders, size: int) -> Bools:
        """Return these needs, and others around them until they are `size`, or all.

        Those around one of them come together, at most `MOST` times `size`.
        """
        queue = list(needs[:size])
        inside = np.zeros(self._needs, np.bool_)
        inside[queue] = True
        for here in queue:
            if len(queue) >= size:
                break
            some = slice(self._first[here], self._first[here + 1])
            for pool in self._pool[some].tolist():
                fresh = [need for need in holders.get(pool, ()) if not inside[need]]
                fresh = fresh[: MOST * size - len(queue)]
                inside[fresh] = True
                queue += fresh
        return inside
