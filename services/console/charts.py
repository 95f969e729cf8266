"""Charts drawn on the server: plain numbers in, the points of an SVG out.

Every chart stands beside its data table; nobody has to read it from a picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 900, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 12, 26, 34
_STEPS = (1, 2, 5)
_LINES = 5


@dataclass(frozen=True)
class BedDay:
    """Beds on one day: taken by people, promised, free; and persons who need one."""

    day: date
    taken: int
    held: int
    free: int
    needed: int

    @property
    def total(self) -> int:
        return self.taken + self.held + self.free


@dataclass(frozen=True)
class Area:
    name: str
    points: str


@dataclass(frozen=True)
class Chart:
    """Stacked areas, a line of needs, and the day from which beds do not suffice."""

    days: tuple[BedDay, ...]
    areas: tuple[Area, ...]
    line: str
    grid: tuple[tuple[int, int], ...]
    ticks: tuple[tuple[int, date], ...]
    short_from: date | None
    short_x: int


def bed_chart(days: Sequence[BedDay]) -> Chart:
    """Draw at least two days, in order."""
    top = _top(max(max(day.total, day.needed) for day in days))
    xs = [_x(i, len(days)) for i in range(len(days))]
    taken = [day.taken for day in days]
    held = [day.taken + day.held for day in days]
    free = [day.total for day in days]
    short = next((i for i, day in enumerate(days) if day.needed > day.total), None)
    return Chart(
        days=tuple(days),
        areas=(
            Area("taken", _band(xs, [0] * len(days), taken, top)),
            Area("held", _band(xs, taken, held, top)),
            Area("free", _band(xs, held, free, top)),
        ),
        line=_path(xs, [day.needed for day in days], top),
        grid=tuple((_y(value, top), value) for value in _lines(top)),
        ticks=tuple((xs[i], days[i].day) for i in range(0, len(days), 7)),
        short_from=None if short is None else days[short].day,
        short_x=0 if short is None else xs[short],
    )


def _band(xs: list[int], low: list[int], high: list[int], top: int) -> str:
    there = _path(xs, high, top)
    back = _path(xs[::-1], low[::-1], top)
    return f"{there} {back}"


def _path(xs: list[int], values: list[int], top: int) -> str:
    return " ".join(f"{x},{_y(v, top)}" for x, v in zip(xs, values, strict=True))


def _x(index: int, days: int) -> int:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * index // max(1, days - 1)


def _y(value: int, top: int) -> int:
    return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * value // top


def _lines(top: int) -> range:
    return range(0, top + 1, _step(top))


def _top(most: int) -> int:
    step = _step(max(1, most))
    return max(step, -(-most // step) * step)


def _step(most: int) -> int:
    """Return the smallest 1, 2, 5 × 10ⁿ that needs at most five lines."""
    power = 1
    while True:
        for digit in _STEPS:
            if digit * power * _LINES >= most:
                return digit * power
        power *= 10
