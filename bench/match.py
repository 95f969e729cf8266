"""How well, and how fast, a market is matched: time, memory, gap by tier, the queue.

A machine that others use too is slower by the clock: the seconds of the processor
stand beside it. `solve` is the whole way from a market document to a plan with its
proof, `referee` the independent check of it. Gaps are those that the referee confirms.
"""

import resource
import time

import matcher
from bench.markets import Size, market
from bench.yardsticks import Figure, Figures, Options
from matcher import Plan

NAME = "match"
SUMMARY = "Matching 300 × 250, 1,000 × 1,000, 1,000 × 600: time, gap by tier, the queue"
SIZES = {
    "300x250": Size(needs=300, offers=250, goods=400, held=12),
    "1000x1000": Size(needs=1_000, offers=1_000, goods=0, held=50),
    "1000x600": Size(needs=1_000, offers=600, goods=0, held=30),
}


def run(options: Options) -> Figures:
    """Measure each size on one seed; a smaller scale makes smaller markets."""
    return {
        name: _measured(name, _scaled(size, options), options)
        for name, size in SIZES.items()
    }


def _scaled(size: Size, options: Options) -> Size:
    return Size(
        needs=options.times(size.needs),
        offers=options.times(size.offers),
        goods=options.times(size.goods) if size.goods else 0,
        held=options.times(size.held),
    )


def _measured(name: str, size: Size, options: Options) -> Figures:
    document = market(size, options.seed)
    began, worked = time.perf_counter(), time.process_time()

    def tell(phase: str, worth: int, bound: int) -> None:
        spent = time.perf_counter() - began
        options.say(f"{name}: {phase}, {worth} of at most {bound}, {spent:.1f} s")

    plan = matcher.solve(document, seed=options.seed, progress=tell)
    solved, busy = time.perf_counter(), time.process_time()
    faults = matcher.faults(document, plan)
    judged, done = time.perf_counter(), time.process_time()
    queue = matcher.first_come(document)
    return {
        "needs": size.needs,
        "offers": size.offers,
        "solve_seconds": round(solved - began, 1),
        "solve_cpu_seconds": round(busy - worked, 1),
        "referee_seconds": round(judged - solved, 1),
        "referee_cpu_seconds": round(done - busy, 1),
        "faults": len(faults),
        "gap": plan.gap,
        "proven": plan.proven,
        "tiers": of_tiers(plan),
        "placed": len(plan.stays),
        "persons_placed": plan.persons,
        "first_come_persons": queue.persons,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def of_tiers(plan: Plan) -> dict[str, Figure]:
    """Return by tier what was reached, and what could be left: persons, points."""
    parts = ((part, tier) for part in plan.parts for tier in part.tiers)
    return {
        f"{part.name}.{tier.name}": {
            "worth": tier.worth,
            "bound": tier.bound,
            "left": tier.bound - tier.worth,
        }
        for part, tier in parts
    }
