"""Whether a pair that a person chose keeps every hard rule: the matcher is asked.

A market of this one pair goes to the same engine that makes the plans, so there is
one statement of the rules for both. It is pure and takes milliseconds.
"""

import matcher
from events.need import NeedState
from events.offer import OfferState
from services.ledger.rules.base import Past, Refused
from services.market import document

_FREE = frozenset({"outbid"})
"""Not a rule but a lack of room, which is judged for the days that were asked for."""
_SENTENCES = {
    "ages": "The home does not take children of this age; choose another.",
    "checks_failed": "A check of this home failed; choose another.",
    "distance": "The home is farther away than the policy allows; choose another.",
    "best_before": "The goods would be past their date; choose another.",
    "families": "The home does not take families; choose another.",
    "ground_floor": "The home is not on the ground floor; choose another.",
    "incomplete": "Too little is known of the need; complete it first.",
    "lift": "There is no lift, and the household needs one; choose another.",
    "medical_equipment": "The medical equipment is not there; choose another.",
    "no_contact": "These people must not live in one house; choose another.",
    "no_dates": "The dates of the offer and of the need do not fit; choose another.",
    "no_item": "It is another article than the one that is needed; choose another.",
    "pets": "The home does not take these pets; choose another.",
    "pinned_impossible": "The need is pinned to another offer; choose another.",
    "protected_address": "The address is not a protected one; choose another.",
    "rent": "Rent, tenant and payer do not fit together; choose another.",
    "size": "The household does not fit into the beds or rooms; choose another.",
    "size_unknown": "The beds of the home are unknown; complete it first.",
    "smokers": "The home does not take smokers; choose another.",
    "step_free": "The home is not step-free; choose another.",
    "women_only": "A rule for women only stands against it; choose another.",
}


def suits(offer: OfferState, need: NeedState, past: Past) -> None:
    """Raise `Refused` with the rule that stands against the pair."""
    market = document(
        {offer.id: offer}, {need.id: need}, today=past.day, policy=past.policy
    )
    for unmet in matcher.solve(market).unmet:
        if unmet.reason not in _FREE:
            known = _SENTENCES.get(unmet.reason)
            if known is None:
                raise Refused(
                    "The rule “{rule}” is against it; choose another.",
                    rule=unmet.reason,
                )
            raise Refused(known)
