"""Commands about needs."""

from typing import Annotated

from pydantic import Field

from events.base import Fact, Said
from events.case import RepresentedBy
from events.match import ReasonCode
from events.need import (
    NeedAmended,
    NeedDetails,
    NeedMerged,
    NeedParked,
    NeedPrioritised,
    NeedRaised,
    NeedReopened,
    NeedState,
    NeedUnmerged,
    NeedWithdrawn,
)
from events.values import Day, Origin, Ref, Word
from services.ledger.rules.base import (
    Command,
    Past,
    Question,
    Refused,
    Told,
    need_tag,
)
from services.ledger.rules.holding import let_go, review
from services.ledger.rules.telling import (
    is_empty,
    known_fields,
    new_boxes,
    new_questions,
    news,
    open_case,
    other_case,
    same_kind,
)

Priority = Annotated[int, Field(ge=0, le=3)]
_UNANSWERED = {"proposed", "communicated"}


class NeedCommand(Command):
    need: Ref

    def concerns(self) -> tuple[str, ...]:
        return (need_tag(self.need),)

    def person(self, past: Past) -> str:
        return past.need(self.need).person


class RaiseNeed(NeedCommand):
    """Take a need in. `household` is an opaque person id, never a name."""

    name = "raise-need"
    household: Ref
    details: NeedDetails
    priority: Priority = 0
    told: Told = Told()
    questions: tuple[Question, ...] = ()
    origin: Origin | None = None
    represented_by: RepresentedBy | None = None
    similar_to: tuple[Ref, ...] = ()

    def person(self, past: Past) -> str:
        return self.household

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if past.facts:
            raise Refused(
                "The need {need} is raised already; amend it.", need=self.need
            )
        return [
            NeedRaised(
                said=said,
                need=self.need,
                household=self.household,
                details=self.details,
                priority=self.priority,
                private=self.told.private(),
                open_questions=tuple(q.asked() for q in self.questions),
                origin=self.origin,
                represented_by=self.represented_by,
                similar_to=self.similar_to,
            )
        ]


class AmendNeed(NeedCommand):
    """Tell some fields anew; those named in `unset` become unknown."""

    name = "amend-need"
    changes: NeedDetails
    unset: tuple[Word, ...] = ()
    priority: Priority | None = None
    told: Told = Told()
    questions: tuple[Question, ...] = ()
    origin: Origin | None = None
    represented_by: RepresentedBy | None = None
    similar_to: tuple[Ref, ...] = ()

    def decide(self, past: Past, said: Said) -> list[Fact]:
        need = past.need(self.need)
        open_case(need)
        same_kind(need.details, self.changes)
        amended = NeedAmended(
            said=said,
            need=self.need,
            changes=news(need.details, self.changes),
            unset=known_fields(need.details, self.unset),
            priority=None if self.priority == need.priority else self.priority,
            private=new_boxes(need.private, self.told.private()),
            open_questions=new_questions(need, self.questions),
            origin=self.origin,
            represented_by=self.represented_by,
            similar_to=self.similar_to,
        )
        return [amended, *_consequences(need, amended, said)] if _says(amended) else []


class PrioritiseNeed(NeedCommand):
    name = "prioritise-need"
    priority: Priority
    reason: Word

    def decide(self, past: Past, said: Said) -> list[Fact]:
        need = past.need(self.need)
        open_case(need)
        if need.priority == self.priority:
            return []
        return [
            NeedPrioritised(
                said=said, need=self.need, priority=self.priority, reason=self.reason
            )
        ]


class ParkNeed(NeedCommand):
    """Let a need wait until a day; its open proposals are let go."""

    name = "park-need"
    until: Day
    reason: Word

    def decide(self, past: Past, said: Said) -> list[Fact]:
        need = past.need(self.need)
        open_case(need)
        if self.until <= past.day:
            raise Refused("It can only be parked until a day that is still to come.")
        waiting = [match for match in need.living if match.state in _UNANSWERED]
        if len(waiting) < len(need.living):
            raise Refused("It has an agreed proposal; cancel or end that first.")
        parked = NeedParked(
            said=said, need=self.need, until=self.until, reason=self.reason
        )
        return [parked, *let_go(waiting, said, reason="other")]


class ReopenNeed(NeedCommand):
    """Take up a parked need again."""

    name = "reopen-need"
    reason: Word

    def decide(self, past: Past, said: Said) -> list[Fact]:
        need = past.need(self.need)
        open_case(need)
        if need.status == "open":
            return []
        return [NeedReopened(said=said, need=self.need, reason=self.reason)]


class WithdrawNeed(NeedCommand):
    """Nothing is needed any more."""

    name = "withdraw-need"
    reason: ReasonCode

    def decide(self, past: Past, said: Said) -> list[Fact]:
        need = past.need(self.need)
        if need.status == "withdrawn":
            return []
        open_case(need)
        withdrawn = NeedWithdrawn(
            said=said,
            need=self.need,
            reason=self.reason,
            breaks=tuple(match.id for match in need.living),
        )
        return [withdrawn, *let_go(need.living, said, reason=self.reason)]


class MergeNeeds(NeedCommand):
    """Say that a need is the same as another, which stands for both."""

    name = "merge-needs"
    into: Ref

    def concerns(self) -> tuple[str, ...]:
        return (need_tag(self.need), need_tag(self.into))

    def decide(self, past: Past, said: Said) -> list[Fact]:
        other_case(past, need_tag(self.need), need_tag(self.into))
        need, into = past.need(self.need), past.need(self.into)
        if need.merged_into == self.into:
            return []
        open_case(need)
        open_case(into)
        same_kind(need.details, into.details)
        if need.living:
            raise Refused("It has a proposal; merge the other one into it instead.")
        return [NeedMerged(said=said, need=self.need, into=self.into)]


class UnmergeNeeds(NeedCommand):
    """Keep two needs apart, or undo their merge."""

    name = "unmerge-needs"
    other: Ref

    def concerns(self) -> tuple[str, ...]:
        return (need_tag(self.need), need_tag(self.other))

    def decide(self, past: Past, said: Said) -> list[Fact]:
        other_case(past, need_tag(self.need), need_tag(self.other))
        if self.other in past.need(self.need).apart_from:
            return []
        return [NeedUnmerged(said=said, need=self.need, other=self.other)]


def _says(fact: NeedAmended) -> bool:
    return not is_empty(fact.changes) or bool(
        fact.unset
        or fact.priority is not None
        or fact.open_questions
        or fact.origin
        or fact.represented_by
        or fact.similar_to
        or any(box is not None for _, box in fact.private)
    )


def _consequences(need: NeedState, fact: NeedAmended, said: Said) -> list[Fact]:
    """The household has changed: unasked proposals go, the others are reviewed."""
    if is_empty(fact.changes) and not fact.unset:
        return []
    waiting = [match for match in need.living if match.state == "proposed"]
    asked = [match for match in need.living if match.state != "proposed"]
    return [
        *let_go(waiting, said, reason="household_changed"),
        *review(asked, said),
    ]
