"""A match: an offer and a need brought together, from proposal to its end.

States: proposed (provisional or firm; holds what it names) → communicated → agreed by
every required side → confirmed → begun → ended; out of each: refused, lapsed,
cancelled. A wrong click is corrected by a further fact.
"""

from datetime import date, timedelta
from typing import Annotated, Literal

from events.base import Fact, Recorded
from events.promise import (
    Allocation,
    AnySide,
    Consequence,
    Due,
    MatchOrigin,
    ReasonCode,
    Side,
    Why,
)
from events.values import COARSE, OPEN, SEALED, Count, Day, Ref, Sealed, Strict, Word


class MatchFact(Fact):
    """A fact about a match; it carries the tags of its offer and its need too."""

    match: Annotated[Ref, OPEN]
    offer: Annotated[Ref, OPEN]
    need: Annotated[Ref, OPEN]

    def tags(self) -> tuple[str, ...]:
        return (f"match:{self.match}", f"offer:{self.offer}", f"need:{self.need}")


class MatchProposed(MatchFact):
    """The pair holds what it names until it is answered."""

    type = "match.proposed.v1"
    household: Annotated[Ref, OPEN]
    no_contact: Annotated[tuple[Ref, ...], COARSE] = ()
    persons: Annotated[Count, COARSE] = 0
    allocation: Annotated[tuple[Allocation, ...], OPEN]
    open_ended: Annotated[bool, OPEN] = False
    """Nobody knows how long: the last day is the policy's horizon only."""
    conditions: Annotated[tuple[Due, ...], OPEN] = ()
    required_sides: Annotated[tuple[Side, ...], OPEN] = ("household", "provider")
    origin: Annotated[MatchOrigin, OPEN]
    why: Annotated[tuple[Why, ...], OPEN] = ()
    supersedes: Annotated[Ref | None, OPEN] = None
    bundle: Annotated[Ref | None, OPEN] = None


class MatchCommunicated(MatchFact):
    """Both sides were asked."""

    type = "match.communicated.v1"
    answer_by: Annotated[Day, OPEN]


class MatchAgreed(MatchFact):
    type = "match.agreed.v1"
    side: Annotated[Side, OPEN]


class MatchRefused(MatchFact):
    type = "match.refused.v1"
    side: Annotated[AnySide, OPEN]
    reason: Annotated[ReasonCode, OPEN]
    consequence: Annotated[Consequence, OPEN]
    note: Annotated[Sealed | None, SEALED] = None


class MatchAnswerCorrected(MatchFact):
    """An answer was entered wrongly; this is what was really said.

    A refusal that nobody said is taken back by it too: the match goes on.
    """

    type = "match.answer_corrected.v1"
    side: Annotated[Side, OPEN]
    answer: Annotated[Literal["agreed", "open"], OPEN]
    reason: Annotated[Word, OPEN]


class MatchLapsed(MatchFact):
    """Nobody answered in time."""

    type = "match.lapsed.v1"
    silent: Annotated[tuple[Side, ...], OPEN]


class MatchCancelled(MatchFact):
    type = "match.cancelled.v1"
    reason: Annotated[ReasonCode, OPEN]
    consequence: Annotated[Consequence, OPEN] = "requeue"
    note: Annotated[Sealed | None, SEALED] = None


class MatchConfirmed(MatchFact):
    """Every required side agreed and every check stands."""

    type = "match.confirmed.v1"


class MatchBegun(MatchFact):
    type = "match.begun.v1"
    on: Annotated[Day, OPEN]


class MatchEnded(MatchFact):
    """The stay, or the hand-over, is over."""

    type = "match.ended.v1"
    on: Annotated[Day, OPEN]
    side: Annotated[AnySide, OPEN]
    reason: Annotated[ReasonCode, OPEN]
    consequence: Annotated[Consequence, OPEN] = "requeue"
    note: Annotated[Sealed | None, SEALED] = None


class GoodsReserved(MatchFact):
    type = "goods.reserved.v1"
    quantity: Annotated[Count, OPEN]


class GoodsDispatched(MatchFact):
    type = "goods.dispatched.v1"
    quantity: Annotated[Count, OPEN]


class GoodsReceived(MatchFact):
    """What arrived; less than was sent is told by the number, never hidden."""

    type = "goods.received.v1"
    quantity: Annotated[Count, OPEN]


State = Literal[
    "proposed", "communicated", "agreed", "confirmed", "begun", "ended", "refused",
    "lapsed", "cancelled",
]  # fmt: skip
LIVING: frozenset[State] = frozenset(
    ("proposed", "communicated", "agreed", "confirmed", "begun")
)


