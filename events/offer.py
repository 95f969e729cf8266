"""The life of an offer: listed, told better, checked, promised, withdrawn."""

from typing import Annotated, Literal

from pydantic import Field

from events.arrivals import CapacityFact, Hold, held_back
from events.base import Fact, Recorded, day_of
from events.case import (
    CaseAmended,
    CaseState,
    CaseTold,
    joined,
    kept_apart,
    known,
    merged,
    paired,
    patched,
    told_anew,
    without,
)
from events.kinds.goods import GoodsOffer
from events.kinds.housing import Capacity, HousingOffer
from events.match import (
    MatchAnswerCorrected,
    MatchFact,
    MatchRefused,
    MatchState,
    ReasonCode,
    evolve_match,
)
from events.pair import PairFact
from events.policy import CheckKind
from events.values import OPEN, SEALED, Day, Ref, Sealed, Strict

OfferDetails = Annotated[HousingOffer | GoodsOffer, Field(discriminator="kind")]


class OfferFact(Fact):
    offer: Annotated[Ref, OPEN]

    def tags(self) -> tuple[str, ...]:
        return (f"offer:{self.offer}",)


class OfferListed(CaseTold, OfferFact):
    """Someone offers something."""

    type = "offer.listed.v1"
    provider: Annotated[Ref, OPEN]
    details: Annotated[OfferDetails, OPEN]


class OfferAmended(CaseAmended, OfferFact):
    """Some fields are told anew; those in `unset` are unknown again."""

    type = "offer.amended.v1"
    changes: Annotated[OfferDetails, OPEN]


class OfferReconfirmed(OfferFact):
    """The provider says that the offer still stands, or stands again."""

    type = "offer.reconfirmed.v1"
    on: Annotated[Day, OPEN]


class OfferChecked(OfferFact):
    """A vetting step has a result, good until `valid_until` (absent: for ever)."""

    type = "offer.checked.v1"
    check: Annotated[CheckKind, OPEN]
    state: Annotated[Literal["passed", "failed", "expired"], OPEN]
    on: Annotated[Day, OPEN]
    valid_until: Annotated[Day | None, OPEN] = None
    note: Annotated[Sealed | None, SEALED] = None
    breaks: Annotated[tuple[Ref, ...], OPEN] = ()


class OfferCapacityChanged(OfferFact):
    """The rooms of a contingent, or the pieces of a lot, are now these."""

    type = "offer.capacity_changed.v1"
    capacity: Annotated[tuple[Capacity, ...] | None, OPEN] = None
    quantity: Annotated[int | None, OPEN, Field(ge=0)] = None
    breaks: Annotated[tuple[Ref, ...], OPEN] = ()


class OfferWithdrawn(OfferFact):
    """It cannot be had any more; `breaks` names the matches that held it."""

    type = "offer.withdrawn.v1"
    reason: Annotated[ReasonCode, OPEN]
    breaks: Annotated[tuple[Ref, ...], OPEN] = ()


class OfferMerged(OfferFact):
    """It is the same as another offer, which stands for both from now on."""

    type = "offer.merged.v1"
    into: Annotated[Ref, OPEN]

    def tags(self) -> tuple[str, ...]:
        return (f"offer:{self.offer}", f"offer:{self.into}")


class OfferUnmerged(OfferFact):
    """It is another offer than `other`, whatever they have in common."""

    type = "offer.unmerged.v1"
    other: Annotated[Ref, OPEN]

    def tags(self) -> tuple[str, ...]:
        return (f"offer:{self.offer}", f"offer:{self.other}")


class CheckState(Strict):
    """The latest result of one check."""

    kind: Annotated[CheckKind, OPEN]
    state: Annotated[Literal["passed", "failed", "expired"], OPEN]
    on: Annotated[Day, OPEN]
    valid_until: Annotated[Day | None, OPEN] = None


class OfferState(CaseState):
    """What an offer's facts add up to."""

    details: Annotated[OfferDetails, OPEN]
    checks: Annotated[tuple[CheckState, ...], OPEN] = ()
    confirmed_on: Annotated[Day, OPEN]
    """When the provider last said that it stands."""
    holds: Annotated[tuple[Hold, ...], OPEN] = ()


def evolve_offer(state: OfferState | None, recorded: Recorded) -> OfferState | None:
    """Return the offer after `recorded`; facts of other lives change nothing."""
    fact = recorded.fact
    if isinstance(fact, OfferListed):
        return _listed(fact, recorded)
    if state is None:
        return None
    if isinstance(fact, MatchFact):
        return _matched(state, fact, recorded)
    if isinstance(fact, PairFact):
        return state.model_copy(update=paired(state, fact, fact.need))
    if isinstance(fact, CapacityFact):
        return state.model_copy(update={"holds": held_back(state.holds, fact)})
    if isinstance(fact, OfferFact):
        return state.model_copy(update=_change(state, fact, recorded))
    return state


def missing(offer: OfferState, match: MatchState) -> tuple[CheckKind, ...]:
    """Return the match's checks that do not stand on the days they must.

    Those are all days of the stay; of an open-ended one, its first.
    """
    until = match.last_day_checked
    passed = {
        check.kind
        for check in offer.checks
        if check.state == "passed"
        and (check.valid_until is None or until is None or check.valid_until >= until)
    }
    return tuple(due.check for due in match.conditions if due.check not in passed)


def _matched(state: OfferState, fact: MatchFact, recorded: Recorded) -> OfferState:
    match = evolve_match(state.matches.get(fact.match), recorded)
    rest = {} if match is None else {fact.match: match}
    update: dict[str, object] = {"matches": state.matches | rest}
    if isinstance(fact, MatchRefused):
        update["forbidden"] = joined(state.forbidden, fact.need)
    if isinstance(fact, MatchAnswerCorrected):
        update["forbidden"] = without(state.forbidden, fact.need)
    return state.model_copy(update=update)


def _listed(fact: OfferListed, recorded: Recorded) -> OfferState:
    day = day_of(recorded)
    return OfferState(
        id=fact.offer,
        person=fact.provider,
        position=recorded.position,
        told_on=day,
        confirmed_on=day,
        private=fact.private,
        questions=fact.open_questions,
        origin=fact.origin,
        represented_by=fact.represented_by,
        similar_to=fact.similar_to,
        details=fact.details,
    )


def _change(
    state: OfferState, fact: OfferFact, recorded: Recorded
) -> dict[str, object]:
    match fact:
        case OfferAmended():
            return told_anew(state, fact, known(fact.changes)) | {
                "details": patched(state.details, fact.changes, fact.unset)
            }
        case OfferReconfirmed(on=day):
            return {"confirmed_on": day, "status": "open"}
        case OfferChecked(check=kind, state=result, on=day, valid_until=until):
            new = CheckState(kind=kind, state=result, on=day, valid_until=until)
            rest = tuple(check for check in state.checks if check.kind != kind)
            return {"checks": (*rest, new)}
        case OfferCapacityChanged():
            return _capacity(state, fact)
        case OfferWithdrawn():
            return {"status": "withdrawn"}
        case OfferMerged(offer=offer, into=into):
            return merged(state, offer, into)
        case OfferUnmerged(offer=offer, other=other):
            return kept_apart(state, offer, other)
        case _:
            raise AssertionError(f"{type(fact).__name__} of {recorded.position}")


def _capacity(state: OfferState, fact: OfferCapacityChanged) -> dict[str, object]:
    name = "quantity" if fact.capacity is None else "capacity"
    value = fact.quantity if fact.capacity is None else fact.capacity
    return {"details": state.details.model_copy(update={name: value})}
