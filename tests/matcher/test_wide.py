"""A large market's pairs lie on a shelf; they are those of the small market's board."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import matcher
from matcher import pairing, portfolio, rooms, shelf, sizes, wide
from matcher.board import Board, board
from matcher.columns import Ints
from matcher.instance import SPAN, Instance
from matcher.market import read_market
from matcher.pins import settle
from matcher.steps import steps_between, strict_steps
from tests.matcher.odd import odd_market
from tests.matcher.small import home, market, need
from tests.matcher.test_place_by_place import all_sorts

SEEDS = range(60)


@pytest.fixture(params=SEEDS)
def both(request, monkeypatch) -> tuple[Board, wide.Wide]:
    """A market in which everything occurs, as a board, and on a shelf in pieces."""
    monkeypatch.setattr(pairing, "CELLS", 40)
    monkeypatch.setattr(wide, "STRETCH", 16)
    rest = settle(read_market(all_sorts(request.param))).rest
    return board(rest), wide.Wide(rest)


def test_every_pair_of_the_board_is_on_the_shelf_and_no_other(both):
    table, laid = both

    assert sorted(_rows(laid.around(np.arange(laid.source.edges)))) == sorted(
        _rows(table)
    )


def test_stretches_hold_every_edge_once_in_its_order(both):
    _, laid = both
    source, numbers = laid.source, list[int]()
    whole = source.only(np.arange(source.edges))

    for edges, part in source.stretches():
        numbers += edges.tolist()
        assert _same(part, whole.only(edges))

    assert numbers == list(range(source.edges))


def test_only_what_cannot_be_worth_more_is_left_out(both):
    _, laid = both
    source = laid.source
    whole = source.only(np.arange(source.edges))
    least = np.arange(source.needs) * 37 % 900 - 300
    wanted = np.nonzero(whole.worth[-1] > least[whole.need])[0]

    found = [edges for edges, _ in source.stretches(least)]

    assert np.concatenate([wanted[:0], *found]).tolist() == wanted.tolist()


def test_steps_between_tiers_are_those_of_the_board(both):
    table, laid = both
    one_each = np.ones(table.instance.needs, np.int64)

    steps = strict_steps(table.instance.worth, table.instance.need, one_each)

    assert steps_between(laid.spreads()) == steps


def test_funnels_are_those_of_the_board(both):
    table, laid = both
    place = {household.id: n for n, household in enumerate(table.needs.rows)}
    order = [place[household.id] for household in laid.needs.rows]

    found = laid.funnels(np.arange(len(order)))

    assert found.tolist() == table.pairs.blocked[order].tolist()


def _rows(table: Board) -> Iterator[tuple[Any, ...]]:
    """Yield each pair in words and numbers that do not depend on any order."""
    pairs, uses = table.pairs, table.instance
    names: list[tuple[Any, ...]] = [(row.offer, row.unit) for row in table.pools.rows]
    names += list(table.apart)
    names += [(*names[one.pool], sorted(one.arrivals)) for one in table.kept]
    takes: dict[int, list[Any]] = {}
    for edge, pool, demand in zip(
        uses.use_edge.tolist(),
        uses.use_pool.tolist(),
        uses.use_demand.tolist(),
        strict=True,
    ):
        takes.setdefault(edge, []).append((names[pool], demand, _free(uses, pool)))
    for n in range(uses.edges):
        yield (
            table.needs.rows[pairs.need[n]].id,
            names[pairs.pool[n]][0],
            str(names[pairs.pool[n]][1]),
            *(
                int(column[n])
                for column in (pairs.start, pairs.end, pairs.demand, pairs.metres)
            ),
            *(int(column[n]) for column in (uses.start, uses.end, *uses.worth)),
            sorted(map(str, takes[n])),
        )


def _free(uses: Instance, pool: int) -> list[int]:
    keys: Ints = pool * SPAN + np.arange(19_000, 19_400, 7)
    free: list[int] = uses.free_at(keys).tolist()
    return free


def _same(one: Instance, other: Instance) -> bool:
    names = ("need", "start", "end", "worth", "use_edge", "use_pool", "use_demand")
    return all(np.array_equal(getattr(one, n), getattr(other, n)) for n in names)


@pytest.mark.parametrize("seed", range(40))
def test_the_referee_has_nothing_to_say_of_a_plan_from_the_shelf(seed, monkeypatch):
    monkeypatch.setattr(portfolio, "LARGE", 1)
    document = odd_market(seed)

    plan = matcher.solve(document)

    assert matcher.faults(document, plan) == []


def test_where_every_place_is_given_once_a_large_market_is_a_flow(monkeypatch):
    homes = [home(f"o{n}", beds=1 + n % 4) for n in range(20)]
    document = market(*homes, *(need(f"n{n}", persons=1 + n % 3) for n in range(30)))
    small = matcher.solve(document)
    monkeypatch.setattr(portfolio, "LARGE", 30)

    plan = matcher.solve(document)

    assert plan.engine.name == small.engine.name == "one-shot flow+flow"
    assert plan.worth == plan.bound == small.worth


def test_a_column_that_is_too_long_for_the_memory_goes_on_in_a_file(monkeypatch):
    monkeypatch.setattr(shelf, "IN_MEMORY", 64)
    column = shelf.Shelf()

    column.add(np.arange(10))
    column.add(np.arange(10, 50))

    assert column.read(0, 50).tolist() == list(range(50))
    assert column.read(8, 13).tolist() == [8, 9, 10, 11, 12]
    with pytest.raises(OSError, match="ended before"):
        column.read(45, 51)


@pytest.mark.parametrize("memory", [64, 1 << 20])
def test_a_column_grows_wider_with_a_number_that_needs_it(memory, monkeypatch):
    monkeypatch.setattr(shelf, "IN_MEMORY", memory)
    monkeypatch.setattr(shelf, "STRETCH", 8)
    column, far = shelf.Shelf(), [-2_499_997_500, 1 << 31, 7]

    column.add(np.arange(-20, 20))
    narrow = column.read(0, 40)
    column.add(np.array(far))
    column.add(np.arange(3))

    assert column.read(0, 46).tolist() == [*range(-20, 20), *far, 0, 1, 2]
    assert column.read(39, 41).tolist() == [19, far[0]]
    assert narrow.tolist() == list(range(-20, 20))


def test_a_home_with_a_million_beds_costs_nobody_the_plan(monkeypatch):
    """Whoever mistypes the beds makes one home count odd points, and no more."""
    homes = [home(f"o{n}", beds=2) for n in range(4)]
    needs = [need(f"n{n}", persons=2) for n in range(5)]
    document = market(*homes, home("huge", beds=1_000_000), *needs)
    document["policy"]["preferences"]["wasted_bed"] = -2_500
    small = matcher.solve(document)
    monkeypatch.setattr(portfolio, "LARGE", 1)

    plan = matcher.solve(document)

    assert matcher.faults(document, plan) == []
    assert plan.worth == small.worth


def test_a_household_of_a_mistyped_size_costs_nobody_the_time(monkeypatch):
    document = market(home("o1"), need("n1", persons=2), need("n2", persons=100_000))
    asked: list[int] = []

    def alike(shape: rooms.Shape) -> rooms.Shape:
        asked.append(len(shape))
        return shape

    monkeypatch.setattr(sizes, "alike", alike)

    plan = matcher.solve(document)

    assert set(asked) == {2}
    assert [stay.need for stay in plan.stays] == ["n1"]
    assert matcher.faults(document, plan) == []


def test_many_pairs_of_seats_are_never_laid_out_together(monkeypatch):
    homes = [home(f"o{n}", beds=1 + n % 4) for n in range(20)]
    document = market(*homes, *(need(f"n{n}", persons=1 + n % 3) for n in range(30)))
    monkeypatch.setattr(portfolio, "LARGE", 30)
    monkeypatch.setattr(portfolio, "SEATED", 100)

    plan = matcher.solve(document)

    assert plan.engine.name == "pdlp+highs+flow"
    assert matcher.faults(document, plan) == []
