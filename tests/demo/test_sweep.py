"""The witness sees what is promised twice, and nothing where nothing is."""

import json
from dataclasses import dataclass
from datetime import date

import pytest

from services.demo.sweep import Twice, promised_twice


@dataclass(frozen=True)
class Lain:
    """A fact as it lies in the ledger, as far as the sweep looks at it."""

    position: int
    command_id: str
    type: str
    data: bytes


def ledger(*commands):
    """Return the facts of commands; each is a list of (type, data)."""
    facts, position = [], 0
    for number, command in enumerate(commands):
        for name, data in command:
            position += 1
            facts.append(Lain(position, f"c{number}", name, json.dumps(data).encode()))
    return facts


def home(offer="o", **details):
    told = {"kind": "housing", "dwelling": "flat", "beds": 3} | details
    return [("offer.listed.v1", {"offer": offer, "details": told})]


def hotel(*capacity):
    lines = [
        {"unit": unit, "span": {"from": start, "to": end}, "count": count}
        for unit, start, end, count in capacity
    ]
    return home(dwelling="hotel_unit", capacity=lines)


def lot(quantity):
    details = {"kind": "goods", "quantity": quantity}
    return [("offer.listed.v1", {"offer": "o", "details": details})]


def promise(match, need, start=None, end=None, offer="o", **line):
    allocation = {"count": 1} | line
    if start:
        allocation |= {"start": start, "end": end}
    data = {"match": match, "offer": offer, "need": need, "allocation": [allocation]}
    return [("match.proposed.v1", data)]


def gone(match, how="refused"):
    return [(f"match.{how}.v1", {"match": match, "offer": "o", "need": "n"})]


def ended(match, on):
    return [("match.ended.v1", {"match": match, "on": on})]


def test_a_planted_double_promise_of_a_home_is_found():
    facts = ledger(
        home(),
        promise("m1", "n1", "2022-03-18", "2022-06-18"),
        promise("m2", "n2", "2022-06-17", "2022-07-01"),
    )

    found = promised_twice(facts)

    assert found == (Twice(3, "offer:o", None, date(2022, 6, 17), 2, 1),)


def test_one_stay_after_the_other_is_no_double_promise():
    facts = ledger(
        home(),
        promise("m1", "n1", "2022-03-18", "2022-06-18"),
        promise("m2", "n2", "2022-06-18", "2022-07-01"),
    )

    assert promised_twice(facts) == ()


@pytest.mark.parametrize("how", ["refused", "lapsed", "cancelled"])
def test_what_was_let_go_can_be_promised_again(how):
    facts = ledger(
        home(),
        promise("m1", "n1", "2022-03-18", "2022-06-18"),
        gone("m1", how),
        promise("m2", "n2", "2022-03-18", "2022-06-18"),
    )

    assert promised_twice(facts) == ()


def test_a_double_promise_that_was_healed_later_still_counts():
    facts = ledger(
        home(),
        promise("m1", "n1", "2022-03-18", "2022-06-18"),
        promise("m2", "n2", "2022-03-18", "2022-06-18"),
        gone("m2"),
    )

    assert promised_twice(facts) == (
        Twice(3, "offer:o", None, date(2022, 3, 18), 2, 1),
    )


def test_letting_go_and_taking_in_one_command_is_judged_at_its_end():
    facts = ledger(
        home(),
        promise("m1", "n1", "2022-03-18", "2022-06-18"),
        promise("m2", "n2", "2022-03-18", "2022-06-18") + gone("m1", "cancelled"),
    )

    assert promised_twice(facts) == ()


def test_a_contingent_that_shrinks_in_april_is_counted_day_by_day():
    facts = ledger(
        hotel(("d", "2022-03-18", "2022-04-01", 2), ("d", "2022-04-01", None, 1)),
        promise("m1", "n1", "2022-03-18", "2022-05-01", unit="d"),
        promise("m2", "n2", "2022-03-20", "2022-04-01", unit="d"),
        promise("m3", "n3", "2022-03-31", "2022-04-02", unit="d"),
    )

    found = promised_twice(facts)

    assert found == (Twice(4, "offer:o", "d", date(2022, 3, 31), 3, 2),)


def test_a_stay_beyond_the_contingent_is_found():
    facts = ledger(
        hotel(("d", "2022-03-18", "2022-04-01", 2)),
        promise("m1", "n1", "2022-03-18", "2022-04-02", unit="d"),
    )

    assert promised_twice(facts) == (Twice(2, "offer:o", "d", date(2022, 4, 1), 1, 0),)


def test_rooms_taken_away_later_break_a_promise_but_do_not_double_it():
    facts = ledger(
        hotel(("d", "2022-03-18", None, 2), ("e", "2022-03-18", None, 1)),
        promise("m1", "n1", "2022-03-18", "2022-05-01", unit="d", count=2),
        [("offer.capacity_changed.v1", {"offer": "o", "capacity": []})],
    )

    assert promised_twice(facts) == ()


