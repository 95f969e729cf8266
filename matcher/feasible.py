"""The hard rules: which household may stay where, from when to when.

`RULES` is the funnel, in its order: each rule says, for a block of households and all
pools, which pairs it blocks. What depends on rooms (`size`) is asked last and only of
pairs that every other rule let pass.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import TypeAlias

import numpy as np

from matcher.columns import PAYERS, Bools, Households, Ints, Narrow, Pools
from matcher.distance import Far
from matcher.keeping import kept_from
from matcher.problem import NEVER, Held, Household, Market
from matcher.sizes import Sizes

ADULT = 18
BLOCK, CELLS = 256, 1 << 21
"""Households a block, and pairs: it bounds the memory, and changes no result."""


class Known:
    """What is asked of all pools block after block, found out once."""

    def __init__(self, market: Market, needs: Households, pools: Pools) -> None:
        self.sizes = Sizes(pools)
        self.far = Far(
            [household.near for household in needs.rows],
            [pool.home.postcode for pool in pools.rows],
            market.places,
            unknown=market.policy.max_metres,
        )
        self.full = [
            (column, day, until)
            for column, pool in enumerate(pools.rows)
            for day, until in pool.full(market.today)
        ]
        offers = [pool.offer for pool in pools.rows]
        self.first = [
            n for n, offer in enumerate(offers) if n == 0 or offers[n - 1] != offer
        ]
        welcome = [pool.home.pets for pool in pools.rows]
        self.pets = list(dict.fromkeys(welcome))
        number = {pets: n for n, pets in enumerate(self.pets)}
        self.pets_of = np.array([number[pets] for pets in welcome], np.int64)


@dataclass(frozen=True, slots=True)
class Block:
    """Some households against all pools; matrices are households × pools."""

    market: Market
    needs: Households
    pools: Pools
    start: Ints
    end: Ints
    metres: Ints
    known: Known
    first: int
    """The place of the first of them among all."""


Rule: TypeAlias = Callable[[Block], Bools]


def no_dates(block: Block) -> Bools:
    """Too short, over before it begins, or taken on one of its days."""
    blocked: Bools = block.end - block.start < block.pools.min_days
    for column, day, until in block.known.full:
        start, end = block.start[:, column], block.end[:, column]
        blocked[:, column] |= (start < until) & (end > day)
    return blocked


def step_free(block: Block) -> Bools:
    return block.needs.step_free[:, None] & ~block.pools.step_free


def lift(block: Block) -> Bools:
    return block.needs.lift[:, None] & ~block.pools.lift


def ground_floor(block: Block) -> Bools:
    return block.needs.ground_floor[:, None] & ~block.pools.ground_floor


def medical_equipment(block: Block) -> Bools:
    return block.needs.medical[:, None] & ~block.pools.medical


def pets(block: Block) -> Bools:
    """Every kind of pet must be welcome; not asked is not welcome."""
    blocked = np.zeros(block.start.shape, np.bool_)
    for row, household in enumerate(block.needs.rows):
        if household.pets:
            lacks = [not household.pets <= pets for pets in block.known.pets]
            blocked[row] = np.array(lacks, np.bool_)[block.known.pets_of]
    return blocked


def smokers(block: Block) -> Bools:
    return block.needs.smokers[:, None] & ~block.pools.smokers


def ages(block: Block) -> Bools:
    """No minors where families are not taken; nobody under the age that is set."""
    youngest = block.needs.youngest[:, None]
    too_young = (block.pools.min_age >= 0) & (youngest < block.pools.min_age)
    return too_young | (block.pools.no_families & (youngest < ADULT))


def women_only(block: Block) -> Bools:
    """Both ways: a home for women only, and women who need one."""
    asked = block.needs.women_only[:, None]
    no_refuge = ~block.pools.women_only | block.pools.men_live_there
    no_entry = block.pools.women_only & ~block.needs.only_women[:, None]
    blocked: Bools = no_entry | (asked & no_refuge)
    return blocked


def protected_address(block: Block) -> Bools:
    return block.needs.confidential[:, None] & ~block.pools.protected


def no_contact(block: Block) -> Bools:
    """Neither with the provider nor with a household that stays there meanwhile."""
    blocked = np.zeros(block.start.shape, np.bool_)
    for row, household in enumerate(block.needs.rows):
        if household.no_contact:
            avoided = household.no_contact
            blocked[row] = [p.home.provider in avoided for p in block.pools.rows]
    for one in block.market.held:
        for row, household in enumerate(block.needs.rows):
            if avoid(household, one):
                here = np.array([p.offer == one.offer for p in block.pools.rows], bool)
                meets = (block.start[row] < one.end) & (block.end[row] > one.start)
                blocked[row] |= meets & here
    return blocked


def rent(block: Block) -> Bools:
    """Who pays fits the tenant and the rent, and the rent the limit."""
    payer = block.needs.payer[:, None]
    within = block.pools.rent <= block.needs.rent_limit[:, None]
    fits = (payer <= PAYERS["self"]) | ((payer == PAYERS["jobcenter"]) & within)
    blocked: Bools = ~(fits | block.pools.fits_every_payer)
    return blocked


def checks_failed(block: Block) -> Bools:
    minors = block.needs.youngest[:, None] < ADULT
    return block.pools.failed | (minors & block.pools.failed_for_minors)


def forbidden(block: Block) -> Bools:
    """A person said no to this pair."""
    pairs = block.market.forbidden
    named = {need for need, _ in pairs}
    blocked = np.zeros(block.start.shape, np.bool_)
    for row, household in enumerate(block.needs.rows):
        if household.id in named:
            blocked[row] = [(household.id, p.offer) in pairs for p in block.pools.rows]
    return blocked


def held_back(block: Block) -> Bools:
    """Kept free for others, who are expected."""
    market, pools, needs = block.market, block.pools, block.needs.rows
    return kept_from(market, pools, needs, start=block.start, end=block.end)


def distance(block: Block) -> Bools:
    """Farther than the policy lets a household be sent from where it must be."""
    too_far: Bools = block.metres > block.market.policy.max_metres
    return too_far


RULES: dict[str, Rule] = {
    "no_dates": no_dates,
    "step_free": step_free,
    "lift": lift,
    "ground_floor": ground_floor,
    "medical_equipment": medical_equipment,
    "pets": pets,
    "smokers": smokers,
    "ages": ages,
    "women_only": women_only,
    "protected_address": protected_address,
    "no_contact": no_contact,
    "rent": rent,
    "checks_failed": checks_failed,
    "forbidden": forbidden,
    "held_back": held_back,
    "distance": distance,
}
FUNNEL = (*(code for code in RULES if code != "distance"), "size", "distance")


@dataclass(frozen=True, slots=True)
class Pairs:
    """All compatible pairs, sorted by household and pool, and the funnel.

    `blocked[h, r]` counts the offers whose last hope fell at rule r of `FUNNEL`;
    its last column counts the compatible ones.
    """

    need: Narrow
    pool: Narrow
    start: Narrow
    end: Narrow
    demand: Narrow
    metres: Narrow
    blocked: Ints

    def only(self, rows: Ints | slice) -> "Pairs":
        """Return some of the pairs; the funnel stays as it is."""
        names = (f.name for f in fields(self) if f.name != "blocked")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})


def compatible(market: Market, needs: Households, pools: Pools) -> Pairs:
    """Return every pair that breaks no rule, with its stay and what it takes."""
    parts = [_of_block(block) for block in blocks(market, needs, pools)]
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in Pairs.__dataclass_fields__
    }
    return Pairs(**joined)


def funnels(market: Market, needs: Households, pools: Pools) -> Ints:
    """Return the funnel of each household: see `Pairs`."""
    found = [_of_block(block).blocked for block in blocks(market, needs, pools)]
    return np.concatenate(found)


def blocks(market: Market, needs: Households, pools: Pools) -> Iterator[Block]:
    """Yield households in blocks, with the stay that each pool would give them."""
    known = Known(market, needs, pools)
    step = min(BLOCK, max(1, CELLS // max(1, len(pools.rows))))
    for first in range(0, max(1, len(needs.rows)), step):
        rows = slice(first, first + step)
        some = take(needs, rows)
        start = np.maximum(some.start[:, None], pools.start)
        wanted = np.where(
            some.end[:, None] < NEVER,
            some.end[:, None],
            start + market.policy.horizon_days,
        )
        end = np.minimum(wanted, np.minimum(pools.end, start + pools.max_days))
        far = known.far.matrix(rows)
        yield Block(market, some, pools, start, end, far, known, first)


def verdicts(block: Block, few: int = len(RULES)) -> dict[str, Bools]:
    """Return what each rule of the funnel blocks, whatever the others say.

    Rooms take long to ask: `size` blames nobody where more than a `few` others do.
    """
    blocked = _ruled(block)
    others = np.stack(list(blocked.values())).sum(axis=0, dtype=np.int8)
    need, pool = np.nonzero(others <= few)
    start, end = block.start[need, pool], block.end[need, pool]
    demand = block.known.sizes.demands(
        block.needs, need=need, pool=pool, start=start, end=end
    )
    blocked["size"] = np.zeros(block.start.shape, np.bool_)
    blocked["size"][need, pool] = demand == 0
    return {code: blocked[code] for code in FUNNEL}


def take(needs: Households, rows: slice) -> Households:
    """Return some of the households, in their order."""
    return Households(**{f.name: getattr(needs, f.name)[rows] for f in fields(needs)})


def taken(needs: Households, rows: Ints) -> Households:
    """Return the households at some places."""
    columns = {f.name: getattr(needs, f.name) for f in fields(needs)}
    found = tuple(needs.rows[n] for n in rows.tolist())
    return Households(
        **{name: column[rows] for name, column in columns.items() if name != "rows"},
        rows=found,
    )


def _of_block(block: Block) -> Pairs:
    blocked = _ruled(block)
    near = ~blocked["distance"]
    others = [blocked[code] for code in RULES if code != "distance"]
    alive = ~np.logical_or.reduce(others)
    need, pool = np.nonzero(alive)
    start, end = block.start[need, pool], block.end[need, pool]
    demand = block.known.sizes.demands(
        block.needs, need=need, pool=pool, start=start, end=end
    )
    blocked["size"] = np.zeros(alive.shape, np.bool_)
    blocked["size"][need, pool] = demand == 0
    keep = (demand > 0) & near[need, pool]
    need, pool = need[keep], pool[keep]
    return Pairs(
        need=(need + block.first).astype(np.int32),
        pool=pool.astype(np.int32),
        start=start[keep].astype(np.int32),
        end=end[keep].astype(np.int32),
        demand=demand[keep].astype(np.int32),
        metres=block.metres[need, pool].astype(np.int32),
        blocked=_funnel(block, blocked),
    )


def _ruled(block: Block) -> dict[str, Bools]:
    """Return what each rule blocks; where no bed is known, only `size` is to blame."""
    blocked = {code: rule(block) for code, rule in RULES.items()}
    for matrix in blocked.values():
        matrix[:, block.pools.hollow] = False
    return blocked


def _funnel(block: Block, blocked: Mapping[str, Bools]) -> Ints:
    depth = np.full(block.start.shape, len(FUNNEL), np.int8)
    for n, code in reversed(tuple(enumerate(FUNNEL))):
        depth[blocked[code]] = n
    first = block.known.first
    deepest = np.maximum.reduceat(depth, first, axis=1) if first else depth
    return np.stack(
        [(deepest == n).sum(axis=1) for n in range(len(FUNNEL) + 1)], axis=1
    )


def avoid(a: Household | Held, b: Household | Held) -> bool:
    """One of the two must not meet the other."""
    return bool(b.refs & a.no_contact or a.refs & b.no_contact)
