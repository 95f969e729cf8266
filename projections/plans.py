"""Read models: the plans with their proof in numbers, and whom the last left out."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from events.base import Recorded
from events.plan import Engine, Part, PlanContent, PlanMade
from events.values import Strict
from projections.life import moment
from projections.listing import Listing, at_least, is_so, one_of, search, since
from projections.step import ReadModel, Step, replace
from projections.table import Cur, Table

Blocked = tuple[tuple[str, int], ...]


class TierLine(Strict):
    """One tier of a plan: its worth, and the bound that nothing can exceed.

    `prices` is how many prices prove the bound, `placed` how many of the people whom
    the plan places count in the tier (0 where it counts something else).
    """

    part: str
    name: str
    worth: int
    bound: int
    prices: int
    placed: int


@dataclass(frozen=True)
class Plan:
    """One row a plan; the prices that prove it stay in the ledger for the auditor."""

    plan: Annotated[str, "The plan's id"]
    position: Annotated[int, "Where the plan stands in the ledger"]
    saw: Annotated[int, "The position up to which the matcher had read"]
    made_at: Annotated[datetime, "When it was recorded"]
    made_on: Annotated[date, "The business day it was made for"]
    market: Annotated[str, "SHA-256 of the market that the matcher saw"]
    policy_position: Annotated[int, "Where its policy stands; 0: the default one"]
    worth: Annotated[int, "What all chosen pairs are worth"]
    bound: Annotated[int, "What no plan can exceed"]
    gap: Annotated[int, "bound minus worth, in worth units"]
    gap_ppm: Annotated[int, "gap / max(1, bound) in millionths, rounded up"]
    tiers: Annotated[
        tuple[TierLine, ...], "Worth and bound of each tier, housing and goods apart"
    ]
    apart: Annotated[
        int, "Points counted for linked households not near: their share of the gap"
    ]
    engine: Annotated[Engine, "Solver, version, seed, threads"]
    proven: Annotated[bool, "Whether it is proven that no plan is better"]
    placed: Annotated[int, "How many needs got a pair"]
    persons_placed: Annotated[int, "How many people that is"]
    unmet: Annotated[dict[str, int], "How many needs stayed open, by main reason"]
    unmet_count: Annotated[int, "How many needs stayed open in all"]


@dataclass(frozen=True)
class UnmetNeed:
    """One row a need that the newest plan left open, with the reason."""

    plan: Annotated[str, "The newest plan"]
    need: Annotated[str, "The need's id"]
    case_no: Annotated[str, "The need's number to say on the phone"]
    part: Annotated[str, "housing or goods"]
    reason: Annotated[str, "The main reason in a code"]
    missing: Annotated[int, "How many people or pieces go without"]
    compatible: Annotated[int, "How many offers would fit, but went to others"]
    blocked: Annotated[Blocked, "Rule and number of offers it kept away, in turn"]


TABLE = Table(
    "plans", Plan, key=("plan",), indexes=(("position",), ("made_on",)), tools=True
)
UNMET = Table(
    "unmet_needs", UnmetNeed, key=("need",), indexes=(("reason",),), tools=True
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
UNMET_LISTING = Listing(
    UNMET,
    filters={
        "q": search("case_no", "need"),
        "need": one_of("need"),
        "part": one_of("part"),
        "reason": one_of("reason"),
        "compatible_min": at_least("compatible"),
    },
    sorts=("case_no", "reason", "missing", "compatible"),
    order=("reason", "case_no"),
)


def row(fact: PlanMade, recorded: Recorded) -> Plan:
    """Return the plan's one row."""
    content, gap = fact.content, fact.bound - fact.worth
    return Plan(
        plan=fact.plan,
        position=recorded.position,
        saw=content.position,
        made_at=moment(recorded),
        made_on=content.today,
        market=content.market,
        policy_position=fact.policy,
        worth=fact.worth,
        bound=fact.bound,
        gap=gap,
        gap_ppm=-(-gap * 1_000_000 // max(1, fact.bound)),
        tiers=tuple(
            _tier(content, part, number)
            for part in content.parts
            for number in range(len(part.tiers))
        ),
        apart=-sum(
            points
            for stay in content.stays
            for code, points in stay.points
            if code == "linked_apart"
        ),
        engine=content.engine,
        proven=fact.proven,
        placed=fact.placed,
        persons_placed=fact.persons_placed,
        unmet=dict(sorted(Counter(need.reason for need in content.unmet).items())),
        unmet_count=len(content.unmet),
    )


def _tier(content: PlanContent, part: Part, number: int) -> TierLine:
    tier = part.tiers[number]
    people = tier.name in _OF_PEOPLE
    return TierLine(
        part=part.name,
        name=tier.name,
        worth=tier.worth,
        bound=tier.bound,
        prices=len(tier.prices),
        placed=sum(s.persons for s in content.stays if people and s.worth[number] > 0),
    )


_OF_PEOPLE = ("acute", "persons")
"""Tiers whose worth is people, weighted or not."""


def _apply(cursor: Cur, step: Step) -> None:
    made = {fact.plan: row(fact, recorded) for fact, recorded in _plans(step)}
    replace(cursor, TABLE, "plan", gone=list(made), rows=list(made.values()))


def _apply_unmet(cursor: Cur, step: Step) -> None:
    plans = [fact for fact, _ in _plans(step)]
    if not plans:
        return
    cursor.execute("DELETE FROM unmet_needs")
    UNMET.fill(
        cursor,
        (
            UnmetNeed(
                plan=plans[-1].plan,
                need=left.need,
                case_no=step.known.cases.get(f"need:{left.need}", ""),
                part=left.part,
                reason=left.reason,
                missing=left.missing,
                compatible=left.compatible,
                blocked=left.blocked,
            )
            for left in plans[-1].content.unmet
        ),
    )


def _plans(step: Step) -> list[tuple[PlanMade, Recorded]]:
    found = [(recorded.fact, recorded) for recorded in step.facts]
    return [(fact, where) for fact, where in found if isinstance(fact, PlanMade)]


MODEL = ReadModel((TABLE,), _apply, sides=())
UNMET_MODEL = ReadModel((UNMET,), _apply_unmet, sides=("need:",))
