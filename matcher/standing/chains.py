"""Who gives way to whom: a place for one need, and another for those who had it.

Dijkstra over what each step loses at the prices: whoever takes a place costs what it
loses there, and who has to leave looks on from where it stands. A chain counts only if
everything together, in exact worth, tier before tier, is better than before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np

from matcher.standing.edges import NO_EDGE, Edges
from matcher.standing.proof import Proof
from matcher.standing.rooms import Rooms

MOVES, DEEP = 2, 6
"""So many others move for one; so many where an acute need would find nothing."""
FIRST_WAYS, WAYS = 32, 12
"""Edges at which the one who asks looks, and those who would have to leave."""
POPS = 60


class _Step(NamedTuple):
    """How a need was reached: who sends it away, by taking which edge."""

    sender: int
    edge: int
    moves: int
    gained: int


@dataclass(slots=True)
class Choice:
    """Which edge each need has; `before` is what those had who were asked to move."""

    edges: Edges
    rooms: Rooms
    proof: Proof
    of: dict[int, int] = field(default_factory=dict)
    worth: list[int] = field(default_factory=lambda: [0, 0, 0])
    before: dict[int, int] = field(default_factory=dict)

    def value(self, need: int) -> int:
        edge = self.of.get(need, NO_EDGE)
        return 0 if edge == NO_EDGE else int(self.edges.value[edge])

    def take(self, need: int, edge: int) -> None:
        self.before.setdefault(need, NO_EDGE)
        self.rooms.take(edge)
        self.of[need] = edge
        self._count(edge, 1)

    def leave(self, need: int) -> int:
        """Return the edge that a need had."""
        edge = self.of.pop(need, NO_EDGE)
        self.before.setdefault(need, edge)
        if edge != NO_EDGE:
            self.rooms.leave(edge)
            self._count(edge, -1)
        return edge

    def settle(self, moves: dict[int, int]) -> bool:
        """Give needs other edges (or none) if it all fits; otherwise nothing moves."""
        before = {need: self.leave(need) for need in moves}
        taken = []
        for need, edge in moves.items():
            if edge != NO_EDGE and self.rooms.fits(edge):
                self.take(need, edge)
                taken.append(need)
            elif edge != NO_EDGE:
                break
        else:
            return True
        for need in taken:
            self.leave(need)
        for need, edge in before.items():
            if edge != NO_EDGE:
                self.take(need, edge)
        return False

    def _count(self, edge: int, sign: int) -> None:
        for tier, worth in enumerate(self.edges.worth[:, edge].tolist()):
            self.worth[tier] += sign * worth


def better(choice: Choice, root: int, most: int = MOVES) -> dict[int, int]:
    """Return the best moves that give `root` a (better) place, if there are any."""
    home = choice.of.get(root, NO_EDGE)
    if home != NO_EDGE:
        choice.rooms.leave(home)
    moves = _Search(choice, root, most).moves()
    if home != NO_EDGE:
        choice.rooms.take(home)
    return moves


Way = tuple[int, int, int, int, int, int]
"""What an edge loses, the edge, its pool, start and end, and what it is worth."""


class _Search:
    """One search from one need."""

    def __init__(self, choice: Choice, root: int, most: int) -> None:
        self._choice, self._root, self._most = choice, root, most
        self._steps = {root: _Step(NO_EDGE, NO_EDGE, 0, -choice.value(root))}
        self._best, self._end = 0, (NO_EDGE, NO_EDGE)
        self._queue = [(0, root)]
        self._done: set[int] = set()
        self._lost = {root: 0}

    def moves(self) -> dict[int, int]:
        pops, most = 0, int(self._choice.proof.best[-1, self._root])
        while self._queue and pops < POPS:
            lost, need = heappop(self._queue)
            if lost > most:
                break
            if need not in self._done:
                pops += 1
                self._done.add(need)
                self._visit(need, lost)
        need, edge = self._end
        if need == NO_EDGE:
            return {}
        found = {need: edge}
        while (step := self._steps[need]).sender != NO_EDGE:
            need = step.sender
            found[need] = step.edge
        return found

    def _visit(self, need: int, lost: int) -> None:
        choice, step = self._choice, self._steps[need]
        if need != self._root:
            self._ends(step.gained, need, NO_EDGE)
        dear = choice.proof.best[-1]
        for less, edge, pool, start, end, value in self._ways(need):
            gained = step.gained + value
            there = choice.rooms.asked_to_go(edge, pool, start, end, dear=dear)
            if there == []:
                self._ends(gained, need, edge)
            elif there and step.moves < self._most:
                sent = _Step(need, edge, step.moves + 1, gained)
                self._send_on(sent, there, lost + less)

    def _send_on(self, step: _Step, there: list[int], lost: int) -> None:
        """Let those in the way look on; each as the cheapest way comes to it."""
        edges = self._choice.edges
        for held in there:
            other = int(edges.need[held])
            if other in self._done:
                continue
            known = self._lost.get(other)
            if known is None or lost < known:
                gained = step.gained - int(edges.value[held])
                self._lost[other] = lost
                self._steps[other] = step._replace(gained=gained)
                heappush(self._queue, (lost, other))

    def _ends(self, gained: int, need: int, edge: int) -> None:
        if gained > self._best:
            self._best, self._end = gained, (need, edge)

    def _ways(self, need: int) -> Iterator[Way]:
        """Return the edges of a need that lose least."""
        choice, edges = self._choice, self._choice.edges
        some = edges.of_need(need)
        profit = edges.profit[-1, some]
        count = FIRST_WAYS if need == self._root else WAYS
        if len(some) > count:
            first = np.argpartition(-profit, count - 1)[:count]
            some, profit = some[first], profit[first]
        mine = choice.of.get(need, NO_EDGE)
        here = edges.alive[some] & (some != mine)
        order = np.lexsort((some, -profit))
        order = order[here[order]]
        some = some[order]
        return zip(
            np.maximum(0, choice.proof.best[-1, need] - profit[order]).tolist(),
            some.tolist(),
            edges.pool[some].tolist(),
            edges.start[some].tolist(),
            edges.end[some].tolist(),
            edges.value[some].tolist(),
            strict=True,
        )
