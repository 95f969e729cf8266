"""Offers filled one after another: bounds and ends against enumeration."""

from collections.abc import Iterable
from itertools import product

import numpy as np
import pytest

from matcher import filling
from matcher.columns import Ints
from matcher.ends import Block, Part, best_end
from matcher.filling import Filling
from matcher.knapsacks import NEVER, Table
from matcher.unitprices import Grid, settle

OFFERS, NEEDS, UNIT = 3, 6, 1_000
SEEDS = range(8)


def table(seed: int) -> Table:
    """Return a few offers and needs, some pairs of which there are not."""
    dice = np.random.default_rng(seed)
    shape = OFFERS, NEEDS
    known = dice.random(shape) < 0.8
    return Table(
        np.where(known, dice.integers(1, 60, shape) * UNIT, -NEVER),
        np.where(known, dice.integers(1, 6, shape), NEVER),
        np.where(known, np.arange(OFFERS * NEEDS).reshape(shape), -1),
        dice.integers(3, 9, OFFERS),
    )


def whole(of: Table, price: int = 0) -> Part:
    offers = len(of.room)
    return Part(np.arange(offers), np.arange(NEEDS), np.full(offers, price, np.int64))


def choices(of: Table) -> Iterable[tuple[int, ...]]:
    """Yield every choice that fits: for each need an offer, or nobody."""
    for choice in product(range(len(of.room) + 1), repeat=NEEDS):
        load = np.zeros(len(of.room) + 1, np.int64)
        pairs = [(i, j) for j, i in enumerate(choice) if i < len(of.room)]
        if all(of.edge[pair] >= 0 for pair in pairs):
            np.add.at(load, [i for i, _ in pairs], [of.demand[pair] for pair in pairs])
            if (load[:-1] <= of.room).all():
                yield choice


def worth(of: Table, choice: Iterable[int]) -> int:
    return sum(int(of.worth[i, j]) for j, i in enumerate(choice) if i < len(of.room))


def optimum(of: Table) -> int:
    return max(worth(of, choice) for choice in choices(of))


def filled(of: Table, least: int) -> int:
    """Return what filling reaches, which fits; 0: nothing is worth so much."""
    start = whole(of)
    steps = Filling(of, start.price, np.random.default_rng(1)).steps(start, least)
    edges = list(steps)[-1]
    if edges is None:
        return 0
    offers, needs = np.divmod(edges, NEEDS)
    assert len(set(needs.tolist())) == len(needs)
    assert (np.bincount(offers, of.demand[offers, needs], OFFERS) <= of.room).all()
    return int(of.worth[offers, needs].sum())


@pytest.mark.parametrize("price", [0, 4 * UNIT, 40 * UNIT])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_choice_is_beyond_what_the_next_filling_leaves(seed: int, price: int):
    of = table(seed)
    part = whole(of, price)
    way = filling.Way(part, 0, ())

    seen = Filling(of, part.price, np.random.default_rng(1))._seen(way)

    assert len(seen.nexts) == OFFERS
    assert all(optimum(of) <= one.bound <= seen.bound for one in seen.nexts)


def test_what_is_filled_fits_and_comes_close_to_the_optimum():
    reached = {seed: filled(table(seed), 0) for seed in SEEDS}

    most = {seed: optimum(table(seed)) for seed in SEEDS}
    assert all(0 < reached[seed] <= most[seed] for seed in SEEDS)
    assert sum(reached.values()) > 0.9 * sum(most.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_found_that_is_worth_less_than_asked_for(seed: int):
    of = table(seed)
    reached = filled(of, 0)

    assert filled(of, reached) == reached
    assert filled(of, optimum(of) + 1) == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_best_end_is_the_best_of_first_and_second_choices(seed: int):
    of = table(seed)
    part = whole(of, 3 * UNIT)
    gain = Block.of(of).gain(part.price)
    two = np.argsort(-gain, axis=0, kind="stable")[:2]
    among = [
        choice
        for choice in choices(of)
        if all(i in two[:, j] for j, i in enumerate(choice))
    ]

    end = best_end(Block.of(of), of.room, part)

    assert (end is None) == (not among)
    if end is not None:
        best = max(worth(of, choice) for choice in among)
        assert (end[0], worth(of, end[1].tolist())) == (best, best)


def test_prices_settle_where_as_much_is_asked_for_as_there_is():
    dice = np.random.default_rng(1)
    shape = 5, 60
    of = Table(
        dice.integers(100, 200, shape) * UNIT,
        dice.integers(5, 25, shape),
        np.arange(300).reshape(shape),
        np.full(5, 120),
    )
    block, free = Block.of(of), np.zeros(5, np.int64)

    def bound(price: Ints) -> int:
        return int(block.gain(price).max(axis=0).sum() + price @ of.room)

    grid = Grid.of(block, of.room, free, part=0.1)
    rows = np.stack([np.arange(5)] * 2)
    needs = np.stack([np.arange(60), np.append(np.arange(59), grid.no_need)])
    prices = np.stack([free + 4 * UNIT] * 2)
    for _ in range(3):
        prices = settle(grid, rows, needs, prices)

    nearby = [prices[0] + step for step in 40 * UNIT * np.eye(5, dtype=np.int64) // 40]
    assert bound(prices[0]) < bound(free + 4 * UNIT)
    assert all(bound(prices[0]) < bound(other) for other in nearby)
    assert not np.array_equal(prices[0], prices[1])
