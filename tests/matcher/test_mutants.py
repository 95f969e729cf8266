"""Every mutant of a good plan is refused, with a sentence that names its fault."""

import json

import pytest

import matcher
from matcher import Plan
from tests.matcher.changing import Change
from tests.matcher.mutants import mutants
from tests.matcher.small import Doc
from tests.matcher.whole import whole

MUTANTS = {name: (change, words) for name, change, words in mutants()}


@pytest.fixture(scope="module")
def document() -> Doc:
    return whole()


@pytest.fixture(scope="module")
def plan(document: Doc) -> Plan:
    return matcher.solve(document)


def test_the_plan_itself_holds(document: Doc, plan: Plan):
    assert matcher.faults(document, plan) == []


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_refused_with_its_fault(name: str, document: Doc, plan: Plan):
    change, words = MUTANTS[name]

    faults = matcher.faults(document, change(plan))

    assert any(words in fault for fault in faults), faults


def test_the_mutants_are_more_than_a_hundred_and_no_two_are_alike(plan: Plan):
    changes: list[Change] = [change for _, change, _ in mutants()]
    texts = {json.dumps(change(plan).to_json(), sort_keys=True) for change in changes}

    assert json.dumps(plan.to_json(), sort_keys=True) not in texts
    assert len(texts) == len(changes) == len(MUTANTS) > 100
