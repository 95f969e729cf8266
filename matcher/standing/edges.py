"""Every stay that somebody may have, in columns that grow and are looked up both ways.

Unlike an `Instance` this one changes: a need comes with a row of edges, an offer with a
column, and both go again. What went is dead: it is worth less than nothing, so nobody
takes it, and its place is not used again.
"""

from collections.abc import Iterable

import numpy as np

from matcher.columns import Bools, Ints, Narrow, Whole

NO_EDGE = -1
GONE = -(1 << 62)
"""What a dead edge earns."""
_NOBODY: Narrow = np.zeros(0, np.int32)


class Edges:
    """Edges by number. `profit` is by tier, what each earns at the prices (1/scale).

    `value` is the worth of all tiers in one strict sum; `extra` names what an edge
    takes beside its own pool, as (pool, demand).
    """

    def __init__(self, tiers: int) -> None:
        self.count = 0
        self.need, self.pool, self.start, self.end, self.demand = (
            np.zeros(0, np.int32) for _ in range(5)
        )
        self.worth = np.zeros((tiers, 0), np.int32)
        self.profit = np.zeros((tiers, 0), np.int64)
        self.value = np.zeros(0, np.int64)
        self.alive: Bools = np.zeros(0, np.bool_)
        self.extra: dict[int, tuple[tuple[int, int], ...]] = {}
        self._of_need: dict[int, Narrow] = {}
        self._at_pool: dict[int, Narrow] = {}

    def of_need(self, need: int) -> Narrow:
        """Return the edges of a need, dead ones among them."""
        return self._of_need.get(need, _NOBODY)

    def at_pool(self, pool: int) -> Narrow:
        """Return the living edges at a pool."""
        here = self._at_pool.get(pool, _NOBODY)
        return here[self.alive[here]]

    def add(self, need: Whole, pool: Whole, stay: Whole, worth: Ints) -> Narrow:
        """Return the numbers of new edges; `stay` has rows start, end, demand."""
        first, self.count = self.count, self.count + len(need)
        self._make_room()
        here = slice(first, self.count)
        self.need[here], self.pool[here] = need, pool
        self.start[here], self.end[here], self.demand[here] = stay
        self.worth[:, here] = worth
        self.alive[here] = True
        fresh = np.arange(first, self.count, dtype=np.int32)
        _file(self._of_need, fresh, need)
        _file(self._at_pool, fresh, pool)
        return fresh

    def also(self, edge: int, pool: int, demand: int) -> None:
        """Let an edge take from one more pool."""
        self.extra[edge] = (*self.extra.get(edge, ()), (pool, demand))
        _file(self._at_pool, np.array([edge], np.int32), np.array([pool]))

    def no_longer(self, edge: int, pool: int) -> None:
        """Let an edge no longer take from a pool beside its own."""
        left = tuple(use for use in self.extra[edge] if use[0] != pool)
        self.extra[edge] = left
        here = self._at_pool[pool]
        self._at_pool[pool] = here[here != edge]

    def kill(self, some: Narrow) -> None:
        """Take edges out of the market."""
        self.alive[some] = False
        self.profit[:, some] = GONE
        self.value[some] = GONE

    def uses(self, edge: int) -> tuple[tuple[int, int], ...]:
        """Return all that an edge takes: (pool, demand), its own pool first."""
        own = (int(self.pool[edge]), int(self.demand[edge]))
        return (own, *self.extra.get(edge, ()))

    def rows(self, needs: Iterable[int]) -> tuple[Narrow, Ints]:
        """Return the edges of some needs in a row, and where each need's begin."""
        each = [self.of_need(need) for need in needs]
        lengths = np.array([len(some) for some in each], np.int64)
        cuts = np.concatenate([[0], np.cumsum(lengths)])[:-1].astype(np.int64)
        return np.concatenate([_NOBODY, *each]), cuts

    def _make_room(self) -> None:
        room = len(self.need)
        if self.count <= room:
            return
        more = self.count - room + max(self.count // 8, 1024)
        for name in ("need", "pool", "start", "end", "demand", "value", "alive"):
            column = getattr(self, name)
            setattr(self, name, np.concatenate([column, np.zeros(more, column.dtype)]))
        for name in ("worth", "profit"):
            table = getattr(self, name)
            fresh = np.zeros((len(table), more), table.dtype)
            setattr(self, name, np.concatenate([table, fresh], axis=1))


def _file(index: dict[int, Narrow], edges: Narrow, by: Whole) -> None:
    """Enter edges under what each belongs to."""
    if len(edges) == 0:
        return
    order = np.argsort(by, kind="stable")
    names, first = np.unique(by[order], return_index=True)
    for name, some in zip(
        names.tolist(), np.split(edges[order], first[1:]), strict=True
    ):
        before = index.get(name)
        index[name] = some if before is None else np.concatenate([before, some])


def best_of(values: Ints, cuts: Ints, lengths: Ints) -> Ints:
    """Return the highest of each run of `values`, at least 0; of an empty run 0."""
    best = np.zeros(len(cuts), np.int64)
    some = lengths > 0
    if some.any():
        best[some] = np.maximum(np.maximum.reduceat(values, cuts[some]), 0)
    return best
