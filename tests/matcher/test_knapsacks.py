"""Knapsacks: bounds and losses against enumeration, packing against the optimum."""

import json
import random
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

import matcher
from bench.families import gap
from matcher import filling, knapsacks, packing, portfolio
from matcher.columns import Ints
from matcher.generation import Master
from matcher.instance import SPAN, Instance, fits
from matcher.knapsacks import (
    NEVER,
    Table,
    best_fillings,
    fill,
    is_one_knapsack_each,
    weigh,
)
from matcher.patience import Enough, silent
from matcher.tiers import solve_tiers

OFFERS, NEEDS = 3, 6


def table(seed: int) -> Table:
    """Return a few offers and needs, some pairs of which are none."""
    dice = np.random.default_rng(seed)
    shape = OFFERS, NEEDS
    known = dice.random(shape) < 0.8
    worth = np.where(known, dice.integers(1, 60, shape) * 1000, -NEVER)
    demand = np.where(known, dice.integers(1, 6, shape), NEVER)
    return Table(worth, demand, np.where(known, 0, -1), dice.integers(3, 9, OFFERS))


def choices(of: Table) -> list[tuple[int, ...]]:
    """Return every choice that fits: for each need an offer, or -1."""
    return [
        choice
        for choice in product(range(-1, OFFERS), repeat=NEEDS)
        if all(of.edge[i, j] == 0 for j, i in enumerate(choice) if i >= 0)
        and all(
            sum(int(of.demand[k, j]) for j, i in enumerate(choice) if i == k)
            <= of.room[k]
            for k in range(OFFERS)
        )
    ]


def worth(of: Table, choice: tuple[int, ...]) -> int:
    return sum(int(of.worth[i, j]) for j, i in enumerate(choice) if i >= 0)


@pytest.mark.parametrize("parts", [0, 2, 4])
@pytest.mark.parametrize("seed", range(6))
def test_no_choice_is_beyond_the_bound_nor_beyond_what_it_loses(seed: int, parts: int):
    of = table(seed)
    level: Ints = np.maximum(of.worth, 0).max(axis=0) * parts // 4

    weighed = weigh(of, level)

    for choice in choices(of):
        reached = worth(of, choice)
        assert reached <= weighed.bound
        for need, offer in enumerate(choice):
            loss = weighed.loss[offer, need] if offer >= 0 else weighed.price[need]
            assert reached <= weighed.bound - loss


