"""Whom nobody must meet is not met under another name: merged cases are one person.

p-1 and p-2 turn out to be one; others must never meet p-1, or p-2.
"""

from typing import Any

import pytest

import matcher
from events.base import Fact
from events.kinds.housing import HousingNeed, HousingOffer, Protection, Unit
from events.match import Allocation, MatchProposed
from events.need import NeedAmended, NeedMerged, NeedUnmerged
from events.offer import OfferMerged, OfferUnmerged
from events.policy import CheckKind
from events.values import Span
from matcher import referee
from services.ledger.rules.matches import ProposeMatch
from services.ledger.rules.merging import MergeNeeds, MergeOffers
from services.market import Market
from services.rereading import Rereading
from tests.rules.given import given, recorded
from tests.rules.test_offers import task
from tests.rules.test_rereading import read
from tests.rules.world import (
    APRIL,
    BEFORE,
    DAY,
    HOTEL,
    JULY,
    OCTOBER,
    SAID,
    Told,
    flat,
    listed,
    of,
    proposed,
    raised,
)

Doc = dict[str, Any]
MERGED = NeedMerged(said=SAID, need="n-1", into="n-2")
SINGLE = Allocation(unit="single", start=APRIL, end=JULY, count=1)
ALONE = HousingNeed(persons=1, period=Span(start=APRIL, end=JULY))
ROOMS = HousingOffer(
    dwelling="flat",
    units=(
        Unit(ref="r1", type="room", sleeps=1),
        Unit(ref="r2", type="room", sleeps=1),
    ),
)
BY_HAND = ProposeMatch(
    **of("m-a", "o-1", "n-a"), allocation=(SINGLE,), reason="asked for it"
)


DUE: tuple[CheckKind, ...] = ("identity", "visit", "background")


def alone(need: str, *avoids: str) -> Fact:
    """Return the need of one person who must not meet some."""
    protection = Protection(no_contact=avoids) if avoids else None
    return raised(need, ALONE.model_copy(update={"protection": protection}))


def amended(need: str, *avoids: str) -> NeedAmended:
    changes = HousingNeed(protection=Protection(no_contact=avoids))
    return NeedAmended(said=SAID, need=need, changes=changes)


def lives_in(
    need: str,
    *avoids: str,
    match: str = "m-2",
    offer: str = "o-1",
    line: Allocation = SINGLE,
) -> MatchProposed:
    """Return a proposal that a person made: it stays."""
    stay = proposed(match, offer, need, line=line, by_hand=True)
    return stay.model_copy(update={"no_contact": avoids})


def document(*facts: Told) -> Doc:
    market = Market()
    market.apply(recorded(flat((DAY, facts))))
    return market.document()


def avoided(found: Doc, need: str) -> list[str]:
    (row,) = (row for row in found["needs"] if row["id"] == need)
    told: list[str] = row["details"]["protection"]["no_contact"]
    return told


@pytest.mark.parametrize("named", ["p-of-n-1", "p-of-n-2"])
def test_a_ban_names_a_person_by_all_their_names(named: str):
    both = (alone("n-1"), alone("n-2"), alone("n-a", named))

    assert avoided(document(both), "n-a") == [named]
    assert sorted(avoided(document(both, MERGED), "n-a")) == ["p-of-n-1", "p-of-n-2"]


def test_a_merge_that_is_undone_names_nobody_any_more():
    undone = NeedUnmerged(said=SAID, need="n-1", other="n-2")
    facts = (alone("n-1"), alone("n-2"), alone("n-a", "p-of-n-1"), MERGED, undone)

    assert avoided(document(facts), "n-a") == ["p-of-n-1"]


def test_names_are_followed_from_merge_to_merge_and_from_needs_to_offers():
    on = NeedMerged(said=SAID, need="n-2", into="n-3")
    two = (listed("o-1"), listed("o-2").model_copy(update={"provider": "p-of-n-3"}))
    home = OfferMerged(said=SAID, offer="o-1", into="o-2")
    cases = (alone("n-1"), alone("n-2"), alone("n-3"), two)

    found = document(cases, alone("n-a", "p-of-n-1"), MERGED, on, home)

    assert avoided(found, "n-a") == ["p-of-n-1", "p-of-n-2", "p-of-n-3", "p-of-o-1"]


def test_nobody_is_to_avoid_themselves():
    known = (alone("n-1"), alone("n-2"), MERGED, amended("n-2", "p-of-n-1", "p-9"))

    assert avoided(document(known), "n-2") == ["p-of-n-1", "p-9"]


def test_a_promise_that_stands_keeps_them_apart_too():
    lived = (listed("o-1", HOTEL), alone("n-a"), lives_in("n-a", "p-of-n-1"))

    (row,) = document(lived, alone("n-1"), alone("n-2"), MERGED)["held"]

    assert row["no_contact"] == ["p-of-n-1", "p-of-n-2"]


@pytest.mark.parametrize(("avoids", "placed"), [("p-9", 2), ("p-of-n-1", 1)])
def test_a_plan_brings_them_into_no_house_together(avoids: str, placed: int):
    cases = (alone("n-1"), alone("n-2"), alone("n-a", avoids))
    found = document(listed("o-1", HOTEL), cases, MERGED)

    plan = matcher.solve(found)

    assert sum(stay.persons for stay in plan.stays) == placed
    assert referee.faults(found, plan) == []


LIVES = (listed("o-1", HOTEL), lives_in("n-2"))
"""In the hotel lives who is p-of-n-2, and was p-of-n-1 too."""


