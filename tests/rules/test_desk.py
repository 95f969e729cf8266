from datetime import UTC, date, datetime

import pytest

from events.base import Fact, Said
from events.desk import (
    ContactAttempted,
    NoteWritten,
    PersonalOpened,
    SubmissionNoted,
    SubmissionResent,
    SubmissionSetAside,
    TaskAssigned,
)
from events.values import Actor, Origin
from services.ledger.rules.base import plains, sealed
from services.ledger.rules.desk import (
    AssignTask,
    AttemptContact,
    NoteSubmission,
    OpenPersonal,
    Resend,
    SetAside,
    WriteNote,
)
from tests.rules.given import given
from tests.rules.test_answers import REFUSED
from tests.rules.world import (
    AGREED,
    ASKED,
    MOVED_IN,
    PAIR,
    PLACED,
    PROPOSED,
    SAID,
    box,
    listed,
    note,
    plain,
    raised,
)

TASK = TaskAssigned(
    said=SAID, task="t-1", case="need:n-1", what="other", assignee="K. Muster"
)
ROW = box("row")
ASIDE = SubmissionSetAside(
    said=SAID,
    submission="s-1",
    channel="form",
    source="/form",
    reason="no way",
    raw=ROW,
)
RESENT = SubmissionResent(said=SAID, submission="s-1", case="offer:o-1")


def assign(**changes: object) -> AssignTask:
    told = {"task": "t-1", "case": "need:n-1", "what": "other", **changes}
    return AssignTask.model_validate({"assignee": "K. Muster", **told})


def opened(case: str, person: str, purpose: str) -> PersonalOpened:
    return PersonalOpened(
        said=SAID, person=person, case=case, purpose=purpose, reason="the key"
    )


def open_(case: str, purpose: str) -> OpenPersonal:
    return OpenPersonal.model_validate(
        {"case": case, "purpose": purpose, "reason": "the key"}
    )


def test_every_call_is_recorded():
    called = ContactAttempted(
        said=SAID, case="need:n-1", way="phone", outcome="not_reached", note=note()
    )
    call = AttemptContact(
        case="need:n-1", way="phone", outcome="not_reached", note=note()
    )

    given(raised()).when(
        AttemptContact(case="need:n-1", way="phone", outcome="not_reached", note=note())
    ).then(called).when(call).then(called)


def test_nobody_is_called_about_a_case_that_is_not_there():
    given(listed()).when(
        AttemptContact(case="need:n-1", way="phone", outcome="reached")
    ).refused("There is no need n-1; check the number")


def test_a_note_is_written_sealed():
    given(listed()).when(WriteNote(case="offer:o-1", note=note())).then(
        NoteWritten(said=SAID, case="offer:o-1", note=note())
    )


def test_a_note_about_nothing_is_refused():
    given(listed()).when(WriteNote(case="offer:o-2", note=note())).refused("no offer")


def test_plain_words_never_get_as_far_as_a_decision():
    with pytest.raises(TypeError, match="plain personal data"):
        given(listed()).when(WriteNote(case="offer:o-1", note=plain()))._decided()


def test_every_plain_part_is_sealed_in_its_order():
    call = AttemptContact(case="need:n-1", way="phone", outcome="reached", note=plain())

    assert list(plains(call)) == [plain()]
    assert sealed(call, lambda _: note()) == call.model_copy(update={"note": note()})
    assert call.person(given(raised()).past("need:n-1")) == "p-of-n-1"


def test_a_task_is_laid_before_a_person_once():
    given(raised()).when(
        AssignTask(task="t-1", case="need:n-1", what="other", assignee="K. Muster")
    ).then(TASK).when(assign()).then()


def test_a_task_is_done_and_stays_done():
    done = TASK.model_copy(update={"done": True})

    given(raised(), TASK).when(assign(done=True)).then(done).when(assign()).then()


def test_a_task_may_go_to_somebody_else():
    given(raised(), TASK).when(assign(assignee="L. Kurz")).then(
        TASK.model_copy(update={"assignee": "L. Kurz"})
    )


def test_the_calendar_takes_a_task_from_nobody_who_has_it():
    daily = Said(actor=Actor(ref="beistand", role="system"), via="system")

    given(raised(), TASK).when(assign(assignee=None), daily).then()
    given(raised(), TASK.model_copy(update={"assignee": None})).when(
        assign(assignee=None), daily
    ).then()


