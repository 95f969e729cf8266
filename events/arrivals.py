"""Who is expected, and what is kept free for them until they come."""

from typing import Annotated, Literal

from events.base import Fact
from events.values import COARSE, OPEN, Count, Day, Ref, Strict, Word

Feature = Literal[
    "step_free",
    "lift",
    "ground_floor",
    "medical_equipment",
    "women_only",
    "protected_address",
]
"""What a home must have for them, and few homes have."""


class ArrivalsExpected(Fact):
    """Households are expected from `on`; told again, it replaces what was told.

    `features` is what each of them needs, `household_min` how many persons the
    smallest of them has. With no `households` nobody is expected any more.
    """

    type = "arrivals.expected.v1"
    arrivals: Annotated[Ref, OPEN]
    households: Annotated[Count, COARSE]
    persons: Annotated[Count, COARSE]
    on: Annotated[Day, OPEN]
    features: Annotated[tuple[Feature, ...], COARSE] = ()
    household_min: Annotated[Count, COARSE] = 0
    source: Annotated[Word, OPEN]
    """Who says so."""

    def tags(self) -> tuple[str, ...]:
        return (f"arrivals:{self.arrivals}",)


class CapacityFact(Fact):
    hold: Annotated[Ref, OPEN]
    arrivals: Annotated[Ref, OPEN]
    offer: Annotated[Ref, OPEN]

    def tags(self) -> tuple[str, ...]:
        return (f"offer:{self.offer}", f"arrivals:{self.arrivals}")


class CapacityHeldBack(CapacityFact):
    """Rooms that only those may have for whom they are held back.

    Those are needs raised after the position `after`, where the arrivals were first
    expected, that need all `features` and have `household_min` persons or more.
    `breaks` names the proposals that this ends. A hold told again replaces itself.
    """

    type = "capacity.held_back.v1"
    unit: Annotated[Ref | None, OPEN] = None
    count: Annotated[Count, OPEN]
    start: Annotated[Day, OPEN]
    end: Annotated[Day, OPEN]
    features: Annotated[tuple[Feature, ...], COARSE] = ()
    household_min: Annotated[Count, COARSE] = 0
    after: Annotated[int, OPEN]
    breaks: Annotated[tuple[Ref, ...], OPEN] = ()


class CapacityReleased(CapacityFact):
    """It can be had by everyone again."""

    type = "capacity.released.v1"
    reason: Annotated[Word, OPEN]


class Hold(Strict):
    """What of an offer is held back, from when to when, and for whom."""

    id: Annotated[Ref, OPEN]
    arrivals: Annotated[Ref, OPEN]
    unit: Annotated[Ref | None, OPEN] = None
    count: Annotated[Count, OPEN]
    start: Annotated[Day, OPEN]
    end: Annotated[Day, OPEN]
    features: Annotated[tuple[Feature, ...], COARSE] = ()
    household_min: Annotated[Count, COARSE] = 0
    after: Annotated[int, OPEN]


def held_back(holds: tuple[Hold, ...], fact: CapacityFact) -> tuple[Hold, ...]:
    """Return what is held back of an offer after `fact`."""
    rest = tuple(hold for hold in holds if hold.id != fact.hold)
    if not isinstance(fact, CapacityHeldBack):
        return rest
    new = Hold(
        id=fact.hold,
        arrivals=fact.arrivals,
        unit=fact.unit,
        count=fact.count,
        start=fact.start,
        end=fact.end,
        features=fact.features,
        household_min=fact.household_min,
        after=fact.after,
    )
    return (*rest, new)
