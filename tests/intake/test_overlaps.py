"""Two doors take one row in at once: what was planned on an old look is made anew."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from events.lives import fold_offer
from events.offer import OfferState
from services.intake.messages import LINE, MessageReader
from services.intake.reasons import Reason
from services.intake.report import Report
from services.intake.submit import Intake
from services.intake.unreadable import unnamed
from services.ledger.handle import Order, Writer, read
from services.ledger.recorder import Recorder
from services.ledger.rules.realm import RegisterChannel
from services.ledger.vault import Vault
from tests.intake.conftest import NOW, REALM, SAID


@pytest.fixture
def rival(recorder: Recorder, vault: Vault) -> Intake:
    """Another process's door to the same ledger."""
    return Intake(Writer(recorder, vault), realm=REALM, clock=lambda: NOW)


def flat(revision: int, beds: int, floor: int) -> Any:
    details = {"kind": "housing", "dwelling": "flat", "beds": beds, "floor": floor}
    event: Any = {
        "specversion": "1.0",
        "id": f"e-{revision}",
        "source": "/web",
        "type": "offer.submitted.v1",
        "subject": "home-1",
        "revision": revision,
        "data": {"contact": {"mail": "a@example.org"}, "details": details},
    }
    return MessageReader([]).draft(1, event)


def while_planning(writer: Writer, happens: Callable[[], object]) -> None:
    """Let something happen once, after a batch was planned, before it is decided."""
    decided = writer.do_all

    def late(*asked: Any) -> Any:
        writer.do_all = decided  # type: ignore[method-assign] # put back
        happens()
        return decided(*asked)

    writer.do_all = late  # type: ignore[assignment,method-assign] # a race, made certain


def the_flat(recorder: Recorder) -> OfferState:
    recorded = [read(stored) for stored in recorder.read()]
    name = recorded[0].fact.tags()[0].removeprefix("offer:")
    state = fold_offer(name, recorded)
    assert state is not None
    return state


def test_a_newer_revision_counts_whole_though_an_older_came_in_between(
    intake: Intake, rival: Intake, writer: Writer, recorder: Recorder
):
    intake.take([flat(1, beds=2, floor=1)], SAID)
    while_planning(writer, lambda: rival.take([flat(2, beds=4, floor=1)], SAID))

    report = intake.take([flat(3, beds=2, floor=5)], SAID)

    details = the_flat(recorder).details
    assert details.kind == "housing"
    assert (details.beds, details.floor) == (2, 5)
    assert (report.read, report.amended, report.set_aside) == (1, 1, 0)


def test_a_row_that_began_through_another_door_meanwhile_is_amended(
    intake: Intake, rival: Intake, writer: Writer, recorder: Recorder
):
    while_planning(writer, lambda: rival.take([flat(1, beds=2, floor=1)], SAID))

    report = intake.take([flat(2, beds=3, floor=1)], SAID)

    kinds = [stored.type for stored in recorder.read()]
    assert kinds == ["offer.listed.v1", "offer.amended.v1"]
    assert (report.read, report.amended, report.set_aside) == (1, 1, 0)


def test_an_older_revision_that_comes_second_is_no_news_and_nothing_to_mend(
    intake: Intake, rival: Intake, writer: Writer, recorder: Recorder
):
    intake.take([flat(1, beds=2, floor=1)], SAID)
    while_planning(writer, lambda: rival.take([flat(3, beds=4, floor=1)], SAID))

    report = intake.take([flat(2, beds=9, floor=1)], SAID)

    details = the_flat(recorder).details
    assert details.kind == "housing"
    assert (details.beds, report.unchanged, report.set_aside) == (4, 1, 0)


def test_two_people_who_mend_one_row_into_two_cases_are_both_answered(
    intake: Intake, rival: Intake, writer: Writer, recorder: Recorder
):
    said = unnamed(1, {LINE: "?"}, Reason.NOT_AN_EVENT, channel="web")
    register = RegisterChannel(channel="web", source="/web")
    writer.do(Order(id="web", said=SAID, command=register))
    intake.take([said], SAID)
    aside = recorder.read()[-1].tags[0].removeprefix("submission:")

    def mend(door: Intake, name: str) -> Report:
        line = json.dumps(
            {
                "specversion": "1.0",
                "id": name,
                "source": "/web",
                "type": "offer.submitted.v1",
                "subject": name,
                "data": {
                    "contact": {"mail": "a@example.org"},
                    "details": {"kind": "housing", "beds": 2},
                },
            }
        )
        return door.resend(aside, {LINE: line}, SAID)

    while_planning(writer, lambda: mend(rival, "home-1"))
    report = mend(intake, "home-2")

    kinds = [stored.type for stored in recorder.read()]
    assert report.taken == 1
    assert (kinds.count("offer.listed.v1"), kinds.count("submission.resent.v1")) == (
        2,
        1,
    )
