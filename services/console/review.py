"""One plan as its page shows it: reached and proven, moved, left open, to decide."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from projections import plans, proposals, realm
from projections.listing import MOST, Ask, Db, listed, one
from projections.plans import Plan, TierLine, UnmetNeed
from projections.proposals import Proposal
from projections.realm import Realm
from services.console.trend import Trend, trend

DRAWN = 40
"""Plans that the picture goes back."""
NAMED = 6
"""Needs that are named under a reason; the list has them all."""
_MOST_MOVES = 1_000
Unit = Literal["persons", "weighted", "points", "pieces", "metres"]
_UNITS: Mapping[tuple[str, str], Unit] = {
    ("housing", "acute"): "weighted",
    ("housing", "persons"): "persons",
    ("housing", "points"): "points",
    ("goods", "urgent"): "pieces",
    ("goods", "pieces"): "pieces",
    ("goods", "metres"): "metres",
}
_MOVES = """
SELECT old.need, old.need_case, old.offer, old.offer_case, new.offer, new.offer_case,
    old.answer_by IS NOT NULL, old.persons
FROM readmodel.proposals AS old
LEFT JOIN readmodel.proposals AS new ON new.need = old.need AND new.plan = %(plan)s
WHERE old.superseded > %(after)s AND old.superseded < coalesce(
    (SELECT min(position) FROM readmodel.plans WHERE position > %(after)s),
    %(end)s)
ORDER BY old.answer_by IS NULL, old.need_case
LIMIT %(most)s
"""
_STATES = """
SELECT state, count(*) FROM readmodel.proposals WHERE plan = %(plan)s GROUP BY state
"""
_KEPT = """
SELECT count(*) FROM readmodel.proposals
WHERE state = 'proposed' AND NOT by_hand AND plan <> %(plan)s
"""
_AT_THE_END = 2**62


@dataclass(frozen=True)
class TierShown:
    """A tier, and what its gap may mean at most in what people count.

    `left` is in the tier's unit; `metres` says how much way a gap in points is worth,
    None where the policy that says so is not the one in force any more.
    """

    line: TierLine
    unit: Unit
    left: int
    metres: int | None

    @property
    def exact(self) -> bool:
        return self.line.worth == self.line.bound


@dataclass(frozen=True)
class Move:
    """A proposal that this plan took back, and where the need goes instead, if so."""

    need: str
    need_case: str
    offer: str
    offer_case: str
    to: str | None
    to_case: str | None
    asked: bool
    persons: int


@dataclass(frozen=True)
class Reason:
    """Needs left open for one main reason; some of them by name in the newest plan."""

    code: str
    count: int
    named: tuple[UnmetNeed, ...] = ()


@dataclass(frozen=True)
class Review:
    """All of a plan's page, of one snapshot, but for its proposals row by row."""

    plan: Plan
    newest: bool
    tiers: tuple[TierShown, ...]
    moves: tuple[Move, ...]
    redated: tuple[Move, ...]
    """Proposals taken back for the same home, with other days or checks due."""
    reasons: tuple[Reason, ...]
    states: Mapping[str, int]
    trend: Trend | None
    kept: int = 0
    """Proposals of earlier plans that nobody has decided about, and it left alone."""

    @property
    def prices(self) -> int:
        """How many prices the proof consists of."""
        return sum(line.prices for line in self.plan.tiers)

    @property
    def waiting(self) -> int:
        """How many proposals nobody has decided about."""
        return self.states.get("proposed", 0)

    @property
    def told(self) -> tuple[Move, ...]:
        """The moves that somebody had heard of."""
        return tuple(m for m in (*self.moves, *self.redated) if m.asked)


