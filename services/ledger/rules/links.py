"""Commands by which a person says that households belong together, or near."""

from collections.abc import Iterator
from typing import Literal

from events.base import Fact, Said
from events.kinds.housing import HousingNeed, Linked
from events.need import NeedAmended, NeedState, at_odds
from events.values import Ref
from services.ledger.rules.base import Command, Past, Refused, need_tag
from services.ledger.rules.telling import open_case, other_case


class LinkCommand(Command):
    need: Ref
    other: Ref

    def concerns(self) -> tuple[str, ...]:
        return (need_tag(self.need), need_tag(self.other))

    def both(self, past: Past) -> tuple[NeedState, NeedState]:
        """Return the two needs; refuse what is no pair of households."""
        other_case(past, need_tag(self.need), need_tag(self.other))
        return past.need(self.need), past.need(self.other)


class LinkNeeds(LinkCommand):
    """Say that two households are to be placed together (one home), or near.

    Told again in another way, it replaces what was told.
    """

    name = "link-needs"
    how: Literal["near", "together"]

    def decide(self, past: Past, said: Said) -> list[Fact]:
        one, other = self.both(past)
        for need in (one, other):
            open_case(need)
            if not isinstance(need.details, HousingNeed):
                raise Refused("Only households are linked; choose needs for housing.")
        if self.how == "together" and at_odds(one, other):
            raise Refused("These people must not meet; they cannot be placed together.")
        return [
            *linked(one, other, said, self.how),
            *linked(other, one, said, self.how),
        ]


class UnlinkNeeds(LinkCommand):
    """Each household may be placed wherever it is best for it."""

    name = "unlink-needs"

    def decide(self, past: Past, said: Said) -> list[Fact]:
        one, other = self.both(past)
        return [*linked(one, other, said, None), *linked(other, one, said, None)]


def linked(
    need: NeedState,
    other: NeedState,
    said: Said,
    how: Literal["near", "together"] | None,
) -> Iterator[NeedAmended]:
    """Yield what is told anew of a need, if it is anything."""
    known = links_of(need)
    links = tuple(link for link in known if link.ref != other.id)
    if how is not None:
        links = (*links, Linked(ref=other.id, how=how))
    if links == known:
        return
    yield NeedAmended(
        said=said,
        need=need.id,
        changes=HousingNeed(linked_households=links or None),
        unset=() if links else ("linked_households",),
    )


def links_of(need: NeedState) -> tuple[Linked, ...]:
    """Return with whom a household is linked."""
    details = need.details
    known = details.linked_households if isinstance(details, HousingNeed) else None
    return known or ()
