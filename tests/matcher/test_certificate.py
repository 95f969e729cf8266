"""The bound holds for any prices; the tiers reach what exhaustive search reaches."""

import random
from itertools import product

import numpy as np
import pytest

from matcher.certificate import Prices, certify
from matcher.instance import SPAN, Instance, fits
from matcher.tiers import silent, solve_tiers

NEEDS, POOLS, DAYS, TIERS = 4, 3, 12, 2


def instance(seed: int) -> Instance:
    """Return a few needs and pools whose capacity changes, some edges in two pools."""
    dice = random.Random(f"instance {seed}")
    rows = sorted(
        (need, pool, start, start + dice.randint(1, 6), dice.randint(1, 2))
        for need, pool in product(range(NEEDS), range(POOLS))
        for start in dice.sample(range(DAYS), dice.randint(0, 2))
    )
    need, pool, start, end, demand = np.array(rows, np.int64).reshape(-1, 5).T
    edges = np.arange(len(need))
    both = edges[[dice.random() < 0.2 for _ in rows]]
    steps = sorted(
        {
            (pool, day): dice.randint(0, 3)
            for pool in range(POOLS + 1)
            for day in (0, 5)
        }.items()
    )
    worth = [[dice.randint(0, 3) for _ in rows], [dice.randint(-5, 20) for _ in rows]]
    return Instance(
        needs=NEEDS,
        need=need,
        start=start,
        end=end,
        worth=np.array(worth, np.int64).reshape(TIERS, -1),
        use_edge=np.concatenate([edges, both]),
        use_pool=np.concatenate([pool, np.full(len(both), POOLS)]),
        use_demand=np.concatenate([demand, np.ones(len(both), np.int64)]),
        free_key=np.array([pool * SPAN + day for (pool, day), _ in steps], np.int64),
        free=np.array([free for _, free in steps], np.int64),
    )


def choices(found: Instance) -> list[tuple[int, ...]]:
    """Return every choice that fits, night by night."""
    by_need = [
        [-1, *np.nonzero(found.need == need)[0].tolist()] for need in range(NEEDS)
    ]
    return [
        tuple(edge for edge in choice if edge >= 0)
        for choice in product(*by_need)
        if _fits(found, choice)
    ]


def _fits(found: Instance, choice: tuple[int, ...]) -> bool:
    for pool, day in product(range(POOLS + 1), range(DAYS + 6)):
        load = sum(
            int(demand)
            for edge, where, demand in zip(
                found.use_edge, found.use_pool, found.use_demand, strict=True
            )
            if edge in choice
            and where == pool
            and found.start[edge] <= day < found.end[edge]
        )
        free = found.free[found.free_key <= pool * SPAN + day][-1]
        if load > free:
            return False
    return True


def worths(found: Instance, choice: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(found.worth[:, list(choice)].sum(axis=1).tolist())


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