def review(db: Db, name: str) -> Review | None:
    """Read the page of a plan; None when there is no such plan."""
    plan = one(db, plans.TABLE, name)
    if plan is None:
        return None
    drawn = listed(db, plans.LISTING, Ask(limit=DRAWN)).rows
    here = realm.current(db)
    newest, moved = drawn[0].plan == plan.plan, _moves(db, plan)
    return Review(
        plan=plan,
        newest=newest,
        tiers=tuple(tier(line, here, plan.policy_position) for line in plan.tiers),
        moves=tuple(move for move in moved if move.to != move.offer),
        redated=tuple(move for move in moved if move.to == move.offer),
        reasons=tuple(_reasons(db, plan, newest=newest)),
        states=_states(db, plan),
        trend=trend(drawn[::-1], plan.plan),
        kept=_kept(db, plan) if newest else 0,
    )


def tier(line: TierLine, here: Realm | None, policy_position: int) -> TierShown:
    """Return the tier with its gap in persons, points, pieces or metres.

    `policy_position` says which policy the plan was made by.
    """
    unit = _UNITS.get((line.part, line.name), "points")
    gap = line.bound - line.worth
    known = here is not None and here.policy_position == policy_position
    policy = here.policy if here is not None and known else None
    if policy is None:
        return TierShown(line, unit, gap, None)
    if unit == "weighted":
        least = min(filter(None, policy.priorities.acute_weights), default=1)
        return TierShown(line, unit, gap // least, None)
    if unit == "points" and (kilometre := abs(policy.preferences.kilometre)):
        return TierShown(line, unit, gap, gap * 1000 // kilometre)
    return TierShown(line, unit, gap, None)


def _moves(db: Db, plan: Plan) -> tuple[Move, ...]:
    """Read what was taken back between this plan and the next one."""
    asked = {
        "plan": plan.plan,
        "after": plan.position,
        "end": _AT_THE_END,
        "most": _MOST_MOVES,
    }
    rows = db.execute(_MOVES, asked)
    return tuple(
        Move(
            need=str(need),
            need_case=str(need_case),
            offer=str(offer),
            offer_case=str(offer_case),
            to=None if to is None else str(to),
            to_case=None if to_case is None else str(to_case),
            asked=bool(told),
            persons=persons if isinstance(persons, int) else 0,
        )
        for need, need_case, offer, offer_case, to, to_case, told, persons in rows
    )


def _reasons(db: Db, plan: Plan, *, newest: bool) -> list[Reason]:
    found = Counter(plan.unmet).most_common()
    return [Reason(code, n, _named(db, code) if newest else ()) for code, n in found]


def _named(db: Db, code: str) -> tuple[UnmetNeed, ...]:
    asked = Ask({"reason": code}, "-missing", NAMED)
    return listed(db, plans.UNMET_LISTING, asked).rows


def _kept(db: Db, plan: Plan) -> int:
    ((many,),) = db.execute(_KEPT, {"plan": plan.plan})
    return many if isinstance(many, int) else 0


def _states(db: Db, plan: Plan) -> dict[str, int]:
    found = {
        str(state): count
        for state, count in db.execute(_STATES, {"plan": plan.plan})
        if isinstance(count, int)
    }
    return {s: found[s] for s in _ORDER if s in found}


_ORDER = (
    "proposed", "communicated", "agreed", "confirmed", "begun", "ended", "refused",
    "lapsed", "cancelled",
)  # fmt: skip


def open_to(plan: str, *, newest: bool) -> dict[str, str]:
    """Return by which filters a plan's page finds what is to be decided.

    The newest plan has looked at what earlier ones proposed and left it as it was, so
    its page has all that waits: whoever lets the matcher run twice finds everything.
    """
    whose = {"by_hand": "no"} if newest else {"plan": plan}
    return whose | {"state": "proposed"}


def waiting(db: Db, plan: str) -> tuple[Proposal, ...]:
    """Return the proposals of a plan's page that nobody has decided about."""
    last = listed(db, plans.LISTING, Ask(limit=1)).rows
    asked = open_to(plan, newest=[one.plan for one in last] == [plan])
    return listed(db, proposals.LISTING, Ask(asked, "-persons", MOST)).rows
