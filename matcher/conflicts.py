"""The hard rules that look at attributes only, as bits: two for each rule at most.

Each bit stands for a property of households and one of pools that do not go together:
a pair is blocked where both have it. Millions of pairs are asked by one `and` each. The
rules themselves stand in `rules`; tests hold the two against each other.
"""

from collections.abc import Iterator

import numpy as np

from matcher.columns import PAYERS, Bits, Bools, Households, Pools

ADULT = 18
WORD = 64


def conflicts(needs: Households, pools: Pools) -> list[tuple[Bits, Bits]]:
    """Return words of bits, of households and of pools: those that meet are blocked."""
    pairs = list(_properties(needs, pools))
    return [
        (
            _packed([mine for mine, _ in pairs[first : first + WORD]]),
            _packed([theirs for _, theirs in pairs[first : first + WORD]]),
        )
        for first in range(0, len(pairs), WORD)
    ]


def _packed(columns: list[Bools]) -> Bits:
    word = np.zeros(len(columns[0]), np.uint64)
    for n, column in enumerate(columns):
        word |= column.astype(np.uint64) << np.uint64(n)
    return word


def _properties(needs: Households, pools: Pools) -> Iterator[tuple[Bools, Bools]]:
    """Yield what households have and pools have that do not go together."""
    yield np.ones(len(needs.rows), np.bool_), pools.hollow | pools.failed
    yield needs.step_free, ~pools.step_free
    yield needs.lift, ~pools.lift
    yield needs.ground_floor, ~pools.ground_floor
    yield needs.medical, ~pools.medical
    yield needs.smokers, ~pools.smokers
    yield ~needs.only_women, pools.women_only
    yield needs.women_only, ~pools.women_only | pools.men_live_there
    yield needs.confidential, ~pools.protected
    yield needs.youngest < ADULT, pools.no_families | pools.failed_for_minors
    for age in np.unique(pools.min_age[pools.min_age >= 0]).tolist():
        yield needs.youngest < age, pools.min_age == age
    yield from _pets(needs, pools)
    yield from _payers(needs, pools)


def _pets(needs: Households, pools: Pools) -> Iterator[tuple[Bools, Bools]]:
    for pet in sorted(frozenset().union(*(h.pets for h in needs.rows))):
        has = [pet in household.pets for household in needs.rows]
        lacks = [pet not in pool.home.pets for pool in pools.rows]
        yield np.array(has, np.bool_), np.array(lacks, np.bool_)


def _payers(needs: Households, pools: Pools) -> Iterator[tuple[Bools, Bools]]:
    dear, office = ~pools.fits_every_payer, needs.payer == PAYERS["jobcenter"]
    yield needs.payer > PAYERS["jobcenter"], dear
    for limit in np.unique(needs.rent_limit[office]).tolist():
        yield office & (needs.rent_limit == limit), dear & (pools.rent > limit)
