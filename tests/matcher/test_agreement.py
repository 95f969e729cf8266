"""Matcher and referee, written twice, agree on whatever may stand in a market."""

import pytest

import matcher
from tests.matcher.odd import odd_market

EACH = 10


@pytest.mark.parametrize("first", range(0, 80, EACH))
def test_the_referee_has_nothing_against_any_plan(first: int):
    for seed in range(first, first + EACH):
        document = odd_market(seed)

        for make in (matcher.solve, matcher.first_come):
            plan = make(document)

            assert matcher.faults(document, plan) == [], (seed, make)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_a_plan_says_of_a_need_can_be_explained(seed: int):
    document = odd_market(seed)
    plan = matcher.solve(document)

    explained = {
        need["id"]: matcher.explain(document, plan, need["id"]).need
        for need in document["needs"]
        if need["details"].get("quantity") != 0
    }

    assert explained == {name: name for name in explained}
