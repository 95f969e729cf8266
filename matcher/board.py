"""The housing market laid out for the solver: households, pools, pairs, edges."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from matcher.columns import (
    Households,
    Ints,
    Pools,
    household_columns,
    pool_columns,
    pools_of,
)
from matcher.feasible import Pairs, compatible
from matcher.instance import SPAN, Instance, beginnings
from matcher.keeping import Closure, Shut, shut_out
from matcher.parties import duplicates, offered_homes
from matcher.problem import Held, Market
from matcher.rules import avoid
from matcher.steps import spreads
from matcher.worth import worth


@dataclass(frozen=True, slots=True)
class Board:
    """Pairs are the edges of `instance`, in the same order.

    `apart` names the pools behind those of `pools`: an offer, and two needs whose
    households must not stay there at the same time. Behind these come `kept`: what is
    left of contingents without the rooms that are held back.
    """

    market: Market
    needs: Households
    pools: Pools
    pairs: Pairs
    instance: Instance
    apart: tuple[tuple[str, str, str], ...]
    kept: tuple[Closure, ...] = ()

    @property
    def source(self) -> Instance:
        return self.instance

    def hopeless(self) -> list[str]:
        """Return the households that suit no home."""
        alone = np.nonzero(self.pairs.blocked[:, -1] == 0)[0]
        return [self.needs.rows[n].id for n in alone.tolist()]

    def spreads(self) -> list[int]:
        """Return by how much each tier can vary."""
        one_each = np.ones(self.instance.needs, np.int64)
        return spreads(self.instance.worth, self.instance.need, one_each)

    def chosen(self, edges: Ints, also: Ints) -> "tuple[Board, Ints]":
        """Return a board of some edges and all of some needs `also`; and the edges."""
        return self, edges

    def funnels(self, needs: Ints) -> Ints:
        """Return the funnel of some households: see `Pairs`."""
        return self.pairs.blocked[needs]


def board(market: Market, pools: Pools | None = None) -> Board:
    """Lay out every household that takes part, and every home that is offered.

    `pools` are the homes where they were laid out before: most of the work.
    """
    pools = homes(market) if pools is None else pools
    waiting = waiting_needs(market)
    parties = tuple(h for h in market.households if h.people and h.id not in waiting)
    needs = household_columns(market, parties)
    pairs = compatible(market, needs, pools)
    apart = apart_of(needs, pools, pairs)
    shut = shut_out(market, pools, needs.rows).side_by_side(pools)
    instance = _instance(market, needs, pools, pairs, apart, shut)
    return Board(market, needs, pools, pairs, instance, tuple(apart), shut.closures)


def homes(market: Market) -> Pools:
    """Lay out every home that is offered, with what is free of it."""
    held: dict[str, list[Held]] = defaultdict(list)
    for one in market.held:
        held[one.offer].append(one)
    rows = tuple(
        pool
        for home in offered_homes(market)
        for pool in pools_of(home, held.get(home.id, ()))
    )
    return pool_columns(market, rows)


def waiting_needs(market: Market) -> frozenset[str]:
    """Return the needs that wait for a person to say whether they are duplicates."""
    doubtful = {household.id for household in market.households if household.doubtful}
    return frozenset(doubtful) | duplicates(
        market.households,
        [household.raised for household in market.households],
        (one.need for one in market.held),
    )


Apart = dict[tuple[str, str, str], list[int]]


def apart_of(needs: Households, pools: Pools, pairs: Pairs) -> Apart:
    """Edges of two households that must not meet, by offer, where both could stay."""
    found: Apart = {}
    first = beginnings(pairs.need, len(needs.rows)).tolist()
    for a, b in enemies(needs):
        mine: list[dict[str, list[int]]] = [defaultdict(list), defaultdict(list)]
        for side, need in enumerate((a, b)):
            for edge in range(first[need], first[need + 1]):
                pool = pools.rows[pairs.pool[edge]]
                if pool.home.contingent:
                    mine[side][pool.offer].append(edge)
        for offer in sorted(mine[0].keys() & mine[1].keys()):
            one, other = sorted((needs.rows[a].id, needs.rows[b].id))
            key = (offer, one, other)
            found[key] = mine[0][offer] + mine[1][offer]
    return found


def enemies(needs: Households) -> list[tuple[int, int]]:
    """Return the households that must not meet, two by two."""
    place: dict[str, list[int]] = defaultdict(list)
    for n, household in enumerate(needs.rows):
        for ref in household.refs:
            place[ref].append(n)
    pairs = {
        (min(n, other), max(n, other))
        for n, household in enumerate(needs.rows)
        for ref in household.no_contact
        for other in place.get(ref, ())
        if other != n and avoid(household, needs.rows[other])
    }
    return sorted(pairs)


def _instance(
    market: Market, needs: Households, pools: Pools, pairs: Pairs, apart: Apart,
    shut: Shut,
) -> Instance:  # fmt: skip
    edges, more = np.arange(len(pairs.need)), extras_of(pools, pairs, apart, shut)
    free = capacities(pools, apart, shut)
    return Instance(
        needs=len(needs.rows),
        need=pairs.need,
        start=pairs.start,
        end=pairs.end,
        worth=worth(market, needs, pools, pairs),
        use_edge=np.concatenate([edges, more[:, 0]]),
        use_pool=np.concatenate([pairs.pool, more[:, 1]]),
        use_demand=np.concatenate([pairs.demand, more[:, 2]]),
        free_key=free[:, 0],
        free=free[:, 1],
    )


def extras_of(pools: Pools, pairs: Pairs, apart: Apart, shut: Shut) -> Ints:
    """Return (pair, pool, demand) of what pairs take beside their own pool."""
    known = len(pools.rows)
    kept = known + len(apart)
    rows = [
        (edge, known + n, 1) for n, edges in enumerate(apart.values()) for edge in edges
    ] + [
        (edge, kept + n, int(pairs.demand[edge]))
        for n, edges in enumerate(shut.edges(pairs.need, pairs.pool))
        for edge in edges
    ]
    return np.array(rows, np.int64).reshape(-1, 3)


def capacities(pools: Pools, apart: Apart, shut: Shut) -> Ints:
    """Return (key, free from then on) of all pools, ascending."""
    known = len(pools.rows)
    kept = known + len(apart)
    steps = [
        (pool * SPAN + day, free)
        for pool, row in enumerate(pools.rows)
        for day, free in row.steps
    ] + [((known + n) * SPAN, 1) for n in range(len(apart))]
    steps += [
        ((kept + n) * SPAN + day, left)
        for n, one in enumerate(shut.closures)
        for day, left in one.steps
    ]
    return np.array(steps, np.int64).reshape(-1, 2)


__all__ = ["Board", "Ints", "board", "homes", "waiting_needs"]
