"""The referee against an exhaustive oracle: each of its rules broken is caught."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from matcher.referee import hall, housing, sharing
from matcher.referee.reading import OPEN_END
from tests.matcher.breaking import (
    Case,
    instead,
    lax,
    nothing,
    silent,
    verdicts,
    without,
)
from tests.matcher.choices import (
    BABY,
    FAMILIES,
    HELD,
    HOTELS,
    PERIODS,
    PERSON,
    RENTS,
    ROOMS,
    SPANS,
    asks,
    member,
)
from tests.matcher.instances import later
from tests.matcher.tiny import Tiny

DATES = Tiny(
    {"details.period": PERIODS},
    {"details.available": SPANS},
    vary="days",
    markets=8,
)
CASES = {
    "pets live only where they are welcome": Case(
        Tiny(
            {
                "details.pets": [
                    None,
                    [{"kind": "dog", "count": 1}],
                    [{"kind": "dog", "count": 0}],
                    [{"kind": "dog", "count": 1}, {"kind": "cat", "count": 2}],
                ]
            },
            {"details.accepts.pets": [None, [], ["dog"], ["cat", "dog"]]},
        ),
        without("pets"),
    ),
    "smokers live only where smoking is accepted": Case(
        Tiny(
            {"details.smokers": [None, True, False]},
            {"details.accepts.smokers": [None, True, False]},
        ),
        without("smokers"),
    ),
    "the rent fits who pays it": Case(
        Tiny(
            {"details.rent_payer": [None, "self", "jobcenter", "sozialamt", "none"]},
            RENTS,
        ),
        without("rent"),
    ),
    "nobody lives where that age is not taken": Case(
        Tiny(
            PERSON,
            {
                "details.accepts.families": [None, True, False],
                "details.accepts.children_min_age": [None, 6, 14],
            },
        ),
        without("ages"),
    ),
    "homes for women are for women, and women find them": Case(
        Tiny(
            PERSON | {"details.protection": [None, {"women_only": True}]},
            {
                "details.accepts.women_only": [None, True, False],
                "details.residents": [None, {"adults_m": 1}, {"adults_f": 1}],
            },
        ),
        without("women_only"),
    ),
    "who needs it finds it step-free": Case(asks("step_free"), without("step_free")),
    "who needs a lift finds one, or no stairs": Case(asks("lift"), without("lift")),
    "who needs the ground floor lives there": Case(
        asks("ground_floor"), without("ground_floor")
    ),
    "who needs medical equipment finds it": Case(
        asks("medical_equipment"), without("medical_equipment")
    ),
    "a confidential address stays protected": Case(
        Tiny(
            {"details.protection": [None, {"confidential_address": True}]},
            {"details.location": [None, {"disclosure": "protected"}, {}]},
        ),
        without("protected_address"),
    ),
    "nobody lives with a provider to be avoided": Case(
        Tiny({"details.protection": [None, {"no_contact": ["p-o0", "p-x"]}]}),
        without("no_contact"),
    ),
    "a failed check keeps a home from those it is asked for": Case(
        Tiny(
            PERSON,
            {
                "checks": [
                    [{"kind": kind, "state": state, "valid_until": later(60)}]
                    for kind in ("visit", "background", "documents")
                    for state in ("passed", "failed")
                ]
            },
        ),
        without("checks_failed"),
    ),
    "a forbidden pair stays forbidden": Case(
        Tiny(market={"forbidden": [[], [{"need": "n0", "offer": "o0"}]]}),
        without("forbidden"),
    ),
    "no more persons come than are taken": Case(
        Tiny(
            {"details.persons": [1, 2, 3]},
            {"details.accepts.max_persons": [None, 1, 2]},
        ),
        without("size"),
    ),
    "nobody is sent farther than the policy allows": Case(
        Tiny(
            {"details.near": [None, "40210", "99999"]},
            {"details.location.postcode": [None, "40211", "40212", "99998"]},
        ),
        without("distance"),
    ),
    "everyone has a bed": Case(
        Tiny({"details.persons": [1, 2, 3, 4]}, {"details.beds": [None, 0, 1, 2, 3]}),
        instead(hall.Hall, "rooms", lambda *_: 1),
    ),
    "only those share a room who may": Case(
        Tiny({"details|": FAMILIES}, {"details.units": ROOMS}, vary="rooms"),
        instead(sharing, "shares", lambda *_: True),
    ),
    "a room holds no more than its beds, and one cot": Case(
        Tiny({"details|": FAMILIES}, {"details.units": ROOMS}, vary="rooms"),
        instead(sharing, "fits", lambda *_: True),
    ),
    "a household is never split, and nobody sleeps twice": Case(
        Tiny({"details|": FAMILIES}, {"details.units": ROOMS}, vary="rooms"),
        instead(housing, "_room_faults", nothing),
    ),
    "hotel rooms are as many as the household needs": Case(
        Tiny({"details|": FAMILIES}, HOTELS, vary="rooms"),
        silent("rooms where"),
    ),
    "a home whose rooms are not known has nobody laid into them": Case(
        Tiny(
            {"details|": [BABY, {"persons": 2}]}, {"details.beds": [1, 2]}, vary="rooms"
        ),
        silent("puts people into rooms that nobody knows"),
    ),
    "who needs it step-free sleeps in such a room": Case(
        Tiny(
            {"details.members": [[member(needs={"step_free": True})]]},
            {
                "details.step_free": ["some", "all"],
                "details.units": [
                    [
                        {"ref": "r", "sleeps": 1},
                        {"ref": "s", "sleeps": 1} | {"step_free": True},
                    ]
                ],
            },
            vary="rooms",
        ),
        instead(sharing, "kind", lambda room, **_: (room["sleeps"], False, True)),
    ),
    "nights lie within what is available": Case(
        DATES,
        lax(lambda place: replace(place, first=0, last=OPEN_END)),
    ),
    "no stay is shorter than the shortest": Case(
        DATES,
        lax(lambda place: replace(place, least=1)),
    ),
    "no stay is longer than the longest": Case(
        DATES,
        lax(lambda place: replace(place, most=OPEN_END)),
    ),
    "a stay has the days that both sides give": Case(
        DATES,
        instead(housing, "_date_faults", nothing),
    ),
    "an open end is told as one": Case(
        Tiny({"details.period": PERIODS}, vary="figures"),
        silent("says wrongly whether the stay has an end"),
    ),
    "every person is counted": Case(
        Tiny({"details.persons": [1, 2, 3]}, vary="figures"),
        silent("persons instead of"),
    ),
    "checks that are still due are named": Case(
        Tiny(
            PERSON | {"details.period": PERIODS},
            {
                "checks": [
                    [{"kind": "visit", "state": state, "valid_until": until}]
                    for state in ("passed", "expired")
                    for until in (None, later(2), later(3), later(5))
                ]
            },
            vary="due",
        ),
        instead(housing, "_due", lambda desk, stay, asked, place: stay.due),
    ),
    "a home takes one household at a time": Case(
        Tiny({"details.period": PERIODS}, market={"held": [[], [HELD]]}, together=3),
        instead(housing, "_crowding", nothing),
    ),
    "hotel rooms are never promised twice": Case(
        Tiny(
            {"details.period": PERIODS},
            HOTELS,
            {"held": [[], [HELD], [HELD | {"unit": "d"}]]},
            together=3,
        ),
        instead(housing, "_crowding", nothing),
    ),
    "a household has one home at most": Case(
        Tiny(together=2), silent("is placed twice")
    ),
    "households that must not meet are kept apart": Case(
        Tiny(
            {
                "details.protection": [None, {"no_contact": ["p-0"]}],
                "details.period": PERIODS,
            },
            HOTELS,
            together=2,
        ),
        instead(housing, "_meetings", nothing),
    ),
    "nobody is brought to a household to be avoided": Case(
        Tiny(
            {
                "details.protection": [None, {"no_contact": ["p-held"]}],
                "details.period": PERIODS,
            },
            HOTELS,
            {"held": [[HELD | {"unit": "d"}], [HELD | {"no_contact": ["p-1"]}]]},
        ),
        instead(hall.Hall, "meets", lambda *_: False),
    ),
    "a likely duplicate waits for a person": Case(
        Tiny(
            {"similar_to": [[], [], ["n0"], ["n2"]]},
            {"similar_to": [[], [], ["o1"]]},
        ),
        instead(hall, "waiting_twins", lambda *_: set()),
    ),
    "a home whose option has lapsed is not offered": Case(
        Tiny(offer={"details.option_until": [None, later(-1), later(0)]}),
        instead(hall, "_lapsed", lambda *_: False),
    ),
    "a pinned household goes where it is pinned": Case(
        Tiny(market={"pinned": [[], [{"need": "n0", "offer": "o1"}]]}),
        silent("is pinned to another offer"),
    ),
}


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """What a broken rule has led to is not remembered, and nothing from before."""
    sharing._laying.cache_clear()
    yield
    sharing._laying.cache_clear()


@pytest.mark.parametrize("name", CASES)
def test_the_referee_says_what_the_oracle_says(name: str):
    found = verdicts(CASES[name].tiny)

    assert found == {(True, True), (False, False)}


@pytest.mark.parametrize("name", CASES)
def test_a_referee_without_this_rule_is_caught(name: str, monkeypatch):
    CASES[name].broken(monkeypatch)

    found = verdicts(CASES[name].tiny)

    assert (False, True) in found