def test_what_is_promised_after_rooms_were_taken_away_is_found():
    facts = ledger(
        hotel(("d", "2022-03-18", None, 2)),
        [("offer.capacity_changed.v1", {"offer": "o", "capacity": []})],
        promise("m1", "n1", "2022-03-18", "2022-05-01", unit="d"),
    )

    assert [twice.promised for twice in promised_twice(facts)] == [1]


def test_a_broken_promise_after_a_stay_does_not_taint_that_stay():
    cut = {"unit": "d", "span": {"from": "2022-03-18", "to": "2022-04-01"}, "count": 2}
    facts = ledger(
        hotel(("d", "2022-03-18", None, 2)),
        promise("m1", "n1", "2022-03-18", "2022-05-01", unit="d"),
        [("offer.capacity_changed.v1", {"offer": "o", "capacity": [cut]})],
        promise("m2", "n2", "2022-03-18", "2022-04-01", unit="d"),
    )

    assert promised_twice(facts) == ()


def test_a_blocked_room_is_not_there():
    span = {"from": "2022-03-18", "to": None}
    line = {"unit": "d", "span": span, "count": 2, "blocked": 1}
    facts = ledger(
        home(dwelling="hotel_unit", capacity=[line]),
        promise("m1", "n1", "2022-03-18", "2022-05-01", unit="d", count=2),
    )

    assert [(twice.promised, twice.there) for twice in promised_twice(facts)] == [
        (2, 1)
    ]


def test_a_proposal_that_is_gone_at_the_end_of_its_command_counts_for_nothing():
    facts = ledger(
        home(),
        promise("m1", "n1", "2022-03-18", "2022-06-18"),
        promise("m2", "n2", "2022-03-18", "2022-06-18") + gone("m2", "cancelled"),
    )

    assert promised_twice(facts) == ()


def test_a_lot_whose_number_is_unknown_again_has_nothing_to_promise():
    unset = {"offer": "o", "changes": {"kind": "goods"}, "unset": ["quantity"]}
    facts = ledger(
        lot(5),
        [("offer.amended.v1", unset)],
        promise("m1", "n1", quantity=2, count=0),
    )

    assert promised_twice(facts) == (Twice(3, "offer:o", None, None, 2, 0),)


def test_an_ended_stay_frees_its_home_from_that_day():
    facts = ledger(
        home(),
        promise("m1", "n1", "2022-03-18", "2022-06-18"),
        ended("m1", "2022-04-01"),
        promise("m2", "n2", "2022-04-01", "2022-06-18"),
        promise("m3", "n3", "2022-03-30", "2022-04-01"),
    )

    assert promised_twice(facts) == (
        Twice(5, "offer:o", None, date(2022, 3, 30), 2, 1),
    )


def test_pieces_that_were_sent_stay_gone_when_the_hand_over_is_over():
    sent = [("goods.dispatched.v1", {"match": "m1", "quantity": 4})]
    facts = ledger(
        lot(5),
        promise("m1", "n1", quantity=5, count=0),
        sent,
        ended("m1", "2022-03-20"),
        promise("m2", "n2", quantity=2, count=0),
    )

    assert promised_twice(facts) == (Twice(5, "offer:o", None, None, 6, 5),)


def test_pieces_that_were_sent_stay_gone_when_the_match_is_cancelled():
    facts = ledger(
        lot(5),
        promise("m1", "n1", quantity=5, count=0),
        [("goods.dispatched.v1", {"match": "m1", "quantity": 4})],
        gone("m1", "cancelled"),
        promise("m2", "n2", quantity=1, count=0),
        promise("m3", "n3", quantity=1, count=0),
    )

    assert promised_twice(facts) == (Twice(6, "offer:o", None, None, 6, 5),)


def test_a_hand_over_whose_way_nobody_recorded_took_all_its_pieces():
    facts = ledger(
        lot(5),
        promise("m1", "n1", quantity=5, count=0),
        ended("m1", "2022-03-20"),
        promise("m2", "n2", quantity=1, count=0),
    )

    assert promised_twice(facts) == (Twice(4, "offer:o", None, None, 6, 5),)


def test_a_lot_is_promised_up_to_its_last_piece():
    facts = ledger(
        lot(5),
        promise("m1", "n1", quantity=3, count=0),
        promise("m2", "n2", quantity=2, count=0),
    )

    assert promised_twice(facts) == ()


def test_a_household_with_two_homes_at_once_is_found():
    facts = ledger(
        home("o1"),
        home("o2"),
        promise("m1", "n", "2022-03-18", "2022-06-18", offer="o1"),
        promise("m2", "n", "2022-06-01", None, offer="o2"),
    )

    assert promised_twice(facts) == (Twice(4, "need:n", None, date(2022, 6, 1), 2, 1),)


def test_an_amended_lot_counts_as_it_is_now():
    fewer = {"offer": "o", "changes": {"kind": "goods", "quantity": 1}}
    facts = ledger(
        lot(5),
        [("offer.amended.v1", fewer)],
        promise("m1", "n1", quantity=2, count=0),
    )

    assert promised_twice(facts) == (Twice(3, "offer:o", None, None, 2, 1),)
