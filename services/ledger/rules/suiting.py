"""Whether a pair that a person chose keeps every hard rule: the matcher is asked.

A market of this one pair, and of who lives there, goes to the same engine that makes
the plans, so there is one statement of the rules for both. It is pure and takes
milliseconds.
"""

from enum import StrEnum

import matcher
from events.kinds.housing import HousingNeed, HousingOffer
from events.match import MatchState
from events.need import NeedDetails, NeedState
from events.offer import OfferDetails, OfferState
from events.values import Span
from services.ledger.rules.base import Past, Refused
from services.ledger.rules.holding import POOLED
from services.ledger.rules.neighbours import Known
from services.market import document

_FREE = frozenset({"outbid"})
"""Not a rule but a lack of room, which is judged for the days that were asked for."""


class Reason(StrEnum):
    """What each rule says against a pair, and what to do about it."""

    AGES = "The home does not take children of this age; choose another."
    CHECKS_FAILED = "A check of this home failed; choose another."
    DISTANCE = "The home is farther away than the policy allows; choose another."
    BEST_BEFORE = "The goods would be past their date; choose another."
    FAMILIES = "The home does not take families; choose another."
    GROUND_FLOOR = "The home is not on the ground floor; choose another."
    HELD_BACK = "It is held back for expected arrivals; release it first."
    INCOMPLETE = "Too little is known of the need; complete it first."
    LIFT = "There is no lift, and the household needs one; choose another."
    MEDICAL_EQUIPMENT = "The medical equipment is not there; choose another."
    NO_CONTACT = "These people must not live in one house; choose another."
    NO_DATES = "The dates of the offer and of the need do not fit; choose another."
    NO_ITEM = "It is another article than the one that is needed; choose another."
    PETS = "The home does not take these pets; choose another."
    PINNED_IMPOSSIBLE = "The need is pinned to another offer; choose another."
    PROTECTED_ADDRESS = "The address is not a protected one; choose another."
    RENT = "Rent, tenant and payer do not fit together; choose another."
    SIZE = "The household does not fit into the beds or rooms; choose another."
    SIZE_UNKNOWN = "The beds of the home are unknown; complete it first."
    SMOKERS = "The home does not take smokers; choose another."
    STEP_FREE = "The home is not step-free; choose another."
    WOMEN_ONLY = "A rule for women only stands against it; choose another."


def suits(offer: OfferState, need: NeedState, match: MatchState, past: Past) -> None:
    """Raise `Refused` with the rule that stands against the pair.

    The rules are asked for the days and the room type that a person chose: whether a
    plan would choose others is not the question.
    """
    home = offer.model_copy(update={"details": _there(offer, match)})
    asked = need.model_copy(update={"details": _then(need, match)})
    known = Known.of(past)
    merged = {o.id: o for o in known.offers.values() if o.status == "merged"}
    market = document(
        merged | {offer.id: home},
        {n.id: _quiet(n) for n in known.needs.values()} | {need.id: asked},
        today=past.day,
        policy=past.policy,
    )
    plan = matcher.solve(market)
    for unmet in plan.unmet:
        if unmet.reason not in _FREE:
            raise _against(unmet.reason)
    rooms = sum(line.count for line in match.allocation)
    for stay in plan.stays:
        if rooms < stay.count:
            raise Refused(
                "The household needs {rooms} rooms of this kind; choose more.",
                rooms=stay.count,
            )


def _quiet(need: NeedState) -> NeedState:
    """Return a neighbour who asks for nothing here."""
    asks = need.status == "open"
    return need.model_copy(update={"status": "parked"}) if asks else need


def _against(rule: str) -> Refused:
    if (known := Reason.__members__.get(rule.upper())) is not None:
        return Refused(known)
    return Refused("The rule “{rule}” is against it; choose another.", rule=rule)


def _there(offer: OfferState, match: MatchState) -> OfferDetails:
    """Return the hotel as the one room type that was chosen, if it was one."""
    details, chosen = offer.details, {line.unit for line in match.allocation}
    if not isinstance(details, HousingOffer) or details.dwelling not in POOLED:
        return details
    if len(chosen) > 1:
        return details
    units = tuple(unit for unit in details.units or () if unit.ref in chosen)
    lines = tuple(line for line in details.capacity or () if line.unit in chosen)
    return details.model_copy(update={"units": units, "capacity": lines})


def _then(need: NeedState, match: MatchState) -> NeedDetails:
    """Return the need as one for the days that were chosen."""
    starts = [line.start for line in match.allocation if line.start is not None]
    ends = [line.end for line in match.allocation if line.end is not None]
    if not isinstance(need.details, HousingNeed) or not starts:
        return need.details
    last = max(ends) if len(ends) == len(match.allocation) else None
    days = Span(start=min(starts), end=last)
    return need.details.model_copy(update={"period": days})
