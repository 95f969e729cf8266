"""Homes in numbers: for how many people, and how many rooms are left on which days.

The same reading of capacity as the rules': a contingent has as many rooms of a unit
as its lines say for a day, any other home is one, for one household at a time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from events.kinds.housing import HousingOffer
from events.match import Allocation
from events.offer import OfferState

POOLED = ("hotel_unit", "shelter")
WHOLE = ""
"""The unit of a home that is taken as a whole."""


@dataclass(frozen=True)
class Run:
    """Days `[start, end)` on which as many rooms are there and held; None: open."""

    start: date | None
    end: date | None
    rooms: int
    held: int


def pooled(home: HousingOffer) -> bool:
    """Whether several households fit in side by side."""
    return home.dwelling in POOLED


def beds(home: HousingOffer) -> int | None:
    """Return for how many people the home is at most; None: unknown."""
    if home.beds is not None or home.units is None:
        return home.beds
    if not pooled(home):
        return sum(unit.sleeps for unit in home.units)
    return sum(_most_rooms(home, unit.ref) * unit.sleeps for unit in home.units)


def sleeps(home: HousingOffer, unit: str) -> int | None:
    """Return how many people one room of the unit (or the home) takes."""
    if unit == WHOLE:
        return beds(home)
    return next((u.sleeps for u in home.units or () if u.ref == unit), None)


def held(offer: OfferState) -> list[Allocation]:
    """Return what the living matches of an offer hold, line by line.

    A home is held once by all households that are placed there together.
    """
    lines = {
        (match.bundle if line.unit is None else None) or f"{match.id} {number}": line
        for match in offer.living
        for number, line in enumerate(match.allocation)
    }
    return list(lines.values())


def runs(home: HousingOffer, held: Iterable[Allocation]) -> dict[str, list[Run]]:
    """Return for each unit the days on which nothing changes, in order."""
    steps: dict[str, dict[date, tuple[int, int]]] = {}
    for unit, start, end, rooms in _there(home):
        _step(steps.setdefault(unit, {}), (start, end), (rooms, 0))
    for line in held:
        unit = line.unit or WHOLE
        days = line.start or date.min, line.end or date.max
        _step(steps.setdefault(unit, {}), days, (0, line.count))
    return {unit: list(_summed(found)) for unit, found in sorted(steps.items())}


def _there(home: HousingOffer) -> Iterator[tuple[str, date, date, int]]:
    first = (home.available and home.available.start) or date.min
    last = (home.available and home.available.end) or date.max
    if not pooled(home):
        yield WHOLE, first, last, 1
        return
    for line in home.capacity or ():
        start, end = max(line.span.start, first), min(line.span.end or date.max, last)
        if start < end:
            yield line.unit, start, end, line.count - line.blocked


def _step(
    steps: dict[date, tuple[int, int]],
    days: tuple[date, date],
    change: tuple[int, int],
) -> None:
    for day, sign in zip(days, (1, -1), strict=True):
        rooms, held = steps.get(day, (0, 0))
        steps[day] = (rooms + sign * change[0], held + sign * change[1])


def _summed(steps: dict[date, tuple[int, int]]) -> Iterator[Run]:
    days = sorted(day for day, change in steps.items() if change != (0, 0))
    rooms = held = 0
    for start, end in zip(days, [*days[1:], date.max], strict=True):
        rooms, held = rooms + steps[start][0], held + steps[start][1]
        if (rooms or held) and start != date.max:
            yield Run(
                None if start == date.min else start,
                None if end == date.max else end,
                rooms,
                held,
            )


def _most_rooms(home: HousingOffer, unit: str) -> int:
    counts = [c.count - c.blocked for c in home.capacity or () if c.unit == unit]
    return max(counts, default=0)
