"""What a message led to: its first fact, as far as repeats and answers ask of it.

It is read in the ledger. What was recorded a moment ago, and answered so after the
commit, need not be read again: the fact at hand is the one that lies there.
"""

from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from events.base import Fact
from events.case import CaseTold
from events.desk import SubmissionNoted, SubmissionSetAside
from services.follow import StoredFact
from services.intake.draft import Drafted


class Whence(Protocol):
    """Where a fact came from, as far as messages are told apart by it."""

    @property
    def row_key(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def profile(self) -> str | None: ...


class Question(Protocol):
    """What was left open."""

    @property
    def field(self) -> str: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True)
class Told:
    """What of a fact's content is asked for."""

    origin: Whence | None = None
    submission: str | None = None
    reason: str | None = None
    case: str | None = None
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Led:
    """A message's first fact; `by` is the draft that it was made of, where known."""

    type: str
    position: int
    tags: tuple[str, ...]
    told: Told
    by: Drafted | None = None

    @property
    def case(self) -> str:
        """Return the case that it is about: the first of its tags that is one."""
        if self.told.case is not None:
            return self.told.case
        return next(tag for tag in self.tags if tag.startswith(("offer:", "need:")))


def read(fact: StoredFact) -> Led:
    """Return what lies in the ledger."""
    seen = _Stored.model_validate_json(fact.data)
    told = Told(
        seen.origin, seen.submission, seen.reason, seen.case, seen.open_questions
    )
    return Led(fact.type, fact.position, fact.tags, told)


def made(fact: Fact, position: int, by: Drafted) -> Led:
    """Return the same of a fact that was recorded just now."""
    match fact:
        case CaseTold(origin=origin, open_questions=asked):
            told = Told(origin, questions=asked)
        case SubmissionSetAside(submission=name, reason=reason):
            told = Told(submission=name, reason=reason)
        case SubmissionNoted(submission=name, reason=reason, case=case, origin=origin):
            told = Told(origin, name, reason, case)
        case _:
            told = Told()
    return Led(fact.type, position, fact.tags(), told, by)


class _Whence(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    row_key: str
    digest: str
    profile: str | None = None


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    field: str
    reason: str


class _Stored(BaseModel):
    """No more of a stored fact than is asked for: it may be of any version."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    origin: _Whence | None = None
    submission: str | None = None
    reason: str | None = None
    case: str | None = None
    open_questions: tuple[_Asked, ...] = ()