class MatchState(Strict):
    """What a match's facts add up to."""

    id: Annotated[Ref, OPEN]
    offer: Annotated[Ref, OPEN]
    need: Annotated[Ref, OPEN]
    household: Annotated[Ref, OPEN]
    no_contact: Annotated[tuple[Ref, ...], COARSE]
    persons: Annotated[Count, COARSE]
    allocation: Annotated[tuple[Allocation, ...], OPEN]
    open_ended: Annotated[bool, OPEN] = False
    conditions: Annotated[tuple[Due, ...], OPEN]
    required_sides: Annotated[tuple[Side, ...], OPEN]
    origin: Annotated[MatchOrigin, OPEN]
    why: Annotated[tuple[Why, ...], OPEN]
    bundle: Annotated[Ref | None, OPEN] = None
    """What stands or falls with it: households that are placed together."""
    position: Annotated[int, OPEN]
    state: Annotated[State, OPEN] = "proposed"
    agreed: Annotated[tuple[Side, ...], OPEN] = ()
    answer_by: Annotated[Day | None, OPEN] = None
    reason: Annotated[Word | None, OPEN] = None
    refused_by: Annotated[AnySide | None, OPEN] = None
    reserved: Annotated[Count, OPEN] = 0
    dispatched: Annotated[Count, OPEN] = 0
    received: Annotated[Count, OPEN] = 0
    begun_on: Annotated[Day | None, OPEN] = None
    ended_on: Annotated[Day | None, OPEN] = None

    @property
    def living(self) -> bool:
        """Whether it still goes on."""
        return self.state in LIVING

    @property
    def holding(self) -> bool:
        """Whether it takes beds or pieces away: pieces are gone for good."""
        return self.living or self.taken > 0

    @property
    def last_day_checked(self) -> date | None:
        """The day until which its checks must stand; None where no day is named.

        A stay is half-open, so the day of leaving does not count.
        """
        starts = [line.start for line in self.allocation if line.start is not None]
        ends = [line.end for line in self.allocation if line.end is not None]
        if self.open_ended or len(ends) < len(self.allocation):
            return min(starts, default=None)
        return max(ends) - timedelta(days=1) if ends else None

    @property
    def promised(self) -> int:
        """The pieces that it names."""
        return sum(line.quantity for line in self.allocation)

    @property
    def taken(self) -> int:
        """The pieces that its lot is without: after the end, those that left it.

        Where nobody recorded the way of the pieces, all are taken to be handed over.
        """
        if self.state == "ended":
            return self.dispatched or self.promised
        return self.promised if self.living else 0

    @property
    def brought(self) -> int:
        """The pieces that its need can count on: after the end, those that arrived."""
        if self.state == "ended" and self.dispatched:
            return self.received
        return self.taken


def evolve_match(state: MatchState | None, recorded: Recorded) -> MatchState | None:
    """Return the match after `recorded`; facts of other lives change nothing."""
    fact = recorded.fact
    if isinstance(fact, MatchProposed):
        return _proposed(fact, recorded.position)
    if state is None or not isinstance(fact, MatchFact):
        return state
    return state.model_copy(update=_change(state, fact))


def _proposed(fact: MatchProposed, position: int) -> MatchState:
    return MatchState(
        id=fact.match,
        offer=fact.offer,
        need=fact.need,
        household=fact.household,
        no_contact=fact.no_contact,
        persons=fact.persons,
        allocation=fact.allocation,
        open_ended=fact.open_ended,
        conditions=fact.conditions,
        required_sides=fact.required_sides,
        origin=fact.origin,
        why=fact.why,
        bundle=fact.bundle,
        position=position,
    )


def _change(state: MatchState, fact: MatchFact) -> dict[str, object]:
    match fact:
        case MatchCommunicated(answer_by=day):
            return {"answer_by": day} | _answered(state, state.agreed)
        case MatchAgreed(side=side):
            return _answered(state, (*state.agreed, side))
        case MatchAnswerCorrected(side=side, answer=answer):
            rest = tuple(other for other in state.agreed if other != side)
            sides = (*rest, side) if answer == "agreed" else rest
            return {"reason": None, "refused_by": None} | _answered(state, sides)
        case MatchRefused(side=who, reason=reason):
            return {"state": "refused", "reason": reason, "refused_by": who}
        case MatchCancelled(reason=reason):
            return {"state": "cancelled", "reason": reason}
        case MatchLapsed():
            return {"state": "lapsed", "reason": "expired_without_interaction"}
        case MatchConfirmed():
            return {"state": "confirmed"}
        case MatchBegun(on=day):
            return {"state": "begun", "begun_on": day}
        case MatchEnded(on=day, reason=reason):
            return {"state": "ended", "ended_on": day, "reason": reason}
        case GoodsReserved(quantity=quantity):
            return {"reserved": quantity}
        case GoodsDispatched(quantity=quantity):
            return {"dispatched": state.dispatched + quantity}
        case GoodsReceived(quantity=quantity):
            return {"received": state.received + quantity}
        case _:
            raise AssertionError(f"{type(fact).__name__} has no place in a match")


def _answered(state: MatchState, sides: tuple[Side, ...]) -> dict[str, object]:
    agreed = tuple(side for side in state.required_sides if side in sides)
    whole = agreed == state.required_sides
    return {"agreed": agreed, "state": "agreed" if whole else "communicated"}


__all__ = [
    "LIVING", "Allocation", "AnySide", "Consequence", "Due", "GoodsDispatched",
    "GoodsReceived", "GoodsReserved", "MatchAgreed", "MatchAnswerCorrected",
    "MatchBegun", "MatchCancelled", "MatchCommunicated", "MatchConfirmed",
    "MatchEnded", "MatchFact", "MatchLapsed", "MatchOrigin", "MatchProposed",
    "MatchRefused", "MatchState", "ReasonCode", "Side", "State", "Why",
    "evolve_match",
]  # fmt: skip
