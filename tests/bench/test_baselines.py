"""Other ways to fill a city: they keep its rules, and none of them does better."""

import numpy as np
import pytest

import matcher
from bench import _greedy, baselines, city
from bench._whole import ENGINES, solve_whole
from bench.yardsticks import Options
from matcher.board import Board, board
from matcher.instance import fits
from matcher.market import read_market
from matcher.patience import silent
from matcher.pins import settle
from matcher.solving import other_way
from matcher.tiers import solve_tiers
from tests.matcher.small import home, market, need


def laid_out(made: dict[str, object]) -> Board:
    return board(settle(read_market(made)).rest)


@pytest.fixture(scope="module")
def scarce() -> Board:
    return laid_out(city.document(120, 70, seed=3))


def test_every_greedy_way_fits_and_none_beats_the_optimum(scarce: Board):
    best = tuple(one.worth for one in solve_tiers(scarce.instance, silent).tiers)

    ways = [*_greedy.all_ways(scarce, seed=1)]

    assert len({way.name for way in ways}) == len(ways) > 50
    assert all(fits(scarce.instance, way.chosen) for way in ways)
    assert max(_greedy.worths(scarce, way.chosen) for way in ways) <= best
    assert len({_greedy.worths(scarce, way.chosen) for way in ways}) > 20


def test_greedy_ways_are_the_same_each_time(scarce: Board):
    once, again = (
        [way.chosen.tolist() for way in _greedy.all_ways(scarce, seed=1)]
        for _ in range(2)
    )

    assert once == again


def test_who_would_lose_most_by_waiting_comes_first():
    made = market(
        home("o1"),
        home("o2", accepts={"pets": ["cat"]}),
        need("n1"),
        need("n2", pets=[{"kind": "cat", "count": 1}]),
    )
    table = laid_out(made)
    offer = np.array([row.offer for row in table.pools.rows])[table.pairs.pool]
    liking = np.where(offer == "o2", 9.0, 7.0)

    chosen = _greedy._Walk(table.instance).by_regret(liking)

    assert sorted(offer[chosen]) == ["o1", "o2"]
    assert len(_greedy._Walk(table.instance).along(np.argsort(-liking))) == 1


def test_the_most_urgent_come_first_by_priority():
    made = market(home(), need("n1", raised=1), need("n2", raised=2, priority=3))
    table = laid_out(made)

    (edge,) = _greedy.by_priority(table).tolist()

    assert table.needs.rows[int(table.pairs.need[edge])].id == "n2"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_solver_with_time_enough_finds_the_optimum_of_one_model(engine: str):
    table = laid_out(city.document(30, 15, seed=3))
    best = tuple(one.worth for one in solve_tiers(table.instance, silent).tiers)

    chosen = solve_whole(table.instance, engine, seconds=30.0)

    assert fits(table.instance, chosen)
    assert _greedy.worths(table, chosen) == best


def test_a_solver_without_time_has_nothing(scarce: Board):
    assert solve_whole(scarce.instance, "HiGHS", seconds=0.0).tolist() == []


def test_a_plan_of_another_way_meets_the_referee():
    made = city.document(40, 25, seed=2)

    plan = other_way(made, baselines._best_greedy(1))

    assert plan.stays
    assert matcher.faults(made, plan) == []


def test_the_table_has_a_row_for_every_way():
    told = baselines.run(Options(needs=50, offers=30, seeds=1))

    table = told["table"]
    assert isinstance(table, dict)
    assert [*table] == [
        "ours", "first come", "priority greedy", "best greedy", "CP-SAT", "HiGHS"
    ]  # fmt: skip
    assert told["worse_than_best_greedy"] == {"acute": 0, "persons": 0, "points": 0}
    assert told["faults"] == 0
    assert table["ours"]["persons"] >= table["best greedy"]["persons"] > 0
