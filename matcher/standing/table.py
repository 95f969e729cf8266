"""All that a standing plan rests on, and how a need or an offer comes and goes.

Needs and pools have numbers, which are given once. A pool is a home, the like rooms of
one unit of a contingent, one place that two households share who must not meet, or
what is left of a contingent beside what is held back.
"""

from collections.abc import KeysView, Sequence

import numpy as np

from matcher.board import Board
from matcher.columns import Narrow, Pool
from matcher.plan import Tier
from matcher.problem import Household
from matcher.standing.apart import Apart
from matcher.standing.book import Book, Steps
from matcher.standing.chains import Choice
from matcher.standing.edges import NO_EDGE, Edges
from matcher.standing.laying import Homes, Laid
from matcher.standing.naming import Name, names_of, prices_of, steps_of
from matcher.standing.proof import Proof
from matcher.standing.rooms import Rooms
from matcher.standing.scales import Scales

MOST_PRICED = 4
"""Homes at most that are priced anew after an event."""


class Unweighed(ValueError):
    """A pair is worth more than the table can weigh: it must be laid anew."""


class Table:
    """Needs, pools and edges in play, who has what, and what is proven of it."""

    def __init__(self, laid: Board, tiers: Sequence[Tier]) -> None:
        self.market, self.homes = laid.market, Homes(laid.pools)
        self.households = list(laid.needs.rows)
        self.need = {one.id: n for n, one in enumerate(self.households)}
        self.edges = Edges(laid.instance.tiers)
        self.rooms = Rooms(self.edges, laid.market.today)
        self.names: list[Name] = []
        self.place: dict[Name, int] = {}
        self._free: dict[int, Steps] = {}
        self._pools: dict[str, list[int]] = {}
        for name, steps in zip(names_of(laid), steps_of(laid), strict=True):
            self.open(name, steps, one_at_a_time=_is_home(laid, len(self.names)))
        books = [Book(prices_of(tier, self.place), self._free) for tier in tiers]
        self.proof = Proof(self.edges, books)
        self.choice = Choice(self.edges, self.rooms, self.proof)
        self._scales, self._apart = Scales(laid.instance.worth), Apart(laid)
        self._lay(laid)

    def _lay(self, laid: Board) -> None:
        pairs, uses, own = laid.pairs, laid.instance, laid.instance.edges
        stay = np.stack([pairs.start, pairs.end, pairs.demand])
        for edge, pool, demand in zip(
            uses.use_edge[own:].tolist(),
            uses.use_pool[own:].tolist(),
            uses.use_demand[own:].tolist(),
            strict=True,
        ):
            self.edges.also(edge, pool, demand)
        self._add(Laid(pairs.need, pairs.pool, stay, uses.worth))
        self.proof.look_again(range(len(self.households)))

    def edge_at(self, need: int, name: Name) -> int:
        """Return the edge of a need at a pool, if it has one."""
        some = self.edges.of_need(need)
        pool = self.place.get(name, -1)
        here = some[(self.edges.pool[some] == pool) & self.edges.alive[some]]
        return int(here[0]) if len(here) else NO_EDGE

    def where(self, need: int) -> Name | None:
        """Return the name of the pool in which a need has a place."""
        edge = self.choice.of.get(need, NO_EDGE)
        return None if edge == NO_EDGE else self._place_of(edge)

    def _place_of(self, edge: int) -> Name:
        return self.names[int(self.edges.pool[edge])]

    def offers(self) -> KeysView[str]:
        """Return the offers in play."""
        return self._pools.keys()

    def places_before(self) -> dict[str, Name | None]:
        """Return where those were, since the last event, who were asked to move."""
        found: dict[str, Name | None] = {}
        for need, edge in sorted(self.choice.before.items()):
            name = None if edge == NO_EDGE else self._place_of(edge)
            found.setdefault(self.households[need].id, name)
        return found

    def give_back(self, need: str, place: Name) -> bool:
        """Give a need the place that it had, if it still may have it."""
        edge = self.edge_at(self.need[need], place) if need in self.need else NO_EDGE
        if edge == NO_EDGE or not self.rooms.fits(edge):
            return False
        self.choice.take(self.need[need], edge)
        return True

    def open(self, name: Name, steps: Steps, *, one_at_a_time: bool) -> int:
        """Return the number of one more pool."""
        pool = len(self.names)
        self.names.append(name)
        self.place[name] = pool
        self._free[pool] = steps
        self._pools.setdefault(name[0], []).append(pool)
        self.rooms.open(pool, steps, one_at_a_time=one_at_a_time)
        return pool

    def also(self, edge: int, pool: int) -> None:
        """Let an edge take one more pool, at once where somebody has it."""
        has_it = self.choice.of.get(int(self.edges.need[edge])) == edge
        if has_it:
            self.rooms.leave(edge)
        self.edges.also(edge, pool, 1)
        if has_it:
            self.rooms.take(edge)

    def close(self, pool: int) -> None:
        """Take a pool out with its prices; nobody has anything there any more."""
        nothing = np.zeros(0, np.int64)
        for book in self.proof.books:
            book.set(pool, nothing, nothing)
        self.rooms.close(pool)
        name = self.names[pool]
        del self.place[name]
        self._pools[name[0]].remove(pool)
        if not self._pools[name[0]]:
            del self._pools[name[0]]

    def drop_need(self, name: str) -> int:
        """Take a need out; return the edge that it had."""
        need = self.need.pop(name)
        had = self.choice.leave(need)
        some = self.edges.of_need(need)
        for pool, others in self._apart.without_need(self, name):
            self.close(pool)
            self.proof.price(others)
            self.proof.look_again(self.edges.need[others].tolist())
        self.edges.kill(some[self.edges.alive[some]])
        self.proof.look_again([need])
        return had

    def keep(self, household: Household) -> None:
        """Let a need be worth more where it is proposed now, and there alone."""
        need, points = self.need[household.id], self.market.policy.points.keep
        before, self.households[need] = self.households[need], household
        for current, earned in ((before.current, -points), (household.current, points)):
            edge = self.edge_at(need, (*current, None)) if current else NO_EDGE
            if edge != NO_EDGE:
                self._earns(edge, earned)
        self.proof.look_again([need])

    def _earns(self, edge: int, points: int) -> None:
        """Add points to what an edge is worth in the last tier."""
        edges, some = self.edges, np.array([edge], np.int32)
        edges.worth[-1, edge] += points
        self._take_in(some)
        if self.choice.of.get(int(edges.need[edge])) == edge:
            self.choice.worth[-1] += points

    def add_need(self, household: Household) -> int:
        """Let a need take part; it has no place yet."""
        need = len(self.households)
        self.households.append(household)
        self.need[household.id] = need
        self._add(self.homes.pairs_of(self.market, household, need))
        self._apart.with_need(self, need)
        self.proof.look_again([need])
        return need

    def drop_offer(self, offer: str) -> dict[str, Name]:
        """Take an offer out; return the needs that had a place there, and which."""
        lost: list[int] = []
        kept_apart = self._apart.without_offer(offer)
        pools = list(self._pools.get(offer, ()))
        for pool in pools:
            lost += [int(self.edges.need[e]) for e in self.rooms.holders(pool)]
        had: dict[str, Name] = {}
        for need in sorted(set(lost)):
            had[self.households[need].id] = self._place_of(self.choice.leave(need))
        for pool in pools:
            if pool not in kept_apart:
                here = self.edges.at_pool(pool)
                self.edges.kill(here)
                self.proof.look_again(self.edges.need[here].tolist())
                self.homes.close(pool)
            self.close(pool)
        return had

    def add_offer(self, rows: tuple[Pool, ...]) -> list[int]:
        """Let an offer be taken; return its pools."""
        pools = [
            self.open(
                (row.offer, row.unit, None),
                _steps(row),
                one_at_a_time=not row.home.contingent,
            )
            for row in rows
        ]
        self.homes.add(self.market, rows, np.array(pools, np.int64))
        needs = np.array(list(self.need.values()), np.int64)
        households = [self.households[n] for n in needs.tolist()]
        laid = self.homes.pairs_at(
            self.market, np.array(pools, np.int64), households, needs
        )
        self._add(laid)
        if rows and rows[0].home.contingent:
            self._apart.with_offer(self, rows[0].offer)
        self.proof.look_again(laid.need.tolist())
        return pools

    def tidy(self) -> None:
        """Price the homes anew that somebody took or left since the last event."""
        known = [self.choice.of.get(need, NO_EDGE) for need in self.choice.before]
        known += self.choice.before.values()
        pools = dict.fromkeys(int(self.edges.pool[e]) for e in known if e != NO_EDGE)
        homes = [pool for pool in pools if self.rooms.is_home(pool)]
        for pool in homes[:MOST_PRICED]:
            self.price_anew(pool)

    def price_anew(self, pool: int) -> None:
        """Give a home, or a unit of a contingent, the prices that prove most."""
        if self.rooms.is_open(pool) and self.names[pool][2] is None:
            self.proof.price_anew(pool, one_at_a_time=self.rooms.is_home(pool))

    def at_offer(self, need: int, offer: str) -> Narrow:
        """Return the edges of a need at an offer."""
        some = self.edges.of_need(need)
        mine = np.isin(self.edges.pool[some], self._pools.get(offer, ()))
        return some[mine & self.edges.alive[some]]

    def _add(self, laid: Laid) -> None:
        self._take_in(self.edges.add(laid.need, laid.pool, laid.stay, laid.worth))

    def _take_in(self, some: Narrow) -> None:
        """Say what edges are worth in one number, and what they earn."""
        worth = self.edges.worth[:, some].astype(np.int64)
        if not self._scales.take(worth):
            raise Unweighed("a pair is worth more than this table can weigh")
        self.edges.value[some] = self._scales.value(worth)
        self.proof.price(some)


def _steps(row: Pool) -> Steps:
    days, free = np.array(row.steps, np.int64).reshape(-1, 2).T
    return days, free


def _is_home(laid: Board, pool: int) -> bool:
    return pool < len(laid.pools.rows) and not laid.pools.rows[pool].home.contingent
