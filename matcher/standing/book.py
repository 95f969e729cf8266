"""Prices of one tier that may change: of one pool anew, while all others stay.

For a home (one household at a time) the prices that prove most, all others given, are
found exactly: what is left to gain there is a schedule of stays that do not overlap,
and the way in which its best worth grows with the days is their price.
"""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.certificate import Prices
from matcher.columns import Ints
from matcher.instance import SPAN

Whole: TypeAlias = NDArray[np.int32] | Ints
Steps: TypeAlias = tuple[Ints, Ints]
"""Days, ascending from 0, and what is free from each of them on."""


class Book:
    """Prices in 1/scale at (pool, day) keys; `stock` is what all that is free costs."""

    def __init__(self, prices: Prices, free: Mapping[int, Steps]) -> None:
        self.scale, self.multipliers = prices.scale, prices.multipliers
        told = prices.price > 0
        self._key, self._price = prices.key[told], prices.price[told]
        self._summed = _summed(self._price)
        self._free = free
        self.stock = sum(
            self._stock(pool) for pool in np.unique(self._key // SPAN).tolist()
        )

    @property
    def prices(self) -> Prices:
        return Prices(self._key, self._price, self.multipliers, self.scale)

    def cost(self, pool: Whole, start: Whole, end: Whole, demand: Whole) -> Ints:
        """Return what stays pay."""
        base = np.asarray(pool, np.int64) * SPAN
        first = np.searchsorted(self._key, base + start)
        last = np.searchsorted(self._key, base + end)
        paid: Ints = (self._summed[last] - self._summed[first]) * demand
        return paid

    def free(self, pool: int) -> Steps:
        """Return what is free of a pool."""
        return self._free[pool]

    def of(self, pool: int) -> tuple[Ints, Ints]:
        """Return days and prices of one pool."""
        here = self._here(pool)
        return self._key[here] - pool * SPAN, self._price[here]

    def set(self, pool: int, days: Ints, prices: Ints) -> None:
        """Replace the prices of a pool; days ascend."""
        before, here = self._stock(pool), self._here(pool)
        told = prices > 0
        parts = (self._key[: here.start], pool * SPAN + days[told])
        self._key = np.concatenate([*parts, self._key[here.stop :]])
        values = (self._price[: here.start], prices[told], self._price[here.stop :])
        self._price = np.concatenate(values)
        self._summed = _summed(self._price)
        self.stock += self._stock(pool) - before

    def _here(self, pool: int) -> slice:
        ends = np.searchsorted(self._key, [pool * SPAN, (pool + 1) * SPAN])
        return slice(int(ends[0]), int(ends[1]))

    def _stock(self, pool: int) -> int:
        days, prices = self.of(pool)
        if len(days) == 0:
            return 0
        since, free = self._free[pool]
        here = np.searchsorted(since, days, side="right") - 1
        return int((free[here] * prices).sum())


def of_one_at_a_time(start: Ints, end: Ints, gain: Ints) -> tuple[Ints, Ints]:
    """Return the days and prices at which no stay gains anything any more.

    They add up to what the best stays that do not overlap gain together, and no prices
    that do it add up to less.
    """
    days = np.unique(np.concatenate([start, end]))
    place = dict(zip(days.tolist(), range(len(days)), strict=True))
    ending: dict[int, list[tuple[int, int]]] = {}
    for a, b, g in zip(start.tolist(), end.tolist(), gain.tolist(), strict=True):
        ending.setdefault(place[b], []).append((place[a], g))
    reached = [0] * len(days)
    for n in range(1, len(days)):
        stays = (reached[since] + g for since, g in ending.get(n, ()))
        reached[n] = max(reached[n - 1], *stays) if n in ending else reached[n - 1]
    total = np.array(reached, np.int64)
    return days[:-1], total[1:] - total[:-1]


def _summed(prices: Ints) -> Ints:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(prices)])
