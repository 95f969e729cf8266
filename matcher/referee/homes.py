"""Plain homes side by side: what of them a stay depends on, in columns.

A home is plain where nothing is promised, held back, or said of it by name. Many of
them are looked at in one table, households down and homes across, and no table of
several has more than `CELLS` cells: it stays in the processor's cache.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.referee.alike import THROUGH, Bools, Depths, Ints
from matcher.referee.crowd import NEVER, Crowd, Days
from matcher.referee.lodging import Lodging

CELLS = 1 << 18


@dataclass(frozen=True, slots=True)
class Homes:
    """Some plain homes; `numbers` are those of their places.

    `depth` is kinds × homes: the first rule of kind that is broken. `fits` is bodies ×
    homes: whether everyone finds a bed.
    """

    numbers: Ints
    first: Days
    last: Days
    least: Days
    most: Days
    depth: Depths
    fits: Bools

    def stays(self, some: Crowd) -> tuple[Days, Days]:
        """Return first days, and those after the last: households × homes."""
        start = np.maximum(some.earliest[:, None], self.first)
        end = start + np.minimum(some.long[:, None], self.most)
        np.minimum(end, some.latest[:, None], out=end)
        np.minimum(end, self.last, out=end)
        return start, end

    def short(self, start: Days, end: Days) -> Bools:
        """Say which stays are shorter than there may be."""
        found: Bools = end - start < self.least
        return found

    def open_to(self, some: Crowd, start: Days, end: Days) -> Bools:
        """Say which homes each of them may have, near enough or not."""
        found = ~self.short(start, end)
        found &= (self.depth == THROUGH)[some.kind]
        found &= self.fits[some.body]
        return found


def homes(lodging: Lodging, numbers: Sequence[int]) -> Homes:
    """Write plain homes in columns."""
    places = [lodging.places[n] for n in numbers]
    return Homes(
        numbers=np.array(numbers, np.int64),
        first=np.array([place.first for place in places], np.int32),
        last=np.array([place.last for place in places], np.int32),
        least=np.array([place.least for place in places], np.int32),
        most=np.array([min(NEVER, place.most) for place in places], np.int32),
        depth=np.stack([lodging.bars.first(n) for n in numbers], axis=1),
        fits=np.stack([lodging.beds(place) > 0 for place in places], axis=1),
    )


def tables(
    lodging: Lodging, numbers: Sequence[int], households: int
) -> Iterator[Homes]:
    """Yield plain homes, so many at a time that no table grows too large."""
    wide = max(1, CELLS // max(1, households))
    for at in range(0, len(numbers), wide):
        yield homes(lodging, numbers[at : at + wide])