@pytest.mark.parametrize(
    "history",
    [
        (alone("n-1"), alone("n-2"), alone("n-a", "p-of-n-1"), LIVES, MERGED),
        (alone("n-1"), alone("n-2", "p-of-n-a"), alone("n-a"), LIVES),
        (alone("n-1"), alone("n-2"), alone("n-a"), LIVES, amended("n-2", "p-of-n-a")),
        (
            alone("n-2"),
            alone("n-a"),
            alone("n-b"),
            listed("o-1", HOTEL),
            lives_in("n-2", "p-of-n-b"),
            NeedMerged(said=SAID, need="n-b", into="n-a"),
        ),
        (
            alone("n-a", "p-of-o-2"),
            listed("o-1", HOTEL),
            listed("o-2", HOTEL),
            OfferMerged(said=SAID, offer="o-2", into="o-1"),
        ),
    ],
    ids=["neighbour", "told before", "told since", "household", "provider"],
)
def test_a_person_is_told_too_who_must_not_meet(history: tuple[Told, ...]):
    given(DAY, history).when(BY_HAND).refused("must not live in one house")


def test_whom_it_does_not_concern_is_proposed_beside_them():
    apart = OfferUnmerged(said=SAID, offer="o-1", other="o-2")
    others = (alone("n-1"), alone("n-2"), alone("n-3"), alone("n-a", "p-of-n-3"))
    history = (LIVES, listed("o-2", HOTEL), others, MERGED, apart)

    told = proposed("m-a", need="n-a", line=SINGLE, checks=DUE, by_hand=True)
    avoids = {"no_contact": ("p-of-n-3",), "persons": 1}
    given(DAY, history).when(BY_HAND).then(told.model_copy(update=avoids))


def test_who_must_not_meet_is_not_one():
    for one, other in (
        (alone("n-1", "p-of-n-2"), alone("n-2", "p-of-n-2")),
        (alone("n-1"), alone("n-2", "p-of-n-1")),
    ):
        given(DAY, one, other).when(MergeNeeds(need="n-1", into="n-2")).refused(
            "must not meet, so they are two; keep them apart"
        )


MERGE = MergeNeeds(need="n-1", into="n-2")
LATER = Allocation(unit="single", start=JULY, end=OCTOBER, count=1)
ONE = NeedMerged(said=SAID, need="n-1", into="n-2", waiting_since=BEFORE)


@pytest.mark.parametrize(
    ("beside", "more"),
    [
        (lives_in("n-a", "p-of-n-1", match="m-a"), ()),
        (lives_in("n-a", match="m-a"), (amended("n-a", "p-of-n-1"),)),
        (
            lives_in("n-a", "p-of-n-0", match="m-a"),
            (alone("n-0"), NeedMerged(said=SAID, need="n-0", into="n-1")),
        ),
    ],
    ids=["told before", "told since", "through another merge"],
)
def test_who_turns_out_to_live_beside_them_is_looked_at(
    beside: Fact, more: tuple[Fact, ...]
):
    cases = (alone("n-1"), alone("n-2"), alone("n-a"), LIVES, beside, more)

    given(DAY, cases).when(MERGE).then(ONE, task("review_match", "m-2", "n-2"))


@pytest.mark.parametrize(
    "beside",
    [
        lives_in("n-a", match="m-a"),
        lives_in("n-a", "p-9", match="m-a"),
        lives_in("n-a", "p-of-n-1", match="m-a", line=LATER),
        lives_in("n-a", "p-of-n-1", match="m-a", offer="o-2"),
    ],
    ids=["nobody", "somebody else", "at another time", "in another house"],
)
def test_who_lives_beside_nobody_of_these_is_left_alone(beside: Fact):
    homes = (listed("o-1", HOTEL), listed("o-2", HOTEL))
    cases = (alone("n-1"), alone("n-2"), alone("n-a"), homes, lives_in("n-2"), beside)

    given(DAY, cases).when(MERGE).then(ONE)


def test_a_home_that_turns_out_to_be_of_somebody_they_avoid_is_looked_at():
    homes = (listed("o-1", HOTEL), listed("o-2", HOTEL), alone("n-a"), alone("n-b"))
    lives = (lives_in("n-a", "p-of-o-2", match="m-a"), lives_in("n-b", match="m-b"))

    given(DAY, homes, lives).when(MergeOffers(offer="o-2", into="o-1")).then(
        OfferMerged(said=SAID, offer="o-2", into="o-1"),
        task("review_match", "m-a", "n-a"),
    )


def told_twice() -> tuple[Rereading, Doc]:
    on = NeedMerged(said=SAID, need="n-2", into="n-3")
    back = NeedUnmerged(said=SAID, need="n-4", other="n-3")
    other = NeedMerged(said=SAID, need="n-4", into="n-3")
    cases = [alone(f"n-{n}") for n in range(1, 5)]
    return read(DAY, *cases, alone("n-a", "p-of-n-1", "p-9"), MERGED, on, other, back)


def test_the_facts_read_again_know_all_names():
    again, found = told_twice()

    assert avoided(found, "n-a") == ["p-of-n-1", "p-9", "p-of-n-2", "p-of-n-3"]
    assert list(again.faults(found)) == []


@pytest.mark.parametrize("n", range(4))
def test_a_market_that_has_forgotten_a_name_is_refused(n: int):
    again, found = told_twice()
    del avoided(found, "n-a")[n]

    assert list(again.faults(found)) == [
        "need n-a: the market says protection otherwise than the facts"
    ]
