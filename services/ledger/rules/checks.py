"""Which checks stand between a proposal and a placement."""

from events.kinds.housing import HousingNeed, HousingOffer
from events.match import Due, MatchState
from events.need import NeedState
from events.offer import OfferState, missing
from events.policy import CheckKind, Policy
from services.ledger.rules.base import Past, Refused

GROWN = frozenset(("18-26", "27-64", "65+"))


def conditions(offer: OfferState, need: NeedState, policy: Policy) -> tuple[Due, ...]:
    """Return the checks that must stand before this pair is confirmed."""
    if not isinstance(offer.details, HousingOffer):
        return ()
    kinds = list(policy.checks.confirm)
    if _may_have_minors(need):
        kinds += [kind for kind in policy.checks.minors if kind not in kinds]
    return tuple(Due(check=kind) for kind in kinds)


def with_checks(due: tuple[Due, ...], *kinds: CheckKind) -> tuple[Due, ...]:
    """Return the conditions with these checks among them."""
    known = {condition.check for condition in due}
    new = (kind for kind in dict.fromkeys(kinds) if kind not in known)
    return (*due, *(Due(check=kind) for kind in new))


def nothing_due(past: Past, match: MatchState) -> None:
    """Refuse while a check of the match, or one needed by now, does not stand.

    The policy and the household may have changed since the match was proposed: a
    child that came later needs the checks for children too.
    """
    offer, need = past.offer(match.offer), past.need(match.need)
    now = (due.check for due in conditions(offer, need, past.policy))
    today = match.model_copy(update={"conditions": with_checks(match.conditions, *now)})
    if due := missing(offer, today):
        raise Refused(
            "Still due before this: {checks}. Record it first.", checks=", ".join(due)
        )


def _may_have_minors(need: NeedState) -> bool:
    """Say whether anybody is a child, or may be one: unknown is not grown-up."""
    if not isinstance(need.details, HousingNeed):
        return False
    members = need.details.members or ()
    nameless = (need.details.persons or 0) > len(members) or not members
    return nameless or any(member.age_band not in GROWN for member in members)
