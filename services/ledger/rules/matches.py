"""Commands that lead a match forward: from a proposal by hand to moving in."""

from datetime import timedelta
from typing import TypedDict

from events.base import Fact, Recorded, Said
from events.kinds.goods import GoodsNeed, GoodsOffer
from events.kinds.housing import HousingNeed, HousingOffer
from events.lives import fold_match
from events.match import (
    Allocation,
    MatchBegun,
    MatchCommunicated,
    MatchConfirmed,
    MatchOrigin,
    MatchProposed,
    MatchState,
    evolve_match,
)
from events.need import NeedState
from events.offer import OfferState, missing
from events.policy import CheckKind
from events.values import Day, Ref, Word
from services.bundles import mates
from services.ledger.rules.base import Command, Past, Refused, need_tag, offer_tag
from services.ledger.rules.checks import conditions, nothing_due, with_checks
from services.ledger.rules.holding import POOLED, has_room, lived_in, stay
from services.ledger.rules.neighbours import people_tags
from services.ledger.rules.suiting import suits
from services.ledger.rules.telling import open_case
from services.ledger.rules.twins import likenesses, one_case, twin_tags


class Pair(TypedDict):
    """The arguments that every fact about a match takes."""

    said: Said
    match: str
    offer: str
    need: str


class MatchCommand(Command):
    """`offer` and `need` are named too, so that their facts guard the decision."""

    match: Ref
    offer: Ref
    need: Ref

    def concerns(self) -> tuple[str, ...]:
        return (offer_tag(self.offer), need_tag(self.need))

    def person(self, past: Past) -> str:
        return past.match(self.match).household

    def pair(self, said: Said) -> Pair:
        return {
            "said": said,
            "match": self.match,
            "offer": self.offer,
            "need": self.need,
        }

    def known(self, past: Past) -> MatchState:
        """Return the match; refuse when it is of another offer or need."""
        match = past.match(self.match)
        if (match.offer, match.need) != (self.offer, self.need):
            raise Refused("The proposal is of another offer or need; load it again.")
        return match

    def living(self, past: Past, *states: str) -> MatchState:
        """Return the match when it is in one of `states`; refuse otherwise."""
        match = self.known(past)
        if match.state not in states:
            wanted = " or ".join(states)
            raise Refused(
                "The proposal is {state}; for this it must be {wanted}.",
                state=match.state,
                wanted=wanted,
            )
        return match


class ProposeMatch(MatchCommand):
    """Bring a pair together by hand. Which rooms and days is told by `allocation`.

    The hard rules hold for it as for a plan. `overrides` are the warnings over which
    a person chose it; a rule or what is promised already is no warning.
    """

    name = "propose-match"
    allocation: tuple[Allocation, ...]
    reason: Word
    due: tuple[CheckKind, ...] = ()
    overrides: tuple[Word, ...] = ()

    def concerns(self) -> tuple[str, ...]:
        likes = likenesses(self.offer, self.need)
        return (*super().concerns(), f"match:{self.match}", *likes)

    def further(self, past: Past) -> tuple[str, ...]:
        return (
            *twin_tags(past, self.offer, self.need),
            *people_tags(past, offer_tag(self.offer), need_tag(self.need)),
        )

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if (before := fold_match(self.match, past.facts)) is not None:
            if before.living and (before.offer, before.need) == (self.offer, self.need):
                return []
            raise Refused("The number of the proposal is taken; choose another.")
        offer, need = past.offer(self.offer), past.need(self.need)
        _free_to_propose(offer, need)
        one_case(past, offer)
        one_case(past, need)
        proposed = self._proposed(offer, need, past, said)
        state = evolve_match(None, Recorded(0, "", "", 0, proposed))
        if state is not None:
            _holds_something(offer, need, state)
            if not has_room(offer, state, past.day):
                raise Refused("It is promised already, or not to be had; choose less.")
            suits(offer, need, state, past)
        return [proposed]

    def _proposed(
        self, offer: OfferState, need: NeedState, past: Past, said: Said
    ) -> MatchProposed:
        details = need.details
        housing = details if isinstance(details, HousingNeed) else HousingNeed()
        period = housing.period
        return MatchProposed(
            **self.pair(said),
            household=need.person,
            no_contact=need.avoids,
            persons=housing.persons or 0,
            allocation=self.allocation,
            open_ended=period is None or period.end is None,
            conditions=with_checks(conditions(offer, need, past.policy), *self.due),
            origin=MatchOrigin(
                how="by_hand", reason=self.reason, overrides=self.overrides
            ),
        )


