"""Plans are values: frozen, written as JSON and read back, strictly."""

import json
from typing import Any

import pytest

import matcher
from bench.markets import Size
from bench.markets import market as generated
from matcher import Plan


@pytest.fixture(scope="module")
def plan() -> Plan:
    return matcher.solve(generated(Size(needs=20, offers=15, goods=10, held=1), 3))


def test_a_plan_reads_back_from_its_json(plan: Plan):
    text = json.dumps(plan.to_json())

    assert Plan.from_json(json.loads(text)) == plan


def test_worth_and_bound_are_the_steps_times_the_tiers(plan: Plan):
    parts = [
        (sum(s * t.worth for s, t in pairs), sum(s * t.bound for s, t in pairs))
        for pairs in (list(zip(p.steps, p.tiers, strict=True)) for p in plan.parts)
    ]

    assert (plan.worth, plan.bound) == tuple(map(sum, zip(*parts, strict=True)))
    assert plan.gap == (plan.bound - plan.worth) / plan.bound
    assert plan.persons == sum(stay.persons for stay in plan.stays)


def changed(plan: Plan, path: list[Any], value: object) -> dict[str, object]:
    document: Any = json.loads(json.dumps(plan.to_json()))
    at = document
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    found: dict[str, object] = document
    return found


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (["format"], "plan.v2", r"format is 'plan\.v2', not plan\.v1"),
        (["extra"], 1, "plan lacks or has too much: extra"),
        (["stays"], {}, "plan.stays is not a list"),
        (["stays", 0], 7, r"plan.stays\[0\] is not an object"),
        (["stays", 0, "count"], "1", r"plan.stays\[0\].count is '1'"),
        (["stays", 0, "count"], True, r"plan.stays\[0\].count is True"),
        (["stays", 0, "start"], "soon", r"stays\[0\].start is 'soon', which is no"),
        (["stays", 0, "worth"], [1, 2], "has 2 entries instead of 3"),
        (["unmet", 0, "part"], "money", "is none of"),
        (["engine", "seed"], None, "plan.engine.seed is None"),
    ],
)
def test_what_is_no_plan_is_said_in_a_sentence(
    path: list[Any], value: object, sentence: str, plan: Plan
):
    with pytest.raises(ValueError, match=sentence):
        Plan.from_json(changed(plan, path, value))


def test_a_market_of_another_format_is_refused():
    with pytest.raises(ValueError, match=r"format is 'market\.v2', not market\.v1"):
        matcher.solve({"format": "market.v2"})
