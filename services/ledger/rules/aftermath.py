"""What follows when somebody says no: each consequence in the same append."""

from dataclasses import dataclass
from datetime import date
from typing import assert_never

from events.base import Fact, Said
from events.desk import TaskAssigned
from events.kinds.housing import HousingOffer
from events.match import AnySide, Consequence, MatchState, ReasonCode
from events.need import NeedParked, NeedWithdrawn
from events.offer import OfferChecked
from events.values import Sealed, Secret
from services.bundles import mates
from services.ledger.rules.base import Past, Refused, boxed
from services.ledger.rules.holding import let_go

_ABOUT_THE_HOUSEHOLD = frozenset(("household_changed", "needs_higher_care"))


@dataclass(frozen=True)
class No:
    """Who says no, why, and what is to follow."""

    side: AnySide
    reason: ReasonCode
    consequence: Consequence
    until: date | None


def follow(past: Past, said: Said, match: MatchState, no: No) -> list[Fact]:
    """Return what a no leads to beside the end of the match itself."""
    match no.consequence:
        case "requeue":
            return []
        case "park":
            return _parked(past, said, match, no)
        case "recheck":
            return _rechecked(past, said, match, no)
        case "none":
            return _left(past, said, match, no)
        case _:
            assert_never(no.consequence)


def with_it(
    past: Past, said: Said, match: MatchState, reason: ReasonCode
) -> list[Fact]:
    """Let go of what falls with a match: households placed together are all or none.

    What is confirmed already is laid before a person.
    """
    others = mates(past.offer(match.offer).matches.values(), match)
    return let_go(others, said, reason=reason, task="review_match")


def noted(reason: ReasonCode, note: Secret | None) -> Sealed | None:
    """Return the note; refuse `other` without one."""
    if reason == "other" and note is None:
        raise Refused("The reason “other” needs a note; say it in a few words.")
    return None if note is None else boxed(note)


def on_its_way(match: MatchState) -> None:
    """Refuse to call off what has left already: pieces do not come back by a click."""
    if match.dispatched:
        raise Refused("Pieces are on their way; record what arrived, and end it then.")


def call_back(match: MatchState, said: Said, side: AnySide) -> TaskAssigned:
    """Ask a person to call a side of the match."""
    who = f"offer:{match.offer}" if side == "provider" else f"need:{match.need}"
    return TaskAssigned(
        said=said,
        task=f"call_back-{side}-{match.id}",
        case=who,
        what="call_back",
        match=match.id,
    )


def _parked(past: Past, said: Said, match: MatchState, no: No) -> list[Fact]:
    if no.until is None or no.until <= past.day:
        raise Refused("It is parked until a day still to come; give a later one.")
    if past.need(match.need).status != "open":
        return []
    return [NeedParked(said=said, need=match.need, until=no.until, reason=no.reason)]


def _rechecked(past: Past, said: Said, match: MatchState, no: No) -> list[Fact]:
    """Lay it before a person; the last visit of a home counts no more."""
    if no.reason in _ABOUT_THE_HOUSEHOLD:
        return [call_back(match, said, "household")]
    offer = past.offer(match.offer)
    task = TaskAssigned(
        said=said,
        task=f"renew_check-{match.id}",
        case=f"offer:{match.offer}",
        what="renew_check",
        match=match.id,
    )
    visited = any(
        check.kind == "visit" and check.state == "passed" for check in offer.checks
    )
    if not visited or not isinstance(offer.details, HousingOffer):
        return [task]
    visit = OfferChecked(
        said=said, offer=offer.id, check="visit", state="expired", on=past.day
    )
    return [visit, task]


def _left(past: Past, said: Said, match: MatchState, no: No) -> list[Fact]:
    need = past.need(match.need)
    others = [other for other in need.living if other.id != match.id]
    if no.side != "household" or others or need.status not in {"open", "parked"}:
        return []
    return [NeedWithdrawn(said=said, need=match.need, reason=no.reason)]
