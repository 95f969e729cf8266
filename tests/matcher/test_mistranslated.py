"""Each attribute, mistranslated from its document, is caught by the referee."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

import matcher
from matcher import market
from matcher.problem import Home, Household, Line
from matcher.rooms import Bedroom
from tests.matcher.broken import BLOCKED, CHILD, FRIENDS, ONE_ROOM
from tests.matcher.small import (
    TODAY,
    Doc,
    held,
    home,
    hotel,
    line,
    need,
    unit,
)
from tests.matcher.small import market as of

HOMES: dict[str, tuple[Any, str, Doc, Doc]] = {
    # attribute: (what it is misread as, the fault, offer, need)
    "min_days": (0, "shorter or longer", *BLOCKED["no_dates"][:2]),
    "max_days": (
        400,
        "longer",
        home(available={"from": TODAY, "max_days": 30}),
        need(),
    ),
    "start": (0, "other days", home(available={"from": "2022-05-01"}), need()),
    "end": (
        (1 << 20) - 1,
        "other days",
        home(available={"from": TODAY, "to": "2022-06-01"}),
        need(),
    ),
    "option_until": (
        (1 << 20) - 1,
        "lapsed",
        home(option_until="2022-03-01"),
        need(),
    ),
    "step_free": ("all", "step-free", *BLOCKED["step_free"][:2]),
    "lift": (True, "no lift", *BLOCKED["lift"][:2]),
    "floor": (0, "ground floor", *BLOCKED["ground_floor"][:2]),
    "medical": (True, "medical", *BLOCKED["medical_equipment"][:2]),
    "pets": (frozenset({"dog"}), "pets", *BLOCKED["pets"][:2]),
    "smokers": (True, "smok", *BLOCKED["smokers"][:2]),
    "min_age": (None, "age", *BLOCKED["ages"][:2]),
    "no_families": (False, "age", home(accepts={"families": False}), need(**CHILD)),
    "max_persons": (
        None,
        "fewer persons",
        home(accepts={"max_persons": 1}),
        need(**CHILD),
    ),
    "women_only": (False, "women", *BLOCKED["women_only"][:2]),
    "men_live_there": (
        False,
        "women",
        home(accepts={"women_only": True}, residents={"adults_m": 1}),
        need(protection={"women_only": True}),
    ),
    "protected": (True, "not protected", *BLOCKED["protected_address"][:2]),
    "provider": (None, "must not meet", *BLOCKED["no_contact"][:2]),
    "rent_minor": (1, "rent", *BLOCKED["rent"][:2]),
    "rent_kind": ("free", "rent", *BLOCKED["rent"][:2]),
    "tenant": ("city", "rent", *BLOCKED["rent"][:2]),
    "checks": ((), "failed a check", *BLOCKED["checks_failed"][:2]),
    "beds": (2, "no bed", home(beds=1), need(**FRIENDS)),
    "units": (
        (("r1", Bedroom(1, cot=False, step_free=False)),) * 2,
        "no bed",
        home(units=[ONE_ROOM]),
        need(**FRIENDS),
    ),
    "postcode": ("40210", "farther", *BLOCKED["distance"][:2]),
    "whole": (False, "points", home(), need()),
    "languages": (frozenset({"uk"}), "points", home(), need(languages=["uk"])),
    "dwelling": (
        "room",
        "points",
        home(),
        need(wishes=[{"kind": "dwelling", "value": "flat"}]),
    ),
    "similar": (frozenset(), "duplicate", home(similar_to=["o0"]), need()),
    "lines": (
        (Line("s", 0, 1 << 19, 9),),
        "more often",
        hotel("o1", units=[unit("s", 1)], lines=[line("s", 1)]),
        need(),
    ),
}


@pytest.mark.parametrize("attribute", HOMES)
def test_a_home_mistranslated_is_caught(
    attribute: str, monkeypatch: pytest.MonkeyPatch
):
    wrong, sentence, offer, asking = HOMES[attribute]
    others = [need(name, horizon="long_term") for name in ("n2", "n3")]
    document = of(home("o0", beds=0, listed=0), offer, asking, *others)
    assert matcher.faults(document, matcher.solve(document)) == []
    _misread(monkeypatch, "read_home", {attribute: wrong})

    faults = matcher.faults(document, matcher.solve(document))

    assert any(sentence in fault for fault in faults), faults


def test_every_attribute_of_a_home_has_its_mistranslation():
    assert set(HOMES) == {f.name for f in fields(Home)} - {"id", "listed", "wishes"}


HOUSEHOLDS: dict[str, tuple[Any, str, Doc, Doc]] = {
    "ref": (
        "p-other",
        "must not meet",
        hotel(units=[unit("s", 1)], lines=[line("s", 9)]),
        need(),
    ),
    "people": ((), "incomplete", home(), need()),
    "ground_floor": (False, "ground floor", *BLOCKED["ground_floor"][:2]),
    "lift": (False, "no lift", *BLOCKED["lift"][:2]),
    "medical": (False, "medical", *BLOCKED["medical_equipment"][:2]),
    "pets": (frozenset(), "pets", *BLOCKED["pets"][:2]),
    "smokers": (False, "smok", *BLOCKED["smokers"][:2]),
    "languages": (
        frozenset(),
        "points",
        home(languages=["uk"]),
        need(languages=["uk"]),
    ),
    "acute": (False, "bound of 1", home(), need()),
    "start": (0, "other days", home(), need(period={"from": "2022-05-01"})),
    "end": (
        (1 << 20) - 1,
        "other days",
        home(),
        need(period={"from": TODAY, "to": "2022-05-01"}),
    ),
    "payer": ("self", "rent", *BLOCKED["rent"][:2]),
    "near": (None, "farther", *BLOCKED["distance"][:2]),
    "districts": (
        (),
        "points",
        home(),
        need(wishes=[{"kind": "district", "value": "402"}]),
    ),
    "dwellings": (
        frozenset(),
        "points",
        home(),
        need(wishes=[{"kind": "dwelling", "value": "flat"}]),
    ),
    "women_only": (False, "women", home(), need(protection={"women_only": True})),
    "confidential": (False, "not protected", *BLOCKED["protected_address"][:2]),
    "no_contact": (frozenset(), "must not meet", *BLOCKED["no_contact"][:2]),
    "priority": (3, "worth", home(), need()),
    "waiting_since": (0, "worth", home(), need()),
    "current": (("o1", None), "points", home(), need()),
    "similar": (frozenset(), "duplicate", home(), need(similar_to=["n0"])),
}


@pytest.mark.parametrize("attribute", HOUSEHOLDS)
def test_a_household_mistranslated_is_caught(
    attribute: str, monkeypatch: pytest.MonkeyPatch
):
    wrong, sentence, offer, asking = HOUSEHOLDS[attribute]
    afraid = need("n2", protection={"no_contact": ["p-n1"]}, horizon="long_term")
    others = [need("n0", horizon="long_term", raised=0), afraid]
    document = of(home("o9", beds=0), offer, asking, *others)
    assert matcher.faults(document, matcher.solve(document)) == []
    _misread(monkeypatch, "read_household", {attribute: wrong})

    faults = matcher.faults(document, matcher.solve(document))

    assert any(sentence in fault for fault in faults), faults


def test_every_attribute_of_a_household_has_its_mistranslation():
    told = {f.name for f in fields(Household)}

    beside = {"id", "raised", "parts", "doubtful", "together", "near_to"}

    assert set(HOUSEHOLDS) | {"shape"} == told - beside


@pytest.mark.parametrize(
    ("reader", "wrong", "sentence"),
    [
        ("_relations", lambda told: {frozenset("ab"): "couple"}, "no bed"),
        ("_people", lambda told: (), "incomplete"),
    ],
)
def test_a_family_mistranslated_is_caught(
    reader: str,
    wrong: Callable[[Doc], Any],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
):
    document = of(home(units=[ONE_ROOM]), need(**FRIENDS))
    monkeypatch.setattr(market, reader, wrong)

    faults = matcher.faults(document, matcher.solve(document))

    assert any(sentence in fault for fault in faults), faults


@pytest.mark.parametrize(
    "wrong", [{"offer": "o9"}, {"start": 1 << 19}, {"end": 1}, {"unit": "none"}]
)
def test_a_promise_mistranslated_is_caught(
    wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    taken = held("o1", "2022-03-01", None, unit="s")
    place = hotel("o1", units=[unit("s", 1)], lines=[line("s", 1)])
    document = of(place, need(), held=[taken])
    assert matcher.faults(document, matcher.solve(document)) == []
    _misread(monkeypatch, "read_held", wrong)

    faults = matcher.faults(document, matcher.solve(document))

    assert any("more often than it is there" in fault for fault in faults), faults


def _misread(
    monkeypatch: pytest.MonkeyPatch, reader: str, wrong: dict[str, Any]
) -> None:
    read = getattr(market, reader)
    monkeypatch.setattr(market, reader, lambda doc: replace(read(doc), **wrong))
