"""Small changes of a plan, to be put together into wrong ones."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from matcher import Handover, Part, Plan, Stay, Tier, Unmet
from matcher.plan import PartName

Change = Callable[[Plan], Plan]
Mutant = tuple[str, Change, str]
"""Its name, what it does to the plan, and words of the sentence that names it."""


def stay(need: str, change: Callable[[Stay], Stay]) -> Change:
    """Change one household's stay."""
    return lambda plan: replace(
        plan, stays=tuple(change(s) if s.need == need else s for s in plan.stays)
    )


def told(who: str, /, **fields: Any) -> Change:
    """Tell some fields of one household's stay otherwise."""
    return stay(who, lambda s: replace(s, **fields))


def unmet(who: str, /, **fields: Any) -> Change:
    def changed(row: Unmet) -> Unmet:
        return replace(row, **fields) if row.need == who else row

    return lambda plan: replace(plan, unmet=tuple(map(changed, plan.unmet)))


def handed(
    need: str, offer: str, change: Callable[[Handover], Handover | None]
) -> Change:
    """Change one hand-over; `None` drops it."""

    def changed(plan: Plan) -> Plan:
        rows = (
            change(row) if (row.need, row.offer) == (need, offer) else row
            for row in plan.handovers
        )
        return replace(plan, handovers=tuple(row for row in rows if row is not None))

    return changed


def part(name: PartName, change: Callable[[Part], Part]) -> Change:
    return lambda plan: replace(
        plan, parts=tuple(change(p) if p.name == name else p for p in plan.parts)
    )


def tier(name: PartName, n: int, change: Callable[[Tier], Tier]) -> Change:
    """Change one tier of a part."""

    def changed(one: Part) -> Part:
        tiers = (change(t) if m == n else t for m, t in enumerate(one.tiers))
        return replace(one, tiers=tuple(tiers))

    return part(name, changed)


def both(*changes: Change) -> Change:
    def changed(plan: Plan) -> Plan:
        for change in changes:
            plan = change(plan)
        return plan

    return changed
