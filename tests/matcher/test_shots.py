"""Markets of one shot a place: the flow, held against two other formulations."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import matcher
from matcher import portfolio, shots
from matcher.certificate import certify
from matcher.instance import SPAN, Instance, fits
from matcher.patience import silent
from matcher.tiers import solve_tiers
from tests.matcher.independent import bound, optimum, options
from tests.matcher.instances import later
from tests.matcher.instances import market as invented
from tests.matcher.small import home, market, need

NEEDS, POOLS, EACH = 40, 15, 6


def instance(seed: int) -> Instance:
    """Return stays that all meet from day 40 to 60, few places, some with two seats."""
    dice = np.random.default_rng(seed)
    pool = [dice.choice(POOLS, EACH, replace=False) for _ in range(NEEDS)]
    edges = NEEDS * EACH
    persons = dice.integers(1, 8, NEEDS)
    weight = persons * dice.integers(0, 9, NEEDS)
    of = np.repeat(np.arange(NEEDS), EACH)
    start = dice.integers(0, 41, edges, np.int32)
    steps = np.arange(POOLS) * SPAN
    free = dice.integers(1, 3, POOLS)
    return Instance(
        needs=NEEDS,
        need=of.astype(np.int32),
        start=start,
        end=start + dice.integers(60, 90, edges, np.int32),
        worth=np.stack([weight[of], persons[of], dice.integers(-500, 3000, edges)]),
        use_edge=np.arange(edges),
        use_pool=np.concatenate(pool),
        use_demand=np.ones(edges, np.int64),
        free_key=np.sort(np.concatenate([steps, steps + 45])),
        free=np.stack([free + dice.integers(0, 3, POOLS), free], axis=1).ravel(),
    )


def document(seed: int) -> dict[str, Any]:
    """Return a market of homes to which everybody comes today."""
    made = invented(seed)
    homes = [o for o in made["offers"] if o["details"]["dwelling"] != "hotel_unit"]
    for offer in homes:
        offer["details"]["available"] |= {"from": later(-3), "to": later(25)}
    for one in made["needs"]:
        one["details"]["period"] = {"from": later(0), "to": later(20)}
    return made | {"offers": homes, "held": []}


@pytest.mark.parametrize("seed", range(30))
def test_the_flow_is_the_optimum_of_the_other_engine(seed: int):
    made = instance(seed)

    solved = portfolio.best_choice(made, silent)

    searched = solve_tiers(made, silent)
    assert solved.engine == "one-shot flow"
    assert [one.worth for one in solved.tiers] == [one.worth for one in searched.tiers]
    assert fits(made, solved.chosen)


@pytest.mark.parametrize("seed", range(30))
def test_its_whole_prices_prove_every_tier_exactly(seed: int):
    made = instance(seed)

    solved = portfolio.best_choice(made, silent)

    reached = tuple(one.worth for one in solved.tiers)
    worth = made.worth[:, solved.chosen].sum(axis=1).tolist()
    assert worth == [*reached]
    for tier, one in enumerate(solved.tiers):
        proof = certify(made, tier, one.prices, reached[:tier])
        assert proof.bound == one.bound == one.worth
        assert (one.proven, one.prices.scale) == (True, 1)
        assert (one.prices.price > 0).all()


@pytest.mark.parametrize("seed", range(4))
def test_a_whole_market_is_that_of_another_formulation_night_by_night(seed: int):
    made = document(seed)
    stays = options(made)

    plan = matcher.solve(made)

    best, placed = optimum(made, stays)
    tiers = plan.part("housing").tiers
    assert (plan.engine.name, plan.proven) == ("one-shot flow+flow", True)
    assert 0 < placed < len(made["needs"])
    assert tuple(tier.worth for tier in tiers) == best
    assert [bound(made, stays, n, tiers) for n in range(3)] == [*best]
    assert matcher.faults(made, plan) == []


def test_an_assignment_file_of_single_seats_is_a_flow_too():
    edges = [["a", "x", 0, 9, 1, 7], ["b", "x", 5, 12, 1, 8], ["b", "y", 1, 2, 1, 6]]
    seats = [{"id": "x", "capacity": 1}, {"id": "y", "capacity": 1}]
    told = {"needs": ["a", "b"], "offers": seats, "edges": edges}
    text = json.dumps({"format": "assignment-instance.v1", **told}).encode()

    plan = matcher.solve_instance(matcher.read_instance(text))

    assert (plan["chosen"], plan["worth"], plan["bound"]) == ([0, 2], 13, 13)
    assert (plan["prices"], plan["proven"]) == ([["x", 5, 2]], True)
    assert matcher.referee_instance(text, json.dumps(plan).encode()) == []


def test_only_stays_of_which_all_meet_are_seats():
    made = instance(1)
    late, longer, two = made.start.copy(), made.end.copy(), made.use_demand.copy()
    late[0] = made.end[made.use_pool == made.use_pool[0]].max()
    longer[0] = late[0] + 9
    two[3] = 2

    assert shots.seats(made) is not None
    assert shots.seats(replace(made, start=late, end=longer)) is None
    assert shots.seats(replace(made, use_demand=two)) is None
    assert shots.seats(made.only(np.zeros(0, np.int64))) is None


def test_a_place_that_is_fuller_before_all_have_come_is_more_than_seats():
    made = instance(1)
    keys, free = made.free_key.copy(), made.free.copy()
    keys[1::2] -= 45 - 20
    free[::2] = 0

    assert shots.seats(replace(made, free_key=keys, free=free)) is None


def test_who_can_come_after_another_is_left_to_the_search():
    first, then = "2022-03-20", "2022-04-20"
    made = market(
        home("o1"),
        need("n1", period={"from": first, "to": then}),
        need("n2", period={"from": then, "to": "2022-05-20"}),
    )

    plan = matcher.solve(made)

    assert (len(plan.stays), plan.engine.name) == (2, "glop+highs+flow")


def test_numbers_that_grow_too_large_are_left_to_the_search(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(shots, "LARGEST", 1000)

    solved = portfolio.best_choice(instance(2), silent)

    assert solved.engine == "glop+highs"


def test_equal_places_are_dealt_by_the_seed():
    made = market(*(home(f"o{n}") for n in range(9)), need())

    dealt = {matcher.solve(made, seed=seed).stays[0].offer for seed in range(9)}

    assert len(dealt) > 1


@pytest.mark.parametrize("calls", [1, 2, 3])
def test_who_has_had_enough_gets_what_the_first_tiers_gave(calls: int):
    heard: list[str] = []

    def progress(phase: str, worth: int, limit: int) -> None:
        heard.append(phase)
        if len(heard) == calls:
            raise matcher.Enough

    made = document(1)
    plan = matcher.solve(made, progress=progress)

    whole = matcher.solve(made).part("housing").tiers
    tiers = plan.part("housing").tiers
    assert len(heard) == calls
    assert plan.engine.name == f"one-shot flow+flow, stopped early at step {calls}"
    assert [one.worth for one in tiers[:1]] == [one.worth for one in whole[:1]]
    assert all(one.worth <= one.bound for one in tiers)
    assert matcher.faults(made, plan) == []
