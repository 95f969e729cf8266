"""A market told otherwise than the facts tell it: the plan made of it is refused.

The plan is made from the wrong document and bears the seal of the right one, as if the
reading of facts had a fault that nobody noticed.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import matcher
from tests.matcher.broken import BLOCKED, CHILD, FRIENDS
from tests.matcher.small import (
    TODAY,
    Doc,
    family,
    held,
    home,
    hotel,
    line,
    lot,
    market,
    member,
    need,
    request,
    unit,
)

LATER = "2022-05-01"
ACCEPTING = {"accepts": {"pets": ["dog"], "smokers": True, "families": True}}
OPEN: dict[str, Any] = {
    "step_free": "all",
    "floor": 0,
    "lift": True,
    "medical_equipment": True,
    "rent": {"kind": "free"},
    "available": {"from": TODAY},
    "provider": "p-else",
    "location": {"postcode": "40210", "disclosure": "protected"},
    "beds": 4,
    "units": None,
    "checks": [],
}
WRONG: dict[str, tuple[Doc, Doc, Doc, str]] = {
    # attribute: (what is told otherwise of the home, home, need, words)
    code: (OPEN | ACCEPTING, *BLOCKED[code])
    for code in sorted(set(BLOCKED) - {"women_only", "no_dates"})
} | {
    "shorter stays": (
        {"available": {"from": TODAY, "to": "2022-06-01"}},
        *BLOCKED["no_dates"],
    ),
    "open to men": ({"accepts": {}}, *BLOCKED["women_only"]),
    "a refuge": (
        {"accepts": {"women_only": True}},
        home(),
        need(protection={"women_only": True}),
        "women",
    ),
    "no man there": (
        {"residents": {"adults_m": 0}},
        home(accepts={"women_only": True}, residents={"adults_m": 1}),
        need(protection={"women_only": True}),
        "women",
    ),
    "longer stays": (
        {"available": {"from": TODAY, "max_days": 90}},
        home(available={"from": TODAY, "max_days": 60}),
        need(),
        "is shorter or longer than stays there may be",
    ),
    "sooner": (
        {"available": {"from": TODAY}},
        home(available={"from": LATER}),
        need(),
        "nights outside what is available",
    ),
    "until later": (
        {"available": {"from": TODAY}},
        home(available={"from": TODAY, "to": LATER}),
        need(),
        "nights outside what is available",
    ),
    "still an option": (
        {"option_until": "2022-04-01"},
        home(option_until="2022-03-01"),
        need(),
        "has lapsed",
    ),
    "room for more": ({"beds": 3}, home(beds=1), need(**FRIENDS), "no bed for"),
    "more may come": (
        {"accepts": {"max_persons": 5}},
        home(accepts={"max_persons": 1}),
        need(**CHILD),
        "takes fewer persons",
    ),
    "one room more": (
        {"units": [unit("r1", 1), unit("r2", 1)]},
        home(units=[unit("r1", 2)]),
        need(**FRIENDS),
        "no bed for everyone",
    ),
    "a check passed": ({"checks": home()["checks"]}, home(checks=[]), need(), "due"),
    "a check for longer": (
        {"checks": home()["checks"]},
        home(checks=[row | {"valid_until": TODAY} for row in home()["checks"]]),
        need(period={"from": TODAY, "to": LATER}),
        "which checks are still due",
    ),
    "another postcode": (
        {"location": {"postcode": "40210"}},
        home(location={"postcode": "40211"}),
        need(near="40210"),
        "is 5000 metres away, not 0",
    ),
    "a language": ({"languages": ["uk"]}, home(), need(languages=["uk"]), "points"),
    "not the whole flat": ({"whole_unit": False}, home(), need(), "other points"),
    "no twin": (
        {"similar_to": []},
        home("o2", similar_to=["o1"], listed=5),
        need(),
        "has lapsed or may be a duplicate",
    ),
}


def planned(told: Doc, truth: Doc) -> list[str]:
    """Return what is said of a plan that was made of what was told."""
    assert matcher.faults(truth, matcher.solve(truth)) == []
    made = matcher.solve(told)
    return matcher.faults(truth, replace(made, market=matcher.digest(truth)))


@pytest.mark.parametrize("attribute", WRONG)
def test_a_home_told_otherwise_is_refused(attribute: str):
    change, offer, asking, words = WRONG[attribute]
    outer = {key: change[key] for key in change.keys() & offer.keys()}
    inner = {key: change[key] for key in change.keys() - offer.keys()}
    told = offer | outer | {"details": offer["details"] | inner}
    others = [home("o1", beds=0)] if attribute == "no twin" else []

    faults = planned(market(told, *others, asking), market(offer, *others, asking))

    assert any(words in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("told", "truth", "words"),
    [
        ({}, {"persons": 2}, "counts 1 persons instead of 2"),
        ({"members": [member("a")]}, {"members": [member("a", "10-13")]}, "still due"),
        ({"members": [member("a")]}, {"members": [member("x")]}, "one bed"),
        ({"horizon": "acute"}, {"horizon": "long_term"}, "is worth (0, 1, 150), not"),
        ({}, {"priority": 2}, "is worth (4, 1, 150), not (1, 1, 150)"),
        ({}, {"waiting_since": "2022-01-17"}, "is worth (4, 1, 150), not (1, 1, 150)"),
        ({}, {"current": {"offer": "o1", "unit": None}}, "is worth (1, 1, 2150), not"),
        ({}, {"period": {"from": LATER}}, "nights outside what is available"),
        ({}, {"period": {"from": TODAY, "to": LATER}}, "whether the stay has an end"),
        ({}, {"near": "40210"}, "is 0 metres away, not None"),
        ({}, {"similar_to": ["n0"]}, "n1 may be a duplicate"),
        ({}, {"wishes": [{"kind": "district", "value": "402"}]}, "other points"),
        ({}, {"wishes": [{"kind": "dwelling", "value": "flat"}]}, "other points"),
        ({}, {"languages": ["uk"]}, "other points"),
        ({}, {"protection": {"no_contact": ["p-o1"]}}, "who must not meet"),
        ({}, {"protection": {"confidential_address": True}}, "is not protected"),
        ({}, {"protection": {"women_only": True}}, "for women only"),
        ({}, {"pets": [{"kind": "dog", "count": 1}]}, "pets where they are not"),
        ({}, {"smokers": True}, "puts smokers where"),
        ({}, {"rent_payer": "none"}, "does not fit who pays it"),
    ],
)
def test_a_household_told_otherwise_is_refused(told: Doc, truth: Doc, words: str):
    place = home(
        languages=["uk"],
        units=[unit("r1", 2)],
        rent={"kind": "rent", "cold": 30_000, "operating": 10_000},
        checks=home()["checks"][:2],
    )
    others = [need("n0", raised=1, horizon="long_term"), home("o0", beds=0, listed=0)]

    faults = planned(
        market(place, *others, need(**told)), market(place, *others, need(**truth))
    )

    assert any(words in fault for fault in faults), faults


Parts = dict[str, Any]
BEDS = (lot(), request())


@pytest.mark.parametrize(
    ("cases", "truth", "words"),
    [
        ([home(), need()], {"forbidden": [{"need": "n1", "offer": "o1"}]}, "forbidden"),
        ([home(), need()], {"held": [held("o1", TODAY, None)]}, "more often"),
        (
            [home(), home("o2", beds=1), need()],
            {"pinned": [{"need": "n1", "offer": "o1"}]},
            "need n1 is pinned to another offer than o2",
        ),
        ([home(), need()], {"today": "2022-03-20"}, "made for 2022-03-18, not for"),
        ([home(), need()], {"realm": "05315000"}, "of realm 05111000"),
        (
            [home(location={"postcode": "40599"}), need(near="40210")],
            {"places": {"40210": [0, 0], "40599": [9_000, 0]}},
            "is 9000 metres away, not",
        ),
        (BEDS, {"held": [held("l1", TODAY, None, quantity=4)]}, "more often than"),
        (BEDS, {"forbidden": [{"need": "r1", "offer": "l1"}]}, "does not suit"),
    ],
)
def test_a_market_told_otherwise_is_refused(cases: list[Doc], truth: Parts, words: str):
    near = {"places": {"40210": [0, 0], "40599": [0, 0]}} if "places" in truth else {}

    faults = planned(market(*cases, **near), market(*cases, **truth))

    assert any(words in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("given", "asked", "words"),
    [
        ({"quantity": 1}, {}, "promised more often than it is there"),
        ({"item": {"category": "FURNITURE", "code": "bed-140"}}, {}, "does not suit"),
        ({"available_from": LATER}, {}, "wrong day or quantity"),
        ({"best_before": "2022-03-01"}, {}, "does not suit"),
        ({"available_to": "2022-03-01"}, {}, "does not suit"),
        ({"location": {"postcode": "40211"}}, {}, "is 5000 metres away, not 0"),
        ({}, {"quantity": 1}, "gets more than it lacks"),
        ({}, {"priority": 3}, "a wrong worth"),
        ({}, {"needed_by": "2022-03-01"}, "does not suit"),
        ({}, {"item": {"category": "FURNITURE"}}, "gets more than it lacks"),
    ],
)
def test_goods_told_otherwise_are_refused(given: Doc, asked: Doc, words: str):
    faults = planned(market(*BEDS), market(lot(**given), request(**asked)))

    assert any(words in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda row: row | {"count": 1}, "h1, s, is promised more often"),
        (lambda row: row | {"blocked": 2}, "h1, s, is promised more often"),
        (lambda row: row | {"span": {"from": LATER}}, "nights outside"),
        (lambda row: row | {"span": {"from": TODAY, "to": LATER}}, "nights outside"),
    ],
)
def test_a_contingent_told_otherwise_is_refused(
    change: Callable[[Doc], Doc], words: str
):
    rooms, told = [unit("s", 1)], line("s", 3)
    friends = need(**family(member("a"), member("b"), a_b="other"))

    faults = planned(
        market(hotel(units=rooms, lines=[told]), friends),
        market(hotel(units=rooms, lines=[change(told)]), friends),
    )

    assert any(words in fault for fault in faults), faults
