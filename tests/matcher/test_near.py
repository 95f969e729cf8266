"""Linked households near each other, and hosts' wishes: in plan and proof."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest

import matcher
from bench.markets import policy
from matcher import near
from matcher.plan import Plan, Stay
from tests.matcher.small import (
    Doc,
    family,
    held,
    home,
    market,
    member,
    need,
    pairs,
    solved,
)

TOWN = {
    "40210": [0, 0],
    "40211": [600, 800],
    "40212": [1_400, 1_400],
    "40599": [9_000, 0],
}
NEAR_N2 = [{"ref": "n2", "how": "near"}]


def rules(**more: Any) -> Doc:
    """The usual policy, which also weighs near households and hosts' wishes."""
    told: Doc = policy()
    preferences: Doc = {
        **told["preferences"],
        "near": {"points": 400, "metres": 1_000},
        "wished_household": [300, 200],
    } | more
    return {**told, "preferences": preferences}


def at(name: str, postcode: str, **more: Any) -> Doc:
    return home(name, location={"postcode": postcode, "disclosure": "area"}, **more)


def plan_of(*cases: Doc, **parts: Any) -> Plan:
    return solved(*cases, **{"policy": rules(), "places": TOWN} | parts)


def linked(name: str = "n1", **more: Any) -> Doc:
    return need(name, linked_households=NEAR_N2, **more)


def wish(postcode: str) -> list[Doc]:
    return [{"kind": "district", "value": postcode}]


def points(plan: Plan) -> dict[str, dict[str, int]]:
    return {stay.need: dict(stay.points) for stay in plan.stays}


def test_each_of_two_earns_the_bonus_where_they_are_near():
    plan = plan_of(at("o1", "40210"), at("o2", "40211"), linked(), need("n2"))

    assert [p["linked_near"] for p in points(plan).values()] == [400, 400]
    assert plan.proven


@pytest.mark.parametrize(
    ("postcode", "metres", "is_near"),
    [("40211", 1_000, True), ("40211", 999, False), ("40212", 1_979, True),
     ("40212", 1_978, False), ("99999", 60_000, False)],
)  # fmt: skip
def test_near_is_so_many_metres_and_no_more(postcode: str, metres: int, is_near: bool):
    told = rules(near={"points": 400, "metres": metres})

    plan = plan_of(
        at("o1", "40210"), at("o2", postcode), linked(), need("n2"), policy=told
    )

    apart = {"linked_apart": -400}.items()
    assert all((apart <= p.items()) != is_near for p in points(plan).values())


def test_what_is_not_earned_is_the_share_of_the_gap():
    plan = plan_of(at("o1", "40210"), at("o2", "40599"), linked(), need("n2"))

    last = plan.part("housing").tiers[-1]
    assert {p["linked_apart"] for p in points(plan).values()} == {-400}
    assert last.bound - last.worth == 800
    assert not plan.proven


def test_a_partner_who_gets_no_home_is_near_to_nobody():
    plan = plan_of(at("o1", "40210"), linked(), need("n2", horizon="long_term"))

    assert points(plan)["n1"]["linked_apart"] == -400


def test_they_are_drawn_together_where_it_is_worth_it():
    homes = (at("o1", "40210"), at("o2", "40211"), at("o3", "40599"))
    wishing = need("n2", wishes=wish("40599"))
    poor = rules(near={"points": 250, "metres": 1_000})

    drawn = plan_of(*homes, linked(), wishing)
    apart = plan_of(*homes, linked(wishes=wish("40210")), wishing, policy=poor)

    assert pairs(drawn)["n2"] != ("o3", None)
    assert all("linked_apart" not in p for p in points(drawn).values())
    assert pairs(apart) == {"n1": ("o1", None), "n2": ("o3", None)}


def test_near_one_who_has_a_home_is_known_of_every_pair():
    taken = held("o1", "2022-03-18", None, need="n2")
    homes = (at("o1", "40210"), at("o2", "40211"), at("o3", "40599"))

    plan = plan_of(*homes, linked(), held=[taken])

    assert pairs(plan) == {"n1": ("o2", None)}
    assert points(plan)["n1"]["linked_near"] == 400
    assert plan.proven


def test_without_a_word_of_the_policy_it_weighs_nothing():
    plan = solved(at("o1", "40210"), at("o2", "40210"), linked(), need("n2"))

    assert all("linked_near" not in p for p in points(plan).values())
    assert plan.proven


def test_a_pin_stays_whoever_would_like_to_be_near():
    homes = (at("o1", "40210"), at("o2", "40211"), at("o3", "40599"))
    pin = [{"need": "n1", "offer": "o3"}]

    plan = plan_of(*homes, linked(), need("n2"), pinned=pin)
    both = plan_of(*homes, linked(), need("n2"),
                   pinned=[*pin, {"need": "n2", "offer": "o1"}])  # fmt: skip

    assert pairs(plan)["n1"] == ("o3", None)
    assert {p["linked_apart"] for p in points(both).values()} == {-400}


def test_a_group_of_linked_households_is_near_as_one():
    group = need("n2", linked_households=[{"ref": "n3", "how": "together"}])

    plan = plan_of(
        at("o1", "40210"), at("o2", "40211", beds=4), linked(), group, need("n3")
    )

    assert points(plan)["n1"]["linked_near"] == 400
    assert points(plan)["n2"]["linked_near"] == 400
    assert points(plan)["n3"] == {}


