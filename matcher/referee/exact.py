"""Whether all sums of a proof fit the 64 bits in which they are added up.

What does not fit would wrap round in silence, and prove whatever one likes.
"""

from collections.abc import Iterator, Sequence

from matcher.referee.hall import Hall
from matcher.referee.prices import PriceList
from matcher.referee.reading import LARGEST_HOUSEHOLD
from matcher.referee.worths import weighed

LARGEST = 1 << 60
FARTHEST = 1 << 30
"""Metres from the origin; the squares of distances then fit."""


def size_faults(hall: Hall, lists: Sequence[PriceList]) -> Iterator[str]:
    """Yield tiers whose figures are too large; `OverflowError`: the market's are."""
    most = _most(hall)
    if max(most) >= LARGEST or _extent(hall) >= FARTHEST:
        raise OverflowError("the market has numbers too large to be added up exactly")
    for n, prices in enumerate(lists):
        tier = prices.tier
        total = tier.scale * most[n] + LARGEST_HOUSEHOLD * sum(
            row.price for row in tier.prices
        )
        total += sum(m * w for m, w in zip(tier.multipliers, most, strict=False))
        if total >= LARGEST:
            yield f"{tier.name}: its figures are too large to be added up exactly"


def _most(hall: Hall) -> tuple[int, int, int]:
    """Return what no stay can be worth more than, by tier, up or down."""
    whole = [weighed(asked) for asked in hall.asked.values()]
    beds = max((p.given.beds(p.unit) for p in hall.places.values()), default=0)
    links = (one.near_waiting + len(one.near_homes) for one in hall.asked.values())
    times = max(
        1,
        beds * LARGEST_HOUSEHOLD,
        hall.policy["max_metres"] // 1000,
        max(links, default=0),
    )
    each = sum(map(_sum, hall.policy["preferences"].values()))
    first = max((abs(acute) for acute, _ in whole), default=0)
    return first, max((persons for _, persons in whole), default=0), each * times


def _sum(told: object) -> int:
    """Return what the numbers of a preference, one or some, come to."""
    if isinstance(told, int):
        return abs(told)
    if isinstance(told, dict):
        told = list(told.values())
    return sum(map(_sum, told)) if isinstance(told, list | tuple) else 0


def _extent(hall: Hall) -> int:
    places = hall.court.places.values()
    return max((abs(metres) for point in places for metres in point), default=0)
