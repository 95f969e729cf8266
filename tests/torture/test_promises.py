"""The checker is not believed until it has seen each promise broken."""

import json
from dataclasses import replace

import pytest

from services.follow import StoredFact
from tests.torture.journal import Accepted, Answered, Journal, Log, Sent, read
from tests.torture.promises import Evidence, OnTopic, accepted, judge

SECOND = 1_000_000


def sent(name, revision=None, *, row="r1", poison=False):
    return Sent(name, "https://a.example", row, revision, poison)


def told(name, at=9, position=None):
    return Accepted(name, at * SECOND, "taken", position)


def fact(position, kind="day.began.v1", command=None, at=1, **data):
    name = command or f"c{position}"
    body = json.dumps(data).encode()
    return StoredFact(position, f"{name}.0", name, kind, (), body, at * SECOND, b"")


def listed(position, name, revision=None, *, row="r1", at=1):
    origin = {"id": name, "row_key": row} | (
        {} if revision is None else {"revision": revision}
    )
    details = {"kind": "housing", "dwelling": "flat", "beds": 2}
    return fact(
        position, "offer.listed.v1", at=at, offer="o", origin=origin, details=details
    )


def promise(position, match, need):
    line = {"start": "2022-04-01", "end": "2022-05-01", "count": 1}
    return fact(
        position,
        "match.proposed.v1",
        match=match,
        offer="o",
        need=need,
        allocation=[line],
    )


def on_topic(*facts):
    return [OnTopic(one.position, one.id, one.data) for one in facts]


def evidence(ledger=(), topic=None, aside=(), **log):
    return Evidence(Log(**log), ledger, topic, aside)


def by_id(*messages):
    return {message.id: message for message in messages}


def test_what_was_kept_once_breaks_no_promise():
    ledger = [listed(1, "m1", 1), listed(2, "m3", 3), fact(3, command="order-1")]
    case = evidence(
        ledger,
        on_topic(*ledger, ledger[1], ledger[2]),
        ["the raw text of p1"],
        sent=by_id(
            sent("m1", 1), sent("m3", 3), sent("m2", 2), sent("p1", poison=True)
        ),
        acked={"m1", "m2", "m3", "p1"},
        accepted=[told("m1"), told("m2"), told("m3", position=2)],
        ordered={"order-1", "order-2"},
        answered=[Answered("order-1", 200, (3,)), Answered("order-2", 409, ())],
    )

    assert judge(case).broken == []
    assert accepted(case.log) == 4


def test_what_was_accepted_and_is_nowhere_is_lost():
    case = evidence(sent=by_id(sent("m1")), accepted=[told("m1")])

    assert judge(case).broken == ["lost: m1 was accepted and is nowhere"]


def test_what_kafka_acknowledged_and_nobody_took_is_lost():
    case = evidence(sent=by_id(sent("m1")), acked={"m1"})

    assert judge(case).broken == ["lost: m1 was acknowledged by Kafka and is nowhere"]


def test_a_poison_that_was_dropped_is_lost():
    poison = sent("p1", poison=True)
    case = evidence(aside=["another text"], sent=by_id(poison), acked={"p1"})

    assert judge(case).broken == ["lost: p1 was acknowledged by Kafka and is nowhere"]


def test_an_answer_before_the_commit_is_a_loss_that_only_had_luck():
    ledger = [listed(1, "m1", at=5)]
    case = evidence(ledger, sent=by_id(sent("m1")), accepted=[told("m1", at=4)])

    assert judge(case).broken == [
        "lost: m1 was answered 1000000 µs before it was recorded"
    ]


def test_a_newer_state_that_an_older_one_overwrote_is_lost():
    case = evidence([listed(1, "m3", 3), listed(2, "m2", 2)])

    assert judge(case).broken == [
        "lost: revision 3 of r1 was overwritten by 2 at fact 2"
    ]


@pytest.mark.parametrize("there", [[], [fact(1, command="another")]])
def test_an_order_whose_answer_was_not_true_is_lost(there):
    case = evidence(there, answered=[Answered("order-1", 200, (1,))])

    assert judge(case).broken == ["lost: order-1 was told fact 1, which is not its own"]


def test_a_message_that_became_two_facts_is_stored_twice():
    case = evidence([listed(1, "m1"), listed(2, "m1", row="r2")])

    assert judge(case).broken == ["stored_twice: m1 became 2 facts"]


def test_a_poison_that_was_set_aside_twice_is_stored_twice():
    poison = sent("p1", poison=True)
    case = evidence(aside=["p1", "p1"], sent=by_id(poison), acked={"p1"})

    assert judge(case).broken == ["stored_twice: p1 was set aside 2 times"]


def test_a_poison_that_lies_in_two_places_may_be_set_aside_for_each():
    poison = sent("p1", poison=True)
    aside = ["partition 0, offset 7\np1", "partition 0, offset 9\np1"]
    case = evidence(aside=aside, sent=by_id(poison), acked={"p1"})

    assert judge(case).broken == []


def test_an_order_that_was_done_again_later_is_stored_twice():
    ledger = [fact(1, command="a"), fact(2, command="b"), fact(3, command="a")]

    assert judge(evidence(ledger)).broken == [
        "stored_twice: a stands at 1 and again at 3"
    ]


def test_a_home_for_two_households_is_promised_twice():
    case = evidence([listed(1, "m1"), promise(2, "x", "n1"), promise(3, "y", "n2")])

    assert judge(case).broken == ["promised_twice: offer:o holds 2 of 1 at fact 3"]


def test_a_position_that_is_missing_is_a_gap():
    assert judge(evidence([fact(1), fact(3)])).broken == [
        "gaps: the ledger has 3 where 2 belongs"
    ]


def test_a_fact_that_never_left_is_a_gap():
    ledger = [fact(1), fact(2), fact(3)]

    assert judge(evidence(ledger, on_topic(ledger[0], ledger[2]))).broken == [
        "gaps: the topic goes from 1 to 3"
    ]
    assert judge(evidence(ledger, on_topic(*ledger[:2]))).broken == [
        "gaps: the topic ends at 2, the ledger at 3"
    ]


def test_a_fact_that_left_otherwise_than_it_stands_is_a_gap():
    ledger = [fact(1)]
    topic = [replace(on_topic(*ledger)[0], data=b"{}0")]

    assert judge(evidence(ledger, topic)).broken == [
        "gaps: the topic's fact 1 is not the ledger's"
    ]


def test_the_log_is_read_as_it_was_written(tmp_path):
    journal = Journal(tmp_path / "log")
    journal.sent(sent("m1", 3))
    journal.acked("m1")
    journal.accepted("m1", "taken", 7)
    journal.ordered("order-1")
    journal.answered(Answered("order-1", 200, (7, 8)))
    journal.close()

    log = read(tmp_path / "log")

    assert log.accepted[0].at_us > 1_600_000_000 * SECOND
    assert log == Log(
        sent=by_id(sent("m1", 3)),
        acked={"m1"},
        accepted=[replace(log.accepted[0], id="m1", outcome="taken", position=7)],
        ordered={"order-1"},
        answered=[Answered("order-1", 200, (7, 8))],
    )
