"""Who else counts when a person chooses a pair: neighbours, and people's other names.

Whom a household must never meet may live in the house by now, may have said so since,
and may have another name there (docs/decisions/0183-a-ban-knows-all-names.md).
"""

from collections.abc import Iterator

from events.kinds.housing import HousingOffer
from events.need import NeedMerged, NeedState
from events.offer import OfferMerged, OfferState
from services.ledger.rules.base import Past, need_tag, offer_tag


def people_tags(past: Past, offer: str, need: str) -> tuple[str, ...]:
    """Return the cases whose facts say who lives there, and who these people are."""
    starts = (offer_tag(offer), need_tag(need), *_neighbours(past, offer))
    found = list(dict.fromkeys(starts))
    for into in found:
        found += [one for one in _merged_into(past, into) if one not in found]
    return tuple(found)


def beside(past: Past, need: str) -> dict[str, NeedState]:
    """Return the needs that were read beside this one; they ask for nothing here."""
    found: dict[str, NeedState] = {}
    for tag in past.tags:
        case = past.known(tag) if tag != need_tag(need) else None
        if isinstance(case, NeedState):
            quiet = {"status": "parked"} if case.status == "open" else {}
            found[case.id] = case.model_copy(update=quiet)
    return found


def merged_offers(past: Past) -> dict[str, OfferState]:
    """Return the offers that were read and stand for nothing any more."""
    cases = (past.known(tag) for tag in past.tags)
    merged = (c for c in cases if isinstance(c, OfferState) and c.status == "merged")
    return {offer.id: offer for offer in merged}


def _neighbours(past: Past, offer: str) -> Iterator[str]:
    home = past.known(offer_tag(offer))
    if isinstance(home, OfferState) and isinstance(home.details, HousingOffer):
        yield from (need_tag(match.need) for match in home.holding)


def _merged_into(past: Past, case: str) -> Iterator[str]:
    """Yield what was merged into a case, even if that was undone later."""
    for recorded in past.facts:
        match recorded.fact:
            case NeedMerged(need=need, into=into) if need_tag(into) == case:
                yield need_tag(need)
            case OfferMerged(offer=offer, into=into) if offer_tag(into) == case:
                yield offer_tag(offer)
