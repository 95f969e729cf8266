"""Lots that serve one article, side by side: a request is held against all at once."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.referee.reading import OPEN_END, Doc, ordinal

Column: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]
Places: TypeAlias = Mapping[str, Sequence[int]]
NOWHERE = -1
"""Metres to or from a place that is not on the map."""


FUNNEL = ("no_item", "best_before", "forbidden", "distance")


@dataclass(frozen=True)
class Fit:
    """A request held against a rack: by rule which lots pass, and how far each lies.

    `passed` is in the order of `FUNNEL`. `metres` are `NOWHERE` where a place is not
    on the map.
    """

    passed: tuple[Mask, ...]
    metres: Column

    @property
    def suits(self) -> Mask:
        """Which lots pass every rule."""
        first, second, third, fourth = self.passed
        return first & second & third & fourth

    def fell(self, free: Mask) -> list[int]:
        """Return how many of the free lots fell at which rule first."""
        left, fell = free, []
        for passes in self.passed:
            fell.append(int((left & ~passes).sum()))
            left = left & passes
        return fell


class Rack:
    """The lots of which one article is served; `free` are those that take part."""

    def __init__(
        self, lots: Sequence[Doc], free: AbstractSet[str], today: int, places: Places
    ) -> None:
        told = [lot["details"] for lot in lots]
        self.names: list[str] = [lot["id"] for lot in lots]
        self.free = np.array([name in free for name in self.names], np.bool_)
        self.place = {name: n for n, name in enumerate(self.names)}
        self.sizes = [(row.get("item") or {}).get("size") for row in told]
        self.day = _numbers(
            [max(today, ordinal(row.get("available_from"), 0)) for row in told]
        )
        self.last = _numbers(
            [
                min(
                    ordinal(row.get("available_to"), OPEN_END) - 1,
                    ordinal(row.get("best_before"), OPEN_END),
                )
                for row in told
            ]
        )
        points = [_point(row, places) for row in told]
        self._known = np.array([at is not None for at in points], np.bool_)
        self._x = _numbers([at[0] if at else 0 for at in points])
        self._y = _numbers([at[1] if at else 0 for at in points])
        self._places = places
        self._sized: dict[str | None, Mask] = {}

    def fit(self, request: Doc, forbidden: Sequence[str], most: int) -> Fit:
        """Hold a request for this article against every lot."""
        told = request["details"]
        metres = self._metres(_point(told, self._places))
        last = np.minimum(self.last, ordinal(told.get("needed_by"), OPEN_END))
        allowed = np.ones(len(self.names), np.bool_)
        allowed[[self.place[n] for n in forbidden if n in self.place]] = False
        sized = self._of_size((told.get("item") or {}).get("size"))
        return Fit((sized, self.day <= last, allowed, metres <= most), metres)

    def _of_size(self, size: str | None) -> Mask:
        if size not in self._sized:
            fits = [size in (None, one) for one in self.sizes]
            self._sized[size] = np.array(fits, np.bool_)
        return self._sized[size]

    def _metres(self, point: tuple[int, int] | None) -> Column:
        """Return the whole metres from each lot."""
        if point is None:
            return np.full(len(self.names), NOWHERE)
        square = (self._x - point[0]) ** 2 + (self._y - point[1]) ** 2
        root = np.sqrt(square.astype(np.float64)).astype(np.int64)
        root -= root * root > square
        return np.where(self._known, root, NOWHERE)


def _point(told: Doc, places: Places) -> tuple[int, int] | None:
    at = places.get(str((told.get("location") or {}).get("postcode")))
    return None if at is None else (at[0], at[1])


def _numbers(values: Sequence[int]) -> Column:
    return np.array(values, np.int64)
