"""Who else counts when a person decides about a pair: neighbours, people's other names.

Whom a household must never meet may live in the house by now, may have said so since,
and may have another name there (docs/decisions/0183-a-ban-knows-all-names.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from events.kinds.housing import HousingOffer
from events.match import MatchState
from events.need import NeedMerged, NeedState
from events.offer import OfferMerged, OfferState
from services.ledger.rules.base import Past, need_tag, offer_tag
from services.ledger.rules.holding import stay
from services.one_person import Names


@dataclass(frozen=True)
class Known:
    """The cases that were read for a decision."""

    offers: dict[str, OfferState] = field(default_factory=dict)
    needs: dict[str, NeedState] = field(default_factory=dict)

    @classmethod
    def of(cls, past: Past) -> "Known":
        found = cls()
        for case in map(past.known, past.tags):
            if isinstance(case, OfferState):
                found.offers[case.id] = case
            elif isinstance(case, NeedState):
                found.needs[case.id] = case
        return found

    def avoided(self, match: MatchState) -> set[str]:
        """Return whom a household must not meet, as far as it is known by now."""
        need = self.needs.get(match.need)
        return {*match.no_contact, *(() if need is None else need.avoids)}

    def around(self, match: MatchState) -> Iterator[MatchState]:
        """Yield who else is promised the same house for some of these days."""
        home = self.offers.get(match.offer)
        start, end = stay(match)
        for other in () if home is None else home.holding:
            first, last = stay(other)
            if other.need != match.need and first < end and start < last:
                yield other

    def names(self, person: str) -> set[str]:
        """Return a person's name and their other ones."""
        return {*Names.of(self.offers, self.needs).every((person,), but="")}


def people_tags(past: Past, *cases: str) -> tuple[str, ...]:
    """Return the cases whose facts say who lives there, and who these people are."""
    found = list(dict.fromkeys((*cases, *_neighbours(past, cases))))
    for into in found:
        found += [one for one in _merged_into(past, into) if one not in found]
    return tuple(found)


def homes_of(past: Past, need: str) -> tuple[str, ...]:
    """Return the offers that a household is promised."""
    known = past.known(need_tag(need))
    living = () if known is None else known.living
    return tuple(offer_tag(match.offer) for match in living)


def _neighbours(past: Past, cases: tuple[str, ...]) -> Iterator[str]:
    for home in map(past.known, cases):
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
