"""Worth and bound from plan to plan, a picture for each tier of housing.

Tiers are drawn apart: the steps that make one number of them differ from market to
market, so that number cannot be compared over time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from projections.plans import Plan, TierLine

WIDTH, HEIGHT = 420, 210
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 14, 14, 30
_LINES = 4
_STEPS = (1, 2, 5)
PART = "housing"


@dataclass(frozen=True)
class Curve:
    """One tier over the plans: what was reached, and what nothing could exceed.

    `at` is where the plan stands that the page is about; None: not among them.
    """

    tier: str
    worth: str
    bound: str
    grid: tuple[tuple[int, int], ...]
    at: tuple[int, int] | None
    closed: bool
    """Whether bound and worth are one in all of the plans."""


@dataclass(frozen=True)
class Trend:
    """The plans, oldest first, and a curve for each tier."""

    plans: tuple[Plan, ...]
    curves: tuple[Curve, ...]


def trend(plans: Sequence[Plan], shown: str) -> Trend | None:
    """Draw the plans, oldest first; None where there are not two."""
    if len(plans) == 1:
        return None
    names = [line.name for line in tiers(plans[-1])]
    same = [plan for plan in plans if [t.name for t in tiers(plan)] == names]
    curves = (_curve(same, number, shown) for number in range(len(names)))
    return Trend(tuple(same), tuple(curves)) if len(same) > 1 else None


def tiers(plan: Plan) -> tuple[TierLine, ...]:
    """Return the tiers that are drawn."""
    return tuple(line for line in plan.tiers if line.part == PART)


def _curve(plans: Sequence[Plan], number: int, shown: str) -> Curve:
    lines = [tiers(plan)[number] for plan in plans]
    values = [0, *(v for line in lines for v in (line.worth, line.bound))]
    low, high, step = _range(min(values), max(values))
    ys = [_y(line.worth, low, high) for line in lines]
    xs = [_x(index, len(plans)) for index in range(len(plans))]
    here = [n for n, plan in enumerate(plans) if plan.plan == shown]
    return Curve(
        tier=lines[-1].name,
        worth=_path(xs, ys),
        bound=_path(xs, [_y(line.bound, low, high) for line in lines]),
        grid=tuple((_y(v, low, high), v) for v in range(low, high + 1, step)),
        at=(xs[here[0]], ys[here[0]]) if here else None,
        closed=all(line.worth == line.bound for line in lines),
    )


def _path(xs: Sequence[int], ys: Sequence[int]) -> str:
    """Return steps: between two plans the older one stands."""
    points = [f"{xs[0]},{ys[0]}"]
    for (_, before), (x, y) in pairwise(zip(xs, ys, strict=True)):
        points += [f"{x},{before}", f"{x},{y}"]
    return " ".join(points)


def _x(index: int, many: int) -> int:
    return _LEFT + (WIDTH - _LEFT - _RIGHT) * index // (many - 1)


def _y(value: int, low: int, high: int) -> int:
    return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * (value - low) // (high - low)


def _range(least: int, most: int) -> tuple[int, int, int]:
    """Return round numbers that hold both ends, and the step between them."""
    step = _step(max(1, most - least))
    low, high = least // step * step, -(-most // step) * step
    return low, max(high, low + step), step


def _step(span: int) -> int:
    """Return the smallest 1, 2, 5 × 10ⁿ that needs few lines."""
    power = 1
    while True:
        for digit in _STEPS:
            if digit * power * _LINES >= span:
                return digit * power
        power *= 10
