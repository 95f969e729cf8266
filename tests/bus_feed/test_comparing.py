"""What an audit finds on a topic that a test holds in its hand."""

from dataclasses import replace

import pytest

from services.audit.bus import Compared, Comparing
from services.busfacts import Message, to_message
from services.cli.audit import lines
from tests.bus_feed.topics import REALM, SOURCE, some
from tests.projections.feeds import ListFeed

FACTS = some(8)
WELL = Compared(
    topic="facts",
    ledger=8,
    records=8,
    facts=8,
    repeated=0,
    missing=(),
    behind=0,
    out_of_order=0,
    changed=(),
    unknown=(),
    rewritten=(),
    no_facts=0,
)


def sent(*positions: int) -> list[Message]:
    return [to_message(FACTS[position - 1], SOURCE) for position in positions]


def found(messages, *, ledger=FACTS, head=8) -> Compared:
    feed = ListFeed(())
    feed.facts = list(ledger)
    comparing = Comparing(REALM, feed, head)
    for message in messages:
        comparing.take(message)
    return comparing.found("facts")


def test_a_bus_that_holds_every_fact_once_in_order_is_well():
    assert found(sent(*range(1, 9))) == WELL
    assert WELL.same
    assert [*lines(WELL)] == [
        "facts: 8 records, 8 facts, 0 repeated; the ledger had 8.",
        "Bus and ledger hold the same.",
    ]


@pytest.mark.parametrize(
    ("positions", "differs"),
    [
        ((1, 2, 3, 4, 2, 3, 4, 5, 6, 7, 8), {"records": 11, "repeated": 3}),
        ((1, 2, 3), {"records": 3, "facts": 3, "behind": 5}),
        ((), {"records": 0, "facts": 0, "behind": 8}),
        (
            (1, 4, 5, 8),
            {"records": 4, "facts": 4, "missing": ((2, 3), (6, 7)), "out_of_order": 2},
        ),
        ((1, 2, 4, 3, 5, 6, 7, 8), {"out_of_order": 2}),
        ((2, 3), {"records": 2, "facts": 2, "missing": ((1, 1),), "behind": 5}
         | {"out_of_order": 1}),
    ],
)  # fmt: skip
def test_what_is_missing_repeated_or_early_is_counted(positions, differs):
    told = found(sent(*positions))

    assert told == replace(WELL, **differs)
    assert told.same == (set(differs) == {"records", "repeated"})


@pytest.mark.parametrize(
    "change",
    [
        {"value": b"{}"},
        {"key": b"offer:other"},
        {"headers": to_message(FACTS[1], "/beistand/other").headers},
        {"headers": [*sent(2)[0].headers, ("ce_more", b"1")]},
    ],
)
def test_what_was_changed_is_named(change):
    messages = sent(*range(1, 9))
    messages[1] = replace(messages[1], **change)

    assert found(messages) == replace(WELL, changed=(2,))


def test_what_the_ledger_does_not_have_is_named():
    told = found(sent(*range(1, 9)), ledger=FACTS[:6], head=6)

    assert told == replace(WELL, ledger=6, facts=6, unknown=(7, 8))


def test_what_was_rewritten_in_the_ledger_is_named():
    rewritten = [*FACTS[:3], replace(FACTS[3], data=b"{}"), *FACTS[4:]]

    told = found(sent(*range(1, 9)), ledger=rewritten)

    assert told == replace(WELL, changed=(4,), rewritten=(4,))


def test_what_was_recorded_since_the_audit_began_is_no_difference():
    told = found(sent(*range(1, 9)), head=5)

    assert told == replace(WELL, ledger=5)


def test_a_record_that_is_no_fact_is_counted():
    messages = [*sent(*range(1, 9)), Message(b"", b"hello", [], 0)]

    told = found(messages)

    assert told == replace(WELL, records=9, no_facts=1)
    assert not told.same


def test_a_person_is_told_what_differs():
    told = replace(
        WELL,
        missing=((2, 3),),
        behind=1,
        out_of_order=1,
        changed=tuple(range(1, 13)),
        unknown=(9,),
        rewritten=(4,),
        no_facts=2,
    )

    assert [*lines(told)][1:] == [
        "Missing on the bus: 2-3",
        "Changed on the bus: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more",
        "On the bus, but not in the ledger: 9",
        "Changed in the ledger: 4",
        "1 facts wait for the relay: does `beistand run relay` run?",
        "1 facts stand before one of their earlier ones.",
        "2 records are no facts.",
    ]
