"""What a rule refuses is set aside with its reason; it stops nothing else."""

from typing import Any

from events.desk import SubmissionSetAside
from services.intake.messages import MessageReader
from services.intake.reasons import Reason
from services.intake.submit import Intake
from services.ledger.handle import read
from services.ledger.recorder import Recorder
from tests.intake.conftest import SAID

HOME = {"kind": "housing", "dwelling": "flat", "beds": 2}
BEDS = {"kind": "goods", "quantity": 2}


def event(subject: str, name: str, details: object) -> Any:
    return {
        "specversion": "1.0",
        "id": name,
        "source": "/web",
        "type": "offer.submitted.v1",
        "subject": subject,
        "data": {"contact": {"mail": f"{subject}@example.org"}, "details": details},
    }


def test_a_row_that_a_rule_refuses_is_set_aside_and_the_rest_is_taken(
    intake: Intake, recorder: Recorder
):
    def take(*events: Any) -> tuple[int, int, int]:
        reader = MessageReader([])
        drafts = [reader.draft(n, told) for n, told in enumerate(events, start=1)]
        report = intake.take(drafts, SAID)
        return report.taken, report.amended, report.set_aside

    take(event("home-1", "e-1", HOME))

    found = take(event("home-1", "e-2", BEDS), event("home-2", "e-3", HOME))

    facts = [read(stored).fact for stored in recorder.read()]
    aside = [fact for fact in facts if isinstance(fact, SubmissionSetAside)]
    assert found == (1, 0, 1)
    assert [(fact.field, fact.reason) for fact in aside] == [(None, Reason.REFUSED)]
