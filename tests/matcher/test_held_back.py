"""Rooms held back for expected arrivals: left free, priced, and looked at twice."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import matcher
from matcher import keeping, rules
from matcher.plan import Plan, Price
from tests.matcher.small import (
    TODAY,
    Doc,
    held,
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

WHEELCHAIR = [member("a", step_free=True)]
MAY = "2022-05-01"
ROOMS = [unit("s", 1)]


def hold(offer: str = "o1", **more: Any) -> Doc:
    """One room until May, for step-free households told of after position 5."""
    return {
        "hold": "h-1",
        "arrivals": "a-1",
        "offer": offer,
        "unit": None,
        "from": TODAY,
        "to": MAY,
        "count": 1,
        "features": ["step_free"],
        "household_min": 0,
        "after": 5,
    } | more


def place(count: int = 3) -> Doc:
    return hotel("o1", units=ROOMS, lines=[line("s", count)], step_free="all")


def arrived(name: str = "n9", **more: Any) -> Doc:
    return need(name, raised=9, members=WHEELCHAIR, **more)


def test_a_home_held_back_is_for_those_who_were_expected():
    flat = home(step_free="all")

    assert reasons(solved(flat, need(), held_back=[hold()])) == {"n1": "held_back"}
    plan = solved(flat, need(), arrived(), held_back=[hold()])
    assert pairs(plan) == {"n9": ("o1", None)}


@pytest.mark.parametrize(
    "asking",
    [
        arrived(),
        arrived(protection={"women_only": True}),
        arrived(protection={"confidential_address": True}),
    ],
)
@pytest.mark.parametrize(
    ("features", "smallest", "after"),
    [
        (["step_free"], 0, 5),
        (["step_free"], 2, 5),
        (["step_free"], 0, 9),
        (["women_only", "step_free"], 1, 5),
        (["protected_address"], 0, 5),
        (["lift"], 0, 5),
        ([], 0, 5),
    ],
)
def test_both_readings_agree_for_whom_it_is_held_back(
    asking: Doc, features: list[str], smallest: int, after: int
):
    flat = home(
        step_free="all",
        accepts={"women_only": True},
        location={"postcode": "40210", "disclosure": "protected"},
    )
    kept = hold(features=features, household_min=smallest, after=after)
    shelter = asking["details"].get("protection") or {}
    has = {"step_free", *(k for k in ("women_only",) if shelter.get(k))}
    has |= {"protected_address"} if shelter.get("confidential_address") else set()
    mine = set(features) <= has and smallest < 2 and after < 9

    plan = solved(flat, asking, held_back=[kept])

    assert (pairs(plan) == {"n9": ("o1", None)}) == mine


def test_a_stay_beside_the_days_held_back_may_be():
    later = need(period={"from": MAY})
    early = need(period={"from": TODAY, "to": "2022-04-01"})

    plan = solved(home(), later, held_back=[hold()])
    short = solved(home(), early, held_back=[hold(**{"from": "2022-04-01"})])

    assert pairs(plan) == pairs(short) == {"n1": ("o1", None)}


def test_of_a_contingent_the_others_have_what_is_left():
    many = [need(f"n{n}") for n in range(4)]

    plan = solved(place(3), *many, arrived(), held_back=[hold(unit="s", count=2)])

    assert sorted(pairs(plan)) == ["n0", "n9"]
    assert plan.part("housing").tiers[1].bound == 2
    assert plan.proven


def test_a_household_that_takes_more_rooms_than_are_left_is_kept_out():
    two = need(persons=2, members=[member("a"), member("b")])

    assert reasons(solved(place(2), two, held_back=[hold(unit="s")])) == {
        "n1": "held_back"
    }


def test_who_came_already_takes_of_the_rooms_that_are_held_back():
    kept = hold(unit="s", count=2)
    there = held("o1", TODAY, None, unit="s", arrivals="a-1")
    stranger = held("o1", TODAY, None, unit="s")

    assert len(solved(place(3), need(), need("n2"), held_back=[kept],
                      held=[there]).stays) == 1  # fmt: skip
    assert solved(place(3), need(), held_back=[kept], held=[stranger]).stays == ()


def test_two_groups_have_their_own_rooms_and_each_other_s_never():
    kept = [
        hold(unit="s"),
        hold(unit="s", hold="h-2", arrivals="a-2", features=["lift"]),
    ]
    both = place(3)
    both["details"]["lift"] = True
    lifted = [need(f"l{n}", raised=9, members=[member("a", lift=True)]) for n in (1, 2)]

    plan = solved(
        both, need(), need("n2"), arrived(), arrived("n8"), *lifted, held_back=kept
    )

    placed = sorted(name[0] for name in pairs(plan))
    assert len(placed) == 3
    assert placed.count("l") <= 2
    assert placed.count("n") <= 2
    assert plan.proven


def test_a_pin_does_not_open_what_is_held_back():
    plan = solved(
        home(), need(), held_back=[hold()], pinned=[{"offer": "o1", "need": "n1"}]
    )
    mine = solved(
        place(2),
        need(),
        arrived(),
        held_back=[hold(unit="s")],
        pinned=[{"offer": "o1", "need": "n9"}],
    )

    assert reasons(plan) == {"n1": "pinned_impossible"}
    assert sorted(pairs(mine)) == ["n1", "n9"]


def test_rooms_taken_from_those_who_are_expected_are_caught(
    monkeypatch: pytest.MonkeyPatch,
):
    document = of(home(), need(), held_back=[hold()])
    monkeypatch.setitem(
        rules.RULES,
        "held_back",
        lambda block: np.zeros(block.start.shape, np.bool_),
    )

    faults = matcher.faults(document, matcher.solve(document))

    assert "offer o1 for need n1 takes rooms that are held back for others" in faults


def test_more_than_is_left_is_caught(monkeypatch: pytest.MonkeyPatch):
    document = of(place(3), need(), need("n2"), held_back=[hold(unit="s", count=2)])
    monkeypatch.setattr(keeping.Shut, "edges", lambda me, need, pool: iter([[]]))

    faults = matcher.faults(document, matcher.solve(document))

    assert any("more households than what is held back for a-1 leaves" in f
               for f in faults)  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"offer": "o9"}, {"start": 1 << 19}, {"end": 1}, {"count": 0}, {"after": 0},
     {"unit": "t"}, {"features": frozenset()}],
)  # fmt: skip
def test_a_hold_mistranslated_is_caught(
    wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    earlier = need("n4", raised=4, members=WHEELCHAIR)
    kept = hold(unit="s", to="2023-01-01")
    document = of(place(1), need(), earlier, need("n6", raised=6), held_back=[kept])
    assert matcher.faults(document, matcher.solve(document)) == []
    read = keeping.read_hold
    monkeypatch.setattr(
        "matcher.market.read_hold", lambda doc: replace(read(doc), **wrong)
    )

    faults = matcher.faults(document, matcher.solve(document))

    assert any("held back" in fault for fault in faults), faults


def test_a_price_for_arrivals_who_get_nothing_is_caught():
    document = of(place(3), *[need(f"n{n}") for n in range(4)],
                  held_back=[hold(unit="s", count=2)])  # fmt: skip
    plan = matcher.solve(document)

    faults = matcher.faults(document, _repriced(plan, apart=("a-7", "a-7")))
    other = matcher.faults(document, _repriced(plan, price=1))

    assert any("for arrivals who get nothing" in fault for fault in faults)
    assert any("the prices prove a bound" in fault for fault in other)


def test_a_hold_costs_what_its_room_would_be_worth_to_others():
    flat = home(step_free="all")
    wish = need(wishes=[{"kind": "district", "value": "40211"}])
    there = home("o2", location={"postcode": "40211", "disclosure": "area"})

    alone = of(flat, need(), held_back=[hold()])
    wished = of(flat, there, wish, held_back=[hold("o2")])
    idle = of(flat, held_back=[hold()])

    assert _costs(alone) == [("h-1", (1, 1, 150))]
    assert _costs(wished) == [("h-1", (0, 0, 600))]
    assert _costs(idle) == [("h-1", (0, 0, 0))]


def _costs(document: Doc) -> list[tuple[str, tuple[int, ...]]]:
    said = matcher.Reasons(document, matcher.solve(document))
    return [(one.hold, one.price) for one in said.holds()]


def _repriced(plan: Plan, **change: Any) -> Plan:
    def changed(price: Price) -> Price:
        return replace(price, **change) if price.apart else price

    (part, goods) = plan.parts
    tiers = tuple(
        replace(tier, prices=tuple(changed(price) for price in tier.prices))
        for tier in part.tiers
    )
    return replace(plan, parts=(replace(part, tiers=tiers), goods))
