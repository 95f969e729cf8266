"""Places that are given once: all stays meet on one day, and a flow solves each tier.

An instance in columns, not a market: `--needs` households, `--offers` pools of one or
two seats, of which each household may have `EACH`; worth as in the three tiers.
"""

import resource
import time

import numpy as np

from bench.yardsticks import Figures, Options
from matcher.instance import SPAN, Instance
from matcher.patience import silent
from matcher.portfolio import best_choice

NAME = "shots"
SUMMARY = "Places given once, 5,000 × 4,500 with 3.1 million pairs: time, gap"
NEEDS, OFFERS, EACH = 5_000, 4_500, 620


def instance(needs: int, offers: int, seed: int) -> Instance:
    """Return stays that all share the days from 40 to 60."""
    dice = np.random.default_rng(seed)
    each = min(EACH, offers)
    pool = [np.sort(dice.choice(offers, each, replace=False)) for _ in range(needs)]
    edges = needs * each
    persons, urgent = dice.integers(1, 8, needs), dice.integers(0, 9, needs)
    of = np.repeat(np.arange(needs), each)
    start = dice.integers(0, 41, edges, np.int32)
    points = dice.integers(-500, 3_000, edges)
    return Instance(
        needs=needs,
        need=of.astype(np.int32),
        start=start,
        end=start + dice.integers(60, 90, edges, np.int32),
        worth=np.stack([(persons * urgent)[of], persons[of], points]),
        use_edge=np.arange(edges),
        use_pool=np.concatenate(pool),
        use_demand=np.ones(edges, np.int64),
        free_key=np.arange(offers) * SPAN,
        free=dice.integers(1, 3, offers),
    )


def run(options: Options) -> Figures:
    """Solve one instance."""
    needs = options.times(options.needs or NEEDS)
    made = instance(needs, options.times(options.offers or OFFERS), options.seed)
    began, worked = time.perf_counter(), time.process_time()
    solved = best_choice(made, silent, seed=options.seed)
    return {
        "needs": needs,
        "edges": made.edges,
        "engine": solved.engine,
        "proven": solved.proven,
        "left": [tier.bound - tier.worth for tier in solved.tiers],
        "placed": len(solved.chosen),
        "solve_seconds": round(time.perf_counter() - began, 1),
        "solve_cpu_seconds": round(time.process_time() - worked, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
