"""Read model: the plans, each with its proof in numbers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from events.plan import Engine, Unmet
from events.values import Strict
from projections.listing import Listing, is_so, one_of, since
from projections.table import Table


class TierLine(Strict):
    """One tier of a plan: its worth, and the bound that nothing can exceed."""

    name: str
    worth: int
    bound: int


@dataclass(frozen=True)
class Plan:
    """One row a plan; the prices that prove it stay in the ledger for the auditor."""

    plan: Annotated[str, "The plan's id"]
    position: Annotated[int, "Where the plan stands in the ledger"]
    saw: Annotated[int, "The position up to which the matcher had read"]
    made_at: Annotated[datetime, "When it was recorded"]
    made_on: Annotated[date, "The business day it was made for"]
    policy_position: Annotated[int, "Where the policy in force stands in the ledger"]
    worth: Annotated[int, "What all chosen pairs are worth"]
    bound: Annotated[int, "What no plan can exceed"]
    gap: Annotated[int, "bound minus worth, in worth units"]
    gap_ppm: Annotated[int, "gap / max(1, bound) in millionths, rounded up"]
    tiers: Annotated[tuple[TierLine, ...], "Worth and bound of each tier"]
    engine: Annotated[Engine, "Solver, version, seed, threads"]
    proven: Annotated[bool, "Whether it is proven that no plan is better"]
    placed: Annotated[int, "How many needs got a pair"]
    persons_placed: Annotated[int, "How many people that is"]
    unmet_count: Annotated[int, "How many needs stayed open"]
    unmet: Annotated[tuple[Unmet, ...], "Those needs, each with its main reason"]


TABLE = Table(
    "plans",
    Plan,
    key=("plan",),
    indexes=(("position",),),
    tools=True,
)

LISTING = Listing(
    TABLE,
    filters={
        "plan": one_of("plan"),
        "proven": is_so("proven"),
        "made_on_min": since("made_on"),
    },
    sorts=("position", "made_on", "worth", "gap", "placed"),
    order=("-position",),
)
