"""Greedy ways to fill a market: whoever is next takes what is best of what is left.

They see the same compatible pairs as everybody else. Needs come in some order and look
at their homes in some order; or, by regret, whoever would lose most by not being next
comes next. The best of many such ways stands for what careful people could do by hand.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.board import Board
from matcher.columns import Ints
from matcher.instance import SPAN, Instance
from matcher.worth import weight

Keys: TypeAlias = NDArray[np.float64]
"""One a need or an edge; the least comes first."""
ACUTE, PERSON = 1e7, 1e4
"""So many points stand for one of the first tier, and for a person, in a regret."""
_BEST_AND_NEXT = 2
"""So many pairs tell what a need would lose by waiting."""
SHAKES, SHAKEN = 30, 0.05
"""How often the best order is tried again, and how far: a part of all needs."""


@dataclass(frozen=True, slots=True)
class Way:
    """A greedy way and the edges that it took."""

    name: str
    chosen: Ints


def by_priority(table: Board) -> Ints:
    """Return what is chosen where the most urgent come first, and take what is best."""
    return _Walk(table.instance).along(_order(table, "priority", "points"))


def all_ways(table: Board, seed: int) -> Iterator[Way]:
    """Yield what each greedy way takes, and shakes of the best order at the end."""
    walk = _Walk(table.instance)
    best: tuple[tuple[int, ...], str, str] = ((), "", "")
    for need, edge in product(_needs(table), _edges(table)):
        chosen = walk.along(_order(table, need, edge))
        best = max(best, (worths(table, chosen), need, edge))
        yield Way(f"{need}, {edge}", chosen)
    for name, value in _values(table).items():
        yield Way(f"{name}, best pair first", walk.along(np.argsort(-value)))
        yield Way(f"{name}, regret", walk.by_regret(value))
    dice = np.random.default_rng(seed)
    for turn in range(SHAKES):
        noise = dice.normal(0, SHAKEN * table.instance.needs, table.instance.needs)
        order = _order(table, best[1], best[2], noise)
        yield Way(f"{best[1]}, {best[2]}, shake {turn + 1}", walk.along(order))


def worths(table: Board, chosen: Ints) -> tuple[int, ...]:
    """Return the worth of a choice, tier by tier."""
    return tuple(table.instance.worth[:, chosen].sum(axis=1).tolist())


def _order(table: Board, need: str, edge: str, noise: Keys | None = None) -> Ints:
    rank = np.empty(table.instance.needs)
    rank[_needs(table)[need]()] = np.arange(table.instance.needs)
    rank = rank if noise is None else rank + noise
    of = table.instance.need
    return np.lexsort((_edges(table)[edge](), of, rank[of]))


def _needs(table: Board) -> Mapping[str, Callable[[], Ints]]:
    """Return the orders in which needs may come."""
    instance, rows = table.instance, table.needs.rows
    persons = table.needs.persons
    acute = np.zeros(instance.needs)
    np.maximum.at(acute, instance.need, instance.worth[0])
    raised = np.array([one.raised for one in rows])
    told = np.array([weight(table.market, one) for one in rows])
    nights = np.full(instance.needs, np.inf)
    np.minimum.at(nights, instance.need, instance.end - instance.start)
    choice = np.bincount(instance.need, minlength=instance.needs)
    worth = acute + persons / persons.sum()
    return {
        "priority": lambda: np.lexsort((raised, -told)),
        "urgent families": lambda: np.lexsort((raised, -worth)),
        "urgent a night": lambda: np.lexsort((raised, -worth / nights)),
        "priority, few choices": lambda: np.lexsort((choice, -told)),
        "few choices": lambda: np.lexsort((raised, choice)),
        "worth by choice": lambda: np.lexsort((raised, -worth / np.maximum(1, choice))),
        "large families": lambda: np.lexsort((-told, -persons)),
    }


def _edges(table: Board) -> Mapping[str, Callable[[], Keys]]:
    """Return the orders in which a need may look at its homes."""
    instance, pairs = table.instance, table.pairs
    nights = instance.end - instance.start
    window = (table.pools.end - table.pools.start)[pairs.pool]
    return {
        "points": lambda: -instance.worth[-1].astype(float),
        "tightest": lambda: (window - nights).astype(float),
        "least wanted": lambda: _crowd(table)[pairs.pool],
        "shortest": lambda: nights.astype(float),
    }


def _crowd(table: Board) -> Keys:
    """Return by pool how much worth asks for it: each need counts once in all."""
    instance = table.instance
    choice = np.bincount(instance.need, minlength=instance.needs)
    share = (1 + instance.worth[0]) / choice[instance.need]
    crowd = np.bincount(table.pairs.pool, share, len(table.pools.rows))
    return crowd.astype(np.float64)


def _values(table: Board) -> Mapping[str, Keys]:
    """Return by edge what it is worth to whoever compares pairs."""
    instance = table.instance
    first, second, third = instance.worth.astype(float)
    worth = ACUTE * first + PERSON * second
    nights = instance.end - instance.start
    paid = _crowd(table)[table.pairs.pool] * nights / nights.mean()
    return {
        "worth": worth + third,
        "worth a night": worth / nights + third,
        "worth less the crowd": worth + third - ACUTE * paid / 4,
    }


class _Walk:
    """Takes edges while there is room, day by day."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        first = int(instance.start.min()) if instance.edges else 0
        days = np.arange(first, int(instance.end.max(initial=first)))
        pools = np.arange(int(instance.free_key.max(initial=0)) // SPAN + 1)
        self._free = instance.free_at(pools[:, None] * SPAN + days)
        self._need: list[int] = instance.need.tolist()
        self._span = list(
            zip(
                (instance.start - first).tolist(),
                (instance.end - first).tolist(),
                strict=True,
            )
        )
        self._uses: dict[int, list[tuple[int, int]]] = defaultdict(list)
        uses = (instance.use_edge, instance.use_pool, instance.use_demand)
        for edge, pool, demand in zip(*(one.tolist() for one in uses), strict=True):
            self._uses[edge].append((pool, demand))

    def along(self, order: Ints) -> Ints:
        """Return what is taken along an order of edges."""
        free, done, chosen = self._free.copy(), set(), []
        for edge in order.tolist():
            if self._need[edge] not in done and self._fits(free, edge):
                self._take(free, edge)
                done.add(self._need[edge])
                chosen.append(edge)
        return np.sort(np.array(chosen, np.int64))

    def by_regret(self, value: Keys) -> Ints:
        """Return what is taken where the largest regret comes first, kept up to date.

        The regret is the best value less the second best of what is still free.
        """
        free, chosen = self._free.copy(), []
        left, asking = self._asking(value)
        heap: list[tuple[float, int, int]] = []

        def ask(need: int) -> None:
            two = left[need] = self._with_two(free, left[need])
            if two:
                second = value[two[1]] if two[1:] else min(0.0, value[two[0]])
                regret = value[two[0]] - second
                heapq.heappush(heap, (-float(regret), need, two[0]))

        for need in sorted(left):
            ask(need)
        while heap:
            _, need, edge = heapq.heappop(heap)
            if left[need][:1] != [edge] or not self._fits(free, edge):
                continue
            self._take(free, edge)
            chosen.append(edge)
            left[need] = []
            for pool, _ in self._uses[edge]:
                asking[pool].discard(need)
                for other in sorted(asking[pool]):
                    ask(other)
        return np.sort(np.array(chosen, np.int64))

    def _asking(self, value: Keys) -> tuple[dict[int, list[int]], dict[int, set[int]]]:
        """Return each need's edges, the best first, and who could use a pool."""
        left: dict[int, list[int]] = defaultdict(list)
        asking: dict[int, set[int]] = defaultdict(set)
        for edge in np.lexsort((-value, self.instance.need)).tolist():
            left[self._need[edge]].append(edge)
            for pool, _ in self._uses[edge]:
                asking[pool].add(self._need[edge])
        return left, asking

    def _with_two(self, free: Ints, edges: list[int]) -> list[int]:
        """Return what is left of edges: the first two at least are free."""
        found: list[int] = []
        for n, edge in enumerate(edges):
            if len(found) == _BEST_AND_NEXT:
                return found + edges[n:]
            if self._fits(free, edge):
                found.append(edge)
        return found

    def _fits(self, free: Ints, edge: int) -> bool:
        start, end = self._span[edge]
        return all(
            free[pool, start:end].min() >= demand for pool, demand in self._uses[edge]
        )

    def _take(self, free: Ints, edge: int) -> None:
        start, end = self._span[edge]
        for pool, demand in self._uses[edge]:
            free[pool, start:end] -= demand
