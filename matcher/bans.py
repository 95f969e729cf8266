"""Pairs that are blocked one by one: by name, by who stays there, by what is kept.

Few households and few pools have any, so pairs are only asked where one of them has.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matcher.columns import FOREVER, Bools, Households, Ints, Pools
from matcher.keeping import Shut
from matcher.problem import Held, Household, Market

Ban = tuple[int, int, int]
"""A pool, and the days [from, to) on which a household may not be there."""


@dataclass(frozen=True, slots=True)
class Spans:
    """Spans of days, some a key; keys ascending."""

    key: Ints
    start: Ints
    end: Ints

    @staticmethod
    def of(rows: list[tuple[int, int, int]]) -> "Spans":
        """Return the spans of (key, start, end) rows."""
        found = np.array(sorted(rows), np.int64).reshape(-1, 3)
        return Spans(found[:, 0], found[:, 1], found[:, 2])

    def meet(self, key: Ints, start: Ints, end: Ints) -> Bools:
        """Say which stays meet a span of their key."""
        met = np.zeros(len(key), np.bool_)
        if not len(self.key):
            return met
        here = np.nonzero(np.isin(key, self.key))[0]
        first = np.searchsorted(self.key, key[here])
        last = np.searchsorted(self.key, key[here], side="right")
        while len(here):
            met[here] |= (start[here] < self.end[first]) & (
                end[here] > self.start[first]
            )
            more = first + 1 < last
            here, first, last = here[more], first[more] + 1, last[more]
        return met


class Bans:
    """What blocks pairs one by one; a key is need · pools + pool."""

    def __init__(
        self, market: Market, needs: Households, pools: Pools, shut: Shut
    ) -> None:
        self._pools, self._shut = pools, shut
        self._full = Spans.of(
            [
                (n, day, until)
                for n, pool in enumerate(pools.rows)
                for day, until in pool.full(market.today)
            ]
        )
        self._named = Spans.of(
            [
                (need * len(pools.rows) + pool, start, end)
                for need, bans in _named(market, needs, pools)
                for pool, start, end in bans
            ]
        )

    def blocked(
        self, *, need: Ints, pool: Ints, start: Ints, end: Ints, demand: Ints
    ) -> Bools:
        """Say which of these pairs are blocked; the others break no such rule."""
        met = self._full.meet(pool, start, end)
        met |= self._named.meet(need * len(self._pools.rows) + pool, start, end)
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
