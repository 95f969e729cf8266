"""Changes of a good plan, each with words of the sentence that must name it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from matcher import Plan, Tier
from matcher.plan import PartName, Price

DAY = timedelta(days=1)


def stay(plan: Plan, **change: Any) -> Plan:
    """Change the first stay."""
    return replace(plan, stays=(replace(plan.stays[0], **change), *plan.stays[1:]))


def handover(plan: Plan, **change: Any) -> Plan:
    first, *rest = plan.handovers
    return replace(plan, handovers=(replace(first, **change), *rest))


def unmet(plan: Plan, **change: Any) -> Plan:
    """Change the first need that was outbid."""
    row = next(r for r in plan.unmet if r.reason == "outbid" and r.part == "housing")
    rows = tuple(replace(r, **change) if r is row else r for r in plan.unmet)
    return replace(plan, unmet=rows)


def tier(plan: Plan, part: PartName, n: int, change: Callable[[Tier], Tier]) -> Plan:
    def changed(tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
        return tuple(change(t) if m == n else t for m, t in enumerate(tiers))

    parts = tuple(
        replace(p, tiers=changed(p.tiers)) if p.name == part else p for p in plan.parts
    )
    return replace(plan, parts=parts)


def dearer(by: int) -> Callable[[Tier], Tier]:
    def change(one: Tier) -> Tier:
        first, *rest = one.prices
        return replace(one, prices=(replace(first, price=first.price + by), *rest))

    return change


BAD: dict[str, tuple[Callable[[Plan], Plan], str]] = {
    "another market": (lambda p: replace(p, market="0" * 64), "another market"),
    "another day": (
        lambda p: replace(p, today=p.today + DAY),
        "made for 2022-03-19, not for 2022-03-18",
    ),
    "a night too long": (
        lambda p: stay(p, end=p.stays[0].end + DAY),
        "other days than the two give",
    ),
    "a night too early": (
        lambda p: stay(p, start=p.stays[0].start - DAY),
        "nights outside what is available",
    ),
    "the other end": (
        lambda p: stay(p, open_ended=not p.stays[0].open_ended),
        "says wrongly whether the stay has an end",
    ),
    "a room too many": (lambda p: stay(p, count=p.stays[0].count + 1), "rooms where"),
    "a person too few": (
        lambda p: stay(p, persons=p.stays[0].persons - 1),
        "persons instead of",
    ),
    "a unit that is none": (lambda p: stay(p, unit="attic"), "has no attic to give"),
    "an offer that is none": (lambda p: stay(p, offer="x"), "no such home to give"),
    "a need that is none": (lambda p: stay(p, need="x"), "x is not there to be placed"),
    "a check forgotten": (lambda p: stay(p, due=("moon",)), "which checks are still"),
    "a wrong worth": (lambda p: stay(p, worth=(9, 9, 9)), "not (9, 9, 9)"),
    "a wrong distance": (lambda p: stay(p, metres=1), "metres away, not 1"),
    "wrong points": (lambda p: stay(p, points=(("keep", 1),)), "counts other points"),
    "a need twice": (
        lambda p: replace(p, stays=(*p.stays, p.stays[0])),
        "is placed twice",
    ),
    "a stay lost": (
        lambda p: replace(p, stays=p.stays[1:]),
        "the plan says nothing, or too much, of why need-",
    ),
    "a wrong sum": (
        lambda p: tier(p, "housing", 1, lambda t: replace(t, worth=t.worth + 1)),
        "persons: the plan adds up to",
    ),
    "a lower bound": (
        lambda p: tier(p, "housing", 2, lambda t: replace(t, bound=t.bound - 1)),
        "points: the prices prove a bound of",
    ),
    "a price changed": (
        lambda p: tier(p, "housing", 1, dearer(5_000_000)),
        "persons: the prices prove a bound of",
    ),
    "a price below zero": (
        lambda p: tier(p, "housing", 1, dearer(-(1 << 40))),
        "is negative",
    ),
    "prices lost": (
        lambda p: tier(p, "housing", 2, lambda t: replace(t, prices=())),
        "points: the prices prove a bound of",
    ),
    "a price nowhere": (
        lambda p: tier(
            p,
            "housing",
            0,
            lambda t: replace(t, prices=(Price("x", None, p.today, None, 1),)),
        ),
        "a price is for a place that is not there: x",
    ),
    "people kept apart for nothing": (
        lambda p: tier(
            p,
            "housing",
            0,
            lambda t: replace(
                t, prices=(Price("x", None, p.today, ("need-000001", "n"), 1),)
            ),
        ),
        "keeps people apart who may meet",
    ),
    "another multiplier": (
        lambda p: tier(
            p, "housing", 2, lambda t: replace(t, multipliers=(7, 7 * t.scale))
        ),
        "points: the prices prove a bound of",
    ),
    "a multiplier lost": (
        lambda p: tier(p, "housing", 2, lambda t: replace(t, multipliers=())),
        "not one multiplier for each tier before",
    ),
    "a tier renamed": (
        lambda p: tier(p, "housing", 0, lambda t: replace(t, name="urgent")),
        "the tiers are not acute, persons, points",
    ),
    "wider steps": (
        lambda p: replace(
            p, parts=(replace(p.parts[0], steps=(3, 2, 1)), *p.parts[1:])
        ),
        "the steps between tiers are",
    ),
    "a reason invented": (
        lambda p: unmet(p, reason="pets"),
        "does not stay unmet for the reason pets",
    ),
    "offers miscounted": (
        lambda p: unmet(p, compatible=99),
        "suit need need-000004, not 99",
    ),
    "an unmet need lost": (
        lambda p: replace(p, unmet=p.unmet[1:]),
        "the plan says nothing, or too much, of",
    ),
    "a piece too many": (
        lambda p: handover(p, quantity=p.handovers[0].quantity + 50),
        "is promised more often than it is there",
    ),
    "a request overserved": (
        lambda p: handover(p, quantity=p.handovers[0].quantity + 50),
        "gets more than it lacks",
    ),
    "a hand-over a day late": (
        lambda p: handover(p, day=p.handovers[0].day + DAY),
        "a wrong day or quantity",
    ),
    "a lot that is none": (lambda p: handover(p, offer="x"), "is not in the market"),
    "goods of wrong worth": (lambda p: handover(p, worth=(1, 1, 1)), "a wrong worth"),
    "goods at another distance": (lambda p: handover(p, metres=1), "not 1"),
    "a lot's price changed": (
        lambda p: tier(p, "goods", 0, dearer(3)),
        "urgent: the prices prove a bound of",
    ),
    "a lot's price below zero": (
        lambda p: tier(p, "goods", 2, dearer(-(1 << 40))),
        "a multiplier is negative",
    ),
}
