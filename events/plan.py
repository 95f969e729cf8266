"""A plan: what one run of the matcher chose, with the evidence for it.

`PlanContent` is the matcher's own `plan.v1` document, field by field: an auditor
gives it back to the matcher's referee, which needs no solver to verify it.
"""

from typing import Annotated, Literal

from pydantic import Field

from events.base import Fact
from events.values import COARSE, OPEN, Count, Day, Ref, Strict, Word

Whole = Annotated[int, Field(ge=-(2**62), le=2**62)]


class Room(Strict):
    """Who sleeps in one room."""

    unit: Annotated[Ref, OPEN]
    members: Annotated[tuple[Ref, ...], OPEN]


class Stay(Strict):
    """A household in a home, or in `count` rooms of one unit, over days."""

    need: Annotated[Ref, OPEN]
    offer: Annotated[Ref, OPEN]
    unit: Annotated[Ref | None, OPEN] = None
    start: Annotated[Day, OPEN]
    end: Annotated[Day, OPEN]
    open_ended: Annotated[bool, OPEN]
    count: Annotated[Count, OPEN]
    persons: Annotated[Count, COARSE]
    rooms: Annotated[tuple[Room, ...], OPEN]
    due: Annotated[tuple[Word, ...], OPEN]
    metres: Annotated[Count | None, COARSE] = None
    worth: Annotated[tuple[Whole, Whole, Whole], OPEN]
    points: Annotated[tuple[tuple[Word, Whole], ...], COARSE]


class Handover(Strict):
    """So many pieces of a lot for a request, from `day` on."""

    need: Annotated[Ref, OPEN]
    offer: Annotated[Ref, OPEN]
    day: Annotated[Day, OPEN]
    quantity: Annotated[Count, OPEN]
    metres: Annotated[Count | None, COARSE] = None
    worth: Annotated[tuple[Whole, Whole, Whole], OPEN]


class Unmet(Strict):
    """A need left open, why in a code, and how many offers fell at which rule."""

    need: Annotated[Ref, OPEN]
    part: Annotated[Literal["housing", "goods"], OPEN]
    reason: Annotated[Word, OPEN]
    missing: Annotated[Count, COARSE]
    blocked: Annotated[tuple[tuple[Word, Count], ...], OPEN]
    compatible: Annotated[Count, OPEN]


class Price(Strict):
    """What a room (a home, a piece) costs on a day, in 1/scale of its tier's worth."""

    offer: Annotated[Ref, OPEN]
    unit: Annotated[Ref | None, OPEN] = None
    day: Annotated[Day | None, OPEN] = None
    apart: Annotated[tuple[Ref, Ref] | None, COARSE] = None
    price: Annotated[Whole, OPEN]


class Tier(Strict):
    """One tier's worth, its certified bound, and what proves it."""

    name: Annotated[Word, OPEN]
    worth: Annotated[Whole, OPEN]
    bound: Annotated[Whole, OPEN]
    scale: Annotated[Whole, OPEN]
    multipliers: Annotated[tuple[Whole, ...], OPEN]
    prices: Annotated[tuple[Price, ...], OPEN]


class Part(Strict):
    """Housing or goods: its tiers, and the steps that make one number of them."""

    name: Annotated[Literal["housing", "goods"], OPEN]
    tiers: Annotated[tuple[Tier, ...], OPEN]
    steps: Annotated[tuple[Whole, ...], OPEN]
    proven: Annotated[bool, OPEN]


class Engine(Strict):
    """Who solved it: enough to repeat it."""

    name: Annotated[Word, OPEN]
    ortools: Annotated[Word, OPEN]
    seed: Annotated[Count, OPEN]
    threads: Annotated[Count, OPEN]


class PlanContent(Strict):
    """The plan itself; `market` is the SHA-256 of what the matcher saw."""

    format: Annotated[Literal["plan.v1"], OPEN]
    market: Annotated[Word, OPEN]
    realm: Annotated[Ref, OPEN]
    position: Annotated[Count, OPEN]
    today: Annotated[Day, OPEN]
    policy: Annotated[Word, OPEN]
    engine: Annotated[Engine, OPEN]
    stays: Annotated[tuple[Stay, ...], COARSE]
    handovers: Annotated[tuple[Handover, ...], COARSE]
    unmet: Annotated[tuple[Unmet, ...], COARSE]
    parts: Annotated[tuple[Part, ...], OPEN]


class PlanMade(Fact):
    """The plan stands, and the referee had nothing against it.

    `policy` is the ledger position of the policy in force (0: the default one).
    """

    type = "plan.made.v1"
    plan: Annotated[Ref, OPEN]
    policy: Annotated[Count, OPEN]
    worth: Annotated[Whole, OPEN]
    bound: Annotated[Whole, OPEN]
    proven: Annotated[bool, OPEN]
    placed: Annotated[Count, OPEN]
    persons_placed: Annotated[Count, OPEN]
    content: Annotated[PlanContent, OPEN]

    def tags(self) -> tuple[str, ...]:
        return (f"plan:{self.plan}",)
