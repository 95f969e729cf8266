"""Public families of instances: read, generated, solved; small ones by enumeration."""

import json
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import matcher
from bench.families import gap, resettlement

HERE = Path(__file__).parent / "instances"
TINY = HERE / "gap-tiny.txt"
FAMILIES = HERE / "resettlement-tiny.json"


def solved(document: dict[str, object]) -> dict[str, Any]:
    """Return the plan of an instance, which its referee has judged."""
    text = json.dumps(document).encode()
    plan = matcher.solve_instance(matcher.read_instance(text))
    assert matcher.referee_instance(text, json.dumps(plan).encode()) == []
    return plan


def enumerated(problem: gap.Gap) -> int:
    """Return the least cost, or the most profit, of all full assignments."""
    costs = []
    for agents in product(range(problem.agents), repeat=problem.jobs):
        load = [0] * problem.agents
        for job, agent in enumerate(agents):
            load[agent] += problem.resource[agent][job]
        if all(n <= most for n, most in zip(load, problem.capacity, strict=True)):
            costs.append(sum(problem.cost[i][j] for j, i in enumerate(agents)))
    return max(costs) if problem.most else min(costs)


@pytest.mark.parametrize("most", [False, True])
def test_a_file_of_the_library_is_read_and_solved_to_its_optimum(most: bool):
    problems = gap.read(TINY.read_text(), "tiny", most=most)

    plans = [solved(problem.document()) for problem in problems]

    assert [problem.name for problem in problems] == ["tiny-1", "tiny-2"]
    assert [
        p.cost_of(plan["worth"]) for p, plan in zip(problems, plans, strict=True)
    ] == [enumerated(problem) for problem in problems]
    assert [len(plan["chosen"]) for plan in plans] == [4, 5]
    assert all(plan["proven"] for plan in plans)


def test_a_single_problem_is_read_without_a_count_before_it():
    counted = TINY.read_text().split("\n", 1)[1]
    alone = "\n".join(counted.splitlines()[:6])

    (problem,) = gap.read(alone, "alone")

    assert (problem.agents, problem.jobs, problem.capacity) == (2, 4, (8, 7))


@pytest.mark.parametrize("text", ["", "2 4 1 1", "x", "1\n2 2\n1 1 1"])
def test_what_is_no_problem_is_said(text: str):
    with pytest.raises(ValueError, match="odd"):
        gap.read(text, "odd")


def test_the_cost_of_a_bound_is_rounded_to_what_an_assignment_can_cost():
    (first, _) = gap.read(TINY.read_text(), "tiny")
    total = first.jobs * first.base

    assert first.cost_of(gap.FINE * (total - 17)) == 17
    assert first.cost_of(gap.FINE * (total - 17) + 1) == 17
    assert first.cost_of(gap.FINE * (total - 17) - 1) == 18


@pytest.mark.parametrize(
    ("kind", "resources", "costs"),
    [("C", (5, 25), (10, 50)), ("D", (1, 100), (1, 120)), ("E", (1, 200), (-10, 1000))],
)
def test_generated_types_are_as_published(
    kind: gap.Kind, resources: tuple[int, int], costs: tuple[int, int]
):
    made = gap.generated(kind, 60, 5, seed=1)

    assert made == gap.generated(kind, 60, 5, seed=1)
    assert made != gap.generated(kind, 60, 5, seed=2)
    for table, (low, high) in ((made.resource, resources), (made.cost, costs)):
        assert {len(row) for row in table} == {60}
        assert all(low <= number <= high for row in table for number in row)
    assert made.capacity == tuple(8 * sum(row) // 50 for row in made.resource)


def test_families_are_read_and_placed_at_their_optimum():
    document = resettlement.read(FAMILIES.read_text())
    edges: Any = document["edges"]
    room = {"Ahaus": 5, "Borken": 4, "Coesfeld": 2}
    rows = [[None, *(e for e in edges if e[0] == f"F{n}")] for n in range(1, 5)]
    best = max(
        sum(edge[5] for edge in way if edge)
        for way in product(*rows)
        if all(
            sum(edge[4] for edge in way if edge and edge[1] == place) <= most
            for place, most in room.items()
        )
    )

    plan = solved(document)

    assert (plan["worth"], plan["proven"]) == (best, True)


def test_a_file_of_another_format_is_said():
    with pytest.raises(ValueError, match="not resettlement"):
        resettlement.read('{"format": "else"}')


def test_generated_families_are_a_file_that_can_be_read():
    told = resettlement.generated(40, 5, seed=3)
    document: Any = resettlement.read(json.dumps(told))

    assert told == resettlement.generated(40, 5, seed=3)
    assert len(document["needs"]) == 40
    assert {edge[4] for edge in document["edges"]} <= set(resettlement.SIZES[0])
    assert 40 < len(document["edges"]) < 40 * 5


@pytest.mark.parametrize("path", [TINY, FAMILIES], ids=["gap", "resettlement"])
def test_the_yardstick_measures_a_file(path: Path):
    words = ["assignment", "--json", "--file", str(path)]
    command = [sys.executable, "-m", "bench", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)

    told = json.loads(done.stdout.splitlines()[-1])["assignment"]

    measured = [figures for figures in told.values() if isinstance(figures, dict)]
    assert measured
    assert all(one["proven"] and one["faults"] == 0 for one in measured)
    for one in measured:
        if "cost" in one:
            assert one["cost_bound"] <= one["fillings_bound"] <= one["cost"]
            assert 0 <= one["gap_to_fillings"] <= one["gap"]
