"""Commands about offers."""

from typing import Annotated, Literal

from pydantic import Field

from events.base import Fact, Said
from events.case import RepresentedBy
from events.kinds.goods import GoodsOffer
from events.kinds.housing import Capacity, HousingOffer
from events.match import ReasonCode
from events.offer import (
    OfferAmended,
    OfferCapacityChanged,
    OfferChecked,
    OfferDetails,
    OfferListed,
    OfferMerged,
    OfferReconfirmed,
    OfferState,
    OfferUnmerged,
    OfferWithdrawn,
)
from events.policy import CheckKind
from events.values import Day, Origin, Ref, Secret, Word
from services.ledger.rules.base import (
    Command,
    Past,
    Question,
    Refused,
    Told,
    boxed,
    offer_tag,
)
from services.ledger.rules.holding import broken, let_go, review
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

_HOLDS = {"available", "capacity", "units", "dwelling", "quantity"}
_SUITS = {
    "accepts", "beds", "best_before", "floor", "lift", "location",
    "medical_equipment", "rent", "step_free", "tenant", "units",
}  # fmt: skip


class OfferCommand(Command):
    offer: Ref

    def concerns(self) -> tuple[str, ...]:
        return (offer_tag(self.offer),)

    def person(self, past: Past) -> str:
        return past.offer(self.offer).person


class ListOffer(OfferCommand):
    """Take an offer in. `provider` is an opaque person id, never a name."""

    name = "list-offer"
    provider: Ref
    details: OfferDetails
    told: Told = Told()
    questions: tuple[Question, ...] = ()
    origin: Origin | None = None
    represented_by: RepresentedBy | None = None
    similar_to: tuple[Ref, ...] = ()

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
                private=self.told.private(),
                open_questions=tuple(q.asked() for q in self.questions),
                origin=self.origin,
                represented_by=self.represented_by,
                similar_to=self.similar_to,
            )
        ]


class AmendOffer(OfferCommand):
    """Tell some fields anew; those named in `unset` become unknown."""

    name = "amend-offer"
    changes: OfferDetails
    unset: tuple[Word, ...] = ()
    told: Told = Told()
    questions: tuple[Question, ...] = ()
    origin: Origin | None = None
    represented_by: RepresentedBy | None = None
    similar_to: tuple[Ref, ...] = ()

    def decide(self, past: Past, said: Said) -> list[Fact]:
        offer = past.offer(self.offer)
        open_case(offer)
        same_kind(offer.details, self.changes)
        amended = OfferAmended(
            said=said,
            offer=self.offer,
            changes=news(offer.details, self.changes),
            unset=known_fields(offer.details, self.unset),
            private=new_boxes(offer.private, self.told.private()),
            open_questions=new_questions(offer, self.questions),
            origin=self.origin,
            represented_by=self.represented_by,
            similar_to=self.similar_to,
        )
        return [amended, *_consequences(offer, amended, said)] if _says(amended) else []


class ReconfirmOffer(OfferCommand):
    """The provider says that the offer still stands."""

    name = "reconfirm-offer"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        open_case(past.offer(self.offer))
        return [OfferReconfirmed(said=said, offer=self.offer, on=past.day)]


class CheckOffer(OfferCommand):
    """Record the result of a check or of the on-site visit."""

    name = "check-offer"
    check: CheckKind
    state: Literal["passed", "failed", "expired"]
    on: Day
    valid_until: Day | None = None
    note: Secret | None = None

    def decide(self, past: Past, said: Said) -> list[Fact]:
        offer = past.offer(self.offer)
        open_case(offer)
        if self.valid_until is not None and self.valid_until < self.on:
            raise Refused("The check would end before it began; correct the dates.")
        checked = OfferChecked(
            said=said,
            offer=self.offer,
            check=self.check,
            state=self.state,
            on=self.on,
            valid_until=self.valid_until,
            note=None if self.note is None else boxed(self.note),
        )
        if self.state != "failed":
            return [checked]
        needing = [m for m in offer.living if self.check in _checks(m.conditions)]
        rest = [m for m in offer.living if m not in needing]
        return [
            checked,
            *let_go(needing, said, reason="health_and_safety"),
            *review(rest, said),
        ]


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
        gone = broken(details, offer.holding)
        changed = OfferCapacityChanged(
            said=said,
            offer=self.offer,
            capacity=self.capacity,
            quantity=self.quantity,
            breaks=tuple(match.id for match in gone),
        )
        return [changed, *let_go(gone, said, reason="provider_withdrew")]

    def _changed(self, details: HousingOffer | GoodsOffer) -> HousingOffer | GoodsOffer:
        if isinstance(details, HousingOffer) and self.capacity is not None:
            known = {unit.ref for unit in details.units or ()}
            for line in self.capacity:
                if line.unit not in known:
                    raise Refused("The offer has no unit {unit}.", unit=line.unit)
            return details.model_copy(update={"capacity": self.capacity})
        if isinstance(details, GoodsOffer) and self.quantity is not None:
            return details.model_copy(update={"quantity": self.quantity})
        raise Refused("Housing takes `capacity`, goods take `quantity`; give that one.")


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
            breaks=tuple(match.id for match in offer.living),
        )
        return [withdrawn, *let_go(offer.living, said, reason="provider_withdrew")]


class MergeOffers(OfferCommand):
    """Say that an offer is the same as another, which stands for both."""

    name = "merge-offers"
    into: Ref

    def concerns(self) -> tuple[str, ...]:
        return (offer_tag(self.offer), offer_tag(self.into))

    def decide(self, past: Past, said: Said) -> list[Fact]:
        other_case(past, offer_tag(self.offer), offer_tag(self.into))
        offer, into = past.offer(self.offer), past.offer(self.into)
        if offer.merged_into == self.into:
            return []
        open_case(offer)
        open_case(into)
        same_kind(offer.details, into.details)
        if offer.living:
            raise Refused("It is promised; merge the other one into it instead.")
        return [OfferMerged(said=said, offer=self.offer, into=self.into)]


class UnmergeOffers(OfferCommand):
    """Keep two offers apart, or undo their merge."""

    name = "unmerge-offers"
    other: Ref

    def concerns(self) -> tuple[str, ...]:
        return (offer_tag(self.offer), offer_tag(self.other))

    def decide(self, past: Past, said: Said) -> list[Fact]:
        other_case(past, offer_tag(self.offer), offer_tag(self.other))
        if self.other in past.offer(self.offer).apart_from:
            return []
        return [OfferUnmerged(said=said, offer=self.offer, other=self.other)]


def _checks(conditions: tuple[object, ...]) -> set[object]:
    return {getattr(due, "check", None) for due in conditions}


def _says(fact: OfferAmended) -> bool:
    return not is_empty(fact.changes) or bool(
        fact.unset
        or fact.open_questions
        or fact.origin
        or fact.represented_by
        or fact.similar_to
        or any(box is not None for _, box in fact.private)
    )


def _consequences(offer: OfferState, fact: OfferAmended, said: Said) -> list[Fact]:
    """Promises that no longer fit go; those whose ground changed are reviewed."""
    told = {name for name, value in fact.changes if value is not None}
    touched = told | set(fact.unset)
    details = offer.details.model_copy(
        update={n: getattr(fact.changes, n) for n in told} | dict.fromkeys(fact.unset)
    )
    gone = broken(details, offer.holding) if touched & _HOLDS else ()
    kept = [match for match in offer.living if match not in gone]
    return [
        *let_go(gone, said, reason="provider_withdrew"),
        *(review(kept, said) if touched & _SUITS else []),
    ]
