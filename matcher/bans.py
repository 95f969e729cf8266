"""Pairs that are blocked one by one: by name, by who stays there, by what is kept.

Few households and few pools have any, so pairs are only asked where one of them has.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from matcher.ascending import within
from matcher.columns import FOREVER, Bools, Households, Ints, Pools
from matcher.keeping import Shut
from matcher.problem import Held, Household, Market
from matcher.spans import Spans

Ban = tuple[int, int, int]
"""A pool, and the days [from, to) on which a household may not be there."""


class Bans:
    """What blocks pairs one by one; a key is need · pools + pool."""

    def __init__(
        self, market: Market, needs: Households, pools: Pools, shut: Shut
    ) -> None:
        self._count, self._shut = len(pools.rows), shut
        full = [
            (n, day, until, 0)
            for n, pool in enumerate(pools.rows)
            for day, until in pool.full(market.today)
        ]
        named = [
            (need * self._count + pool, start, end)
            for need, bans in _named(market, needs, pools)
            for pool, start, end in bans
        ]
        self._full = Spans.of(full, self._count)
        self._name = np.unique(np.array([key for key, _, _ in named], np.int64))
        number = {key: n for n, key in enumerate(self._name.tolist())}
        spans = [(number[key], start, end, 0) for key, start, end in named]
        self._named = Spans.of(spans, len(number))
        self._is_named = np.zeros(len(needs.rows), np.bool_)
        self._is_named[self._name // self._count] = True

    def blocked(
        self, *, need: Ints, pool: Ints, start: Ints, end: Ints, demand: Ints
    ) -> Bools:
        """Say which of these pairs are blocked; the others break no such rule."""
        met = self._full.meet(pool, start, end)
        here = np.nonzero(self._is_named[need])[0]
        key = need[here] * self._count + pool[here]
        known = within(key, self._name)
        here, name = here[known], np.searchsorted(self._name, key[known])
        met[here] |= self._named.meet(name, start[here], end[here])
        for one, out in zip(self._shut.closures, self._shut.out, strict=True):
            here = np.nonzero((pool == one.pool) & out[need])[0]
            met[here] |= one.least(start[here], end[here]) < demand[here]
        return met


def _named(
    market: Market, needs: Households, pools: Pools
) -> Iterator[tuple[int, list[Ban]]]:
    """Yield who may not be somewhere because somebody said so, or lives there."""
    by_offer, by_provider = defaultdict(list), defaultdict(list)
    for n, pool in enumerate(pools.rows):
        by_offer[pool.offer].append(n)
        by_provider[pool.home.provider].append(n)
    refused: dict[str, list[int]] = defaultdict(list)
    for need, offer in market.forbidden:
        refused[need] += by_offer.get(offer, [])
    meeting = _Meeting(market)
    for n, household in enumerate(needs.rows):
        never = list(refused.get(household.id, ()))
        for ref in household.no_contact:
            never += by_provider.get(ref, [])
        bans = [(pool, -1, FOREVER) for pool in never]
        for one in meeting.avoided(household):
            bans += [(p, one.start, one.end) for p in by_offer.get(one.offer, ())]
        if bans:
            yield n, bans


class _Meeting:
    """Who stays somewhere, by whom they are and by whom they must not meet."""

    def __init__(self, market: Market) -> None:
        self._are: dict[str, list[Held]] = defaultdict(list)
        self._avoid: dict[str, list[Held]] = defaultdict(list)
        for one in market.held:
            for ref in one.refs:
                self._are[ref].append(one)
            for ref in one.no_contact:
                self._avoid[ref].append(one)

    def avoided(self, household: Household) -> Iterator[Held]:
        """Yield those with whom a household must not be."""
        for ref in household.no_contact:
            yield from self._are.get(ref, ())
        for ref in household.refs:
            yield from self._avoid.get(ref, ())
