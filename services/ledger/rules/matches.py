"""Commands about matches: from a proposal by hand to the end of a stay."""

from datetime import timedelta

from events.base import Fact, Said
from events.kinds.goods import GoodsOffer
from events.kinds.housing import HousingNeed, HousingOffer
from events.match import (
    Allocation,
    AnySide,
    Consequence,
    Due,
    MatchAgreed,
    MatchAnswerCorrected,
    MatchBegun,
    MatchCancelled,
    MatchCommunicated,
    MatchConfirmed,
    MatchEnded,
    MatchLapsed,
    MatchOrigin,
    MatchProposed,
    MatchRefused,
    MatchState,
    ReasonCode,
    Side,
)
from events.need import NeedParked, NeedState
from events.offer import OfferState
from events.policy import CheckKind, Policy
from events.values import Day, Ref, Secret, Word
from services.ledger.rules.base import (
    Command,
    Past,
    Refused,
    boxed,
    need_tag,
    offer_tag,
)
from services.ledger.rules.holding import fits
from services.ledger.rules.telling import open_case


class MatchCommand(Command):
    """`offer` and `need` are named too, so that their facts guard the decision."""

    match: Ref
    offer: Ref
    need: Ref

    def concerns(self) -> tuple[str, ...]:
        return (offer_tag(self.offer), need_tag(self.need))

    def person(self, past: Past) -> str:
        return past.match(self.match).household

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
                "The proposal is {state}; this needs it {wanted}.",
                state=match.state,
                wanted=wanted,
            )
        return match


class ProposeMatch(MatchCommand):
    """Bring a pair together by hand. Which rooms and days is told by `allocation`."""

    name = "propose-match"
    allocation: tuple[Allocation, ...]
    reason: Word
    due: tuple[CheckKind, ...] = ()

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if any(match.id == self.match for match in past.need(self.need).living):
            return []
        offer, need = past.offer(self.offer), past.need(self.need)
        _free_to_propose(offer, need)
        proposed = MatchProposed(
            said=said,
            match=self.match,
            offer=self.offer,
            need=self.need,
            household=need.person,
            no_contact=_no_contact(need),
            persons=_persons(need),
            allocation=self.allocation,
            conditions=conditions(offer, need, past.policy),
            origin=MatchOrigin(how="by_hand", reason=self.reason),
        )
        state = _as_state(proposed)
        if not fits(offer.details, [*offer.holding, state]):
            raise Refused("It is promised for these days already; choose other days.")
        return [proposed]


class CommunicateMatch(MatchCommand):
    """Both sides are asked; a home is visited before anybody hears of it."""

    name = "communicate-match"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        match = self.known(past)
        if match.state in {"communicated", "agreed"}:
            return []
        self.living(past, "proposed")
        offer = past.offer(self.offer)
        if "visit" in missing(offer, match):
            raise Refused("The on-site visit is still due; record it first.")
        answer_by = past.day + timedelta(days=past.policy.habits.lapse_days)
        return [
            MatchCommunicated(
                said=said,
                match=self.match,
                offer=self.offer,
                need=self.need,
                answer_by=answer_by,
            )
        ]


class AgreeMatch(MatchCommand):
    """One side says yes."""

    name = "agree-match"
    side: Side

    def decide(self, past: Past, said: Said) -> list[Fact]:
        match = self.living(past, "communicated", "agreed")
        if self.side in match.agreed:
            return []
        if self.side not in match.required_sides:
            raise Refused("The {side} is not asked in this proposal.", side=self.side)
        return [
            MatchAgreed(
                said=said,
                match=self.match,
                offer=self.offer,
                need=self.need,
                side=self.side,
            )
        ]


class RefuseMatch(MatchCommand):
    """One side, or the office, says no, with a coded reason and what follows."""

    name = "refuse-match"
    side: AnySide
    reason: ReasonCode
    consequence: Consequence = "requeue"
    until: Day | None = None
    note: Secret | None = None

    def decide(self, past: Past, said: Said) -> list[Fact]:
        self.living(past, "proposed", "communicated", "agreed")
        if self.reason == "other" and self.note is None:
            raise Refused("The reason “other” needs a note; say it in a few words.")
        refused = MatchRefused(
            said=said,
            match=self.match,
            offer=self.offer,
            need=self.need,
            side=self.side,
            reason=self.reason,
            consequence=self.consequence,
            note=None if self.note is None else boxed(self.note),
        )
        return [refused, *self._park(past, said)]

    def _park(self, past: Past, said: Said) -> list[Fact]:
        if self.consequence != "park":
            return []
        if self.until is None or self.until <= past.day:
            raise Refused("To park the need, give a day that is still to come.")
        return [
            NeedParked(said=said, need=self.need, until=self.until, reason=self.reason)
        ]


