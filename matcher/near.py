"""Linked households are drawn near each other, once everybody has a place.

Each of two linked households earns `near.points` where their homes are at most
`near.metres` apart. Beside one who has a home already that is known of each pair. Of
two that are both waiting it depends on both: every pair counts it in full, so that the
bound holds, and what was not earned is taken back from the stays (`linked_apart`).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matcher.board import Board
from matcher.columns import Ints
from matcher.instance import beginnings, fits
from matcher.plan import Stay
from matcher.problem import Market
from matcher.wide import Wide
from matcher.wishes import is_near

MOST_TRIED = 12
"""Places that are tried for one household before it stays where it is."""
Link = tuple[int, int]


def closer(table: Board, chosen: Ints) -> Ints:
    """Move linked households to each other where that is worth more than it costs.

    Nobody gains or loses a home by it: what a household weighs in the tiers above does
    not depend on the home. Each move makes the plan worth more, so there is an end.
    """
    if not (links := _links(table)):
        return chosen
    desk, moved = _Desk(table, chosen), True
    while moved:
        moved = False
        for one, other in links:
            for mover, anchor in ((one, other), (other, one)):
                moved |= desk.draws(mover, anchor)
    return desk.chosen()


class _Desk:
    """A choice while it changes: which pair each household has."""

    def __init__(self, table: Board, chosen: Ints) -> None:
        self.table, self.instance = table, table.instance
        self.pool = table.pairs.pool
        self.first = beginnings(self.instance.need, self.instance.needs).tolist()
        needs = table.instance.need[chosen].tolist()
        self.edge = dict(zip(needs, chosen.tolist(), strict=True))
        self.links: dict[int, set[int]] = {}
        for one, other in _links(table):
            self.links.setdefault(one, set()).add(other)
            self.links.setdefault(other, set()).add(one)

    def chosen(self) -> Ints:
        return np.array(sorted(self.edge.values()), np.int64)

    def draws(self, mover: int, anchor: int) -> bool:
        """Move a household near another, if it is not; say whether that was better."""
        if not {mover, anchor} <= self.edge.keys():
            return False
        now, target = self.edge[mover], self._offer(self.edge[anchor])
        if is_near(self.table.market, self._offer(now), target):
            return False
        before = self._worth(mover, now)
        better = [
            (edge, gain)
            for edge in self._beside(mover, target)
            if (gain := self._worth(mover, edge) - before) > 0
        ]
        for edge, gain in better[:MOST_TRIED]:
            self.edge[mover] = edge
            if fits(self.instance, self.chosen()) or self._swaps(mover, now, gain):
                return True
        self.edge[mover] = now
        return False

    def _swaps(self, mover: int, old: int, gain: int) -> bool:
        """Let the one who is in the way have the place that was left, if that pays."""
        pairs, edge = self.table.pairs, self.edge[mover]
        beside = [
            need
            for need, other in self.edge.items()
            if self.pool[other] == self.pool[edge]
            and pairs.start[other] < pairs.end[edge]
            and pairs.start[edge] < pairs.end[other]
        ]
        in_the_way = set(beside) - {mover}
        if len(in_the_way) != 1 or in_the_way & self.links[mover]:
            return False
        (need,) = in_the_way
        mine, before = self.edge[need], self._worth(need, self.edge[need])
        for left in self._of(need):
            if self.pool[left] == self.pool[old]:
                self.edge[need] = left
                pays = gain + self._worth(need, left) - before > 0
                if pays and fits(self.instance, self.chosen()):
                    return True
        self.edge[need] = mine
        return False

    def _of(self, need: int) -> range:
        return range(self.first[need], self.first[need + 1])

    def _beside(self, mover: int, target: str) -> list[int]:
        """Return the household's pairs near an offer, those worth most first."""
        market, worth = self.table.market, self.instance.worth[-1]
        some = [e for e in self._of(mover) if is_near(market, self._offer(e), target)]
        return sorted(some, key=lambda edge: (-int(worth[edge]), edge))

    def _worth(self, need: int, edge: int) -> int:
        """Return what a pair earns, and both halves of each link that is near then."""
        near, market = self.table.market.policy.points.near, self.table.market
        here, each = self._offer(edge), 0 if near is None else near.points
        others = self.links.get(need, set()) & self.edge.keys()
        links = sum(is_near(market, here, self._offer(self.edge[n])) for n in others)
        return int(self.instance.worth[-1][edge]) + 2 * each * links

    def _offer(self, edge: int) -> str:
        return self.table.pools.rows[int(self.pool[edge])].offer


def told_apart(market: Market, stays: Sequence[Stay]) -> tuple[Stay, ...]:
    """Take back from each stay what it was to earn by links that are not near."""
    near = market.policy.points.near
    if near is None or near.points == 0:
        return tuple(stays)
    place = {stay.need: stay.offer for stay in stays}
    found = []
    for stay in stays:
        lost = sum(
            other not in place or not is_near(market, stay.offer, place[other])
            for other in market.near.get(stay.need, ())
        )
        found.append(_less(stay, near.points * lost) if lost else stay)
    return tuple(found)


def linked(table: Board | Wide) -> Ints:
    """Return the households that are linked to one that waits too."""
    return np.unique(np.array(_links(table), np.int64))


def most_apart(table: Board | Wide) -> int:
    """Return how much of what is counted for links may not be earned."""
    near, links = table.market.policy.points.near, table.market.near
    count = sum(len(links.get(household.id, ())) for household in table.needs.rows)
    return 0 if near is None else near.points * count


def _less(stay: Stay, points: int) -> Stay:
    acute, persons, third = stay.worth
    return replace(
        stay,
        worth=(acute, persons, third - points),
        points=(*stay.points, ("linked_apart", -points)),
    )


def _links(table: Board | Wide) -> list[Link]:
    if table.market.policy.points.near is None:
        return []
    row = {household.id: n for n, household in enumerate(table.needs.rows)}
    return sorted(
        (row[one], row[other])
        for one, others in table.market.near.items()
        for other in others
        if one in row and other in row and row[one] < row[other]
    )
