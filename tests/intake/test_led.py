"""What a message led to is told alike, read in the ledger or known a moment ago."""

import json
from typing import Any

import pytest

from events.base import Said
from events.envelope import from_value
from events.values import Actor
from services.intake.draft import Drafted
from services.intake.heard import Heard
from services.intake.led import Led, read
from services.intake.messages import MessageReader
from services.intake.submit import Intake
from services.intake.unreadable import named
from services.ledger.handle import Writer
from services.ledger.recorder import Recorder
from tests.intake.test_messages import EVENT, ROW, TYPED

SAID = Said(actor=Actor(ref="/partner/muster", role="channel"), via="channel")
ASKS = EVENT | {"data": ROW | {"Accommodation": "3-4"}}
AGAIN = TYPED | {"id": "e-2"}
AMENDED = (
    TYPED
    | {"id": "e-2", "revision": 4}
    | {"data": TYPED["data"] | {"message": "Doch erst im Mai."}}
)
SAME_ID = TYPED | {"data": TYPED["data"] | {"message": "Etwas ganz anderes."}}


def heard(intake: Intake, *messages: dict[str, Any]) -> list[Heard]:
    reader = MessageReader(list(intake.profiles().values()))
    events = [from_value(json.loads(json.dumps(one))) for one in messages]
    return [
        Heard(reader.event(number, one, "web"), one.source, one.id)
        for number, one in enumerate(events, start=1)
    ]


def bare(one: Led) -> tuple[object, ...]:
    """Return what is told, whoever tells it."""
    told, whence = one.told, one.told.origin
    return (
        *(one.type, one.position, one.tags, told.case, told.submission, told.reason),
        [(asked.field, asked.reason) for asked in told.questions],
        whence and (whence.row_key, whence.digest, whence.profile),
    )


@pytest.mark.parametrize(
    ("messages", "outcomes"),
    [
        ((TYPED, AGAIN), ["taken", "unchanged"]),
        ((TYPED, AMENDED), ["taken", "amended"]),
        ((TYPED, SAME_ID), ["taken", "set_aside"]),
        ((ASKS,), ["taken"]),
    ],
)
def test_a_receipt_is_word_for_word_what_the_ledger_says(
    intake: Intake, messages: tuple[dict[str, Any], ...], outcomes: list[str]
):
    told = heard(intake, *messages)

    report = intake.take([one.draft for one in told], SAID)
    at_once = intake.answers.of(told, report.led)

    assert [receipt.outcome for receipt in at_once] == outcomes
    assert at_once == intake.answers.of(told)
    assert "Accommodation" not in messages[0]["data"] or at_once[0].questions


def test_what_was_recorded_just_now_is_what_lies_there(
    intake: Intake, recorder: Recorder
):
    told = heard(intake, TYPED, AMENDED)
    (event,) = [from_value(json.loads(json.dumps(TYPED | {"id": "e-9"})))]
    bad: Drafted = named(3, event, {"line": "?"}, channel="web")

    report = intake.take([*(one.draft for one in told), bad], SAID)

    stored = [read(fact) for fact in recorder.read()]
    fresh = sorted(report.led.values(), key=lambda one: one.position)
    assert [one.type for one in fresh] == [
        "offer.listed.v1",
        "offer.amended.v1",
        "submission.set_aside.v1",
    ]
    assert [bare(one) for one in fresh] == [bare(one) for one in stored]
    assert [one.by for one in fresh] == [told[0].draft, told[1].draft, bad]


def test_what_somebody_else_recorded_meanwhile_is_read_in_the_ledger(
    intake: Intake, writer: Writer, monkeypatch: pytest.MonkeyPatch
):
    """An answer that was lost comes back as repeated: that fact was sealed before."""
    told = heard(intake, TYPED)
    record = writer.recorder.record

    def twice(entries: Any) -> tuple[object, ...]:
        record(entries)
        return record(entries)

    monkeypatch.setattr(writer.recorder, "record", twice)

    report = intake.take([told[0].draft], SAID)

    assert (report.taken, report.led) == (1, {})
    assert [one.outcome for one in intake.answers.of(told, report.led)] == ["taken"]