class CorrectAnswer(MatchCommand):
    """An answer was entered wrongly."""

    name = "correct-answer"
    side: Side
    answer: str
    reason: Word

    def decide(self, past: Past, said: Said) -> list[Fact]:
        match = self.living(past, "communicated", "agreed")
        if self.answer not in {"agreed", "open"}:
            raise Refused("The answer is `agreed` or `open`; a no is a refusal.")
        if (self.side in match.agreed) == (self.answer == "agreed"):
            return []
        return [
            MatchAnswerCorrected.model_validate(
                {
                    "said": said,
                    "match": self.match,
                    "offer": self.offer,
                    "need": self.need,
                    "side": self.side,
                    "answer": self.answer,
                    "reason": self.reason,
                }
            )
        ]


class LapseMatch(MatchCommand):
    """Nobody answered in time; the day says so."""

    name = "lapse-match"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        match = self.known(past)
        if match.state != "communicated":
            return []
        if match.answer_by is None or past.day < match.answer_by:
            raise Refused("The answer is not due yet.")
        silent = tuple(s for s in match.required_sides if s not in match.agreed)
        return [
            MatchLapsed(
                said=said,
                match=self.match,
                offer=self.offer,
                need=self.need,
                silent=silent,
            )
        ]


class CancelMatch(MatchCommand):
    """The office takes a match back before the stay begins."""

    name = "cancel-match"
    reason: ReasonCode
    consequence: Consequence = "requeue"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if self.known(past).state == "cancelled":
            return []
        self.living(past, "proposed", "communicated", "agreed", "confirmed")
        return [
            MatchCancelled(
                said=said,
                match=self.match,
                offer=self.offer,
                need=self.need,
                reason=self.reason,
                consequence=self.consequence,
            )
        ]


class ConfirmMatch(MatchCommand):
    """Every side agreed and every check stands: the placement is made."""

    name = "confirm-match"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        match = self.known(past)
        if match.state in {"confirmed", "begun"}:
            return []
        self.living(past, "agreed")
        if due := missing(past.offer(self.offer), match):
            raise Refused(
                "Still due before this: {checks}. Record it first.",
                checks=", ".join(due),
            )
        return [
            MatchConfirmed(
                said=said, match=self.match, offer=self.offer, need=self.need
            )
        ]


class BeginMatch(MatchCommand):
    """The household has moved in."""

    name = "begin-match"
    on: Day

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if self.known(past).state == "begun":
            return []
        self.living(past, "confirmed")
        return [
            MatchBegun(
                said=said,
                match=self.match,
                offer=self.offer,
                need=self.need,
                on=self.on,
            )
        ]


class EndMatch(MatchCommand):
    """The stay, or the hand-over, is over."""

    name = "end-match"
    on: Day
    side: AnySide
    reason: ReasonCode

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if self.known(past).state == "ended":
            return []
        self.living(past, "confirmed", "begun")
        return [
            MatchEnded(
                said=said,
                match=self.match,
                offer=self.offer,
                need=self.need,
                on=self.on,
                side=self.side,
                reason=self.reason,
            )
        ]


def conditions(offer: OfferState, need: NeedState, policy: Policy) -> tuple[Due, ...]:
    """Return the checks that must stand before this pair is confirmed."""
    if not isinstance(offer.details, HousingOffer):
        return ()
    kinds = list(policy.checks.confirm)
    if _has_minors(need):
        kinds += [kind for kind in policy.checks.minors if kind not in kinds]
    return tuple(Due(check=kind) for kind in kinds)


def missing(offer: OfferState, match: MatchState) -> tuple[str, ...]:
    """Return the match's checks that do not stand on the days they must."""
    ends = [line.end for line in match.allocation]
    starts = [line.start for line in match.allocation if line.start is not None]
    last = max((end for end in ends if end is not None), default=None)
    needed = min(starts, default=None) if None in ends else last
    passed = {
        check.kind
        for check in offer.checks
        if check.state == "passed"
        and (check.valid_until is None or needed is None or check.valid_until >= needed)
    }
    return tuple(due.check for due in match.conditions if due.check not in passed)


def _free_to_propose(offer: OfferState, need: NeedState) -> None:
    open_case(offer)
    open_case(need)
    if need.status == "parked":
        raise Refused("The need is parked; reopen it first.")
    if offer.id in need.forbidden:
        raise Refused("This pair was refused or forbidden; release it first.")
    goods = isinstance(offer.details, GoodsOffer)
    if goods == isinstance(need.details, HousingNeed):
        raise Refused("Housing and goods do not go together.")
    if not goods and need.living:
        raise Refused("The need has a proposal already; refuse or cancel that first.")


def _as_state(fact: MatchProposed) -> MatchState:
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
        position=0,
    )


def _no_contact(need: NeedState) -> tuple[str, ...]:
    if isinstance(need.details, HousingNeed) and need.details.protection is not None:
        return need.details.protection.no_contact
    return ()


def _persons(need: NeedState) -> int:
    return (need.details.persons or 0) if isinstance(need.details, HousingNeed) else 0


def _has_minors(need: NeedState) -> bool:
    members = getattr(need.details, "members", None) or ()
    return any(
        member.age_band in {"0-1", "2-5", "6-9", "10-13", "14-17"} for member in members
    )
