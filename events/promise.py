"""What a match is made of: what it holds, what is still due, who chose it, and why."""

from typing import Annotated, Literal

from events.policy import CheckKind
from events.values import OPEN, Count, Day, Ref, Strict, Word

Side = Literal["household", "provider"]
AnySide = Literal["household", "provider", "office"]
Consequence = Literal["none", "park", "requeue", "recheck"]
ReasonCode = Literal[
    "found_other_housing",
    "refused_offer",
    "unwilling_neighbourhood",
    "not_reached",
    "disengaged",
    "needs_higher_care",
    "household_changed",
    "health_and_safety",
    "provider_withdrew",
    "filled_by_other",
    "entered_by_mistake",
    "landlord_refused",
    "rent_above_limit",
    "unsafe_for_person",
    "expired_without_interaction",
    "superseded",
    "moved_out",
    "other",
]


class Allocation(Strict):
    """What a match holds: rooms of a unit over days, or pieces of a lot.

    `unit` is absent for a home that is taken as a whole; `count` is then 1.
    """

    unit: Annotated[Ref | None, OPEN] = None
    start: Annotated[Day | None, OPEN] = None
    end: Annotated[Day | None, OPEN] = None
    count: Annotated[Count, OPEN] = 0
    quantity: Annotated[Count, OPEN] = 0


class Due(Strict):
    """A check that must still stand before the match is confirmed."""

    check: Annotated[CheckKind, OPEN]
    due: Annotated[Day | None, OPEN] = None


class MatchOrigin(Strict):
    """Whether a plan chose the pair or a person did, and over which warnings."""

    how: Annotated[Literal["plan", "by_hand"], OPEN]
    plan: Annotated[Ref | None, OPEN] = None
    reason: Annotated[Word | None, OPEN] = None
    overrides: Annotated[tuple[Word, ...], OPEN] = ()


class Why(Strict):
    """One reason for a pair, in a code and a number (points, metres, persons)."""

    code: Annotated[Word, OPEN]
    value: Annotated[int, OPEN]
