"""Our plan beside other ways to fill the same scarce city, tier by tier.

`--seeds` cities from `--seed` on, `--needs` × `--offers` each. First come first served,
priority greedy, the best of some sixty greedy ways; on the first few cities also CP-SAT
and HiGHS with all edges in one model, for as many seconds as ours took there. Everybody
chooses among the same compatible pairs, and every plan meets the referee.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import matcher
from bench import _greedy, city
from bench._whole import ENGINES, solve_whole
from bench.yardsticks import Figure, Figures, Options
from matcher.board import Board
from matcher.firstcome import unpriced
from matcher.plan import Plan
from matcher.solving import other_way
from matcher.tiers import Solved
from matcher.worth import TIERS

NAME = "baselines"
SUMMARY = "Ours beside greedy ways, CP-SAT and HiGHS on the same scarce cities"
NEEDS, OFFERS, SEEDS = 600, 400, 3
WHOLE = 3
"""So many cities are also given to solvers as one model."""
OURS, BEST = "ours", "best greedy"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one way reached on one city."""

    tiers: tuple[int, ...]
    persons: int
    seconds: float
    cpu_seconds: float
    faults: int
    engine: str


def run(options: Options) -> Figures:
    """Fill every city in every way."""
    needs = options.times(options.needs or NEEDS)
    offers = options.times(options.offers or OFFERS)
    seeds = range(options.seed, options.seed + (options.seeds or SEEDS))
    rows: dict[int, dict[str, Seen]] = {}
    for seed in seeds:
        made = city.document(needs, offers, seed)
        rows[seed] = {}
        for name, seen in _ways(made, seed, whole=seed < options.seed + WHOLE):
            rows[seed][name] = seen
            options.say(f"seed {seed}, {name}: {seen.tiers}, {seen.seconds:.1f} s")
    few = dict(list(rows.items())[:WHOLE])
    return {
        "needs": needs,
        "offers": offers,
        "seeds": len(seeds),
        "table": _table(rows),
        "first_seeds": _table(few),
        "worse_than_best_greedy": _worse(rows),
        "faults": sum(seen.faults for row in rows.values() for seen in row.values()),
        "best_greedy_ways": {str(seed): row[BEST].engine for seed, row in rows.items()},
    }


def _ways(
    made: dict[str, object], seed: int, *, whole: bool
) -> Iterator[tuple[str, Seen]]:
    ours = _seen(made, partial(matcher.solve, made, seed=seed))
    yield OURS, ours
    yield "first come", _seen(made, partial(matcher.first_come, made))
    yield "priority greedy", _seen(made, partial(other_way, made, _priority))
    yield BEST, _seen(made, partial(other_way, made, _best_greedy(seed)))
    for engine in ENGINES if whole else ():
        yield (
            engine,
            _seen(made, partial(other_way, made, _whole(engine, ours.seconds))),
        )


def _priority(table: Board) -> Solved:
    return unpriced(table.instance, _greedy.by_priority(table), "priority greedy")


def _best_greedy(seed: int) -> Callable[[Board], Solved]:
    def choose(table: Board) -> Solved:
        ways = _greedy.all_ways(table, seed)
        best = max(ways, key=lambda way: _greedy.worths(table, way.chosen))
        return unpriced(table.instance, best.chosen, best.name)

    return choose


def _whole(engine: str, seconds: float) -> Callable[[Board], Solved]:
    def choose(table: Board) -> Solved:
        chosen = solve_whole(table.instance, engine, seconds)
        return unpriced(table.instance, chosen, engine)

    return choose


def _seen(made: dict[str, object], solve: Callable[[], Plan]) -> Seen:
    began, worked = time.perf_counter(), time.process_time()
    plan = solve()
    ended, busy = time.perf_counter(), time.process_time()
    return Seen(
        tiers=tuple(tier.worth for tier in plan.part("housing").tiers),
        persons=plan.persons,
        seconds=ended - began,
        cpu_seconds=busy - worked,
        faults=len(matcher.faults(made, plan)),
        engine=plan.engine.name,
    )


def _table(rows: Mapping[int, Mapping[str, Seen]]) -> Figures:
    """Return of every way that saw all these cities its sums, and its mean times."""
    names = [n for n in next(iter(rows.values())) if all(n in r for r in rows.values())]
    return {name: _summed([row[name] for row in rows.values()]) for name in names}


def _summed(seen: list[Seen]) -> dict[str, Figure]:
    sums = [sum(tiers) for tiers in zip(*(one.tiers for one in seen), strict=True)]
    return {
        **dict(zip(TIERS, sums, strict=True)),
        "persons_placed": sum(one.persons for one in seen),
        "seconds": round(sum(one.seconds for one in seen) / len(seen), 1),
        "cpu_seconds": round(sum(one.cpu_seconds for one in seen) / len(seen), 1),
    }


def _worse(rows: Mapping[int, Mapping[str, Seen]]) -> dict[str, Figure]:
    """Return by tier on how many cities ours reached less than the best greedy way."""
    pairs = [(row[OURS].tiers, row[BEST].tiers) for row in rows.values()]
    return {
        tier: sum(mine[n] < theirs[n] for mine, theirs in pairs)
        for n, tier in enumerate(TIERS)
    }
