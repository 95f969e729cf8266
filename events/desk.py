"""What people at the desk do around a case, and what could not be taken."""

from typing import Annotated, Literal

from pydantic import Field

from events.base import Fact
from events.case import CaseRef
from events.values import OPEN, SEALED, Day, Origin, Ref, Sealed, Word

TaskId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,199}$")]
"""Longer than a `Ref`, because it is often made of one: `rehouse-<match>`."""
FileRef = Annotated[
    str, Field(pattern=r"^(offer|need|submission):[A-Za-z0-9][A-Za-z0-9_.:/-]{0,119}$")
]
"""Where personal data lies: a case, or a submission that was set aside."""
What = Literal[
    "reconfirm_offer", "rehouse", "renew_check", "call_back", "review_match", "other"
]


class ContactAttempted(Fact):
    """Somebody tried to reach a side, and what came of it."""

    type = "contact.attempted.v1"
    case: Annotated[CaseRef, OPEN]
    way: Annotated[Literal["phone", "mail", "letter", "visit"], OPEN]
    outcome: Annotated[Literal["reached", "not_reached", "wrong_number"], OPEN]
    note: Annotated[Sealed | None, SEALED] = None

    def tags(self) -> tuple[str, ...]:
        return (self.case,)


class NoteWritten(Fact):
    type = "note.written.v1"
    case: Annotated[CaseRef, OPEN]
    note: Annotated[Sealed, SEALED]

    def tags(self) -> tuple[str, ...]:
        return (self.case,)


class TaskAssigned(Fact):
    """Something is laid before a person; `done` closes it."""

    type = "task.assigned.v1"
    task: Annotated[TaskId, OPEN]
    case: Annotated[CaseRef, OPEN]
    what: Annotated[What, OPEN]
    assignee: Annotated[Word | None, OPEN] = None
    due: Annotated[Day | None, OPEN] = None
    match: Annotated[Ref | None, OPEN] = None
    done: Annotated[bool, OPEN] = False

    def tags(self) -> tuple[str, ...]:
        return (f"task:{self.task}", self.case)


class PersonalOpened(Fact):
    """Somebody read personal data: who, whose, what, why."""

    type = "personal.opened.v1"
    person: Annotated[Ref, OPEN]
    case: Annotated[FileRef, OPEN]
    purpose: Annotated[Word, OPEN]
    reason: Annotated[Word, OPEN]

    def tags(self) -> tuple[str, ...]:
        return (f"person:{self.person}", self.case)


class CaseLikened(Fact):
    """A case may be the same as earlier ones: what each of those is told of it.

    The later case says so itself; whoever decides about an earlier one reads it here.
    """

    type = "case.likened.v1"
    case: Annotated[CaseRef, OPEN]
    to: Annotated[tuple[CaseRef, ...], OPEN]

    def tags(self) -> tuple[str, ...]:
        return tuple(f"like:{earlier}" for earlier in self.to)


class SubmissionSetAside(Fact):
    """A message or row that could not be taken, kept sealed until it is repaired."""

    type = "submission.set_aside.v1"
    submission: Annotated[Ref, OPEN]
    channel: Annotated[Ref, OPEN]
    source: Annotated[Word, OPEN]
    profile: Annotated[Word | None, OPEN] = None
    row: Annotated[int | None, OPEN, Field(ge=0)] = None
    field: Annotated[Word | None, OPEN] = None
    reason: Annotated[Word, OPEN]
    raw: Annotated[Sealed, SEALED]
    """The row as it came; its person is the submission itself."""

    def tags(self) -> tuple[str, ...]:
        return (f"submission:{self.submission}",)


class SubmissionResent(Fact):
    """The repaired message was taken, or given up (`case` absent)."""

    type = "submission.resent.v1"
    submission: Annotated[Ref, OPEN]
    case: Annotated[CaseRef | None, OPEN] = None

    def tags(self) -> tuple[str, ...]:
        return (f"submission:{self.submission}",)


class SubmissionNoted(Fact):
    """A message that changed nothing, and why: so its id is known for ever.

    Without it a repeat of the message, come late, would be taken for news.
    """

    type = "submission.noted.v1"
    submission: Annotated[Ref, OPEN]
    case: Annotated[CaseRef, OPEN]
    origin: Annotated[Origin, OPEN]
    reason: Annotated[Word | None, OPEN] = None
    """Absent: its case says the same already."""

    def tags(self) -> tuple[str, ...]:
        return (f"submission:{self.submission}",)
