"""A match as a page shows it: with the offer and the need that it brings together."""

from collections.abc import Iterable
from dataclasses import dataclass

from projections import available_offers, open_needs
from projections.available_offers import AvailableOffer
from projections.listing import Db
from projections.open_needs import OpenNeed
from projections.proposals import Answer, Proposal
from services.console.lists import these


@dataclass(frozen=True)
class Pair:
    """One match and both of its sides, as of the page's snapshot."""

    match: Proposal
    offer: AvailableOffer
    need: OpenNeed

    @property
    def answers(self) -> tuple[tuple[str, Answer], ...]:
        return (
            ("household", self.match.household_answer),
            ("provider", self.match.provider_answer),
        )

    @property
    def unseen(self) -> bool:
        """Whether the on-site visit is due, before which nobody is told."""
        return "visit" in self.match.due

    @property
    def keys(self) -> dict[str, str]:
        """What every command about the match names."""
        match = self.match
        return {"match": match.match, "offer": match.offer, "need": match.need}


def pairs(db: Db, matches: Iterable[Proposal]) -> tuple[Pair, ...]:
    """Return the matches with their sides, in their order."""
    found = tuple(matches)
    offers = these(db, available_offers.TABLE, "offer", (m.offer for m in found))
    needs = these(db, open_needs.TABLE, "need", (m.need for m in found))
    return tuple(Pair(m, offers[m.offer], needs[m.need]) for m in found)
