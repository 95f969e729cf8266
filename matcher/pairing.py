"""All compatible pairs of a large market, found block by block.

Households that live close together are looked at with the homes that are near enough to
all of them: bits say whose attributes go together, and only what is left is asked for
dates, rooms and the rest. It is what `feasible` says, without a funnel.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from matcher.bans import Bans
from matcher.columns import (
    Bools,
    Households,
    Ints,
    Pools,
    Whole,
    household_columns,
)
from matcher.conflicts import conflicts
from matcher.distance import Far
from matcher.feasible import Pairs, take
from matcher.keeping import shut_out
from matcher.problem import NEVER, Household, Market
from matcher.rules import distances
from matcher.sizes import Sizes
from matcher.threads import in_order

T = TypeVar("T")
CELLS = 1 << 22
"""Households times pools that are looked at together: it bounds the memory."""


def by_place(market: Market, rows: Sequence[Household]) -> tuple[Household, ...]:
    """Return households so that those come together who live close together."""
    side = max(1, market.policy.max_metres // 2)

    def where(household: Household) -> tuple[int, int, str, str]:
        x, y = market.places.get(household.near or "", (0, 0))
        return x // side, y // side, household.near or "", household.id

    return tuple(sorted(rows, key=where))


@dataclass(frozen=True, slots=True)
class Ground:
    """What pairs are made of: `sizes` knows whose rooms were asked."""

    market: Market
    needs: Households
    pools: Pools
    sizes: Sizes
    shape: Ints
    far: Far

    @staticmethod
    def of(market: Market, rows: Sequence[Household], pools: Pools) -> "Ground":
        """Lay out households, in their order by place, and pools."""
        needs = household_columns(market, by_place(market, rows))
        far = distances(market, needs, pools)
        sizes = Sizes(pools)
        return Ground(market, needs, pools, sizes, sizes.shapes(needs), far)

    def pairs(self, need: Ints, pool: Whole) -> Pairs:
        """Return pairs that are known to be compatible, without a funnel."""
        start, end = self.stay(need, pool)
        return Pairs(
            need=need.astype(np.int32),
            pool=pool.astype(np.int32),
            start=start.astype(np.int32),
            end=end.astype(np.int32),
            demand=self.rooms(need, pool).astype(np.int32),
            metres=self.far.pairs(need, pool),
            blocked=np.zeros((0, 1), np.int64),
        )

    def rooms(self, need: Ints, pool: Whole) -> Ints:
        """Return the rooms that compatible pairs take; a home is one."""
        return self.sizes.known(self.shape[need], pool)

    def stay(self, need: Whole, pool: Whole) -> tuple[Ints, Ints]:
        """Return the days [start, end) of each pair."""
        needs, pools = self.needs, self.pools
        start = np.maximum(needs.start[need], pools.start[pool])
        wanted = needs.end[need]
        wanted = np.where(
            wanted < NEVER, wanted, start + self.market.policy.horizon_days
        )
        latest = np.minimum(pools.end[pool], start + pools.max_days[pool])
        return start, np.minimum(wanted, latest)


def pairs_of(ground: Ground, each: Callable[[Pairs], T]) -> Iterator[T]:
    """Yield what `each` makes of all compatible pairs, some households at a time.

    They come by household and pool, and have no funnel. Several threads ask `each`.
    """
    needs, pools = ground.needs, ground.pools
    bans = Bans(ground.market, needs, pools, shut_out(ground.market, pools, needs.rows))
    bits = conflicts(needs, pools)
    step = max(1, CELLS // max(1, len(pools.rows)))

    def block(first: int) -> T:
        rows = np.arange(first, min(first + step, len(needs.rows)))
        near = ground.far.within(rows, ground.market.policy.max_metres)
        places: Bools = np.logical_or.reduce(near, axis=0)
        some = np.nonzero(places[ground.far.place])[0]
        go: Bools = near[:, ground.far.place[some]]
        for mine, theirs in bits:
            meet: Bools = np.bitwise_and.outer(mine[rows], theirs[some]) != 0
            go &= ~meet
        need, pool = np.nonzero(go)
        return each(_fitting(ground, bans, rows, need, some[pool]))

    yield from in_order(block, range(0, len(needs.rows), step))


def _fitting(ground: Ground, bans: Bans, rows: Ints, need: Ints, pool: Ints) -> Pairs:
    """Return those pairs whose dates and rooms fit and that nothing else blocks."""
    start, end = ground.stay(need + rows[0], pool)
    long = np.nonzero(end - start >= ground.pools.min_days[pool])[0]
    need, pool, start, end = need[long], pool[long], start[long], end[long]
    some = take(ground.needs, slice(int(rows[0]), int(rows[-1]) + 1))
    demand = ground.sizes.demands(some, need=need, pool=pool, start=start, end=end)
    need = need + rows[0]
    keep = demand > 0
    keep &= ~bans.blocked(need=need, pool=pool, start=start, end=end, demand=demand)
    need, pool = need[keep], pool[keep]
    return Pairs(
        need=need.astype(np.int32),
        pool=pool.astype(np.int32),
        start=start[keep].astype(np.int32),
        end=end[keep].astype(np.int32),
        demand=demand[keep].astype(np.int32),
        metres=ground.far.pairs(need, pool),
        blocked=np.zeros((0, 1), np.int64),
    )
