"""A match: an offer and a need brought together, from proposal to its end.

States: proposed (provisional or firm; holds what it names) → communicated → agreed by
every required side → confirmed → begun → ended; out of each: refused, lapsed,
cancelled. A wrong click is corrected by a further fact.
"""

from typing import Annotated, Literal

from events.base import Fact, Recorded
from events.policy import CheckKind
from events.values import COARSE, OPEN, SEALED, Count, Day, Ref, Sealed, Strict, Word

Side = Literal["household", "provider"]
AnySide = Literal["household", "provider", "office"]
Consequence = Literal["none", "park", "requeue", "recheck"]
ReasonCode = Literal[
    "found_other_housing",
    "refused_offer",
    "unwilling_neighbourhood",
    "not_reached",
    "disengaged",
    "needs_higher_care",
    "household_changed",
    "health_and_safety",
    "provider_withdrew",
    "filled_by_other",
    "entered_by_mistake",
    "landlord_refused",
    "rent_above_limit",
    "unsafe_for_person",
    "expired_without_interaction",
    "superseded",
    "moved_out",
    "other",
]


class Allocation(Strict):
    """What a match holds: rooms of a unit over days, or pieces of a lot.

    `unit` is absent for a home that is taken as a whole; `count` is then 1.
    """

    unit: Annotated[Ref | None, OPEN] = None
    start: Annotated[Day | None, OPEN] = None
    end: Annotated[Day | None, OPEN] = None
    count: Annotated[Count, OPEN] = 0
    quantity: Annotated[Count, OPEN] = 0


class Due(Strict):
    """A check that must still stand before the match is confirmed."""

    check: Annotated[CheckKind, OPEN]
    due: Annotated[Day | None, OPEN] = None


class MatchOrigin(Strict):
    """Whether a plan chose the pair or a person did, and over which warnings."""

    how: Annotated[Literal["plan", "by_hand"], OPEN]
    plan: Annotated[Ref | None, OPEN] = None
    reason: Annotated[Word | None, OPEN] = None
    overrides: Annotated[tuple[Word, ...], OPEN] = ()


class Why(Strict):
    """One reason for a pair, in a code and a number (points, metres, persons)."""

    code: Annotated[Word, OPEN]
    value: Annotated[int, OPEN]


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
    """An answer was entered wrongly; this is what was really said."""

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


class MatchConfirmed(MatchFact):
    """Every required side agreed and every check stands."""

    type = "match.confirmed.v1"


class MatchBegun(MatchFact):
    type = "match.begun.v1"
    on: Annotated[Day, OPEN]


class MatchEnded(MatchFact):
    type = "match.ended.v1"
    on: Annotated[Day, OPEN]
    side: Annotated[AnySide, OPEN]
    reason: Annotated[ReasonCode, OPEN]


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
    "proposed",
    "communicated",
    "agreed",
    "confirmed",
    "begun",
    "ended",
    "refused",
    "lapsed",
    "cancelled",
]
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
    conditions: Annotated[tuple[Due, ...], OPEN]
    required_sides: Annotated[tuple[Side, ...], OPEN]
    origin: Annotated[MatchOrigin, OPEN]
    why: Annotated[tuple[Why, ...], OPEN]
    position: Annotated[int, OPEN]
    state: Annotated[State, OPEN] = "proposed"
    agreed: Annotated[tuple[Side, ...], OPEN] = ()
    answer_by: Annotated[Day | None, OPEN] = None
    reason: Annotated[Word | None, OPEN] = None
    reserved: Annotated[Count, OPEN] = 0
    dispatched: Annotated[Count, OPEN] = 0
    received: Annotated[Count, OPEN] = 0
    ended_on: Annotated[Day | None, OPEN] = None

    @property
    def living(self) -> bool:
        """Whether it still goes on."""
        return self.state in LIVING

    @property
    def holding(self) -> bool:
        """Whether it takes beds or pieces away: pieces are gone for good."""
        spent = self.state == "ended" and any(line.quantity for line in self.allocation)
        return self.living or spent


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
        conditions=fact.conditions,
        required_sides=fact.required_sides,
        origin=fact.origin,
        why=fact.why,
        position=position,
    )


def _change(state: MatchState, fact: MatchFact) -> dict[str, object]:
    match fact:
        case MatchCommunicated(answer_by=day):
            return {"state": "communicated", "answer_by": day}
        case MatchAgreed(side=side):
            return _answered(state, (*state.agreed, side))
        case MatchAnswerCorrected(side=side, answer=answer):
            rest = tuple(other for other in state.agreed if other != side)
            return _answered(state, (*rest, side) if answer == "agreed" else rest)
        case MatchRefused(reason=reason) | MatchCancelled(reason=reason):
            kind = "refused" if isinstance(fact, MatchRefused) else "cancelled"
            return {"state": kind, "reason": reason}
        case MatchLapsed():
            return {"state": "lapsed", "reason": "expired_without_interaction"}
        case MatchConfirmed():
            return {"state": "confirmed"}
        case MatchBegun():
            return {"state": "begun"}
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
