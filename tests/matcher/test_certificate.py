"""The bound holds for any prices; the tiers reach what exhaustive search reaches."""

import random

import numpy as np
import pytest

from matcher import pricing
from matcher.certificate import Prices, certify
from matcher.instance import SPAN, fits
from matcher.patience import silent
from matcher.tiers import solve_tiers
from tests.matcher.exhaustive import DAYS, NEEDS, POOLS, choices, instance, worths


@pytest.mark.parametrize("seed", range(25))
def test_tiers_reach_the_best_of_all_choices_in_strict_order(seed: int):
    found = instance(seed)

    solved = solve_tiers(found, silent)

    assert fits(found, solved.chosen)
    assert tuple(tier.worth for tier in solved.tiers) == max(
        worths(found, choice) for choice in choices(found)
    )
    assert worths(found, tuple(solved.chosen.tolist())) == tuple(
        tier.worth for tier in solved.tiers
    )
    assert solved.proven
    assert all(tier.bound >= tier.worth for tier in solved.tiers)


@pytest.mark.parametrize("seed", range(15))
def test_any_prices_and_multipliers_prove_a_bound(seed: int):
    found, dice = instance(seed), random.Random(f"prices {seed}")
    possible = [worths(found, choice) for choice in choices(found)]
    keys = sorted(
        {
            dice.randrange(POOLS + 1) * SPAN + dice.randrange(DAYS)
            for _ in range(dice.randint(0, 9))
        }
    )
    for scale in (1, 7):
        prices = np.array([dice.randint(0, 30) for _ in keys], np.int64)
        key = np.array(keys, np.int64)
        first = certify(found, 0, Prices(key, prices, (), scale), ())
        reached = dice.choice(possible)[0]
        multiplier = dice.randint(0, 9)
        second = certify(
            found, 1, Prices(key, prices, (multiplier,), scale), (reached,)
        )

        assert first.bound >= max(one[0] for one in possible)
        assert second.bound >= max(b for a, b in possible if a >= reached)


def test_the_bound_is_the_formula_written_out():
    found = instance(3)
    key = np.array([0 * SPAN + 2, 1 * SPAN + 4, POOLS * SPAN + 3], np.int64)
    prices = Prices(key, np.array([5, 3, 2], np.int64), (4,), 3)

    certificate = certify(found, 1, prices, (2,))

    paid = [0] * found.edges
    for edge, pool, demand in zip(
        found.use_edge, found.use_pool, found.use_demand, strict=True
    ):
        for at, price in zip(key, prices.price, strict=True):
            day = at - pool * SPAN
            if found.start[edge] <= day < found.end[edge]:
                paid[edge] += int(demand * price)
    best = [0] * NEEDS
    for edge, need in enumerate(found.need):
        profit = 3 * found.worth[1, edge] + 4 * found.worth[0, edge] - paid[edge]
        best[need] = max(best[need], int(profit))
    free = sum(
        int(found.free[found.free_key <= at][-1] * price)
        for at, price in zip(key, prices.price, strict=True)
    )
    assert certificate.total == free + sum(best) - 4 * 2
    assert certificate.bound == certificate.total // 3


def test_a_choice_fits_exactly_where_every_night_has_room():
    found = instance(0)
    possible = set(choices(found))

    told = {
        choice: fits(found, np.array(choice, np.int64))
        for choice in (*possible, (0,), (0, 1), tuple(range(found.edges)))
    }

    assert told == {choice: choice in possible for choice in told}
    assert set(told.values()) == {True, False}


@pytest.mark.parametrize("block", [1, 3, 1_000])
@pytest.mark.parametrize("many", [0, 8])
def test_the_best_edges_of_each_need_are_the_same_in_blocks_of_any_size(
    block: int, many: int, monkeypatch: pytest.MonkeyPatch
):
    found = instance(5)
    value = found.worth[-1] // 3
    monkeypatch.setattr(pricing, "BLOCK", block)
    monkeypatch.setattr(pricing, "MANY", many)

    best = pricing.best_edges(found, value, 2).tolist()

    rows = sorted(
        (need, -value[edge], edge) for edge, need in enumerate(found.need.tolist())
    )
    by_need = [[row for row in rows if row[0] == need][:2] for need in range(NEEDS)]
    assert best == sorted(edge for rows in by_need for _, _, edge in rows)
