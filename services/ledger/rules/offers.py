"""Commands about offers."""

from typing import Annotated, Literal

from pydantic import Field

from events.base import Fact, Said
from events.desk import TaskAssigned
from events.kinds.goods import GoodsOffer
from events.kinds.housing import Capacity, HousingOffer
from events.match import MatchState, ReasonCode
from events.offer import (
    CheckState,
    OfferAmended,
    OfferCapacityChanged,
    OfferChecked,
    OfferDetails,
    OfferListed,
    OfferReconfirmed,
    OfferState,
    OfferWithdrawn,
)
from events.policy import CheckKind
from events.values import Day, Ref, Secret
from services.ledger.rules.base import Command, Past, Refused, boxed, offer_tag
from services.ledger.rules.holding import broken, let_go, named, review
from services.ledger.rules.telling import (
    News,
    Retelling,
    Telling,
    likened,
    news,
    open_case,
)

_HOLDS = frozenset(("available", "capacity", "units", "dwelling", "quantity"))
_SUITS = frozenset((
    "accepts", "beds", "best_before", "floor", "item", "lift", "location",
    "medical_equipment", "rent", "residents", "step_free", "tenant", "units",
))  # fmt: skip


class OfferCommand(Command):
    offer: Ref

    def concerns(self) -> tuple[str, ...]:
        return (offer_tag(self.offer),)

    def person(self, past: Past) -> str:
        return past.offer(self.offer).person


class ListOffer(OfferCommand, Telling):
    """Take an offer in. `provider` is an opaque person id, never a name."""

    name = "list-offer"
    provider: Ref
    details: OfferDetails

    def person(self, past: Past) -> str:
        return self.provider

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if past.facts:
            raise Refused(
                "The offer {offer} is listed already; amend it.", offer=self.offer
            )
        return [
            OfferListed(
                said=said,
                offer=self.offer,
                provider=self.provider,
                details=self.details,
                **self.beside(),
            ),
            *likened(said, offer_tag(self.offer), self.similar_to),
        ]


class AmendOffer(OfferCommand, Retelling):
    """Tell some fields anew; those named in `unset` become unknown.

    Promises that no longer fit go; a person looks at those whose ground has changed.
    """

    name = "amend-offer"
    changes: OfferDetails

    def decide(self, past: Past, said: Said) -> list[Fact]:
        offer = past.offer(self.offer)
        open_case(offer)
        told = news(offer, offer.details, self.changes, self)
        if told.nothing:
            return []
        gone, shaken = _broken(offer, told, past)
        return [
            OfferAmended(
                said=said,
                offer=self.offer,
                changes=told.changes,
                breaks=named(gone),
                **told.beside,
            ),
            *likened(said, offer_tag(self.offer), told.beside["similar_to"]),
            *let_go(gone, said, reason="provider_withdrew"),
            *review(shaken, said),
        ]


class ReconfirmOffer(OfferCommand):
    """The provider says that the offer still stands."""

    name = "reconfirm-offer"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        offer = past.offer(self.offer)
        open_case(offer)
        if offer.confirmed_on == past.day:
            return []
        return [OfferReconfirmed(said=said, offer=self.offer, on=past.day)]


class RestoreOffer(OfferCommand):
    """Take up an offer again that was withdrawn: the provider says that it stands.

    A command of its own, so that nobody who only reconfirms brings back what was
    withdrawn a moment before.
    """

    name = "restore-offer"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        offer = past.offer(self.offer)
        if offer.status == "open":
            return []
        if offer.status == "merged":
            open_case(offer)
        return [OfferReconfirmed(said=said, offer=self.offer, on=past.day)]


