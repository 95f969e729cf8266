"""A large housing market: its pairs are numbers on a shelf, never all of them at once.

Of each pair the pool and the points are kept; all else follows from household and pool.
Where few pairs are looked at, they are laid out as a `Board`.
"""

from collections.abc import Iterator

import numpy as np

from matcher.ascending import once, within
from matcher.board import (
    Board,
    apart_of,
    capacities,
    enemies,
    extras_of,
    homes,
    waiting_needs,
)
from matcher.columns import STRETCH, Ints, Narrow, Whole
from matcher.feasible import Pairs, funnels, taken
from matcher.instance import Instance, free_at
from matcher.keeping import Shut, shut_out
from matcher.pairing import Ground, pairs_of
from matcher.problem import Market
from matcher.shelf import Shelf
from matcher.sweep import FAR
from matcher.threads import in_order
from matcher.worth import Preferences, acute


class Wide:
    """What a `Board` says of a market, with its edges on shelves."""

    def __init__(self, market: Market) -> None:
        waiting = waiting_needs(market)
        parties = [h for h in market.households if h.people and h.id not in waiting]
        self.market, self.pools = market, homes(market)
        ground = Ground.of(market, parties, self.pools)
        self.needs = ground.needs
        shut = shut_out(market, self.pools, self.needs.rows).side_by_side(self.pools)
        shelves = _Shelves(ground, shut)
        special = shelves.special()
        need, pool, _ = shelves.at(special)
        pairs = ground.pairs(need, pool)
        apart = apart_of(self.needs, self.pools, pairs)
        more = extras_of(self.pools, pairs, apart, shut)
        more[:, 0] = special[more[:, 0]]
        more = more[np.argsort(more[:, 0], kind="stable")]
        free = capacities(self.pools, apart, shut)
        self.apart, self.kept = tuple(apart), shut.closures
        self.source = Edges(ground, shelves, more, free)

    def hopeless(self) -> list[str]:
        """Return the households that suit no home."""
        alone = np.nonzero(np.diff(self.source.first) == 0)[0]
        return [self.needs.rows[n].id for n in alone.tolist()]

    def spreads(self) -> list[int]:
        """Return by how much each tier can vary."""
        return self.source.spreads()

    def around(self, edges: Ints) -> Board:
        """Return a board with these edges only, ascending."""
        pairs, instance = self.source.pairs(edges), self.source.only(edges)
        return Board(
            self.market, self.needs, self.pools, pairs, instance, self.apart, self.kept
        )

    def chosen(self, edges: Ints, also: Ints) -> tuple[Board, Ints]:
        """Return a board of some edges and all of some needs `also`; and the edges."""
        some = once(edges, self.source.of_needs(also))
        return self.around(some), np.searchsorted(some, edges)

    def funnels(self, needs: Ints) -> Ints:
        """Return the funnel of some households: see `Pairs`."""
        return funnels(self.market, taken(self.needs, needs), self.pools)


class Edges:
    """All edges of a large market: a `Source`."""

    def __init__(
        self, ground: Ground, shelves: "_Shelves", more: Ints, free: Ints
    ) -> None:
        self._ground, self._shelves, self._more = ground, shelves, more
        self._free_key, self._free = free[:, 0], free[:, 1]
        weight, persons = acute(ground.market, ground.needs), ground.needs.persons
        self.before: Ints = np.stack([weight, persons])
        """What each edge of a need is worth in the tiers before the last."""

    @property
    def needs(self) -> int:
        return len(self._ground.needs.rows)

    @property
    def tiers(self) -> int:
        return len(self.before) + 1

    @property
    def edges(self) -> int:
        return int(self.first[-1])

    @property
    def first(self) -> Ints:
        """Where the edges of each need begin; and how many there are."""
        return self._shelves.first

    def spreads(self) -> list[int]:
        """Return by how much each tier can vary."""
        some = np.diff(self.first) > 0
        before = (np.abs(self.before) * some).sum(axis=1).tolist()
        return [*before, int((self._shelves.high - self._shelves.low).sum())]

    def free_at(self, keys: Ints) -> Ints:
        """Return what is free at (pool, day) keys."""
        return free_at(self._free_key, self._free, keys)

    def highest(self) -> Ints:
        """Return the most that an edge of a need is worth: tiers before the last."""
        return np.maximum(0, self.before * (np.diff(self.first) > 0))

    def last(self) -> Iterator[tuple[Ints, Narrow, Whole]]:
        """Yield edges, their needs and worth in the last tier, some needs at a time."""
        for rows in self._some_needs():
            need, points = self._shelves.points(rows)
            edges = np.arange(int(self.first[rows.start]), int(self.first[rows.stop]))
            yield edges, need.astype(np.int32), points

    def stretches(self, least: Ints | None = None) -> Iterator[tuple[Ints, Instance]]:
        """Yield edges with their numbers, those worth more than `least`, by needs."""

        def stretch(rows: slice) -> tuple[Ints, Instance] | None:
            need, pool, points = self._shelves.of(rows)
            edges = np.arange(int(self.first[rows.start]), int(self.first[rows.stop]))
            if least is not None:
                some = np.nonzero(points > least[need])[0]
                edges, need = edges[some], need[some]
                pool, points = pool[some], points[some]
            if not len(edges):
                return None
            return edges, self._instance(edges, need, pool, points)

        for found in in_order(stretch, self._wanted(least)):
            if found is not None:
                yield found

    def _wanted(self, least: Ints | None) -> Iterator[slice]:
        for rows in self._some_needs():
            if least is None or (least[rows] < FAR).any():
                yield rows

    def _some_needs(self) -> Iterator[slice]:
        """Yield needs that have some edges together, but not too many."""
        cuts = np.arange(0, self.edges, STRETCH)[1:]
        ends = np.searchsorted(self.first, cuts, side="right") - 1
        begin = 0
        for end in [*ends.tolist(), self.needs]:
            if self.first[begin] < self.first[end]:
                yield slice(begin, end)
            begin = end

    def only(self, edges: Ints) -> Instance:
        """Return the edges with these numbers, ascending."""
        return self._instance(edges, *self._shelves.at(edges))

    def pairs(self, edges: Ints) -> Pairs:
        """Return the edges with these numbers, ascending, without a funnel."""
        need, pool, _ = self._shelves.at(edges)
        return self._ground.pairs(need, pool)

    def of_needs(self, needs: Ints) -> Ints:
        """Return the numbers of all edges of some needs."""
        some = [np.arange(self.first[n], self.first[n + 1]) for n in needs.tolist()]
        return np.concatenate([np.zeros(0, np.int64), *some])

    def _extras(self, edges: Ints) -> Ints:
        """Return what these edges take beside their own pools; both ascend."""
        first, last = (edges[0], edges[-1]) if len(edges) else (0, -1)
        begin, end = np.searchsorted(self._more[:, 0], (first, last + 1)).tolist()
        some = self._more[begin:end]
        return some[within(some[:, 0], edges)]

    def _instance(
        self, edges: Ints, need: Ints, pool: Whole, points: Whole
    ) -> Instance:
        start, end = self._ground.stay(need, pool)
        more = self._extras(edges)
        place = np.searchsorted(edges, more[:, 0])
        return Instance(
            needs=self.needs,
            need=need.astype(np.int32),
            start=start.astype(np.int32),
            end=end.astype(np.int32),
            worth=np.vstack([self.before[:, need], points]),
            use_edge=np.concatenate([np.arange(len(edges)), place]),
            use_pool=np.concatenate([pool, more[:, 1]]),
            use_demand=np.concatenate([self._ground.rooms(need, pool), more[:, 2]]),
            free_key=self._free_key,
            free=self._free,
        )


