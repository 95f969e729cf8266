"""Distances between postcode centroids, in whole metres, exactly rounded down."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

NO_PLACE = -1
"""Nothing is asked of the distance."""
SOME = 256
"""Places from which it is measured at a time: it bounds the memory."""


class Far:
    """How far it is from where households must be to each home, place by place."""

    def __init__(
        self,
        froms: Sequence[str | None],
        tos: Sequence[str | None],
        places: Mapping[str, tuple[int, int]],
        *,
        unknown: int,
    ) -> None:
        rows, self._row = _distinct(froms)
        columns, self.place = _distinct(tos)
        some = [rows[first : first + SOME] for first in range(0, len(rows), SOME)]
        measured = [_apart(names, columns, places, unknown) for names in some]
        empty = np.zeros((0, len(columns)), np.int32)
        self._metres = np.concatenate([empty, *measured])

    def within(self, rows: NDArray[np.int64], limit: int) -> NDArray[np.bool_]:
        """Return (households × places) where a home would be near enough."""
        near: NDArray[np.bool_] = self._metres[self._row[rows]] <= limit
        return near

    def matrix(self, rows: slice) -> NDArray[np.int64]:
        """Return the metres of some households × all homes."""
        found = self._metres[self._row[rows]][:, self.place]
        return found.astype(np.int64)

    def pairs(
        self, row: NDArray[np.int64], column: NDArray[np.int64] | NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """Return the metres of each pair of a household and a home."""
        found: NDArray[np.int32] = self._metres[self._row[row], self.place[column]]
        return found


def metres(
    froms: Sequence[str | None],
    tos: Sequence[str | None],
    places: Mapping[str, tuple[int, int]],
    *,
    unknown: int,
) -> NDArray[np.int64]:
    """Return froms × tos; `NO_PLACE` where no place is asked for.

    A place that is not on the map counts as `unknown` metres away.
    """
    return Far(froms, tos, places, unknown=unknown).matrix(slice(None))


def _apart(
    rows: Sequence[str | None],
    columns: Sequence[str | None],
    places: Mapping[str, tuple[int, int]],
    unknown: int,
) -> NDArray[np.int32]:
    known_from, ax, ay = _points(rows, places)
    known_to, bx, by = _points(columns, places)
    far = isqrt((ax[:, None] - bx) ** 2 + (ay[:, None] - by) ** 2)
    far[~(known_from[:, None] & known_to)] = unknown
    far[[place is None for place in rows]] = NO_PLACE
    return far.astype(np.int32)


def isqrt(square: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the whole root, exact below 2**52."""
    root = np.sqrt(square.astype(np.float64)).astype(np.int64)
    root -= root * root > square
    root += (root + 1) * (root + 1) <= square
    return root


def _distinct(
    names: Sequence[str | None],
) -> tuple[list[str | None], NDArray[np.int64]]:
    """Return each name once, and where each of `names` stands: places are few."""
    numbers: dict[str | None, int] = {}
    places = [numbers.setdefault(name, len(numbers)) for name in names]
    return list(numbers), np.array(places, np.int64)


def _points(
    names: Sequence[str | None], places: Mapping[str, tuple[int, int]]
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    found = [places.get(name) if name is not None else None for name in names]
    known = np.array([at is not None for at in found], np.bool_)
    xy = np.array([at or (0, 0) for at in found], np.int64).reshape(-1, 2)
    return known, xy[:, 0], xy[:, 1]
