"""A scarce city over a year: how well, how fast, in how much memory it is matched.

`--needs` and `--offers` set its size. All compatible pairs are in the certificate; the
referee has confirmed gap and feasibility. Shares and sizes follow published figures
where there are any (bench/people.py, bench/stock.py); the parameters are below.
"""

import random
import resource
import time
from collections.abc import Sequence
from datetime import date, timedelta
from typing import cast

import matcher
from bench.markets import Size, market, policy
from bench.match import of_tiers
from bench.people import chance
from bench.yardsticks import Figures, Options
from services.steady import steady

NAME = "city"
SUMMARY = "A scarce city over a year, 10,000 × 6,000: gap by tier, time, memory"
NEEDS, OFFERS = 10_000, 6_000
METRES = 9_500
"""Farther than this nobody is sent."""
NEAR = 85
"""Percent of households for whom a place to be near is drawn, beside those with one."""
YEAR = 365
Spread = tuple[Sequence[int], Sequence[int]]
"""Days, and how often each out of a hundred."""
STAYS: Spread = ((120, 180, 270, 365), (15, 25, 25, 35))
"""How long a household wants to stay."""
SPANS: Spread = ((60, 90, 120, 180), (25, 30, 25, 20))
"""How long a home can be had."""
SHORTEST = 60
"""Days below which nobody is sent anywhere: it is what makes homes scarce."""

LIMITS = {"max_metres": METRES, "min_stay_days": SHORTEST}


def document(needs: int, offers: int, seed: int) -> dict[str, object]:
    """Return the market document; the same parameters give the same."""
    made = market(Size(needs=needs, offers=offers), seed)
    dice = random.Random(f"city {seed}")
    today = date.fromisoformat(str(made["today"]))
    places = list(cast("dict[str, object]", made["places"]))
    for need in rows(made, "needs"):
        told(need)["period"] = span(dice, today, STAYS, YEAR)
        if chance(dice, NEAR):
            told(need)["near"] = dice.choice(places)
    for offer in rows(made, "offers"):
        available = cast("dict[str, object]", told(offer)["available"])
        told(offer)["available"] = available | span(dice, today, SPANS, YEAR)
    return made | {"policy": policy() | LIMITS}


def run(options: Options) -> Figures:
    """Match one market and have it refereed."""
    needs = options.times(options.needs or NEEDS)
    offers = options.times(options.offers or OFFERS)
    return measured(document(needs, offers, options.seed), options)


def measured(made: dict[str, object], options: Options) -> Figures:
    """Match a market, have it refereed, and return what it took."""
    edges = 0
    began = time.perf_counter()

    def tell(phase: str, worth: int, bound: int) -> None:
        nonlocal edges
        spent = time.perf_counter() - began
        options.say(f"{phase}, {worth} of at most {bound}, {spent:.1f} s")
        count, _, rest = phase.partition(" ")
        edges = int(count) if rest == "compatible pairs" else edges

    with steady():  # as the process does that solves for the product
        plan = matcher.solve(made, seed=options.seed, progress=tell)
        solved = time.perf_counter()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        faults = matcher.faults(made, plan)
        refereed = time.perf_counter()
    return {
        "needs": len(rows(made, "needs")),
        "offers": len(rows(made, "offers")),
        "edges": edges,
        "gap": plan.gap,
        "proven": plan.proven,
        "tiers": of_tiers(plan),
        "worth": plan.worth,
        "bound": plan.bound,
        "persons": sum(int(str(told(need)["persons"])) for need in rows(made, "needs")),
        "persons_placed": plan.persons,
        "placed": len(plan.stays),
        "solve_seconds": round(solved - began, 1),
        "referee_seconds": round(refereed - solved, 1),
        "proof_bytes": len(matcher.proof_of(plan)),
        "faults": len(faults),
        "peak_mb": peak,
    }


def rows(made: dict[str, object], name: str) -> list[dict[str, object]]:
    return [row for row in _list(made[name]) if told(row)["kind"] == "housing"]


def _list(rows: object) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", rows)


def told(row: dict[str, object]) -> dict[str, object]:
    return cast("dict[str, object]", row["details"])


def span(dice: random.Random, today: date, days: Spread, within: int) -> dict[str, str]:
    """Return a span that begins `within` so many days from today on."""
    start = today + timedelta(days=dice.randrange(within))
    length = dice.choices(*days)[0]
    return {
        "from": start.isoformat(),
        "to": (start + timedelta(days=length)).isoformat(),
    }
