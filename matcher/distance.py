"""Distances between postcode centroids, in whole metres, exactly rounded down."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

NO_PLACE = -1
"""Nothing is asked of the distance."""


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
    rows, row = _distinct(froms)
    columns, column = _distinct(tos)
    known_from, ax, ay = _points(rows, places)
    known_to, bx, by = _points(columns, places)
    far = isqrt((ax[:, None] - bx) ** 2 + (ay[:, None] - by) ** 2)
    far[~(known_from[:, None] & known_to)] = unknown
    far[[place is None for place in rows]] = NO_PLACE
    return far[row[:, None], column]


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
