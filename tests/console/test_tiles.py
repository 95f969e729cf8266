"""A map of tiles: every area once, about where it lies."""

import itertools
import random

import pytest

from services.console.tiles import assignment, tile_map

DUSSELDORF = (
    "40210", "40217", "40223", "40233", "40239", "40468", "40489", "40547", "40589",
    "40595", "40599", "40629",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_the_assignment_is_the_cheapest_there_is(seed):
    chance = random.Random(seed)
    rows, columns = sorted(chance.choices(range(1, 6), k=2))
    costs = [[chance.randint(0, 20) for _ in range(columns)] for _ in range(rows)]

    found = assignment(costs)

    ways = itertools.permutations(range(columns), rows)
    best = min(sum(costs[i][c] for i, c in enumerate(way)) for way in ways)
    assert len(set(found)) == rows
    assert sum(costs[row][column] for row, column in enumerate(found)) == best


def test_each_area_has_one_tile_and_north_is_up():
    laid = tile_map(DUSSELDORF)

    tiles = [area for line in laid.grid for area in line if area is not None]
    row = {area: y for y, line in enumerate(laid.grid) for area in line if area}
    column = {area: x for line in laid.grid for x, area in enumerate(line) if area}
    assert sorted(tiles) == sorted(DUSSELDORF)
    assert row["40489"] < row["40210"] < row["40595"]
    assert column["40547"] < column["40210"] < column["40629"]


def test_a_place_far_away_or_unknown_is_named_elsewhere():
    laid = tile_map(("", "10115", "40210", "40217"))

    assert laid.elsewhere == ("", "10115")


def test_nothing_known_is_an_empty_map():
    assert tile_map(("", "00000")).grid == ()
    assert tile_map(()).elsewhere == ()
