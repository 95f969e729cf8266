"""Matcher and referee, written twice, agree on whatever may stand in a market."""

import pytest

import matcher
from matcher import Plan, portfolio
from tests.matcher.odd import odd_market
from tests.matcher.small import (
    DOUBLE,
    Doc,
    family,
    home,
    hotel,
    line,
    market,
    member,
    need,
    reasons,
    unit,
)
from tests.matcher.test_held_back import hold
from tests.matcher.test_place_by_place import all_sorts

EACH = 10
SINGLE = unit("single", 1)
TOGETHER = {"linked_households": [{"ref": "n3", "how": "together"}]}


def judged(document: Doc) -> Plan:
    """Return the plan of a market; the referee had nothing against it."""
    plan = matcher.solve(document)
    assert matcher.faults(document, plan) == []
    return plan


def settled(document: Doc) -> set[str]:
    """Return who is placed."""
    return {stay.need for stay in judged(document).stays}


def fell(document: Doc) -> tuple[tuple[str, int], ...]:
    """Return at which rules the offers fell for the one that stays unmet."""
    (row,) = judged(document).unmet
    return row.blocked


@pytest.mark.parametrize("first", range(0, 80, EACH))
def test_the_referee_has_nothing_against_any_plan(first: int):
    for seed in range(first, first + EACH):
        document = odd_market(seed)

        for make in (matcher.solve, matcher.first_come):
            plan = make(document)

            assert matcher.faults(document, plan) == [], (seed, make)


@pytest.mark.parametrize("large", [portfolio.LARGE, 1])
@pytest.mark.parametrize("first", range(0, 60, EACH))
def test_nor_has_it_where_households_are_linked_and_rooms_are_held_back(
    first: int, large: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(portfolio, "LARGE", large)

    for seed in range(first, first + EACH):
        document = all_sorts(seed)

        assert matcher.faults(document, matcher.solve(document)) == [], seed


@pytest.mark.parametrize(
    ("raised", "held_unit", "rule"),
    [(2, "single", "size"), (1, "double", "size"), (1, None, "held_back")],
)
def test_rooms_are_held_back_from_others_at_their_own_unit_only(
    raised: int, held_unit: str | None, rule: str
):
    lines = [line("single", 1), line("double", 1)]
    three = family(member("a"), member("b"), member("c"))
    kept = hold("h1", unit=held_unit, features=[], household_min=3, after=1)

    document = market(
        hotel(units=[SINGLE, DOUBLE], lines=lines),
        need(raised=raised, **three),
        held_back=[kept],
    )

    assert fell(document) == ((rule, 1),)


def test_whoever_is_named_as_their_own_twin_waits_for_nobody():
    mine = need("n1", similar_to=["n1"])
    two = [need("n2", **TOGETHER), need("n3")]

    assert settled(market(home(), mine, *two, home("o2"))) == {"n1", "n2", "n3"}


def test_words_of_the_referee_mean_nothing_in_a_market_that_is_told():
    mine = need("n1", persons=2) | {"parts": [need("n8")], "doubtful": True}

    assert settled(market(home(), mine)) == {"n1"}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_a_plan_says_of_a_need_can_be_explained(seed: int):
    document = odd_market(seed)
    plan = matcher.solve(document)

    explained = {
        need["id"]: matcher.explain(document, plan, need["id"]).need
        for need in document["needs"]
        if need["details"].get("quantity") != 0
    }

    assert explained == {name: name for name in explained}


def test_a_line_of_rooms_that_ends_before_it_begins_gives_and_takes_none():
    backward = line("double", 5, start="2022-05-01", end="2022-04-01")
    rooms = [line("double", 1, start="2022-03-25"), backward]

    (stay,) = judged(market(hotel(units=[DOUBLE], lines=rooms), need())).stays

    assert (stay.start.isoformat(), stay.count) == ("2022-03-25", 1)


def test_of_two_rooms_with_one_name_the_later_one_counts():
    home_of = home(units=[unit("r", 4), unit("r", 1)])

    assert settled(market(home_of, need())) == {"n1"}
    assert fell(market(home_of, need(**family(member("a"), member("b"))))) == (
        ("size", 1),
    )


def test_two_members_with_one_name_are_nobody_knows_how_many():
    doubtful = need("n2", **family(member("a"), member("a")))
    linked = need("n3", linked_households=[{"ref": "n2", "how": "together"}])

    assert reasons(judged(market(home(beds=9), doubtful))) == {"n2": "incomplete"}
    assert reasons(judged(market(home(beds=9), doubtful, linked))) == {
        "n2": "incomplete",
        "n3": "incomplete",
    }


def test_an_offer_held_back_for_three_groups_is_refused():
    three = [hold("o1", hold=f"h-{n}", arrivals=f"a-{n}") for n in range(3)]

    with pytest.raises(ValueError, match="offer o1 is held back for more than 2"):
        matcher.solve(market(home(), need(), held_back=three))