@pytest.mark.parametrize("cells", [1, knapsacks.CELLS])
@pytest.mark.parametrize("seed", range(6))
def test_every_best_filling_is_that_of_its_own_knapsack(
    seed: int, cells: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(knapsacks, "CELLS", cells)
    of, dice = table(seed), np.random.default_rng(100 + seed)
    price: Ints = dice.integers(0, 40, NEEDS) * 1000

    best = best_fillings(of, price)
    dear = best_fillings(of, price, dear_first=True)

    assert dear.gain.tolist() == best.gain.tolist()
    assert dear.gain.tolist() == ((of.worth - price) * dear.taken).sum(axis=1).tolist()
    assert ((of.demand * dear.taken).sum(axis=1) <= of.room).all()
    assert (of.edge[dear.taken] >= 0).all()
    for offer in range(OFFERS):
        gains = of.worth[offer] - price
        fitting = (of.edge[offer] >= 0) & (of.demand[offer] <= of.room[offer])
        items = np.nonzero(fitting & (gains > 0))[0]
        sizes = of.demand[offer, items].tolist()
        gain, taken = fill(sizes, gains[items].tolist(), int(of.room[offer]))
        assert best.gain[offer] == gain
        assert np.nonzero(best.taken[offer])[0].tolist() == items[taken].tolist()


@pytest.mark.parametrize("box", [1.0, 30_000.0])
@pytest.mark.parametrize("seed", range(6))
def test_whole_fillings_bound_every_choice_and_closer_than_prices_step_by_step(
    seed: int, box: float
):
    of = table(seed)
    level: Ints = np.maximum(of.worth, 0).max(axis=0)

    master = Master(of, level, box)
    master.converge(500)

    assert max(worth(of, choice) for choice in choices(of)) <= master.bound
    assert master.bound <= weigh(of, level).bound + 1
    assert (
        master.bound == master.price.sum() + best_fillings(of, master.price).gain.sum()
    )


def problem(kind: gap.Kind, jobs: int, agents: int, seed: int) -> Instance:
    """Return an instance of a published type, one edge a job and agent."""
    made = gap.generated(kind, jobs, agents, seed)
    need, pool = np.divmod(np.arange(jobs * agents), agents)
    edges = np.arange(jobs * agents)
    cost, taken = np.array(made.cost), np.array(made.resource)
    return Instance(
        needs=jobs,
        need=need,
        start=np.zeros_like(edges),
        end=np.ones_like(edges),
        worth=(made.base - cost)[pool, need][None, :],
        use_edge=edges,
        use_pool=pool,
        use_demand=taken[pool, need],
        free_key=np.arange(agents) * SPAN,
        free=np.array(made.capacity),
    )


@pytest.fixture(params=[0, packing.FEW], ids=["one after another", "diving"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    """Fill offers in both ways."""
    monkeypatch.setattr(packing, "FEW", request.param)


either_way = pytest.mark.usefixtures("_either_way")


@either_way
@pytest.mark.parametrize(("kind", "seed"), [("C", 1), ("E", 1), ("E", 2)])
def test_what_is_proven_is_the_optimum_of_the_other_engine(kind: gap.Kind, seed: int):
    made = problem(kind, 24, 3, seed)

    solved = packing.solve_knapsacks(made, silent)

    searched = solve_tiers(made, silent)
    assert solved.engine == "knapsacks+highs"
    assert fits(made, solved.chosen)
    assert (solved.proven, searched.proven) == (True, True)
    assert solved.tiers[0].worth == searched.tiers[0].worth <= solved.tiers[0].bound


@either_way
def test_offers_filled_anew_are_never_worse(monkeypatch: pytest.MonkeyPatch):
    for name, few in (("FEW_NODES", 10), ("TURNS", 3), ("LARGEST", 3), ("CLOSED", 0)):
        monkeypatch.setattr(packing, name, few)
    monkeypatch.setattr(filling, "LATE_WAYS", 8)
    heard: list[int] = []
    made = problem("D", 40, 6, 1)

    solved = packing.solve_knapsacks(made, lambda _, worth, __: heard.append(worth))

    assert heard == sorted(heard)
    assert heard[-1] > next(worth for worth in heard if worth)
    assert solved.tiers[0].worth == heard[-1]
    assert fits(made, solved.chosen)


@pytest.mark.parametrize(
    ("kind", "few", "turns", "parts"),
    [("D", 0, 0, 0.006), ("E", packing.FEW, 12, 0.01)],
)
def test_filling_comes_close_to_the_bound(
    monkeypatch: pytest.MonkeyPatch, kind: gap.Kind, few: int, turns: int, parts: float
):
    monkeypatch.setattr(packing, "FEW", few)
    for name, some in (("TURNS", turns), ("GROUP", 2), ("LARGEST", 2), ("CLOSED", 0)):
        monkeypatch.setattr(packing, name, some)
    made, costs = problem(kind, 60, 5, 1), gap.generated(kind, 60, 5, 1)

    solved = packing.solve_knapsacks(made, silent)

    cost, least = (
        made.needs * costs.base - told
        for told in (solved.tiers[0].worth, solved.tiers[0].bound)
    )
    assert len(solved.chosen) == made.needs
    assert cost - least <= least * parts


@either_way
def test_who_has_enough_while_offers_are_filled_gets_what_fits():
    made = problem("D", 40, 6, 1)

    def tell(phase: str, worth: int, bound: int) -> None:
        if phase.endswith("filling") and worth:
            raise Enough

    solved = packing.solve_knapsacks(made, tell)

    assert fits(made, solved.chosen)
    assert 0 < solved.tiers[0].worth < solved.tiers[0].bound
    assert not solved.proven


@either_way
def test_a_need_may_stay_without_an_offer(monkeypatch: pytest.MonkeyPatch):
    dice = random.Random(1)
    edges = [
        [f"n{n}", f"o{k}", 0, 1, dice.randint(1, 9), dice.randint(1, 50)]
        for n, k in product(range(30), range(3))
    ]
    offers = [{"id": f"o{k}", "capacity": 14} for k in range(3)]
    told: dict[str, Any] = {"needs": [f"n{n}" for n in range(30)], "offers": offers}
    told |= {"format": "assignment-instance.v1", "edges": edges}
    text = json.dumps(told).encode()

    monkeypatch.setattr(portfolio, "PACKED", 30)
    plan: Any = matcher.solve_instance(matcher.read_instance(text))

    assert plan["engine"]["name"].startswith("knapsacks+highs")
    assert len(plan["chosen"]) < 30
    assert plan["proven"]
    assert matcher.referee_instance(text, json.dumps(plan).encode()) == []
    monkeypatch.setattr(portfolio, "PACKED", 31)
    other: Any = matcher.solve_instance(matcher.read_instance(text))
    assert (other["worth"], other["proven"]) == (plan["worth"], True)


def test_families_that_take_as_much_everywhere_are_no_knapsacks():
    made = problem("C", 50, 4, 1)
    later = made.start + (made.need == 0)
    uneven = made.need.astype(np.int64) % 3 + 1

    assert is_one_knapsack_each(made)
    assert not is_one_knapsack_each(replace(made, use_demand=uneven))
    assert not is_one_knapsack_each(replace(made, free=made.free * 10_000))
    assert not is_one_knapsack_each(replace(made, start=later, end=later + 1))
