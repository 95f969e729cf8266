"""The objective and the bound of housing, over every stay that breaks no rule.

For each tier: bound = (Σ free rooms · price + Σ over needs of max(0, the best of
scale · worth + multipliers · worth before - price of the stay) - multipliers · reached)
/ scale, rounded down. Nothing of the matcher's pairs is used: the stays are found anew.
"""

from collections.abc import Iterator

from matcher.plan import Part, Plan, Stay
from matcher.referee.exact import size_faults
from matcher.referee.hall import Hall
from matcher.referee.lodging import lodging_of
from matcher.referee.pins import settle
from matcher.referee.prices import PriceList
from matcher.referee.tally import figure_faults
from matcher.referee.unmet import unmet_faults
from matcher.referee.walk import Walk

NAMES = ("acute", "persons", "points")


def proof_faults(hall: Hall, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with the figures of housing, and with who stays unmet.

    Pinned stays are settled before: they are promises here, and count on both sides.
    """
    part = plan.part("housing")
    wrong = list(_shape_faults(part))
    lists = [PriceList(hall, tier) for tier in part.tiers]
    wrong += [fault for prices in lists for fault in prices.faults()]
    wrong += size_faults(hall, [] if wrong else lists)
    yield from wrong
    if wrong:
        return
    settled = [stay for stay in plan.stays if stay.need in hall.pinned]
    yield from settle(hall, plan)
    lodging = lodging_of(hall)
    tally = Walk(lodging, lists).tally()
    tally.stock = [prices.stock() for prices in lists]
    yield from figure_faults(
        part,
        tally,
        reached=[sum(stay.worth[n] for stay in plan.stays) for n in range(3)],
        fixed=[sum(_full(hall, stay)[n] for stay in settled) for n in range(3)],
    )
    yield from unmet_faults(lodging, plan, tally.offers)


def _full(hall: Hall, stay: Stay) -> tuple[int, int, int]:
    """Return what a stay counts in the bound: links in full, whoever is near."""
    first, persons, third = stay.worth
    return first, persons, third + hall.lost.get(stay.need, 0)


def _shape_faults(part: Part) -> Iterator[str]:
    if tuple(tier.name for tier in part.tiers) != NAMES:
        yield "housing: the tiers are not acute, persons, points"
    for n, tier in enumerate(part.tiers):
        if len(tier.multipliers) != n:
            yield f"{tier.name}: there is not one multiplier for each tier before"
