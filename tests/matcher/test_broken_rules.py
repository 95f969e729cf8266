"""Each hard rule, broken in the matcher, is caught by the referee."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import matcher
from matcher import pins, portfolio, rules, sizes, tiers
from tests.matcher.broken import BLOCKED
from tests.matcher.small import (
    home,
    hotel,
    line,
    need,
    unit,
)
from tests.matcher.small import market as of


@pytest.mark.parametrize("code", BLOCKED)
def test_the_matcher_keeps_the_rule_and_says_its_name(code: str):
    offer, asking, _ = BLOCKED[code]
    document = of(offer, asking)

    plan = matcher.solve(document)

    assert [(row.need, row.reason) for row in plan.unmet] == [("n1", code)]
    assert matcher.faults(document, plan) == []


@pytest.mark.parametrize("code", sorted(set(BLOCKED) - {"size"}))
def test_the_rule_broken_in_the_matcher_is_caught(
    code: str, monkeypatch: pytest.MonkeyPatch
):
    offer, asking, sentence = BLOCKED[code]
    document = of(offer, asking)
    monkeypatch.setitem(
        rules.RULES, code, lambda block: np.zeros(block.start.shape, np.bool_)
    )

    plan = matcher.solve(document)

    assert len(plan.stays) == 1
    assert any(sentence in fault for fault in matcher.faults(document, plan))


def test_the_rule_for_forbidden_pairs_broken_is_caught(monkeypatch: pytest.MonkeyPatch):
    document = of(home(), need(), forbidden=[{"offer": "o1", "need": "n1"}])
    assert matcher.solve(document).stays == ()
    monkeypatch.setitem(
        rules.RULES, "forbidden", lambda block: np.zeros_like(block.start, np.bool_)
    )

    faults = matcher.faults(document, matcher.solve(document))

    assert any("forbidden by a person" in fault for fault in faults)


def test_the_rule_for_sizes_broken_is_caught(monkeypatch: pytest.MonkeyPatch):
    offer, asking, sentence = BLOCKED["size"]
    document = of(offer, asking)
    monkeypatch.setattr(
        sizes.Sizes, "demands", lambda me, needs, *, need, **_: np.ones_like(need)
    )
    monkeypatch.setattr("matcher.stays.beds", lambda household, pool: (0, 0))

    faults = matcher.faults(document, matcher.solve(document))

    assert any(sentence in fault for fault in faults)
    assert any("share room r1 who may not" in fault for fault in faults)


def test_a_home_given_twice_is_caught(monkeypatch: pytest.MonkeyPatch):
    document = of(home(), need("n1"), need("n2"))
    monkeypatch.setattr(portfolio, "seats", lambda instance: None)
    monkeypatch.setattr(tiers, "fits", lambda instance, chosen: True)
    monkeypatch.setattr("matcher.rows._binding_points", lambda _: np.zeros(0, np.int64))

    plan = matcher.solve(document)

    assert len(plan.stays) == 2
    assert any("more often than" in fault for fault in matcher.faults(document, plan))


def test_a_need_placed_twice_is_caught(monkeypatch: pytest.MonkeyPatch):
    document = of(home("o1"), home("o2"), need())
    solve = tiers.solve_tiers

    def take_everything(instance: Any, progress: Any, **more: Any) -> Any:
        return replace(
            solve(instance, progress, **more), chosen=np.arange(instance.edges)
        )

    monkeypatch.setattr(portfolio, "seats", lambda instance: None)
    monkeypatch.setattr(portfolio, "solve_tiers", take_everything)

    faults = matcher.faults(document, matcher.solve(document))

    assert "need n1 is placed twice" in faults


def test_a_pin_that_is_not_kept_is_caught(monkeypatch: pytest.MonkeyPatch):
    document = of(
        home("o1"), home("o2"), need(), pinned=[{"offer": "o2", "need": "n1"}]
    )
    monkeypatch.setattr(pins, "_best", lambda table, offers: 0)

    faults = matcher.faults(document, matcher.solve(document))

    assert "need n1 is pinned to another offer than o1" in faults


def test_duplicates_that_both_take_part_are_caught(monkeypatch: pytest.MonkeyPatch):
    document = of(
        home("o1"), home("o2"), need("n1"), need("n2", similar_to=["n1"], raised=3)
    )
    monkeypatch.setattr("matcher.board.duplicates", lambda *_: frozenset())

    faults = matcher.faults(document, matcher.solve(document))

    assert any("n2 may be a duplicate" in fault for fault in faults)


def test_a_meeting_that_must_not_be_is_caught(monkeypatch: pytest.MonkeyPatch):
    place = hotel(units=[unit("s", 1)], lines=[line("s", 2)])
    document = of(place, need("n1", protection={"no_contact": ["p-n2"]}), need("n2"))
    monkeypatch.setattr("matcher.board.enemies", lambda needs: [])

    faults = matcher.faults(document, matcher.solve(document))

    assert "needs n1 and n2 must not meet at offer h1" in faults