class _Shelves:
    """Pool and points of all pairs.

    Those of need n are the numbers from `first[n]` to `first[n + 1]`.
    """

    def __init__(self, ground: Ground, shut: Shut) -> None:
        needs = len(ground.needs.rows)
        self._pool, self._points = Shelf(), Shelf()
        self.high, self.low = np.zeros(needs, np.int64), np.zeros(needs, np.int64)
        foes = {need for two in enemies(ground.needs) for need in two}
        self._foes = np.array(sorted(foes), np.int64)
        self._closed = np.unique([one.pool for one in shut.closures]).astype(np.int64)
        self._special: list[Ints] = []
        preferences = Preferences(ground.market, ground.needs, ground.pools)
        counts, before = np.zeros(needs, np.int64), 0

        def valued(pairs: Pairs) -> tuple[Pairs, Ints]:
            return pairs, preferences.total(pairs)

        for pairs, points in pairs_of(ground, valued):
            self._put(pairs, points, before)
            counts += np.bincount(pairs.need, minlength=needs)
            before += len(pairs.need)
        self.first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    def _put(self, pairs: Pairs, points: Ints, before: int) -> None:
        self._pool.add(pairs.pool)
        self._points.add(points)
        np.maximum.at(self.high, pairs.need, points)
        np.minimum.at(self.low, pairs.need, points)
        special = within(pairs.need, self._foes) | within(pairs.pool, self._closed)
        self._special.append(before + np.nonzero(special)[0])

    def special(self) -> Ints:
        """Return the pairs that may take from more than their own pool."""
        return np.concatenate([np.zeros(0, np.int64), *self._special])

    def of(self, rows: slice) -> tuple[Ints, Whole, Whole]:
        """Return need, pool and points of all pairs of some needs."""
        need, points = self.points(rows)
        start, stop = int(self.first[rows.start]), int(self.first[rows.stop])
        return need, self._pool.read(start, stop), points

    def points(self, rows: slice) -> tuple[Ints, Whole]:
        """Return need and points of all pairs of some needs."""
        start, stop = int(self.first[rows.start]), int(self.first[rows.stop])
        counts = np.diff(self.first[rows.start : rows.stop + 1])
        need = np.repeat(np.arange(rows.start, rows.stop), counts)
        return need, self._points.read(start, stop)

    def at(self, edges: Ints) -> tuple[Ints, Whole, Whole]:
        """Return need, pool and points of the pairs with these numbers, ascending."""
        need = np.searchsorted(self.first, edges, side="right") - 1
        pool, points = (s.some(len(edges)) for s in (self._pool, self._points))
        for start in range(0, int(self.first[-1]), STRETCH):
            here = slice(*np.searchsorted(edges, (start, start + STRETCH)).tolist())
            if here.start == here.stop:
                continue
            stop = min(start + STRETCH, int(self.first[-1]))
            pool[here] = self._pool.read(start, stop)[edges[here] - start]
            points[here] = self._points.read(start, stop)[edges[here] - start]
        return need, pool, points
