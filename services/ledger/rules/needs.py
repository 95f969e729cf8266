"""Commands about needs."""

from typing import Annotated

from pydantic import Field

from events.base import Fact, Said
from events.kinds.goods import GoodsNeed
from events.match import MatchState, ReasonCode
from events.need import (
    NeedAmended,
    NeedDetails,
    NeedParked,
    NeedPrioritised,
    NeedRaised,
    NeedReopened,
    NeedState,
    NeedWithdrawn,
)
from events.values import Day, Ref, Word
from services.ledger.rules.base import Command, Past, Refused, need_tag
from services.ledger.rules.holding import let_go, named, review, surplus
from services.ledger.rules.telling import (
    News,
    Retelling,
    Telling,
    likened,
    news,
    open_case,
)

Priority = Annotated[int, Field(ge=0, le=3)]
_UNANSWERED = {"proposed", "communicated"}
_WISHES = frozenset(("languages", "linked_households", "waiting_since", "wishes"))
"""What makes a pair better or worse, never wrong."""


class NeedCommand(Command):
    need: Ref

    def concerns(self) -> tuple[str, ...]:
        return (need_tag(self.need),)

    def person(self, past: Past) -> str:
        return past.need(self.need).person


class RaiseNeed(NeedCommand, Telling):
    """Take a need in. `household` is an opaque person id, never a name."""

    name = "raise-need"
    household: Ref
    details: NeedDetails
    priority: Priority = 0

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
                **self.beside(),
            ),
            *likened(said, need_tag(self.need), self.similar_to),
        ]


class AmendNeed(NeedCommand, Retelling):
    """Tell some fields anew; those named in `unset` become unknown.

    Where the household is another now, what was only proposed goes, and a person
    looks at what somebody has heard of.
    """

    name = "amend-need"
    changes: NeedDetails
    priority: Priority | None = None

    def decide(self, past: Past, said: Said) -> list[Fact]:
        need = past.need(self.need)
        open_case(need)
        told = news(need, need.details, self.changes, self)
        priority = None if self.priority == need.priority else self.priority
        if told.nothing and priority is None:
            return []
        gone, shaken = _broken(need, told)
        return [
            NeedAmended(
                said=said,
                need=self.need,
                changes=told.changes,
                priority=priority,
                breaks=named(gone),
                **told.beside,
            ),
            *likened(said, need_tag(self.need), told.beside["similar_to"]),
            *let_go(gone, said, reason="household_changed", task="review_match"),
            *review(shaken, said),
        ]


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
            raise Refused(
                "A need is parked until a day still to come; give a later one."
            )
        waiting = [match for match in need.living if match.state in _UNANSWERED]
        if len(waiting) < len(need.living):
            raise Refused("It has an agreed proposal; cancel or end that first.")
        if need.parked_until == self.until:
            return []
        parked = NeedParked(
            said=said,
            need=self.need,
            until=self.until,
            reason=self.reason,
            breaks=named(waiting),
        )
        return [parked, *let_go(waiting, said, reason="other", consequence="park")]


class ReopenNeed(NeedCommand):
    """Take up a parked need again, before its day or on it."""

    name = "reopen-need"
    reason: Word

    def decide(self, past: Past, said: Said) -> list[Fact]:
        need = past.need(self.need)
        open_case(need)
        if need.status == "open":
            return []
        return [NeedReopened(said=said, need=self.need, reason=self.reason)]


class RestoreNeed(NeedCommand):
    """Bring back a need that was withdrawn; it waits on from its first day.

    A command of its own: the calendar, which reopens what is parked, must not bring
    back what was withdrawn a moment before.
    """

    name = "restore-need"
    reason: Word

    def decide(self, past: Past, said: Said) -> list[Fact]:
        need = past.need(self.need)
        if need.status == "merged":
            open_case(need)
        if need.status != "withdrawn":
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
            breaks=named(need.living),
        )
        gone = let_go(
            need.living,
            said,
            reason=self.reason,
            consequence="none",
            task="review_match",
        )
        return [withdrawn, *gone]


def _broken(
    need: NeedState, told: News[NeedDetails]
) -> tuple[tuple[MatchState, ...], tuple[MatchState, ...]]:
    """Return the matches that go, and those that a person must look at."""
    touched, after = told.touched - _WISHES, told.after
    if isinstance(after, GoodsNeed) and after.quantity and touched == {"quantity"}:
        return surplus(after.quantity, need.holding), ()
    if not touched:
        return (), ()
    waiting = tuple(match for match in need.living if match.state == "proposed")
    return waiting, tuple(match for match in need.living if match not in waiting)
