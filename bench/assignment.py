"""Assignment instances of public families: how well they are solved, and how fast.

`--file` takes a generalised assignment in the OR-Library's format, a resettlement.v1 or
an assignment-instance.v1; without it the same families are generated, with `--needs`
and `--offers` as their size. Every plan is judged by the files' own referee. `gap` is
that of the certified bound, which is the linear relaxation's: the true one is smaller.
`gap_to_fillings` is that of a closer bound: whole knapsacks at prices of jobs.
"""

import json
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import matcher
from bench.families import gap, resettlement
from bench.yardsticks import Figures, Options
from matcher.diving import Diving
from matcher.knapsacks import Table, weigh
from matcher.packing import may_be_relaxed

NAME = "assignment"
SUMMARY = "Generalised assignment C, D, E and resettlement: gap, time; or a --file"
FINER = 1_000
"""So many parts of a unit of worth are a price's unit: whole units prove less."""
FAMILIES, LOCALITIES = 500, 25
JOBS, AGENTS = 60, 5
KINDS: tuple[gap.Kind, ...] = ("C", "D", "E")


@dataclass(frozen=True, slots=True)
class Case:
    """An instance, and the costs behind its worth where it has such."""

    name: str
    document: dict[str, object]
    costs: gap.Gap | None = None


def run(options: Options) -> Figures:
    """Solve a file's instances, or one of each family."""
    cases = _generated(options) if options.file is None else _read(options)
    return {case.name: _measured(case, options) for case in cases}


def _read(options: Options) -> Iterator[Case]:
    path = Path(str(options.file))
    text = path.read_text(encoding="utf-8")
    if not text.lstrip().startswith("{"):
        for one in gap.read(text, path.stem, most=options.maximise):
            yield Case(one.name, one.document(), one)
    elif json.loads(text).get("format") == "resettlement.v1":
        yield Case(path.stem, resettlement.read(text))
    else:
        yield Case(path.stem, json.loads(text))


def _generated(options: Options) -> Iterator[Case]:
    families = options.times(options.needs or FAMILIES)
    places = options.times(options.offers or LOCALITIES)
    told = json.dumps(resettlement.generated(families, places, options.seed))
    name = f"resettlement-{families}x{places}-{options.seed}"
    yield Case(name, resettlement.read(told))
    jobs = options.times(options.needs or JOBS)
    agents = options.times(options.offers or AGENTS)
    for kind in KINDS:
        one = gap.generated(kind, jobs, agents, options.seed)
        yield Case(one.name, one.document(), one)


def _measured(case: Case, options: Options) -> Figures:
    text = json.dumps(case.document).encode()
    began, worked = time.perf_counter(), time.process_time()

    def tell(phase: str, worth: int, bound: int) -> None:
        spent = time.perf_counter() - began
        options.say(f"{case.name}: {phase}, {worth} of {bound}, {spent:.1f} s")

    assignment = matcher.read_instance(text)
    plan = matcher.solve_instance(assignment, seed=options.seed, progress=tell)
    solved, busy = time.perf_counter(), time.process_time()
    faults = matcher.referee_instance(text, json.dumps(plan).encode())
    worth, bound = int(str(plan["worth"])), int(str(plan["bound"]))
    chosen = json.loads(json.dumps(plan["chosen"]))
    found: dict[str, bool | int | float | str | None] = {
        "needs": len(assignment.needs),
        "offers": len(assignment.offers),
        "edges": len(assignment.edges),
        "placed": len(chosen),
        "worth": worth,
        "bound": bound,
        "gap": (bound - worth) / max(1, bound),
        "proven": bool(plan["proven"]),
        "engine": str(json.loads(json.dumps(plan["engine"]))["name"]),
        "solve_seconds": round(solved - began, 1),
        "solve_cpu_seconds": round(busy - worked, 1),
        "faults": len(faults),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    if case.costs is not None and len(chosen) == case.costs.jobs:
        cost, limit = case.costs.cost_of(worth), case.costs.cost_of(bound)
        found |= {"cost": cost, "cost_bound": limit}
        found["gap"] = abs(cost - limit) / max(1, abs(limit))
        closer = case.costs.cost_of(_by_fillings(case.costs, plan))
        found["fillings_bound"] = closer
        found["gap_to_fillings"] = abs(cost - closer) / max(1, abs(closer))
    return found


def _by_fillings(costs: gap.Gap, plan: dict[str, object]) -> int:
    """Return a bound of worth that is closer than that of offers: by knapsacks."""
    price = np.zeros((costs.agents, 1), np.int64)
    for offer, _, paid in json.loads(json.dumps(plan["prices"])):
        price[int(offer.removeprefix("agent-"))] = paid
    sign = 1 if costs.most else -1
    worth = FINER * gap.FINE * (costs.base + sign * np.array(costs.cost, np.int64))
    demand = np.array(costs.resource, np.int64)
    room = np.array(costs.capacity, np.int64)
    table = Table(worth, demand, np.zeros_like(worth), room)
    if may_be_relaxed(costs.jobs, costs.agents):
        bound = Diving(table, FINER * price[:, 0], 1).bound
    else:
        bound = weigh(table, (worth - FINER * price * demand).max(axis=0)).bound
    return bound // FINER
