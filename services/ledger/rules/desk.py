"""Commands around a case: calls, notes, tasks, reading personal data, set-aside."""

from typing import Annotated, Literal

from pydantic import Field

from events.base import Fact, Said
from events.case import CaseRef
from events.desk import (
    ContactAttempted,
    FileRef,
    NoteWritten,
    PersonalOpened,
    SubmissionNoted,
    SubmissionResent,
    SubmissionSetAside,
    TaskAssigned,
    TaskId,
    What,
)
from events.values import Day, Origin, Ref, Secret, Word
from services.ledger.rules.base import Command, Past, Refused, boxed

AGREED = frozenset(("agreed", "confirmed", "begun"))
REACHES = frozenset(("contact", "address", "row"))
"""What tells how to reach somebody."""


class CaseCommand(Command):
    case: CaseRef

    def concerns(self) -> tuple[str, ...]:
        return (self.case,)

    def person(self, past: Past) -> str:
        return past.case(self.case).person


class AttemptContact(CaseCommand):
    """Record that somebody was called or written to."""

    name = "attempt-contact"
    way: Literal["phone", "mail", "letter", "visit"]
    outcome: Literal["reached", "not_reached", "wrong_number"]
    note: Secret | None = None

    def decide(self, past: Past, said: Said) -> list[Fact]:
        past.case(self.case)
        return [
            ContactAttempted(
                said=said,
                case=self.case,
                way=self.way,
                outcome=self.outcome,
                note=None if self.note is None else boxed(self.note),
            )
        ]


class WriteNote(CaseCommand):
    name = "write-note"
    note: Secret

    def decide(self, past: Past, said: Said) -> list[Fact]:
        past.case(self.case)
        return [NoteWritten(said=said, case=self.case, note=boxed(self.note))]


class AssignTask(CaseCommand):
    """Lay something before a person, or say that it is done.

    Done is done: the calendar, which asks every day, does not open it again.
    """

    name = "assign-task"
    task: TaskId
    what: What
    assignee: Word | None = None
    due: Day | None = None
    match: Ref | None = None
    done: bool = False

    def decide(self, past: Past, said: Said) -> list[Fact]:
        past.case(self.case)
        assigned = TaskAssigned(
            said=said,
            task=self.task,
            case=self.case,
            what=self.what,
            assignee=self.assignee,
            due=self.due,
            match=self.match,
            done=self.done,
        )
        tasks = [r.fact for r in past.facts if isinstance(r.fact, TaskAssigned)]
        before = [task for task in tasks if task.task == self.task]
        if not before:
            return [assigned]
        latest = before[-1]
        if said.actor.role == "system" and latest.assignee is not None:
            return []  # somebody has it
        same = latest.model_copy(update={"said": said}) == assigned
        return [] if same or (latest.done and not self.done) else [assigned]


class OpenPersonal(Command):
    """Read personal data: contact only after agreement, and never without a reason.

    The row as it came holds the contact too. What an open question is about, and a
    submission that was set aside, can be read at once, because they must be settled.
    """

    name = "open-personal"
    case: FileRef
    purpose: Literal[
        "contact",
        "address",
        "message",
        "confidential",
        "external_ids",
        "note",
        "question",
        "row",
    ]
    reason: Word

    def concerns(self) -> tuple[str, ...]:
        return (self.case,)

    def decide(self, past: Past, said: Said) -> list[Fact]:
        return [
            PersonalOpened(
                said=said,
                person=self.person(past),
                case=self.case,
                purpose=self.purpose,
                reason=self.reason,
            )
        ]

    def person(self, past: Past) -> str:
        """Return whose data is read; refuse while it may not be."""
        kind, _, name = self.case.partition(":")
        if kind == "submission":
            _set_aside(past, name)
            return name
        case = past.case(self.case)
        agreed = any(match.state in AGREED for match in case.living)
        if self.purpose in REACHES and not agreed:
            raise Refused(
                "Both sides must agree before contact data is shown; "
                "record their answers first."
            )
        return case.person


class SetAside(Command):
    """Keep a message or row that cannot be taken, sealed, until it is repaired."""

    name = "set-aside"
    submission: Ref
    channel: Ref
    source: Word
    profile: Word | None = None
    row: Annotated[int | None, Field(ge=0)] = None
    field: Word | None = None
    reason: Word
    raw: Secret

    def concerns(self) -> tuple[str, ...]:
        return (f"submission:{self.submission}",)

    def person(self, past: Past) -> str:
        return self.submission

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if past.facts:
            return []
        return [
            SubmissionSetAside(
                said=said,
                submission=self.submission,
                channel=self.channel,
                source=self.source,
                profile=self.profile,
                row=self.row,
                field=self.field,
                reason=self.reason,
                raw=boxed(self.raw),
            )
        ]


class Resend(Command):
    """Say what became of a set-aside submission: taken as `case`, or given up."""

    name = "resend"
    submission: Ref
    case: CaseRef | None = None

    def concerns(self) -> tuple[str, ...]:
        return (f"submission:{self.submission}",)

    def decide(self, past: Past, said: Said) -> list[Fact]:
        _set_aside(past, self.submission)
        if any(isinstance(r.fact, SubmissionResent) for r in past.facts):
            return []
        return [SubmissionResent(said=said, submission=self.submission, case=self.case)]


class NoteSubmission(Command):
    """Keep the id of a message that changed nothing."""

    name = "note-submission"
    submission: Ref
    case: CaseRef
    origin: Origin
    reason: Word | None = None

    def concerns(self) -> tuple[str, ...]:
        return (f"submission:{self.submission}",)

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if past.facts:
            return []
        return [
            SubmissionNoted(
                said=said,
                submission=self.submission,
                case=self.case,
                origin=self.origin,
                reason=self.reason,
            )
        ]


def _set_aside(past: Past, submission: str) -> None:
    if not past.facts:
        raise Refused(
            "Nothing was set aside as {submission}; check the number.",
            submission=submission,
        )
