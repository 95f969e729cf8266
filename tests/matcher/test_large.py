"""The engine for large markets, held against exhaustive search and the other engine."""

import random

import numpy as np
import pytest

import matcher
from bench import city, country
from matcher import first, large, portfolio, rounds
from matcher.around import Around
from matcher.board import board
from matcher.columns import Ints
from matcher.first import First, taken_over
from matcher.instance import SPAN, Instance, fits
from matcher.market import read_market
from matcher.master import Found
from matcher.patience import silent, until
from matcher.pins import settle
from matcher.tiers import solve_tiers
from tests.matcher.exhaustive import choices, instance, worths


@pytest.fixture(scope="module")
def scarce() -> Instance:
    """A scarce city of 300 households and 180 homes."""
    return board(settle(read_market(city.document(300, 180, seed=4))).rest).instance


@pytest.mark.parametrize("seed", range(25))
def test_nothing_that_fits_is_beyond_its_bounds(seed: int):
    found = instance(seed)
    possible = [worths(found, choice) for choice in choices(found)]

    solved = large.solve_large(found, silent)

    first, second = solved.tiers
    assert fits(found, solved.chosen)
    assert worths(found, tuple(solved.chosen.tolist())) == (first.worth, second.worth)
    assert first.bound >= max(one[0] for one in possible)
    assert second.bound >= max(b for a, b in possible if a >= first.worth)


def test_many_needs_are_priced_over_fewer_edges_and_no_bound_is_too_low(
    scarce: Instance, monkeypatch
):
    before = large.solve_large(scarce, silent)
    monkeypatch.setattr(rounds, "MANY", 0)

    solved = large.solve_large(scarce, silent)

    for one, other in zip(before.tiers, solved.tiers, strict=True):
        assert one.worth <= other.bound


def test_the_last_tier_of_many_needs_is_left_when_a_round_brings_little(
    scarce: Instance, monkeypatch
):
    def rounds_of_the_last(little: float) -> int:
        phases: list[str] = []
        monkeypatch.setattr(rounds, "LITTLE", little)
        large.solve_large(scarce, lambda phase, *_: phases.append(phase))
        return phases.count("tier 3: priced")

    monkeypatch.setattr(rounds, "MANY", 0)

    assert rounds_of_the_last(1.0) == 2 < rounds_of_the_last(0.0)


def test_a_scarce_city_is_solved_as_well_as_tier_by_tier(scarce: Instance):
    searched = solve_tiers(scarce, silent)

    solved = large.solve_large(scarce, silent)

    assert solved.tiers[0].worth == searched.tiers[0].worth
    assert abs(solved.tiers[1].worth - searched.tiers[1].worth) <= 1
    assert solved.tiers[0].bound <= searched.tiers[0].bound + 1
    assert solved.tiers[1].bound <= searched.tiers[1].bound * 1.02


def test_a_tier_is_proven_only_where_the_bound_is_met(scarce: Instance):
    solved = large.solve_large(scarce, silent)

    assert [tier.proven for tier in solved.tiers[1:]] == [
        tier.worth == tier.bound for tier in solved.tiers[1:]
    ]


def test_the_first_tier_is_proven_by_a_search_where_prices_cannot(scarce: Instance):
    searched = solve_tiers(scarce, silent).tiers[0]

    tier = large.solve_large(scarce, silent).tiers[0]

    assert searched.proven
    assert tier.proven
    assert tier.worth == searched.worth < tier.bound


@pytest.mark.parametrize("make", [city.document, country.document])
def test_the_first_tier_is_reached_in_groups_as_in_one_search(make, monkeypatch):
    found = board(settle(read_market(make(400, 330, seed=5))).rest).instance
    at_once = large.solve_large(found, silent).tiers[0]
    improved: list[int] = []

    def better(part: Instance, inside: Ints) -> Ints:
        chosen = groups(part, inside)
        assert fits(part, chosen)
        improved.append(int(part.worth[0][chosen].sum() - part.worth[0][inside].sum()))
        return chosen

    groups = first._better
    monkeypatch.setattr(first, "_better", better)
    monkeypatch.setattr(first, "AROUND", 40)
    in_groups = large.solve_large(found, silent).tiers[0]

    assert in_groups.worth == at_once.worth
    assert (in_groups.proven, at_once.proven) == (True, True)
    assert improved > [0]


