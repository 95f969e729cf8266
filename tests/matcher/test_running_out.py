"""What runs out of time says so: the plan holds, only its proof is missing."""

from datetime import timedelta

import pytest

import matcher
from bench.markets import Size, market
from matcher import hunt, master
from matcher.pricing import best_edges
from tests.matcher.exhaustive import instance


def test_a_search_that_finds_nothing_leaves_the_rounded_plan(
    monkeypatch: pytest.MonkeyPatch,
):
    document = market(Size(needs=40, offers=20), 2)
    best = matcher.solve(document)
    monkeypatch.setattr(hunt, "search", lambda *_: None)

    plan = matcher.solve(document)

    assert matcher.faults(document, plan) == []
    assert not plan.proven
    assert 0 < len(plan.stays) <= len(best.stays)
    assert plan.worth <= best.worth <= plan.bound


def test_a_linear_program_that_does_not_end_is_begun_anew_and_then_given_up(
    monkeypatch: pytest.MonkeyPatch,
):
    found = instance(1)
    edges = best_edges(found, found.worth[-1], 12)
    basis = master.relax(found, edges, 0, (), master.NO_BASIS).basis
    monkeypatch.setattr(master, "SAFETY_NET", timedelta(0))

    with pytest.raises(RuntimeError, match="GLOP"):
        master.relax(found, edges, 0, (), basis)


def test_another_seed_sees_other_edges_first_and_ends_as_well():
    document = market(Size(needs=60, offers=30), 9)

    plans = [matcher.solve(document, seed=seed) for seed in (1, 2)]

    assert [plan.engine.seed for plan in plans] == [1, 2]
    assert plans[0].worth == plans[1].worth
    assert plans[0].proven
    assert plans[1].proven
