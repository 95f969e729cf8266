"""The policy as the matcher uses it: integers by which pairs are weighed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

HIGHEST = 3
"""Priorities run from 0 to this."""
LATE = 4
"""So many steps later waiting makes a need count that is not acute."""
DOUBLINGS = 5
"""As often waiting doubles the weight of the highest priority: 32 times it is more than
a household of 24 that came today, so that nobody is passed over for ever."""


@dataclass(frozen=True, slots=True)
class Near:
    """What each of two linked households earns if they live at most so far apart."""

    points: int
    metres: int


@dataclass(frozen=True, slots=True)
class Points:
    """Third tier: what one pair earns for each preference that it meets."""

    keep: int
    wished_district: tuple[int, ...]
    wished_dwelling: int
    language: int
    whole_dwelling: int
    wasted_bed: int
    kilometre: int
    wished_household: tuple[int, ...] = ()
    near: Near | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Weights, tiers and limits; `rent_limits` is (persons, euro cents), ascending."""

    name: str
    horizon_days: int
    min_stay_days: int
    max_metres: int
    acute_weights: tuple[int, ...]
    waiting_step_days: int
    points: Points
    rent_limits: tuple[tuple[int, int], ...]
    confirm: tuple[str, ...]
    minors: tuple[str, ...]
    goods_max_metres: int
    goods_equivalents: frozenset[tuple[str, str]]
    """(article that is asked for, article that serves it as well)."""
    goods_trip_metres: int
    """What a hand-over weighs, whatever it carries, in metres of a piece."""

    def priority(self, told: int, waiting_days: int) -> int:
        """Raise it one step every so many days of waiting, so that nobody starves."""
        if self.waiting_step_days == 0:
            return min(HIGHEST, told)
        return min(HIGHEST, told + max(0, waiting_days) // self.waiting_step_days)

    def weight(self, told: int, waiting_days: int, *, acute: bool) -> int:
        """Return what a person weighs in the first tier; 0: not there yet."""
        step = self.waiting_step_days
        risen = told + (max(0, waiting_days) // step if step else 0)
        level = risen if acute else risen - LATE
        if level < 0 or not (acute or step):
            return 0
        doubled = min(max(0, level - HIGHEST), DOUBLINGS)
        return self.acute_weights[min(HIGHEST, level)] << doubled

    def rent_limit(self, persons: int) -> int | None:
        """Return the limit for so many people; beyond the table its last line holds."""
        fitting = [limit for upto, limit in self.rent_limits if upto <= persons]
        return fitting[-1] if fitting else None


def read_policy(document: Mapping[str, object]) -> Policy:
    """Read the policy's JSON as it was adopted."""
    part = {name: cast("Mapping[str, object]", document[name]) for name in _PARTS}
    priorities, checks = part["priorities"], part["checks"]
    limits = cast("Sequence[Mapping[str, int]]", document["rent_limits"])
    return Policy(
        name=str(document["name"]),
        horizon_days=cast("int", document["horizon_days"]),
        min_stay_days=cast("int", document["min_stay_days"]),
        max_metres=cast("int", document["max_metres"]),
        acute_weights=tuple(cast("Sequence[int]", priorities["acute_weights"])),
        waiting_step_days=cast("int", priorities["waiting_step_days"]),
        points=_points(part["preferences"]),
        rent_limits=tuple(sorted((r["persons"], r["limit_minor"]) for r in limits)),
        confirm=tuple(cast("Sequence[str]", checks["confirm"])),
        minors=tuple(cast("Sequence[str]", checks["minors"])),
        goods_max_metres=cast("int", part["goods"]["max_metres"]),
        goods_equivalents=_equivalents(part["goods"]),
        goods_trip_metres=cast("int", part["goods"].get("trip_metres") or 0),
    )


_PARTS = ("priorities", "preferences", "checks", "goods")


def _equivalents(document: Mapping[str, object]) -> frozenset[tuple[str, str]]:
    rows = cast("Sequence[Mapping[str, str]]", document.get("equivalents") or ())
    return frozenset((row["asked"], row["given"]) for row in rows)


def _points(document: Mapping[str, object]) -> Points:
    number = cast("Mapping[str, int]", document)
    return Points(
        keep=number["keep"],
        wished_district=tuple(cast("Sequence[int]", document["wished_district"])),
        wished_dwelling=number["wished_dwelling"],
        language=number["language"],
        whole_dwelling=number["whole_dwelling"],
        wasted_bed=number["wasted_bed"],
        kilometre=number["kilometre"],
        wished_household=tuple(
            cast("Sequence[int]", document.get("wished_household") or ())
        ),
        near=_near(cast("Mapping[str, int] | None", document.get("near"))),
    )


def _near(document: Mapping[str, int] | None) -> Near | None:
    return None if document is None else Near(document["points"], document["metres"])