def test_where_too_much_is_scarce_for_a_search_the_first_tier_keeps_its_prices(
    scarce: Instance, monkeypatch
):
    searched = large.solve_large(scarce, silent).tiers[0]
    monkeypatch.setattr(first, "MOST", 0)

    tier = large.solve_large(scarce, silent).tiers[0]

    assert not tier.proven
    assert tier.worth <= searched.worth <= tier.bound


def test_who_stops_at_the_prices_has_what_the_first_tier_could_have(
    scarce: Instance, monkeypatch
):
    searched: list[int] = []
    anew = first._searched

    def search(part: Instance) -> Found | None:
        searched.append(part.edges)
        return anew(part)

    monkeypatch.setattr(first, "_searched", search)
    whole = large.solve_large(scarce, silent).tiers[0]
    needed = len(searched)

    at_once, late = (
        large.solve_large(scarce, until(step)).tiers[0] for step in (1, 12)
    )

    assert late.worth == whole.worth
    assert at_once.worth <= whole.worth <= at_once.bound
    assert len(searched) == 2 * needed


def test_a_hall_around_one_need_does_not_bring_everyone_in():
    everyone = np.arange(300)
    hall = Instance(
        needs=300,
        need=everyone.astype(np.int32),
        start=np.zeros(300, np.int32),
        end=np.ones(300, np.int32),
        worth=np.ones((1, 300), np.int64),
        use_edge=everyone,
        use_pool=np.zeros(300, np.int64),
        use_demand=np.ones(300, np.int64),
        free_key=np.zeros(1, np.int64),
        free=np.full(1, 300),
    )
    near = Around(hall)

    group = near.group([299], near.holders(everyone[:299]), 5)

    assert group.sum() == 20
    assert group[299]


@pytest.mark.parametrize("seed", range(25))
def test_what_the_first_tier_can_reach_is_never_said_too_low(seed: int):
    found = instance(seed)
    most = max(worths(found, choice)[0] for choice in choices(found))

    tier = large.solve_large(found, silent).tiers[0]

    assert tier.worth <= most
    assert tier.proven == (tier.worth == most)


@pytest.mark.parametrize("seed", range(25))
def test_a_plan_takes_over_what_the_first_tier_lacks(seed: int):
    found, dice = instance(seed), random.Random(f"first {seed}")
    possible = choices(found)
    best = max(possible, key=lambda choice: worths(found, choice)[0])
    plan = np.array(dice.choice(possible), np.int64)
    most = worths(found, best)[0]

    mended = taken_over(found, plan, First(most, np.array(best, np.int64)))

    assert fits(found, mended)
    assert worths(found, tuple(mended.tolist()))[0] == most


def test_it_is_the_same_each_time_and_another_seed_breaks_ties_otherwise(
    scarce: Instance,
):
    once, again, other = (
        large.solve_large(scarce, silent, seed=seed).chosen.tolist()
        for seed in (1, 1, 2)
    )

    assert once == again
    assert once != other


def test_who_waits_hears_each_bound_and_each_choice(scarce: Instance):
    heard: list[tuple[str, int, int]] = []

    large.solve_large(scarce, lambda *told: heard.append(told))

    phases = [phase for phase, _, _ in heard]
    assert {"tier 1: priced", "tier 2: priced", "tier 3: priced"} <= set(phases)
    assert phases[-1].endswith("repaired")
    assert all(worth <= bound for _, worth, bound in heard)


def test_a_market_beyond_one_search_is_large_and_its_plan_stands(monkeypatch):
    monkeypatch.setattr(portfolio, "LARGE", 100)
    made = city.document(120, 80, seed=3)

    plan = matcher.solve(made)

    assert plan.engine.name == "pdlp+highs+flow"
    assert matcher.faults(made, plan) == []


@pytest.mark.parametrize("seed", range(10))
def test_what_is_taken_is_no_longer_free_and_the_rest_is(seed: int):
    found, dice = instance(seed), random.Random(f"beside {seed}")
    taken = np.array(dice.choice(choices(found)), np.int64)

    left = found.beside(taken)

    part = found.only(taken)
    for pool in set(found.use_pool.tolist()):
        for day in range(20):
            key = np.array([pool * SPAN + day], np.int64)
            here = (part.use_pool == pool) & (part.start[part.use_edge] <= day)
            here &= day < part.end[part.use_edge]
            free = found.free_at(key) - part.use_demand[here].sum()
            assert left.free_at(key).tolist() == free.tolist()
