"""One small fixed instance of each family comes out as is written beside it."""

import json
from pathlib import Path
from typing import Any

import pytest

import matcher
from bench.families import gap, resettlement

FIXED = Path(gap.__file__).parent / "fixed"
EXPECTED: dict[str, Any] = json.loads((FIXED / "expected.json").read_text())
MARKETS = sorted(name for name in EXPECTED if name.endswith(".market.json"))


def test_every_instance_has_what_is_expected_beside_it():
    files = {path.name for path in FIXED.iterdir()} - {"expected.json"}

    assert files == EXPECTED.keys()
    assert {name.split(".")[0] for name in files} == {
        "assignment", "city", "country", "goods", "resettlement", "trips"
    }  # fmt: skip


@pytest.mark.parametrize("name", MARKETS)
def test_a_fixed_market_is_solved_to_its_optimum(name: str):
    document = json.loads((FIXED / name).read_text())
    expected = EXPECTED[name]

    plan = matcher.solve(document)

    tiers = plan.part(expected["part"]).tiers
    assert [tier.worth for tier in tiers] == expected["worth"]
    assert [tier.bound for tier in tiers] == expected["bound"]
    assert matcher.faults(document, plan) == []


def test_the_fixed_assignment_costs_as_little_as_it_can():
    (problem,) = gap.read((FIXED / "assignment.txt").read_text(), "fixed")

    plan = solved(problem.document())

    told = [problem.cost_of(plan["worth"])], [problem.cost_of(plan["bound"])]
    expected = EXPECTED["assignment.txt"]
    assert told == (expected["worth"], expected["bound"])
    assert plan["proven"]


def test_the_fixed_families_are_placed_at_their_optimum():
    plan = solved(resettlement.read((FIXED / "resettlement.json").read_text()))

    expected = EXPECTED["resettlement.json"]
    assert ([plan["worth"]], [plan["bound"]]) == (expected["worth"], expected["bound"])


def solved(document: dict[str, object]) -> dict[str, Any]:
    text = json.dumps(document).encode()
    plan = matcher.solve_instance(matcher.read_instance(text))
    assert matcher.referee_instance(text, json.dumps(plan).encode()) == []
    return plan