class CommunicateMatch(MatchCommand):
    """Both sides are asked; a home is visited before anybody hears of it."""

    name = "communicate-match"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        match = self.known(past)
        if match.living and match.state != "proposed":
            return []
        self.living(past, "proposed")
        if "visit" in missing(past.offer(self.offer), match):
            raise Refused("The on-site visit is still due; record it first.")
        answer_by = past.day + timedelta(days=past.policy.habits.lapse_days)
        return [MatchCommunicated(**self.pair(said), answer_by=answer_by)]


class ConfirmMatch(MatchCommand):
    """Every side agreed and every check stands: the placement is made.

    Who is placed together is confirmed together, or not at all.
    """

    name = "confirm-match"

    def further(self, past: Past) -> tuple[str, ...]:
        return tuple(need_tag(need) for need in self._bundled(past))

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if self.known(past).state in {"confirmed", "begun"}:
            return []
        match = self.living(past, "agreed")
        nothing_due(past, match)
        matches = past.offer(self.offer).matches.values()
        for mate in mates(matches, match):
            if mate.state not in {"agreed", "confirmed", "begun"}:
                raise Refused(
                    "Those who are placed with them have not all agreed; "
                    "record their answers first."
                )
        there = {mate.need for mate in mates(matches, match)}
        for need in self._bundled(past) - there:
            if past.need(need).status != "withdrawn":
                raise Refused(
                    "Those who were to be placed with them no longer are; "
                    "cancel this one too, and both are looked at again."
                )
        return [MatchConfirmed(**self.pair(said))]

    def _bundled(self, past: Past) -> set[str]:
        """Return the other needs that ever were to come with this one."""
        offer = past.known(offer_tag(self.offer))
        known = offer.matches if isinstance(offer, OfferState) else {}
        match = known.get(self.match)
        if match is None or match.bundle is None:
            return set()
        others = {m.need for m in known.values() if m.bundle == match.bundle}
        return others - {match.need}


class BeginMatch(MatchCommand):
    """The household has moved in, or the hand-over has begun."""

    name = "begin-match"
    on: Day

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if self.known(past).state == "begun":
            return []
        match = self.living(past, "confirmed")
        nothing_due(past, match)
        past.happened(self.on)
        if self.on < (first := stay(match)[0]):
            raise Refused(
                "It is promised from {day} on; propose it anew for an earlier day.",
                day=first,
            )
        if lived_in(past.offer(self.offer), match, self.on):
            raise Refused(
                "Somebody still lives there; record the end of that stay first."
            )
        return [MatchBegun(**self.pair(said), on=self.on)]


def free(need: NeedState) -> None:
    """A household has one proposal at a time; pieces may come from many."""
    if isinstance(need.details, HousingNeed) and need.living:
        raise Refused("The need has a proposal already; refuse or cancel that first.")


def _free_to_propose(offer: OfferState, need: NeedState) -> None:
    open_case(offer)
    open_case(need)
    if need.status == "parked":
        raise Refused("The need is parked; reopen it first.")
    if offer.id in need.forbidden:
        raise Refused("This pair was refused or forbidden; release it first.")
    if need.pinned and offer.id not in need.pinned:
        raise Refused("The need is pinned to another offer; release that first.")
    if offer.details.kind != need.details.kind:
        raise Refused("Housing and goods do not go together; choose one kind.")
    free(need)


def _holds_something(offer: OfferState, need: NeedState, match: MatchState) -> None:
    """Refuse an allocation that names no room on no day, or no piece."""
    if isinstance(offer.details, GoodsOffer):
        if match.promised == 0:
            raise Refused("It names no pieces; say how many.")
        _not_too_much(need, match)
        return
    if not match.allocation or any(not _is_stay(ln) for ln in match.allocation):
        raise Refused("It names no stay; give the first day and how many rooms.")
    _known_rooms(offer.details, match)


def _is_stay(line: Allocation) -> bool:
    if line.start is None or line.count == 0 or line.quantity:
        return False
    return line.end is None or line.start < line.end


def _known_rooms(details: HousingOffer, match: MatchState) -> None:
    units = {unit.ref for unit in details.units or ()}
    pooled = details.dwelling in POOLED
    for line in match.allocation:
        if line.unit not in units and (pooled or line.unit is not None):
            raise Refused(
                "It has no rooms called {unit}; name its own.", unit=line.unit
            )


def _not_too_much(need: NeedState, match: MatchState) -> None:
    if isinstance(need.details, GoodsNeed) and need.details.quantity is not None:
        coming = sum(other.brought for other in need.holding)
        left = max(0, need.details.quantity - coming)
        if match.promised > left:
            raise Refused("Only {left} are still needed; promise fewer.", left=left)
