"""Commands by which a person says that two cases are one, or that they are two."""

from events.base import Fact, Said
from events.case import CaseState
from events.kinds.goods import GoodsOffer
from events.kinds.housing import HousingNeed, Protection
from events.match import MatchState
from events.need import NeedMerged, NeedState, NeedUnmerged, at_odds
from events.offer import OfferMerged, OfferState, OfferUnmerged
from events.values import Ref
from services.ledger.rules.base import Past, Refused, need_tag, offer_tag
from services.ledger.rules.holding import review
from services.ledger.rules.inheriting import decisions, linked_tags, links, urgency
from services.ledger.rules.needs import NeedCommand
from services.ledger.rules.neighbours import Known, homes_of, people_tags
from services.ledger.rules.offers import OfferCommand
from services.ledger.rules.telling import open_case


class MergeOffers(OfferCommand):
    """Say that an offer is the same as another, which stands for both."""

    name = "merge-offers"
    into: Ref

    def concerns(self) -> tuple[str, ...]:
        return (offer_tag(self.offer), offer_tag(self.into))

    def further(self, past: Past) -> tuple[str, ...]:
        return people_tags(past, *self.concerns())

    def decide(self, past: Past, said: Said) -> list[Fact]:
        _two(self.offer, self.into)
        offer, into = past.offer(self.offer), past.offer(self.into)
        if offer.merged_into == self.into:
            return []
        _mergeable(offer, into)
        known = Known.of(past)
        names = known.names(offer.person)
        shaken = [one for one in into.living if names & known.avoided(one)]
        if not _guards(offer) <= _guards(into):
            raise Refused("It is protected, the other is not; amend the other first.")
        if offer.holds:
            raise Refused("It is held back for expected arrivals; release it first.")
        return [
            OfferMerged(said=said, offer=self.offer, into=self.into),
            *decisions(offer, into, said),
            *review(shaken, said),
        ]


class UnmergeOffers(OfferCommand):
    """Keep two offers apart, or undo their merge."""

    name = "unmerge-offers"
    other: Ref

    def concerns(self) -> tuple[str, ...]:
        return (offer_tag(self.offer), offer_tag(self.other))

    def decide(self, past: Past, said: Said) -> list[Fact]:
        _two(self.offer, self.other)
        if _apart(past.offer(self.offer), past.offer(self.other)):
            return []
        return [OfferUnmerged(said=said, offer=self.offer, other=self.other)]


class MergeNeeds(NeedCommand):
    """Say that a need is the same as another, which stands for both.

    The other has waited as long as the longer of the two, is as urgent as either, and
    is linked with whom the one was linked with.
    """

    name = "merge-needs"
    into: Ref

    def concerns(self) -> tuple[str, ...]:
        return (need_tag(self.need), need_tag(self.into))

    def further(self, past: Past) -> tuple[str, ...]:
        homes, kin = homes_of(past, self.into), linked_tags(past, self.need)
        return people_tags(past, *self.concerns(), *homes, *kin)

    def decide(self, past: Past, said: Said) -> list[Fact]:
        _two(self.need, self.into)
        need, into = past.need(self.need), past.need(self.into)
        if need.merged_into == self.into:
            return []
        _mergeable(need, into)
        if at_odds(need, into):
            raise Refused(
                "These people must not meet, so they are two; keep them apart."
            )
        if not _asks(need) <= _asks(into):
            raise Refused(
                "It asks for protection, the other does not; amend the other first."
            )
        return [
            NeedMerged(
                said=said,
                need=self.need,
                into=self.into,
                waiting_since=need.waiting_since,
            ),
            *decisions(need, into, said),
            *urgency(need, into, said),
            *links(need, into, past, said),
            *review(_uneasy(need, into, past), said),
        ]


class UnmergeNeeds(NeedCommand):
    """Keep two needs apart, or undo their merge."""

    name = "unmerge-needs"
    other: Ref

    def concerns(self) -> tuple[str, ...]:
        return (need_tag(self.need), need_tag(self.other))

    def decide(self, past: Past, said: Said) -> list[Fact]:
        _two(self.need, self.other)
        if _apart(past.need(self.need), past.need(self.other)):
            return []
        return [NeedUnmerged(said=said, need=self.need, other=self.other)]


def _uneasy(need: NeedState, into: NeedState, past: Past) -> list[MatchState]:
    """Return promises beside people who must not meet the one that is merged."""
    known = Known.of(past)
    names = known.names(need.person)
    return [
        match
        for match in into.living
        if any(names & known.avoided(other) for other in known.around(match))
    ]


def _two(case: str, other: str) -> None:
    if case == other:
        raise Refused("A case cannot be merged with itself; name two numbers.")


def _mergeable(case: OfferState | NeedState, into: OfferState | NeedState) -> None:
    """Refuse what would forget a promise: pieces that were handed over among them."""
    open_case(case)
    open_case(into)
    if case.details.kind != into.details.kind:
        raise Refused("Housing and goods are never one case; choose another number.")
    if case.holding:
        raise Refused("It has a proposal; merge the other one into it instead.")


def _apart(case: CaseState, other: CaseState) -> bool:
    merged = case.merged_into == other.id or other.merged_into == case.id
    return other.id in case.apart_from and not merged


def _guards(offer: OfferState) -> set[str]:
    """Return by what a home is protected: none of it is lost by a click."""
    if isinstance(offer.details, GoodsOffer):
        return set()
    accepts, location = offer.details.accepts, offer.details.location
    guards = {
        "women only": accepts is not None and accepts.women_only,
        "protected": location is not None and location.disclosure == "protected",
    }
    return {name for name, stands in guards.items() if stands}


def _asks(need: NeedState) -> set[str]:
    """Return what protects a household, whom it must not meet among it."""
    details = need.details
    known = details.protection if isinstance(details, HousingNeed) else None
    asked = known or Protection()
    flags = {
        "women only": asked.women_only,
        "confidential address": asked.confidential_address,
    }
    return {name for name, stands in flags.items() if stands} | set(need.avoids)
