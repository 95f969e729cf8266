"""One event: what it is about leaves, what comes in its place enters, others move.

Whoever still can stays where it was. Then those without a place look for one, and what
became free goes to who gains most by it.
"""

from collections.abc import Iterable
from dataclasses import replace

from matcher.columns import pools_of
from matcher.standing.chains import DEEP, MOVES, better
from matcher.standing.edges import NO_EDGE
from matcher.standing.naming import Name
from matcher.standing.news import Cases, News
from matcher.standing.table import Table

MOST_ASKED = 6
"""So many of those who would gain by what became free are asked in turn."""
Window = tuple[int, int, int]
"""A pool, and days in which something of it became free."""


def look_for_places(table: Table, about: Iterable[str]) -> None:
    """Let those look for a place who have none, whoever is worth most first."""
    choice = table.choice
    roots = [table.need[name] for name in about if name in table.need]
    high = table.proof.high[:, roots].T.tolist()
    for _, root in sorted(zip(high, roots, strict=True), reverse=True):
        if root not in choice.of:
            moves = better(choice, root)
            if not moves and table.proof.high[0, root] > 0:
                moves = better(choice, root, DEEP)
            choice.settle(moves)


class Event:
    """Takes the rows of one event through the table."""

    def __init__(self, cases: Cases, table: Table, news: News) -> None:
        self._table = table
        cases.take(news)
        table.market = cases.market
        self._barred = news.forbidden
        self._changed = {*news.needs, *news.forbidden}
        self._listed = {*news.offers, *news.held}
        self._parties = cases.parties(self._changed)
        self._homes = cases.offered(self._listed)
        self._had: dict[str, Name] = {}
        self._windows: list[Window] = []
        self._fresh: list[int] = []

    def play(self) -> frozenset[str]:
        """Return the needs that the event was about."""
        self._leave()
        self._enter()
        about = frozenset({*self._changed, *self._had})
        for pool in self._fresh:
            self._table.price_anew(pool)
        for name, place in self._had.items():
            self._table.give_back(name, place)
        look_for_places(self._table, about)
        self._fill()
        return about

    def _leave(self) -> None:
        table = self._table
        for offer, home in sorted(self._homes.items()):
            if offer in table.offers() and (home is None or offer in self._listed):
                self._had |= table.drop_offer(offer)
        for name, one in sorted(self._parties.items()):
            if (need := table.need.get(name)) is None:
                continue
            known = table.households[need]
            as_before = one is not None and replace(one, current=known.current) == known
            if one is None or not as_before or name in self._barred:
                self._take_out(name)
            elif one.current != known.current:
                table.keep(one)

    def _take_out(self, name: str) -> None:
        table = self._table
        place = table.where(table.need[name])
        if place is not None:
            self._had[name] = place
        edge = table.drop_need(name)
        if edge != NO_EDGE:
            self._windows.append(self._window(edge))

    def _enter(self) -> None:
        table = self._table
        for offer, home in sorted(self._homes.items()):
            if home is not None and offer not in table.offers():
                held = [one for one in table.market.held if one.offer == offer]
                self._fresh += table.add_offer(pools_of(home, held))
        for name, one in sorted(self._parties.items()):
            if one is not None and name not in table.need:
                table.add_need(one)
        self._windows += [(pool, 0, 1 << 30) for pool in self._fresh]

    def _fill(self) -> None:
        """Give what became free to who gains most by it, and so on."""
        moved = 0
        while self._windows:
            for need in self._who_gains(self._windows.pop(0)):
                had = self._table.choice.of.get(need, NO_EDGE)
                if had != NO_EDGE and moved == MOVES:
                    continue
                moves = better(self._table.choice, need)
                others = len(moves) - (had == NO_EDGE)
                if not moves or moved + others > MOVES:
                    continue
                if self._table.choice.settle(moves):
                    moved += others
                    if had != NO_EDGE:
                        self._windows.append(self._window(had))

    def _who_gains(self, window: Window) -> list[int]:
        """Return the needs that gain most by what became free."""
        table, (pool, start, end) = self._table, window
        if not table.rooms.is_open(pool):
            return []
        edges, choice = table.edges, table.choice
        here = edges.at_pool(pool)
        here = here[(edges.start[here] < end) & (edges.end[here] > start)]
        gains = [
            (int(edges.value[edge]) - choice.value(int(edges.need[edge])), edge)
            for edge in here.tolist()
        ]
        best = sorted((one for one in gains if one[0] > 0), reverse=True)
        return [int(edges.need[edge]) for _, edge in best[:MOST_ASKED]]

    def _window(self, edge: int) -> Window:
        edges = self._table.edges
        return int(edges.pool[edge]), int(edges.start[edge]), int(edges.end[edge])