COUPLE = family(member("a"), member("b"), a_b="couple")
CHILD = family(member("a"), member("b", "6-9"), a_b="parent_child")


@pytest.mark.parametrize(
    ("wishes", "household", "earned"),
    [
        (["family"], CHILD, 300),
        (["family"], COUPLE, 0),
        (["couple", "family"], CHILD, 200),
        (["couple", "single"], COUPLE, 300),
        (["couple"], CHILD, 0),
        (["single"], {}, 300),
        (["single"], COUPLE, 0),
        (["women"], {}, 300),
        (["women"], {"members": [member("a", sex="m")]}, 0),
        (["elderly"], {"members": [member("a", "65+")]}, 300),
        (["elderly"], {}, 0),
        (["quiet people", "women"], {}, 200),
        (["no smokers", "elderly", "women"], {}, 0),
    ],
)
def test_hosts_have_ranked_wishes_too(
    wishes: list[str], household: dict[str, Any], earned: int
):
    told = [{"kind": "household", "value": value} for value in wishes]

    plan = plan_of(at("o1", "40210", wishes=told), need(**household))

    assert points(plan)["n1"].get("wished_household", 0) == earned


def test_of_two_households_the_host_gets_the_one_it_wishes_for():
    wished = [{"kind": "household", "value": "family"}]

    plan = plan_of(
        at("o1", "40210"), at("o2", "40210", wishes=wished), need(), need("n2", **CHILD)
    )

    assert pairs(plan)["n2"] == ("o2", None)


@pytest.mark.parametrize("seed", range(12))
def test_any_market_with_links_and_wishes_is_found_right(seed: int):
    dice = Random(f"near {seed}")
    names = [f"n{n}" for n in range(9)]
    kinds = ["family", "single", "women", "quiet"]
    asking = [
        need(
            name,
            raised=n,
            horizon=dice.choice(["acute", "long_term"]),
            wishes=wish(dice.choice(sorted(TOWN))),
            linked_households=[
                {"ref": dice.choice([*names, "n-held"]),
                 "how": dice.choice(["near", "near", "together"])}
                for _ in range(dice.randint(0, 2))
            ],
        )
        for n, name in enumerate(names)
    ]  # fmt: skip
    homes = [
        at(
            f"o{n}",
            dice.choice([*TOWN, "99999"]),
            beds=dice.randint(1, 5),
            wishes=[{"kind": "household", "value": dice.choice(kinds)}],
        )
        for n in range(8)
    ]
    pin = [{"need": dice.choice(names), "offer": "o3"}]

    plan = plan_of(*homes, *asking, pinned=pin, held=[held("o0", "2022-01-01", None)])

    last = plan.part("housing").tiers[-1]
    lost = -sum(p.get("linked_apart", 0) for p in points(plan).values())
    assert last.bound - last.worth <= lost + 2_000


def _first(change: Callable[[Stay], Stay]) -> Callable[[Plan], Plan]:
    return lambda plan: replace(plan, stays=(change(plan.stays[0]), *plan.stays[1:]))


def test_a_bonus_that_was_not_earned_is_caught(monkeypatch: pytest.MonkeyPatch):
    document = market(
        at("o1", "40210"), at("o2", "40599"), linked(), need("n2"),
        policy=rules(), places=TOWN,
    )  # fmt: skip
    monkeypatch.setattr("matcher.housing.told_apart", lambda _, stays: tuple(stays))

    faults = matcher.faults(document, matcher.solve(document))

    assert any("counts other points" in fault for fault in faults)
    assert any("is worth" in fault for fault in faults)


def test_a_link_or_a_wish_that_is_not_seen_is_caught(monkeypatch: pytest.MonkeyPatch):
    told = [{"kind": "household", "value": "women"}]
    document = market(
        at("o1", "40210", wishes=told), at("o2", "40211"), linked(), need("n2"),
        policy=rules(), places=TOWN,
    )  # fmt: skip
    monkeypatch.setattr("matcher.worth._of_both", lambda *_: {})

    faults = matcher.faults(document, matcher.solve(document))

    assert any("counts other points" in fault for fault in faults)
    assert any("the prices prove a bound" in fault for fault in faults)


def test_who_is_drawn_to_a_place_that_is_taken_is_not_moved(
    monkeypatch: pytest.MonkeyPatch,
):
    homes = (at("o1", "40210"), at("o2", "40211"), at("o3", "40599"))
    document = market(
        *homes, linked(wishes=wish("40210")), need("n2", wishes=wish("40599")),
        need("n3", wishes=wish("40211")), policy=rules(), places=TOWN,
    )  # fmt: skip
    assert matcher.faults(document, matcher.solve(document)) == []
    monkeypatch.setattr(near, "fits", lambda instance, chosen: True)

    faults = matcher.faults(document, matcher.solve(document))

    assert any("more often than it is there" in fault for fault in faults), faults


def test_who_is_in_the_way_changes_places_where_that_pays():
    homes = (at("o1", "40210"), at("o2", "40211"), at("o3", "40599"))
    mine, theirs = linked(wishes=wish("40210")), need("n2", wishes=wish("40599"))

    swapped = plan_of(*homes, mine, theirs, need("n3"))
    dear = plan_of(*homes, mine, theirs, need("n3", wishes=wish("40211")))

    assert pairs(swapped) == {
        "n1": ("o1", None), "n2": ("o2", None), "n3": ("o3", None)
    }  # fmt: skip
    assert pairs(dear)["n3"] == ("o2", None)
