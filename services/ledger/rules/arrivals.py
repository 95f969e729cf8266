"""Commands about who is expected, and what is kept free until they come."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import cast

from events.arrivals import (
    ArrivalsExpected,
    CapacityFact,
    CapacityHeldBack,
    CapacityReleased,
    Feature,
    Hold,
    held_back,
)
from events.base import Fact, Recorded, Said
from events.kinds.housing import Available, HousingOffer
from events.match import Allocation, MatchOrigin, MatchState
from events.offer import OfferState
from events.values import Count, Day, Ref, Word
from services.ledger.rules.base import Command, Past, Refused, offer_tag
from services.ledger.rules.holding import POOLED, fits, let_go, must_go, named
from services.ledger.rules.telling import open_case

FARTHEST = timedelta(days=366)
"""Nothing is kept free for longer at one time."""
MOST_GROUPS = 2
"""So many groups of arrivals at one offer: their prices are told pair by pair."""


class ArrivalsCommand(Command):
    arrivals: Ref

    def concerns(self) -> tuple[str, ...]:
        return (_tag(self.arrivals),)


class ExpectArrivals(ArrivalsCommand):
    """Say who is expected; what is held back for them is then for those.

    Told again it replaces what was told. Without any household nobody is expected
    any more, and what was held back is released.
    """

    name = "expect-arrivals"
    households: Count
    persons: Count
    on: Day
    features: tuple[Feature, ...] = ()
    household_min: Count = 0
    source: Word

    def decide(self, past: Past, said: Said) -> list[Fact]:
        if self.persons < self.households:
            raise Refused("Fewer persons than households are told; correct one.")
        expected = ArrivalsExpected(
            said=said,
            arrivals=self.arrivals,
            households=self.households,
            persons=self.persons,
            on=self.on,
            features=tuple(sorted(set(self.features))),
            household_min=self.household_min,
            source=self.source,
        )
        told = _told(past.facts)
        if told and told[-1].fact == expected.model_copy(
            update={"said": told[-1].fact.said}
        ):
            return []
        return [expected, *self._held(past, expected)]

    def _held(self, past: Past, expected: ArrivalsExpected) -> Iterable[Fact]:
        """Hold back anew for whom it is from now on, or release all of it."""
        for offer, hold in _holds(past.facts):
            if expected.households == 0:
                yield _released(expected.said, hold, offer, "nobody is expected")
            elif (hold.features, hold.household_min) != (
                expected.features,
                expected.household_min,
            ):
                new = hold.model_copy(
                    update={
                        "features": expected.features,
                        "household_min": expected.household_min,
                    }
                )
                yield _held_back(expected.said, new, offer)


class HoldBackCapacity(ArrivalsCommand):
    """Keep rooms of an offer free for those who are expected.

    Proposals of a plan that nobody has heard of give way; what both sides were asked
    about does not.
    """

    name = "hold-back-capacity"
    hold: Ref
    offer: Ref
    unit: Ref | None = None
    count: Count = 1
    start: Day
    end: Day

    def concerns(self) -> tuple[str, ...]:
        return (_tag(self.arrivals), offer_tag(self.offer))

    def decide(self, past: Past, said: Said) -> list[Fact]:
        offer = past.offer(self.offer)
        open_case(offer)
        told = _told(past.facts)
        if not told or _fact(told[-1]).households == 0:
            raise Refused("Nobody is expected under this name; say who comes first.")
        hold = self._hold(_fact(told[-1]), told[0].position)
        if hold in offer.holds:
            return []
        if hold.id in {one.id for one in offer.holds}:
            raise Refused("The number of the hold is taken; choose another.")
        home = self._possible(offer, past)
        gone = self._giving_way(offer, home, hold, past)
        return [
            _held_back(said, hold, offer.id, named(gone)),
            *let_go(gone, said, reason="superseded"),
        ]

    def _hold(self, told: ArrivalsExpected, after: int) -> Hold:
        return Hold(
            id=self.hold,
            arrivals=self.arrivals,
            unit=self.unit,
            count=self.count,
            start=self.start,
            end=self.end,
            features=told.features,
            household_min=told.household_min,
            after=after,
        )

    def _possible(self, offer: OfferState, past: Past) -> HousingOffer:
        details = offer.details
        if not isinstance(details, HousingOffer):
            raise Refused("Only homes are held back; choose an offer of housing.")
        if self.count == 0 or self.end <= self.start:
            raise Refused("It holds nothing back; give rooms, and a later last day.")
        if self.end <= past.day or self.end - self.start > FARTHEST:
            raise Refused("These days are over, or more than a year; choose others.")
        units = {unit.ref for unit in details.units or ()}
        if (self.unit in units) is not (details.dwelling in POOLED):
            raise Refused(
                "A contingent is held back by its rooms, a home as a whole; "
                "name a room type, or none."
            )
        groups = {one.arrivals for one in offer.holds} | {self.arrivals}
        if len(groups) > MOST_GROUPS:
            raise Refused(
                "It is held back for two groups already; release one of them first."
            )
        there = details.available or Available()
        first, last = there.start or self.start, there.end or self.end
        if not first <= self.start or self.end > last:
            raise Refused("It cannot be had on all of these days; choose others.")
        return details.model_copy(update={"available": None})

    def _giving_way(
        self, offer: OfferState, home: HousingOffer, hold: Hold, past: Past
    ) -> tuple[MatchState, ...]:
        """Return the proposals that go; only rooms count, not how long stays are."""
        holds = [_as_match(one, offer.id) for one in (*offer.holds, hold)]

        def fit(kept: Sequence[MatchState]) -> bool:
            return fits(home, [*holds, *kept], since=past.day)

        gone = must_go(offer.holding, fit)
        if not fit(()) or any(match.state != "proposed" for match in gone):
            raise Refused(
                "It is promised or held back already, or not to be had; choose less."
            )
        return gone


class ReleaseCapacity(Command):
    """Let everyone have again what was held back."""

    name = "release-capacity"
    hold: Ref
    offer: Ref
    reason: Word

    def concerns(self) -> tuple[str, ...]:
        return (offer_tag(self.offer),)

    def decide(self, past: Past, said: Said) -> list[Fact]:
        for hold in past.offer(self.offer).holds:
            if hold.id == self.hold:
                return [_released(said, hold, self.offer, self.reason)]
        return []


def _tag(arrivals: str) -> str:
    return f"arrivals:{arrivals}"


def _told(facts: Iterable[Recorded]) -> list[Recorded]:
    return [one for one in facts if isinstance(one.fact, ArrivalsExpected)]


def _fact(recorded: Recorded) -> ArrivalsExpected:
    return cast("ArrivalsExpected", recorded.fact)


def _holds(facts: Iterable[Recorded]) -> list[tuple[str, Hold]]:
    """Return what is held back for the arrivals that these facts are about."""
    found: dict[str, tuple[Hold, ...]] = {}
    for one in facts:
        if isinstance(one.fact, CapacityFact):
            before = found.get(one.fact.offer, ())
            found[one.fact.offer] = held_back(before, one.fact)
    return [(offer, hold) for offer, holds in found.items() for hold in holds]


def _held_back(
    said: Said, hold: Hold, offer: str, breaks: tuple[str, ...] = ()
) -> CapacityHeldBack:
    return CapacityHeldBack(
        said=said,
        hold=hold.id,
        arrivals=hold.arrivals,
        offer=offer,
        unit=hold.unit,
        count=hold.count,
        start=hold.start,
        end=hold.end,
        features=hold.features,
        household_min=hold.household_min,
        after=hold.after,
        breaks=breaks,
    )


def _released(said: Said, hold: Hold, offer: str, reason: str) -> CapacityReleased:
    return CapacityReleased(
        said=said, hold=hold.id, arrivals=hold.arrivals, offer=offer, reason=reason
    )


def _as_match(hold: Hold, offer: str) -> MatchState:
    """Return a hold as a promise that takes its rooms."""
    line = Allocation(unit=hold.unit, start=hold.start, end=hold.end, count=hold.count)
    return MatchState(
        id=hold.id,
        offer=offer,
        need=hold.arrivals,
        household=hold.arrivals,
        no_contact=(),
        persons=0,
        allocation=(line,),
        conditions=(),
        required_sides=(),
        origin=MatchOrigin(how="by_hand"),
        why=(),
        position=0,
    )
