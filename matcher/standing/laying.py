"""One household against all homes, or one home against all households.

The rules are those of `matcher.rules`, asked of the few pairs that dates, distance
and the quickest of them leave: a sieve that only drops what they would block.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from matcher.columns import (
    Bools,
    Households,
    Ints,
    Pool,
    Pools,
    Whole,
    household_columns,
    pool_columns,
)
from matcher.distance import metres
from matcher.feasible import blocks, compatible
from matcher.problem import NEVER, Household, Market
from matcher.rules import RULES
from matcher.worth import worth


@dataclass(frozen=True, slots=True)
class Laid:
    """Pairs as edges; `need` and `pool` are numbers, `stay` is start, end, demand."""

    need: Whole
    pool: Whole
    stay: Whole
    worth: Ints


class Homes:
    """The pools of all homes on offer; `number` is what each is called elsewhere."""

    def __init__(self, pools: Pools) -> None:
        self.pools = pools
        self.number = np.arange(len(pools.rows))
        self._open: Bools = np.ones(len(pools.rows), np.bool_)

    def add(self, market: Market, rows: tuple[Pool, ...], number: Ints) -> None:
        """Offer more pools."""
        fresh = pool_columns(market, rows)
        columns = {
            name: np.concatenate([getattr(self.pools, name), getattr(fresh, name)])
            for name in _COLUMNS
        }
        self.pools = Pools(rows=self.pools.rows + rows, **columns)
        self.number = np.concatenate([self.number, number])
        self._open = np.concatenate([self._open, np.ones(len(rows), np.bool_)])

    def close(self, number: int) -> None:
        """No longer offer a pool."""
        self._open[self.number == number] = False

    def pool(self, number: int) -> Pool:
        return self.pools.rows[int(np.searchsorted(self.number, number))]

    def pairs_of(self, market: Market, household: Household, need: int) -> Laid:
        """Return every stay that a household may have."""
        needs = household_columns(market, (household,))
        days = needs.start, needs.end
        some = np.nonzero(self._open & _lasts(market, *days, self.pools)[0])[0]
        near = _near(market, (household,), [self.pools.rows[n] for n in some.tolist()])
        some = some[near[0]]
        pools = _some(self.pools, some)
        left = _let_pass(market, needs, pools)
        pools, number = _some(pools, left), self.number[some[left]]
        return _laid(market, needs, pools, np.array([need]), number)

    def pairs_at(
        self, market: Market, numbers: Ints, households: Sequence[Household], need: Ints
    ) -> Laid:
        """Return every stay that some households may have at some pools."""
        here = _some(self.pools, np.searchsorted(self.number, numbers))
        start = np.array([max(h.start, market.today) for h in households], np.int64)
        end = np.array([h.end for h in households], np.int64)
        asked = np.nonzero(_lasts(market, start, end, here).any(axis=1))[0]
        some = [households[n] for n in asked.tolist()]
        near = _near(market, some, here.rows).any(axis=1)
        asked = asked[near]
        rows = tuple(households[n] for n in asked.tolist())
        needs = household_columns(market, rows)
        return _laid(market, needs, here, need[asked], numbers)


QUICK = (
    *("step_free", "lift", "ground_floor", "medical_equipment", "smokers"),
    *("ages", "women_only", "protected_address", "rent", "checks_failed"),
)
"""Rules that look at columns only. Where no bed is known they blame nobody
(`matcher.rules`), but nobody finds a bed there either."""
_COLUMNS = [field.name for field in fields(Pools) if field.name != "rows"]


def _laid(
    market: Market, needs: Households, pools: Pools, need: Ints, number: Ints
) -> Laid:
    pairs = compatible(market, needs, pools)
    used, pool = np.unique(pairs.pool, return_inverse=True)
    moved = replace(pairs, pool=pool.astype(np.int32))
    worths = worth(market, needs, _some(pools, used), moved)
    stay = np.stack([pairs.start, pairs.end, pairs.demand])
    return Laid(need[pairs.need], number[pairs.pool], stay, worths)


def _some(pools: Pools, places: Whole) -> Pools:
    rows = tuple(pools.rows[n] for n in places.tolist())
    return Pools(rows=rows, **{name: getattr(pools, name)[places] for name in _COLUMNS})


def _let_pass(market: Market, needs: Households, pools: Pools) -> Ints:
    """Return the pools at which a household is blocked by no rule that is quick."""
    (block,) = blocks(market, needs, pools)
    blocked = np.logical_or.reduce([RULES[code](block)[0] for code in QUICK])
    return np.nonzero(~blocked)[0]


def _lasts(market: Market, start: Ints, end: Ints, pools: Pools) -> Bools:
    """Say which stays would be long enough."""
    since, end = np.maximum(start[:, None], pools.start), end[:, None]
    wanted = np.where(end < NEVER, end, since + market.policy.horizon_days)
    until = np.minimum(wanted, np.minimum(pools.end, since + pools.max_days))
    enough: Bools = until - since >= pools.min_days
    return enough


def _near(
    market: Market, households: Sequence[Household], rows: Sequence[Pool]
) -> Bools:
    far = metres(
        [one.near for one in households],
        [pool.home.postcode for pool in rows],
        market.places,
        unknown=market.policy.max_metres,
    )
    near: Bools = far <= market.policy.max_metres
    return near
