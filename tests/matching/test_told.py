"""What both sides were asked about moves only for a gain that the policy names."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import matcher
from events.desk import TaskAssigned
from events.match import MatchCancelled
from matcher import Stay
from services.hindsight import as_of, evidence
from services.ledger.handle import read
from services.moving import same
from tests.standing.offices import TODAY, Office


def asked(told_gain: int | None) -> Office:
    """Return an office in which two in a house for six were asked; then others come."""
    office = Office()
    policy = office.matching.catch_up().policy
    told = policy.model_copy(update={"told_gain": told_gain})
    office.do("adopt-policy", policy=told.model_dump(exclude_none=True))
    office.lists("large", 6)
    office.raises("n-1", 2)
    office.do("check-offer", offer="large", check="visit", state="passed", on=TODAY)
    office.match()
    match = office.living("n-1")
    office.do("communicate-match", match=match.id, offer="large", need="n-1")
    office.lists("small", 2)
    office.raises("n-2", 6)
    return office


def homes(office: Office) -> dict[str, str]:
    needs = office.matching.catch_up().needs
    return {name: m.offer for name, need in needs.items() for m in need.living}


def test_without_a_gain_in_the_policy_it_does_not_move():
    office = asked(None)

    office.match()

    assert homes(office) == {"n-1": "large"}


def test_for_as_many_persons_more_as_the_policy_names_it_moves():
    office = asked(6)

    office.match()

    assert homes(office) == {"n-1": "small", "n-2": "large"}


def test_for_one_person_less_it_does_not():
    office = asked(7)

    office.match()

    assert homes(office) == {"n-1": "large"}


def test_both_sides_that_were_told_are_to_be_called_in_the_same_append():
    office = asked(6)

    office.match()

    recorded = [read(stored) for stored in office.ledger.facts]
    gone = next(one for one in recorded if isinstance(one.fact, MatchCancelled))
    beside = [r.fact for r in recorded if r.command_id == gone.command_id]
    calls = [fact.case for fact in beside if isinstance(fact, TaskAssigned)]
    assert isinstance(gone.fact, MatchCancelled)
    assert gone.fact.reason == "superseded"
    assert calls == ["need:n-1", "offer:large"]


def test_once_one_side_has_answered_it_does_not_move():
    office = asked(1)
    match = office.living("n-1")
    keys = {"match": match.id, "offer": "large", "need": "n-1"}
    office.do("agree-match", **keys, side="household")

    office.match()

    assert homes(office) == {"n-1": "large"}


def test_who_stays_where_they_were_told_keeps_the_days_that_they_heard():
    office = asked(6)
    office.do("withdraw-need", need="n-2", reason="other")
    office.lists("flat", 4)
    office.raises("n-3", 4)
    office.do("check-offer", offer="flat", check="visit", state="passed", on=TODAY)
    office.match()
    stays = office.living("n-3")
    office.do("communicate-match", match=stays.id, offer=stays.offer, need="n-3")
    before = office.living("n-3")
    office.do("begin-day", day="2022-03-20")
    office.raises("n-4", 6)

    office.match()

    assert homes(office) == {"n-1": "small", "n-3": "flat", "n-4": "large"}
    assert office.living("n-3") == before


def test_such_a_plan_is_verified_and_repeated_from_the_ledger():
    office = asked(6)

    run = office.match()

    place = next(
        stored.position
        for stored in office.ledger.facts
        if read(stored).fact.tags() == (f"plan:{run.plan_id}",)
    )
    document, plan = as_of(office.feed, place)
    needs: Any = document["needs"]
    assert [row["id"] for row in needs] == ["n-1", "n-2"]
    assert evidence(office.feed, place).faults() == []
    assert matcher.solve(document) == plan


def test_days_that_the_plan_gives_away_are_not_those_that_were_told():
    office = asked(6)
    match = office.living("n-1")
    line: Any = match.allocation[0]
    told = Stay(
        need="n-1", offer="large", unit=None, start=line.start, end=line.end,
        open_ended=True, count=1, persons=2, rooms=(), due=(), metres=None,
        worth=(0, 0, 0), points=(),
    )  # fmt: skip
    day = timedelta(days=1)

    def kept(**otherwise: Any) -> bool:
        return same(match, replace(told, **otherwise), TODAY + 2 * day)

    assert kept()
    assert kept(start=line.start + 2 * day, end=line.end + day)
    assert not kept(start=line.start + 3 * day)
    assert not kept(end=line.end - day)
    assert not kept(count=2)
    assert not kept(offer="small")
