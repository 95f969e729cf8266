"""The hard rules: which household may stay where, from when to when.

`RULES` is the funnel, in its order: each rule says, for a block of households and all
pools, which pairs it blocks. What depends on rooms (`size`) is asked last and only of
pairs that every other rule let pass.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np

from matcher.columns import PAYERS, Bools, Households, Ints, Pools
from matcher.distance import Far
from matcher.keeping import Closure, closures, kept_from, shut_at
from matcher.problem import Held, Household, Market
from matcher.sizes import Sizes

ADULT = 18


class Known:
    """What is asked of all pools block after block, found out once, if ever."""

    def __init__(self, market: Market, needs: Households, pools: Pools) -> None:
        self._market, self._pools = market, pools
        self.far = distances(market, needs, pools)

    @cached_property
    def sizes(self) -> Sizes:
        return Sizes(self._pools)

    @cached_property
    def full(self) -> Ints:
        """Columns, days and days: between these nothing is free."""
        found = [
            (column, day, until)
            for column, pool in enumerate(self._pools.rows)
            for day, until in pool.full(self._market.today)
        ]
        return np.array(found, np.int64).reshape(-1, 3).T

    @cached_property
    def closures(self) -> tuple[Closure, ...]:
        """What is held back."""
        return tuple(closures(self._market, self._pools))

    @cached_property
    def first(self) -> list[int]:
        """The columns at which another offer begins."""
        offers = [pool.offer for pool in self._pools.rows]
        return [n for n, offer in enumerate(offers) if n == 0 or offers[n - 1] != offer]

    @cached_property
    def pets(self) -> list[frozenset[str]]:
        """What is welcome, each once; `pets_of` says which of them each pool has."""
        return list(dict.fromkeys(pool.home.pets for pool in self._pools.rows))

    @cached_property
    def pets_of(self) -> Ints:
        number = {pets: n for n, pets in enumerate(self.pets)}
        of = [number[pool.home.pets] for pool in self._pools.rows]
        return np.array(of, np.int64)


def distances(market: Market, needs: Households, pools: Pools) -> Far:
    """Return how far it is from where households must be to each home."""
    return Far(
        [household.near for household in needs.rows],
        [pool.home.postcode for pool in pools.rows],
        market.places,
        unknown=market.policy.max_metres,
    )


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
    column, day, until = block.known.full
    taken = (block.start[:, column] < until) & (block.end[:, column] > day)
    row, which = np.nonzero(taken)
    blocked[row, column[which]] = True
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
    shut = shut_at(block.known.closures, market, pools, needs)
    return kept_from(shut, pools, needs, start=block.start, end=block.end)


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


def avoid(a: Household | Held, b: Household | Held) -> bool:
    """One of the two must not meet the other."""
    return bool(b.refs & a.no_contact or a.refs & b.no_contact)
