"""Spans of days at many keys, asked for many stays at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from matcher.columns import Bools, Ints

ALWAYS = np.iinfo(np.int64).max
"""As a day: later than all; as a number: nothing limits it."""


@dataclass(frozen=True, slots=True)
class Spans:
    """Spans [start, end), each with a value; those of key n from `first[n]` on."""

    first: Ints
    start: Ints
    end: Ints
    value: Ints

    @staticmethod
    def of(rows: Iterable[tuple[int, int, int, int]], keys: int) -> "Spans":
        """Return the spans of (key, start, end, value) rows; so many keys there are."""
        key, start, end, value = np.array(sorted(rows), np.int64).reshape(-1, 4).T
        return Spans(np.searchsorted(key, np.arange(keys + 1)), start, end, value)

    def meet(self, key: Ints, start: Ints, end: Ints) -> Bools:
        """Say which stays meet a span of their key."""
        met = np.zeros(len(key), np.bool_)
        for stay, _ in self._meetings(key, start, end):
            met[stay] = True
        return met

    def least(self, key: Ints, start: Ints, end: Ints) -> Ints:
        """Return the least value of the spans that each stay meets, or `ALWAYS`."""
        least = np.full(len(key), ALWAYS)
        for stay, span in self._meetings(key, start, end):
            least[stay] = np.minimum(least[stay], self.value[span])
        return least

    def _meetings(
        self, key: Ints, start: Ints, end: Ints
    ) -> Iterator[tuple[Ints, Ints]]:
        """Yield stays and spans that meet, each stay at most once at a time."""
        span, last = self.first[key], self.first[key + 1]
        stay = np.nonzero(span < last)[0]
        span, last = span[stay], last[stay]
        while len(stay):
            meets = (start[stay] < self.end[span]) & (end[stay] > self.start[span])
            yield stay[meets], span[meets]
            more = span + 1 < last
            stay, span, last = stay[more], span[more] + 1, last[more]
