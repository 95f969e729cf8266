"""What a pair is worth, written a second time."""

from collections.abc import Hashable

from matcher.referee.near import by_links
from matcher.referee.reading import ADULT, OLD, Asked, Given
from matcher.referee.rules import Court

Worth = tuple[int, int, int]
HOUSEHOLDS = ("women", "family", "elderly", "single", "couple")
"""Whom a host may wish for, as far as it is not for people to judge."""


def worth(
    court: Court, asked: Asked, given: Given, place: str | None, rooms: int
) -> Worth:
    """Return (acute, persons, points)."""
    third = sum(points(court, asked, given, place, rooms).values())
    return *weighed(asked), third


def weighed(asked: Asked) -> tuple[int, int]:
    """Return (acute, persons): what a household counts for wherever it is."""
    return sum(h.persons * h.weight for h in asked.parts or [asked]), asked.persons


def points(
    court: Court, asked: Asked, given: Given, place: str | None, rooms: int
) -> dict[str, int]:
    """Return what the pair earns for each preference, zeros left out."""
    each = court.policy["preferences"]
    spare = max(0, given.beds(place) * rooms - asked.persons)
    found = {
        "keep": each["keep"] * _stays(asked, given, place),
        "wished_district": _district(each["wished_district"], asked, given),
        **by_taste(court, asked, given),
        "wasted_bed": each["wasted_bed"] * spare,
        "kilometre": each["kilometre"] * _kilometres(court, asked, given),
        "linked_near": by_links(court, asked, given),
    }
    return {name: value for name, value in found.items() if value}


def by_taste(court: Court, asked: Asked, given: Given) -> dict[str, int]:
    """Return what depends on `taste` and `offering` alone."""
    each = court.policy["preferences"]
    return {
        "wished_dwelling": each["wished_dwelling"]
        * (given.told.get("dwelling") in asked.dwellings),
        "language": each["language"]
        * (not asked.languages.isdisjoint(given.languages)),
        "whole_dwelling": each["whole_dwelling"] * _whole(given),
        "wished_household": _welcome(each.get("wished_household") or [], asked, given),
    }


def taste(asked: Asked) -> Hashable:
    """Return what of a household `by_taste` looks at."""
    who = tuple(_is_a(wish, asked) for wish in HOUSEHOLDS)
    return frozenset(asked.dwellings), frozenset(asked.languages), who


def offering(given: Given) -> Hashable:
    """Return what of a home `by_taste` looks at."""
    told, wishes = given.told, tuple(given.wishes)
    dwelling = told.get("dwelling"), told.get("whole_unit")
    return dwelling, frozenset(given.languages), wishes


def _stays(asked: Asked, given: Given, place: str | None) -> bool:
    now = asked.current
    return now is not None and (now["offer"], now.get("unit")) == (given.id, place)


def _district(ranks: list[int], asked: Asked, given: Given) -> int:
    code = given.postcode
    if code is not None:
        for value, earned in zip(asked.districts, ranks, strict=False):
            if value in (code, code[:3]):
                return int(earned)
    return 0


def _welcome(ranks: list[int], asked: Asked, given: Given) -> int:
    """Return the points of the first of the host's wishes that comes true."""
    for wish, earned in zip(given.wishes, ranks, strict=False):
        if _is_a(wish, asked):
            return int(earned)
    return 0


def _is_a(wish: str, asked: Asked) -> bool:
    if wish == "women":
        return asked.no_men
    if wish == "family":
        return any(age is not None and age < ADULT for age in asked.ages)
    if wish == "elderly":
        return any(age is not None and age >= OLD for age in asked.ages)
    number = {"single": 1, "couple": 2}.get(wish)
    return asked.persons == number and (wish == "single" or asked.all_adult)


def _whole(given: Given) -> bool:
    told = given.told.get("whole_unit")
    return given.told.get("dwelling") in ("flat", "house") if told is None else told


def _kilometres(court: Court, asked: Asked, given: Given) -> int:
    if asked.near is None:
        return 0
    far = court.metres(asked.near, given.postcode)
    return int(court.policy["max_metres"] if far is None else far) // 1000
