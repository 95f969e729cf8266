"""Tiny instances of which every choice can be tried, without any solver."""

import random
from itertools import product

import numpy as np

from matcher.instance import SPAN, Instance

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
        need=need.astype(np.int32),
        start=start.astype(np.int32),
        end=end.astype(np.int32),
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
