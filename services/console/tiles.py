"""A map without boundaries: one tile a postcode area, about where it lies.

Which area gets which cell of the grid is an assignment problem: the sum of the
squared ways from each centroid to its tile is the least there is. Small enough for
the Hungarian method in plain Python (40 areas: about 20 ms), and kept per set of
areas.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, sqrt

from services.places import Point, point

AREAS = 60
_MAX_COLUMNS = 9
_FAR = 40_000
_SPARE = 1.3
"""Cells per area: some must stay empty, or the map becomes a plain rectangle."""

Grid = tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True)
class TileMap:
    """Rows of areas from north to south, and the areas that found no place."""

    grid: Grid
    elsewhere: tuple[str, ...]


def tile_map(areas: tuple[str, ...], *, home: str | None = None) -> TileMap:
    """Lay out the areas around the middle one (or `home`); far ones are elsewhere."""
    known = {area: place for area in areas if (place := point(area)) is not None}
    if not known:
        return TileMap((), tuple(sorted(areas)))
    middle = known.get(home or "") or _middle(list(known.values()))
    near = sorted(known, key=lambda area: (_square(known[area], middle), area))
    shown = tuple(
        sorted(a for a in near[:AREAS] if _square(known[a], middle) < _FAR**2)
    )
    rest = tuple(sorted(set(areas) - set(shown)))
    return TileMap(_laid_out(shown), rest)


@lru_cache(maxsize=32)
def _laid_out(areas: tuple[str, ...]) -> Grid:
    if not areas:
        return ()
    places = [point(area) or (0, 0) for area in areas]
    columns, rows = _shape(places)
    cells = [(column, row) for row in range(rows) for column in range(columns)]
    spots = _scaled(places, columns, rows)
    costs = [[_ways(spot, cell) for cell in cells] for spot in spots]
    taken = {cells[cell]: areas[i] for i, cell in enumerate(assignment(costs))}
    return tuple(
        tuple(taken.get((column, row)) for column in range(columns))
        for row in range(rows)
    )


def assignment(costs: list[list[int]]) -> list[int]:
    """Return the column of each row so that the sum is least (rows ≤ columns).

    The Hungarian method with potentials, O(rows² · columns).
    """
    rows, columns = len(costs), len(costs[0])
    over, under = [0] * (rows + 1), [0] * (columns + 1)
    owner, way = [0] * (columns + 1), [0] * (columns + 1)
    for row in range(1, rows + 1):
        owner[0], column = row, 0
        least: list[float] = [float("inf")] * (columns + 1)
        done = [False] * (columns + 1)
        while owner[column]:
            column = _step(costs, (over, under, owner, way), least, done, column)
        while column:
            owner[column], column = owner[way[column]], way[column]
    found = [0] * rows
    for column in range(1, columns + 1):
        if owner[column]:
            found[owner[column] - 1] = column - 1
    return found


def _step(
    costs: list[list[int]],
    state: tuple[list[int], list[int], list[int], list[int]],
    least: list[float],
    done: list[bool],
    column: int,
) -> int:
    """Reach one more column over the cheapest reduced cost and return it."""
    over, under, owner, way = state
    done[column] = True
    row = owner[column]
    for other in range(1, len(under)):
        if not done[other]:
            cost = costs[row - 1][other - 1] - over[row] - under[other]
            if cost < least[other]:
                least[other], way[other] = cost, column
    best = min((o for o in range(1, len(under)) if not done[o]), key=least.__getitem__)
    change = int(least[best])
    for other in range(len(under)):
        if done[other]:
            over[owner[other]] += change
            under[other] -= change
        else:
            least[other] -= change
    return best


def _shape(places: list[Point]) -> tuple[int, int]:
    wide = max(x for x, _ in places) - min(x for x, _ in places) or 1
    high = max(y for _, y in places) - min(y for _, y in places) or 1
    cells = ceil(len(places) * _SPARE)
    columns = min(_MAX_COLUMNS, max(1, round(sqrt(cells * wide / high))), len(places))
    return columns, ceil(cells / columns)


def _scaled(places: list[Point], columns: int, rows: int) -> list[tuple[int, int]]:
    """Return the places in hundredths of a cell, north at the top."""
    west, east = min(x for x, _ in places), max(x for x, _ in places)
    south, north = min(y for _, y in places), max(y for _, y in places)
    return [
        (
            100 * (columns - 1) * (x - west) // max(1, east - west),
            100 * (rows - 1) * (north - y) // max(1, north - south),
        )
        for x, y in places
    ]


def _ways(spot: tuple[int, int], cell: tuple[int, int]) -> int:
    return (spot[0] - 100 * cell[0]) ** 2 + (spot[1] - 100 * cell[1]) ** 2


def _middle(places: list[Point]) -> Point:
    xs, ys = sorted(x for x, _ in places), sorted(y for _, y in places)
    return xs[len(xs) // 2], ys[len(ys) // 2]


def _square(one: Point, other: Point) -> int:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2
