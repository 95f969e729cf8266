"""What a rule or a newer state forbids is not taken, and stops nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from events.desk import SubmissionSetAside
from services.intake.messages import MessageReader
from services.intake.reasons import Reason
from services.intake.submit import Intake
from services.ledger.handle import Writer, read
from services.ledger.recorder import Recorder
from services.ledger.rules.base import Refused
from services.ledger.rules.desk import NoteSubmission
from services.ledger.rules.offers import AmendOffer
from tests.intake.conftest import NOW, REALM, SAID

HOME = {"kind": "housing", "dwelling": "flat", "beds": 2}
BEDS = {"kind": "goods", "quantity": 2}


def event(subject: str, name: str, details: object, **more: object) -> Any:
    return more | {
        "specversion": "1.0",
        "id": name,
        "source": "/web",
        "type": "offer.submitted.v1",
        "subject": subject,
        "data": {"contact": {"mail": f"{subject}@example.org"}, "details": details},
    }


@pytest.fixture
def take(intake: Intake) -> Callable[..., tuple[int, int, int]]:
    """Take messages in; return how many were taken, amended, set aside."""

    def take(*events: Any) -> tuple[int, int, int]:
        reader = MessageReader([])
        drafts = [reader.draft(n, told) for n, told in enumerate(events, start=1)]
        report = intake.take(drafts, SAID)
        return report.taken, report.amended, report.set_aside

    return take


def set_aside(recorder: Recorder) -> list[tuple[str | None, str]]:
    facts = [read(stored).fact for stored in recorder.read()]
    aside = [fact for fact in facts if isinstance(fact, SubmissionSetAside)]
    return [(fact.field, fact.reason) for fact in aside]


def test_a_home_that_becomes_a_piece_of_furniture_is_set_aside(take, recorder):
    take(event("home-1", "e-1", HOME))

    found = take(event("home-1", "e-2", BEDS), event("home-2", "e-3", HOME))

    assert found == (1, 0, 1)
    assert set_aside(recorder) == [("kind", Reason.OTHER_KIND)]


def test_what_a_rule_refuses_is_set_aside_and_the_rest_is_taken(
    take, recorder, monkeypatch
):
    def refuse(*_: Any) -> Any:
        raise Refused("It cannot be so; say it otherwise.")

    take(event("home-1", "e-1", HOME))
    monkeypatch.setattr(AmendOffer, "decide", refuse)

    more = event("home-1", "e-2", HOME | {"beds": 3})
    found = take(more, event("home-2", "e-3", HOME))

    assert found == (1, 0, 1)
    assert set_aside(recorder) == [(None, "It cannot be so; say it otherwise.")]


def test_a_revision_that_says_nothing_new_still_stops_older_ones(take, recorder):
    take(event("home-1", "e-1", HOME, revision=1))
    take(event("home-1", "e-3", HOME, revision=3))

    late = take(event("home-1", "e-2", HOME | {"beds": 9}, revision=2))
    again = take(event("home-1", "e-3", HOME, revision=3))

    facts = [read(stored).fact for stored in recorder.read()]
    assert (late, again) == ((0, 0, 0), (0, 0, 0))
    assert [fact.type for fact in facts] == [
        "offer.listed.v1",
        "offer.amended.v1",
        "submission.noted.v1",
    ]


def test_two_intakes_that_note_one_message_at_once_note_it_once(
    take, intake, recorder, vault, writer
):
    """Their notes say other times of arrival: the later one looks again."""
    take(event("home-1", "e-1", HOME))
    same = event("home-1", "e-2", HOME)
    later = lambda: NOW + timedelta(seconds=1)  # noqa: E731 - a clock, no more
    rival = Intake(Writer(recorder, vault), realm=REALM, clock=later)
    decided = writer.do_all

    def late(orders: Any, *boxes: Any) -> Any:
        if any(isinstance(order.command, NoteSubmission) for order in orders):
            writer.do_all = decided
            rival.take([MessageReader([]).draft(1, same)], SAID)
        return decided(orders, *boxes)

    writer.do_all = late
    take(same)

    kinds = [stored.type for stored in recorder.read()]
    assert kinds == ["offer.listed.v1", "submission.noted.v1"]