class CheckOffer(OfferCommand):
    """Record the result of a check or of the on-site visit.

    `expired` is said by the calendar, and opens a task for whoever lives there.
    """

    name = "check-offer"
    check: CheckKind
    state: Literal["passed", "failed", "expired"]
    on: Day
    valid_until: Day | None = None
    note: Secret | None = None

    def decide(self, past: Past, said: Said) -> list[Fact]:
        offer = past.offer(self.offer)
        if not offer.living:
            open_case(offer)
        past.happened(self.on)
        if self.valid_until is not None and self.valid_until < self.on:
            raise Refused("The check would end before it began; correct the dates.")
        needing = [
            match
            for match in offer.living
            if self.check in {due.check for due in match.conditions}
        ]
        match self.state:
            case "expired":
                return self._expired(offer, needing, past, said)
            case "failed":
                rest = [match for match in offer.living if match not in needing]
                return [
                    self._checked(said, named(needing)),
                    *let_go(needing, said, reason="health_and_safety"),
                    *review(rest, said),
                ]
            case "passed":
                known = self.note is None and self._result() in offer.checks
                return [] if known else [self._checked(said)]

    def _result(self) -> CheckState:
        return CheckState(
            kind=self.check, state=self.state, on=self.on, valid_until=self.valid_until
        )

    def _checked(self, said: Said, breaks: tuple[str, ...] = ()) -> OfferChecked:
        return OfferChecked(
            said=said,
            offer=self.offer,
            check=self.check,
            state=self.state,
            on=self.on,
            valid_until=self.valid_until,
            note=None if self.note is None else boxed(self.note),
            breaks=breaks,
        )

    def _expired(
        self, offer: OfferState, needing: list[MatchState], past: Past, said: Said
    ) -> list[Fact]:
        """A check that was renewed meanwhile does not expire by the old date."""
        standing = [check for check in offer.checks if check.kind == self.check]
        if not standing or standing[0].state != "passed":
            return []
        until = standing[0].valid_until
        if until is None or until >= past.day:
            raise Refused("The check still stands; record a new result instead.")
        tasks = [
            TaskAssigned(
                said=said,
                task=f"renew_check-{self.check}-{until}-{match.id}",
                case=offer_tag(self.offer),
                what="renew_check",
                match=match.id,
            )
            for match in needing
        ]
        return [self._checked(said), *tasks]


class ChangeCapacity(OfferCommand):
    """Say anew how many rooms a contingent, or how many pieces a lot has."""

    name = "change-capacity"
    capacity: tuple[Capacity, ...] | None = None
    quantity: Annotated[int | None, Field(ge=0)] = None

    def decide(self, past: Past, said: Said) -> list[Fact]:
        offer = past.offer(self.offer)
        open_case(offer)
        details = self._changed(offer.details)
        if details == offer.details:
            return []
        gone = broken(details, offer.holding, today=past.today)
        changed = OfferCapacityChanged(
            said=said,
            offer=self.offer,
            capacity=self.capacity,
            quantity=self.quantity,
            breaks=named(gone),
        )
        return [changed, *let_go(gone, said, reason="provider_withdrew")]

    def _changed(self, details: HousingOffer | GoodsOffer) -> HousingOffer | GoodsOffer:
        told = (self.capacity is not None, self.quantity is not None)
        if told != (isinstance(details, HousingOffer), isinstance(details, GoodsOffer)):
            raise Refused("Rooms take `capacity`, goods `quantity`; give that one.")
        if isinstance(details, GoodsOffer):
            return details.model_copy(update={"quantity": self.quantity})
        known = {unit.ref for unit in details.units or ()}
        for line in self.capacity or ():
            if line.unit not in known:
                raise Refused(
                    "It has no rooms called {unit}; name its own.", unit=line.unit
                )
            if line.span.end is not None and line.span.end <= line.span.start:
                raise Refused("A span ends before it begins; correct the dates.")
        return details.model_copy(update={"capacity": self.capacity})


class WithdrawOffer(OfferCommand):
    """Take an offer back, whatever it was promised for."""

    name = "withdraw-offer"
    reason: ReasonCode

    def decide(self, past: Past, said: Said) -> list[Fact]:
        offer = past.offer(self.offer)
        if offer.status == "withdrawn":
            return []
        open_case(offer)
        withdrawn = OfferWithdrawn(
            said=said,
            offer=self.offer,
            reason=self.reason,
            breaks=named(offer.living),
        )
        return [withdrawn, *let_go(offer.living, said, reason="provider_withdrew")]


def _broken(
    offer: OfferState, told: News[OfferDetails], past: Past
) -> tuple[tuple[MatchState, ...], tuple[MatchState, ...]]:
    """Return the matches that go, and those that a person must look at."""
    gone: tuple[MatchState, ...] = ()
    if told.touched & _HOLDS:
        gone = broken(told.after, offer.holding, today=past.today)
    kept = tuple(match for match in offer.living if match not in gone)
    return gone, kept if told.touched & _SUITS else ()
