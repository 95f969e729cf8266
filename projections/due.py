"""Which checks still stand in the way: of an offer by the policy, of a match by it."""

from collections.abc import Iterable
from datetime import date

from events.kinds.housing import HousingOffer
from events.match import MatchState
from events.offer import OfferState, missing
from events.policy import CheckKind, Policy

ORDER: tuple[CheckKind, ...] = ("identity", "documents", "visit", "background")
UNCONFIRMED = ("proposed", "communicated", "agreed")


def due_for_match(offer: OfferState, match: MatchState) -> tuple[CheckKind, ...]:
    """Return the match's conditions that no check of the offer fulfils."""
    return in_order(missing(offer, match))


def due_for_offer(offer: OfferState, policy: Policy) -> tuple[CheckKind, ...]:
    """Return the checks that the policy or an unconfirmed match still waits for."""
    if not isinstance(offer.details, HousingOffer) or offer.status != "open":
        return ()
    passed = {check.kind for check in offer.checks if check.state == "passed"}
    due = {kind for kind in policy.checks.confirm if kind not in passed}
    for match in unconfirmed(offer):
        due.update(due_for_match(offer, match))
    return in_order(due)


def unconfirmed(offer: OfferState) -> tuple[MatchState, ...]:
    """Return the matches that still wait for answers or checks."""
    return tuple([m for m in offer.matches.values() if is_unconfirmed(m)])


def is_unconfirmed(match: MatchState) -> bool:
    """Whether the match waits for answers or checks."""
    return match.state in UNCONFIRMED


def due_by(match: MatchState, kinds: Iterable[CheckKind]) -> date | None:
    """Return the first day by which one of the checks must be done."""
    wanted = frozenset(kinds)
    days = [d.due for d in match.conditions if d.check in wanted and d.due is not None]
    return min(days, default=None)


def in_order(kinds: Iterable[CheckKind]) -> tuple[CheckKind, ...]:
    """Return each kind once, as people do them one after the other."""
    found = frozenset(kinds)
    return tuple(kind for kind in ORDER if kind in found)


def stay(match: MatchState) -> tuple[date | None, date | None]:
    """Return the first day and the day of leaving over all lines of the match."""
    starts = [line.start for line in match.allocation if line.start is not None]
    ends = [line.end for line in match.allocation]
    last = max((end for end in ends if end is not None), default=None)
    return min(starts, default=None), None if None in ends else last
