"""What if: a market changed as a value, and two plans of it compared."""

from copy import deepcopy

import pytest

import matcher
from bench.markets import policy
from matcher import Beds, More, NotThere, Rooms, Rules, changed, compare
from matcher.whatif import Turn
from tests.matcher.small import (
    DOUBLE,
    family,
    home,
    hotel,
    line,
    lot,
    market,
    member,
    need,
    request,
    solved,
)

TWO = family(member("a"), member("b"), a_b="couple")


def what_if(document, *changes):
    """Return the comparison; both plans are what the referee lets pass."""
    other = changed(document, changes)
    before, after = matcher.solve(document), matcher.solve(other)
    assert matcher.faults(other, after) == []
    return compare(document, before, after)


def test_one_more_home_places_who_was_left_open():
    document = market(home("o1"), need("n1"), need("n2", **TWO, horizon="long_term"))

    found = what_if(document, More("o1", 1))

    assert (found.before.persons, found.after.persons) == (1, 3)
    assert (found.before.acute, found.after.acute) == (1, 1)
    assert (found.gains, found.loses) == ((Turn("n2", 2, False),), ())
    assert found.after.proofs[0].worth == found.after.proofs[0].bound


def test_the_market_itself_stays_as_it_is():
    document = market(home("o1"), hotel(units=[DOUBLE], lines=[line("double", 1)]))
    kept = deepcopy(document)

    changed(document, [More("o1", 2), Beds("o1", 5), Rooms("h1", "double", 9)])

    assert document == kept


def test_more_of_a_home_is_nobodys_twin():
    document = market(home("o1", similar_to=["o2"]), home("o2", similar_to=["o1"]))

    offers = changed(document, [More("o1", 2)])["offers"]

    assert isinstance(offers, list)
    assert [(o["id"], o["similar_to"]) for o in offers[2:]] == [
        ("o1+1", []),
        ("o1+2", []),
    ]


def test_a_home_with_more_beds_takes_a_larger_household():
    document = market(home("o1", beds=1), need("n1", **TWO))

    assert what_if(document, Beds("o1", 2)).gains == (Turn("n1", 2, True),)


def test_a_home_with_fewer_beds_loses_who_was_to_come():
    document = market(home("o1"), need("n1", **TWO))

    assert what_if(document, Beds("o1", 1)).loses == (Turn("n1", 2, True),)


def test_more_rooms_of_a_unit_take_more_households():
    rooms = hotel(units=[DOUBLE], lines=[line("double", 1)])
    document = market(rooms, need("n1"), need("n2"))

    assert len(what_if(document, Rooms("h1", "double", 2)).gains) == 1


def test_another_distance_rule_is_another_market():
    far = {"postcode": "40211", "disclosure": "area"}
    document = market(home("o1", location=far), need("n1", near="40210"))

    found = what_if(document, Rules(policy() | {"max_metres": 4_000}))

    assert (found.loses, found.after.needs) == ((Turn("n1", 1, True),), 0)


def test_who_moves_and_whose_way_gets_longer_is_counted():
    far = {"postcode": "40211", "disclosure": "area"}
    document = market(
        home("near"),
        home("far", location=far),
        need("n1", near="40210"),
    )

    found = what_if(document, Beds("near", 0))

    assert (found.moved, found.nearer, found.farther) == (1, 0, 1)


def test_goods_count_in_pieces():
    document = market(lot("l1", quantity=1), request("r1", quantity=2))

    found = what_if(document, More("l1", 1))

    assert (found.before.pieces, found.after.pieces) == (1, 2)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (More("o9", 1), "No open offer is called o9."),
        (Beds("h1", 2), "h1 is no home of its own; change its rooms."),
        (Beds("l1", 2), "l1 is no home of its own; change its rooms."),
        (Rooms("h1", "suite", 2), "h1 has no rooms called suite."),
        (Rooms("o1", "double", 2), "o1 has no rooms called double."),
    ],
)
def test_what_is_not_there_is_said(change, sentence):
    rooms = hotel(units=[DOUBLE], lines=[line("double", 1)])

    with pytest.raises(NotThere, match=sentence):
        changed(market(home("o1"), rooms, lot("l1")), [change])


def test_the_same_plan_twice_changes_nothing():
    document = market(home("o1"), need("n1"))
    plan = solved(home("o1"), need("n1"))

    found = compare(document, plan, plan)

    assert (found.gains, found.loses, found.moved) == ((), (), 0)
    assert found.before == found.after
