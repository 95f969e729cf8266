"""Households that must not meet, wherever a contingent could have both at one time.

There they share one more pool of capacity 1 (`matcher.board`); it comes and goes with
the two, and with the offer.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Protocol

import numpy as np

from matcher.board import Board
from matcher.columns import Narrow
from matcher.problem import Household
from matcher.rules import avoid
from matcher.standing.book import Steps
from matcher.standing.edges import Edges
from matcher.standing.naming import Name

_ONE: Steps = (np.zeros(1, np.int64), np.ones(1, np.int64))


class Floor(Protocol):
    """What is asked of the table."""

    households: list[Household]
    need: dict[str, int]
    names: list[Name]
    edges: Edges

    def at_offer(self, need: int, offer: str) -> Narrow: ...
    def also(self, edge: int, pool: int) -> None: ...
    def open(self, name: Name, steps: Steps, *, one_at_a_time: bool) -> int: ...


class Apart:
    """Who must not meet whom, and the pools that see to it."""

    def __init__(self, laid: Board) -> None:
        self._contingents = {
            row.offer for row in laid.pools.rows if row.home.contingent
        }
        self._named: dict[str, set[int]] = defaultdict(set)
        """Reference of a household → needs that are of it, or must not meet it."""
        self._pools: dict[str, set[int]] = defaultdict(set)
        """Need → pools that keep it apart from others; offer → the same there."""
        for need, household in enumerate(laid.needs.rows):
            self._remember(need, household)
        for n, (offer, one, other) in enumerate(laid.apart):
            for name in (f"offer {offer}", one, other):
                self._pools[name].add(len(laid.pools.rows) + n)

    def with_need(self, floor: Floor, need: int) -> None:
        """Keep a new need apart from whom it must not meet."""
        self._remember(need, floor.households[need])
        for other in self._enemies(floor, need):
            for offer in sorted(self._contingents):
                self._part(floor, offer, need, other)

    def with_offer(self, floor: Floor, offer: str) -> None:
        """Keep apart in a new contingent who must not meet."""
        self._contingents.add(offer)
        for need in list(floor.need.values()):
            if floor.households[need].no_contact:
                for other in self._enemies(floor, need):
                    self._part(floor, offer, need, other)

    def without_need(self, floor: Floor, need: str) -> Iterator[tuple[int, Narrow]]:
        """Yield pools that nobody needs any more, and whose edges took from them."""
        for pool in sorted(self._pools.pop(need, ())):
            offer, _, pair = floor.names[pool]
            for name in (f"offer {offer}", *(pair or ())):
                self._pools[name].discard(pool)
            others = floor.edges.at_pool(pool)
            for edge in others.tolist():
                floor.edges.no_longer(edge, pool)
            yield pool, others

    def without_offer(self, offer: str) -> frozenset[int]:
        """Return the pools at an offer that keep people apart; they go with it."""
        self._contingents.discard(offer)
        gone = frozenset(self._pools.pop(f"offer {offer}", ()))
        for pools in self._pools.values():
            pools.difference_update(gone)
        return gone

    def _remember(self, need: int, household: Household) -> None:
        for ref in (*household.refs, *household.no_contact):
            self._named[ref].add(need)

    def _enemies(self, floor: Floor, need: int) -> list[int]:
        mine = floor.households[need]
        known = {
            n
            for ref in (*mine.refs, *mine.no_contact)
            for n in self._named[ref]
            if n != need and floor.need.get(floor.households[n].id) == n
        }
        return sorted(n for n in known if avoid(mine, floor.households[n]))

    def _part(self, floor: Floor, offer: str, one: int, other: int) -> None:
        mine = [floor.at_offer(need, offer) for need in (one, other)]
        first, last = sorted(floor.households[need].id for need in (one, other))
        pair, name = (first, last), (offer, None, (first, last))
        known = any(floor.names[p] == name for p in self._pools[f"offer {offer}"])
        if known or not all(len(some) for some in mine):
            return
        pool = floor.open(name, _ONE, one_at_a_time=False)
        for edge in np.concatenate(mine).tolist():
            floor.also(edge, pool)
        for key in (f"offer {offer}", *pair):
            self._pools[key].add(pool)
