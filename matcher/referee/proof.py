"""The objective and the bound of housing, over every stay that breaks no rule.

For each tier: bound = (Σ free rooms · price + Σ over needs of max(0, the best of
scale · worth + multipliers · worth before - price of the stay) - multipliers · reached)
/ scale, rounded down. Nothing of the matcher's pairs is used: the stays are found anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from matcher.plan import Part, Plan
from matcher.referee.hall import Hall
from matcher.referee.housing import as_promise
from matcher.referee.prices import PriceList
from matcher.referee.reading import Asked
from matcher.referee.unmet import unmet_faults
from matcher.referee.worths import worth

NAMES = ("acute", "persons", "points")


@dataclass
class Tally:
    """What a walk over all stays adds up to, by tier; `offers` by need."""

    best: list[int] = field(default_factory=lambda: [0, 0, 0])
    spread: list[int] = field(default_factory=lambda: [0, 0, 0])
    offers: dict[str, int] = field(default_factory=dict)


def proof_faults(hall: Hall, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with the figures of housing, and with who stays unmet.

    Pinned stays are settled before: they are promises here, and count on both sides.
    """
    part = plan.part("housing")
    wrong = list(_shape_faults(part))
    lists = [PriceList(hall, tier) for tier in part.tiers]
    wrong += [fault for prices in lists for fault in prices.faults()]
    yield from wrong
    if wrong:
        return
    settled = [stay for stay in plan.stays if stay.need in hall.pinned]
    for stay in settled:
        hall.promise(as_promise(hall, stay))
    tally = walk(hall, lists)
    reached = [sum(stay.worth[n] for stay in plan.stays) for n in range(len(lists))]
    fixed = [sum(stay.worth[n] for stay in settled) for n in range(len(lists))]
    yield from _figure_faults(part, lists, tally, reached, fixed)
    if part.steps != steps(tally.spread):
        yield f"housing: the steps between tiers are {steps(tally.spread)}"
    yield from unmet_faults(hall, plan, tally.offers)


def _shape_faults(part: Part) -> Iterator[str]:
    if tuple(tier.name for tier in part.tiers) != NAMES:
        yield "housing: the tiers are not acute, persons, points"
    for n, tier in enumerate(part.tiers):
        if len(tier.multipliers) != n:
            yield f"{tier.name}: there is not one multiplier for each tier before"


def walk(hall: Hall, lists: list[PriceList]) -> Tally:
    """Go over every stay that anybody may have."""
    tally = Tally()
    for asked in hall.parties():
        if asked.id not in hall.pinned:
            _visit(hall, asked, lists, tally)
    return tally


def _visit(hall: Hall, asked: Asked, lists: list[PriceList], tally: Tally) -> None:
    best, high, low = [0, 0, 0], [0, 0, 0], [0, 0, 0]
    offers = set()
    for edge in hall.edges(asked):
        given, unit = edge.place.given, edge.place.unit
        offers.add(given.id)
        worths = worth(hall.court, asked, given, unit, edge.rooms)
        for n, prices in enumerate(lists):
            tier = prices.tier
            profit = tier.scale * worths[n] - prices.of(asked, edge)
            for before, multiplier in enumerate(tier.multipliers):
                profit += multiplier * worths[before]
            best[n] = max(best[n], profit)
            high[n], low[n] = max(high[n], worths[n]), min(low[n], worths[n])
    tally.offers[asked.id] = len(offers)
    for n in range(len(lists)):
        tally.best[n] += best[n]
        tally.spread[n] += high[n] - low[n]


def _figure_faults(
    part: Part,
    lists: list[PriceList],
    tally: Tally,
    reached: list[int],
    fixed: list[int],
) -> Iterator[str]:
    for n, tier in enumerate(part.tiers):
        if tier.worth != reached[n]:
            yield f"{tier.name}: the stays add up to {reached[n]}, not {tier.worth}"
        kept = sum(
            multiplier * (reached[before] - fixed[before])
            for before, multiplier in enumerate(tier.multipliers)
        )
        total = lists[n].stock() + tally.best[n] - kept
        bound = fixed[n] + total // tier.scale
        if bound != tier.bound:
            yield f"{tier.name}: the prices prove a bound of {bound}, not {tier.bound}"
        if bound < reached[n]:
            yield f"{tier.name}: the plan exceeds its bound, so it breaks a rule"


def steps(spread: list[int]) -> tuple[int, ...]:
    """Return the least weights under which no tier makes up for one above it."""
    weights: list[int] = []
    below = 0
    for one in reversed(spread):
        weights.insert(0, below + 1)
        below += weights[0] * one
    return tuple(weights)