def test_a_task_about_nothing_is_refused():
    given(raised()).when(
        AssignTask(task="t-1", case="need:n-2", what="other", due=date(2022, 4, 1))
    ).refused("no need n-2")


@pytest.mark.parametrize("purpose", ["contact", "address", "row"])
@pytest.mark.parametrize("case", ["offer:o-1", "need:n-1"])
def test_contact_opens_after_agreement_only(purpose: str, case: str):
    for history in (PAIR, PROPOSED, ASKED):
        given(history).when(open_(case, purpose)).refused(
            "Both sides must agree before contact data is shown; record their answers"
        )
    for history in (AGREED, PLACED, MOVED_IN):
        given(history).when(open_(case, purpose)).then(
            opened(case, f"p-of-{case.partition(':')[2]}", purpose)
        )


def test_after_a_no_the_contact_is_closed_again():
    given(AGREED, REFUSED).when(
        OpenPersonal(case="offer:o-1", purpose="contact", reason="the key")
    ).refused("Both sides must agree")


@pytest.mark.parametrize("purpose", ["message", "note", "question", "confidential"])
def test_what_does_not_reach_anybody_opens_with_a_reason(purpose: str):
    given(raised()).when(open_("need:n-1", purpose)).then(
        opened("need:n-1", "p-of-n-1", purpose)
    )


def test_every_reading_is_recorded():
    read = opened("need:n-1", "p-of-n-1", "note")

    given(raised()).when(open_("need:n-1", "note")).then(read).when(
        open_("need:n-1", "note")
    ).then(read)


def test_a_submission_set_aside_can_be_read_to_repair_it():
    given(ASIDE).when(
        OpenPersonal(case="submission:s-1", purpose="row", reason="the key")
    ).then(opened("submission:s-1", "s-1", "row"))
    given().when(open_("submission:s-1", "row")).refused("Nothing was set aside as s-1")


def set_aside(reason: str = "no way") -> SetAside:
    return SetAside(
        submission="s-1", channel="form", source="/form", reason=reason, raw=ROW
    )


def test_a_row_is_set_aside_once():
    given().when(
        SetAside(
            submission="s-1", channel="form", source="/form", reason="no way", raw=ROW
        )
    ).then(ASIDE).when(set_aside("another reason")).then()


def test_a_row_is_set_aside_sealed_for_itself():
    assert set_aside().person(given().past()) == "s-1"


def test_a_row_that_was_set_aside_is_not_set_aside_again_after_it_was_resent():
    given(ASIDE, RESENT).when(
        SetAside(
            submission="s-1", channel="form", source="/form", reason="no way", raw=ROW
        )
    ).then()


@pytest.mark.parametrize("case", ["offer:o-1", None])
def test_a_repaired_row_is_taken_or_given_up_once(case: str | None):
    resent = RESENT.model_copy(update={"case": case})

    given(ASIDE).when(Resend(submission="s-1", case=case)).then(resent).when(
        Resend(submission="s-1")
    ).then()


def test_what_was_never_set_aside_is_not_resent():
    given().when(Resend(submission="s-1")).refused(
        "Nothing was set aside as s-1; check the number"
    )


def test_a_call_or_a_note_tells_the_tags_of_its_case():
    facts: tuple[Fact, ...] = (TASK, ASIDE, RESENT, opened("need:n-1", "p-1", "note"))

    assert [fact.tags() for fact in facts] == [
        ("task:t-1", "need:n-1"),
        ("submission:s-1",),
        ("submission:s-1",),
        ("person:p-1", "need:n-1"),
    ]


ORIGIN = Origin(
    channel="form",
    source="/form",
    id="e-1",
    row_key="r-1",
    digest="d-1",
    revision=2,
    received_at=datetime(2022, 3, 18, tzinfo=UTC),
)
NOTED = SubmissionNoted(said=SAID, submission="m-1", case="offer:o-1", origin=ORIGIN)


def test_a_message_that_changed_nothing_is_noted():
    given().when(
        NoteSubmission(submission="m-1", case="offer:o-1", origin=ORIGIN)
    ).then(NOTED)


def test_a_message_is_noted_once():
    given(NOTED).when(
        NoteSubmission(submission="m-1", case="offer:o-1", origin=ORIGIN)
    ).then()
