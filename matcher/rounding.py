"""Edges taken one after the other, as long as they fit: a choice that always holds."""

from collections import defaultdict

import numpy as np

from matcher.columns import Ints
from matcher.instance import SPAN, Instance


def served(instance: Instance, order: Ints) -> Ints:
    """Return what a walk along `order` takes: one edge a need, while there is room."""
    uses = np.argsort(instance.use_edge, kind="stable")
    first = np.searchsorted(instance.use_edge[uses], np.arange(instance.edges + 1))
    desk = _Desk(instance)
    done: set[int] = set()
    chosen = []
    for edge, need in zip(order.tolist(), instance.need[order].tolist(), strict=True):
        if need in done:
            continue
        if desk.take(edge, uses[first[edge] : first[edge + 1]].tolist()):
            done.add(need)
            chosen.append(edge)
    return np.array(sorted(chosen), np.int64)


class _Desk:
    """What is taken so far, by pool."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.taken: dict[int, list[tuple[int, int, int]]] = defaultdict(list)

    def take(self, edge: int, rows: list[int]) -> bool:
        """Take what the edge uses if all of it is free."""
        start, end = int(self.instance.start[edge]), int(self.instance.end[edge])
        pools, demands = self.instance.use_pool, self.instance.use_demand
        uses = [(int(pools[row]), int(demands[row])) for row in rows]
        if not all(self._free(pool, start, end) >= demand for pool, demand in uses):
            return False
        for pool, demand in uses:
            self.taken[pool].append((start, end, demand))
        return True

    def _free(self, pool: int, start: int, end: int) -> int:
        taken = [row for row in self.taken[pool] if row[0] < end and start < row[1]]
        keys = self.instance.free_key
        first = np.searchsorted(keys, pool * SPAN + start, side="right")
        last = np.searchsorted(keys, pool * SPAN + end)
        changes = (keys[first:last] - pool * SPAN).tolist()
        days = np.array(
            [start, *changes, *(row[0] for row in taken if row[0] > start)], np.int64
        )
        free = self.instance.free_at(pool * SPAN + days)
        for first_day, last_day, demand in taken:
            free = free - demand * ((first_day <= days) & (days < last_day))
        return int(free.min())
