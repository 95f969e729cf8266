"""A plan: what one run of the matcher chose, with the evidence for it."""

from typing import Annotated

from pydantic import Field

from events.base import Fact
from events.values import OPEN, Count, Day, Ref, Strict, Word

Whole = Annotated[int, Field(ge=-(2**62), le=2**62)]


class Price(Strict):
    """What one room (or home) of an offer is worth from a day on, in worth units."""

    offer: Annotated[Ref, OPEN]
    unit: Annotated[Ref | None, OPEN] = None
    day: Annotated[Day | None, OPEN] = None
    price: Annotated[Whole, OPEN]


class Tier(Strict):
    """One tier's worth, its certified bound, and the prices that prove it."""

    name: Annotated[Word, OPEN]
    worth: Annotated[Whole, OPEN]
    bound: Annotated[Whole, OPEN]
    multipliers: Annotated[tuple[Whole, ...], OPEN] = ()
    prices: Annotated[tuple[Price, ...], OPEN] = ()


class Unmet(Strict):
    """A need that the plan leaves open, with the main reason in a code."""

    need: Annotated[Ref, OPEN]
    reason: Annotated[Word, OPEN]


class Engine(Strict):
    """Who solved it: enough to repeat it."""

    name: Annotated[Word, OPEN]
    ortools: Annotated[Word, OPEN]
    seed: Annotated[Count, OPEN]
    threads: Annotated[Count, OPEN]


class PlanMade(Fact):
    """The plan stands, the referee had nothing against it.

    `saw` is the position up to which the matcher had read; `evidence` is the plan as
    the matcher wrote it (canonical JSON), which an auditor verifies without a solver.
    """

    type = "plan.made.v1"
    plan: Annotated[Ref, OPEN]
    saw: Annotated[Count, OPEN]
    policy: Annotated[Count, OPEN]
    """The ledger position of the policy in force."""
    today: Annotated[Day, OPEN]
    engine: Annotated[Engine, OPEN]
    worth: Annotated[Whole, OPEN]
    bound: Annotated[Whole, OPEN]
    proven: Annotated[bool, OPEN]
    tiers: Annotated[tuple[Tier, ...], OPEN]
    placed: Annotated[Count, OPEN]
    persons_placed: Annotated[Count, OPEN]
    unmet: Annotated[tuple[Unmet, ...], OPEN]
    evidence: Annotated[str, OPEN]

    def tags(self) -> tuple[str, ...]:
        return (f"plan:{self.plan}",)
