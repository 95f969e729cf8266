"""Households that are to be placed together: one home, or nothing, looked at twice."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

import matcher
from matcher import market, rooms, together
from matcher.plan import Plan, Stay
from tests.matcher.small import (
    DOUBLE,
    TODAY,
    Doc,
    family,
    home,
    hotel,
    line,
    member,
    need,
    pairs,
    reasons,
    solved,
    unit,
)
from tests.matcher.small import market as of

WITH_N2 = [{"ref": "n2", "how": "together"}]
ROOMS = [unit("r1", 1), unit("r2", 1)]


def linked(name: str = "n1", **more: Any) -> Doc:
    return need(name, linked_households=WITH_N2, **more)


def test_they_share_one_home_each_in_rooms_of_their_own():
    plan = solved(home(units=ROOMS), linked(), need("n2", raised=3))

    assert pairs(plan) == {"n1": ("o1", None), "n2": ("o1", None)}
    assert [[room.unit for room in stay.rooms] for stay in plan.stays] == [
        ["r1"],
        ["r2"],
    ]
    assert [stay.persons for stay in plan.stays] == [1, 1]
    assert plan.proven


def test_they_never_share_a_room():
    assert reasons(solved(home(units=[unit("r1", 2)]), linked(), need("n2"))) == {
        "n1": "size",
        "n2": "size",
    }


def test_it_is_all_of_them_or_nobody():
    apart = solved(home("o1", beds=1), home("o2", beds=1), linked(), need("n2"))

    assert apart.stays == ()
    assert {row.missing for row in apart.unmet} == {1}


def test_whatever_one_of_them_needs_the_home_must_have():
    upstairs = home(beds=4, floor=3)
    wheels = need("n2", members=[member("a", step_free=True)])
    smoke = need("n2", smokers=True)
    afraid = need("n2", protection={"no_contact": ["p-o1"]})

    assert reasons(solved(upstairs, linked(), wheels))["n1"] == "step_free"
    assert reasons(solved(upstairs, linked(), smoke))["n1"] == "smokers"
    assert reasons(solved(upstairs, linked(), afraid))["n1"] == "no_contact"


def test_they_stay_from_the_first_to_come_until_the_last_to_leave():
    early = linked(period={"from": TODAY, "to": "2022-05-01"})
    late = need("n2", period={"from": "2022-04-01", "to": "2022-06-01"})

    plan = solved(home(), early, late)

    assert {(str(s.start), str(s.end)) for s in plan.stays} == {(TODAY, "2022-06-01")}


def test_in_a_contingent_each_takes_its_rooms():
    place = hotel("o1", units=[DOUBLE], lines=[line("double", 3)])
    pair = family(member("a"), member("b"), a_b="couple")

    plan = solved(place, linked(**pair), need("n2"), need("n3"))

    assert {stay.need: stay.count for stay in plan.stays} == {"n1": 1, "n2": 1, "n3": 1}
    assert not solved(
        hotel("o1", units=[DOUBLE], lines=[line("double", 1)]), linked(), need("n2")
    ).stays


def test_links_go_both_ways_and_however_far():
    third = need("n3", linked_households=WITH_N2)

    plan = solved(home("o1", beds=2), home("o2", beds=3), linked(), need("n2"), third)

    assert set(pairs(plan).values()) == {("o2", None)}
    assert len(plan.stays) == 3


def test_a_link_to_nobody_here_binds_nobody():
    assert pairs(solved(home(), linked())) == {"n1": ("o1", None)}


def test_who_must_not_meet_is_not_placed_together():
    afraid = need("n2", protection={"no_contact": ["p-n1"]})

    plan = solved(home("o1"), home("o2"), linked(), afraid)

    assert len({stay.offer for stay in plan.stays}) == 2


def test_twins_that_are_linked_wait_for_a_person_all_of_them():
    twin = need("n2", similar_to=["n1"])

    assert set(reasons(solved(home(), linked(), twin)).values()) == {
        "duplicate_pending"
    }
    other = need("n0", similar_to=["n2"], raised=1)
    assert reasons(solved(home(), linked(), need("n2"), other)) == {
        "n1": "duplicate_pending",
        "n2": "duplicate_pending",
    }


def test_of_one_nobody_knows_how_many_they_are():
    unknown = need("n2", persons=None, members=None)

    assert set(reasons(solved(home(), linked(), unknown)).values()) == {"incomplete"}


def test_a_pin_or_a_no_of_one_of_them_is_that_of_all():
    homes = (home("o1"), home("o2"))
    pin = [{"need": "n2", "offer": "o2"}]
    split = [*pin, {"need": "n1", "offer": "o1"}]

    assert set(pairs(solved(*homes, linked(), need("n2"), pinned=pin)).values()) == {
        ("o2", None)
    }
    assert set(pairs(solved(*homes, linked(), need("n2"), forbidden=pin)).values()) == {
        ("o1", None)
    }
    assert set(
        reasons(solved(*homes, linked(), need("n2"), pinned=split)).values()
    ) == {"pinned_impossible"}


def test_the_acute_one_counts_by_its_own_persons():
    pair = family(member("a"), member("b"), a_b="couple")
    calm = need("n2", horizon="long_term", priority=3, **pair)

    plan = solved(home(beds=3), linked(priority=1), calm)

    assert [stay.worth[:2] for stay in plan.stays] == [(2, 1), (0, 2)]


def test_wishes_are_told_once_for_all_of_them():
    wish = [{"kind": "district", "value": "402"}]

    plan = solved(
        home(languages=["uk"]),
        linked(languages=["uk", "ru"]),
        need("n2", wishes=wish, languages=["uk-UA"], near="40211", raised=3),
    )

    assert [dict(stay.points) for stay in plan.stays] == [
        {"wished_district": 600, "language": 300, "whole_dwelling": 200,
         "kilometre": -100},
        {},
    ]  # fmt: skip
    assert [stay.metres for stay in plan.stays] == [5_000, None]


@pytest.mark.parametrize(
    ("payers", "placed"),
    [(("self", "self"), 2), (("self", "none"), 0), (("jobcenter", None), 2),
     (("sozialamt", "none"), 0), ((None, "jobcenter"), 2)],
)  # fmt: skip
def test_who_pays_is_the_strictest(payers: tuple[str | None, ...], placed: int):
    rent = {"kind": "rent", "cold": 100, "operating": 10}

    plan = solved(
        home(rent=rent), linked(rent_payer=payers[0]), need("n2", rent_payer=payers[1])
    )

    assert len(plan.stays) == placed


def test_why_is_said_of_each_of_them():
    document = of(home(), linked(), need("n2"), need("n3", horizon="long_term"))
    plan = matcher.solve(document)

    for name in ("n1", "n2"):
        why = matcher.explain(document, plan, name)
        assert isinstance(why, matcher.Why)
        assert (why.need, why.offer) == (name, "o1")


@pytest.mark.parametrize("seed", range(12))
def test_any_market_with_links_is_solved_and_found_right(seed: int):
    dice = Random(f"together {seed}")
    names = [f"n{n}" for n in range(10)]
    asking = [
        need(
            name,
            raised=n,
            horizon=dice.choice(["acute", "long_term"]),
            priority=dice.randint(0, 3),
            near=dice.choice([None, "40210", "40211"]),
            linked_households=[
                {"ref": dice.choice(names), "how": "together"}
                for _ in range(dice.choice([0, 0, 1]))
            ],
            protection={"no_contact": [f"p-{dice.choice(names)}"]}
            if dice.random() < 0.1
            else None,
        )
        for n, name in enumerate(names)
    ]
    homes = [home(f"o{n}", beds=dice.randint(1, 4)) for n in range(4)]
    place = hotel(units=[unit("s", 1)], lines=[line("s", 3)])

    plan = solved(*homes, place, *asking)

    assert plan.stays


def _torn(plan: Plan) -> Plan:
    return replace(plan, stays=plan.stays[:1])


def _elsewhere(stay: Stay) -> Stay:
    return replace(stay, offer="o2")


def _second(change: Callable[[Stay], Stay]) -> Callable[[Plan], Plan]:
    return lambda plan: replace(plan, stays=(plan.stays[0], change(plan.stays[1])))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (_torn, "to be placed together, and only some"),
        (_second(_elsewhere), "are at different places or times"),
        (_second(lambda stay: replace(stay, persons=2)), "people of another"),
        (_second(lambda stay: replace(stay, count=2)), "takes 2 rooms"),
        (_second(lambda stay: replace(stay, metres=7)), "whole group has once"),
        (
            _second(lambda stay: replace(stay, worth=(1, 1, 5))),
            "whole group has once",
        ),
        (
            _second(
                lambda stay: replace(
                    stay, rooms=(replace(stay.rooms[0], members=("b",)),)
                )
            ),
            "rooms of another household",
        ),
    ],
)
def test_a_group_told_otherwise_is_caught(
    change: Callable[[Plan], Plan], sentence: str
):
    document = of(home(units=ROOMS), home("o2"), linked(), need("n2", raised=3))
    plan = matcher.solve(document)

    faults = matcher.faults(document, change(plan))

    assert any(sentence in fault for fault in faults), faults


def test_households_that_are_not_merged_are_caught(monkeypatch: pytest.MonkeyPatch):
    document = of(home("o1", beds=1), home("o2", beds=1), linked(), need("n2"))
    monkeypatch.setattr("matcher.market.merged", lambda market: market)

    faults = matcher.faults(document, matcher.solve(document))

    assert any("are at different places" in fault for fault in faults)


def test_rooms_shared_with_the_others_are_caught(monkeypatch: pytest.MonkeyPatch):
    document = of(home(units=[unit("r1", 2)]), linked(), need("n2", raised=3))
    shape = rooms.shape
    couple = {frozenset("ab"): "couple"}
    people = tuple(market.read_household(need(n, members=[member(r)])).people[0]
                   for n, r in (("n1", "a"), ("n2", "b")))  # fmt: skip
    monkeypatch.setattr(together, "_side_by_side", lambda _: shape(people, couple))

    faults = matcher.faults(document, matcher.solve(document))

    assert any("no bed for everyone" in fault for fault in faults), faults
