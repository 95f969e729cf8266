"""Who sleeps in which room: every way to do it is tried, and the rules are read off."""

from collections.abc import Iterator
from itertools import combinations, permutations
from typing import Any, TypeAlias

from matcher.plan import Stay

Doc: TypeAlias = dict[str, Any]
People: TypeAlias = tuple[int, ...]


def people(need: Doc) -> list[Doc]:
    """Return everyone of the household; an empty member is one nobody described."""
    members = list(need["details"].get("members") or [])
    missing = (need["details"].get("persons") or 0) - len(members)
    return members + [{}] * missing


def age(member: Doc) -> int:
    """Return the least age of a band; -1 when it is not known."""
    band = member.get("age_band")
    return int(band.strip("+").split("-")[0]) if band else -1


def rooms_needed(need: Doc, offer: Doc, unit: str | None) -> int:
    """Return how many rooms (a home: 1) it takes; 0 when someone finds no bed."""
    rooms = offer["details"].get("units") or []
    if unit is None and not rooms:
        return int(len(people(need)) <= (offer["details"].get("beds") or 0))
    careful = unit is None and offer["details"].get("step_free") == "some"
    like = [room for room in rooms if room["ref"] == unit]
    fitting = {
        len(groups) if like else 1
        for groups in partitions(tuple(range(len(people(need)))))
        for way in ([like * len(groups)] if like else permutations(rooms, len(groups)))
        if all(
            holds(need, group, room, careful=careful)
            for group, room in zip(groups, way, strict=True)
        )
    }
    return min(fitting, default=0)


def sleeps_well(need: Doc, offer: Doc, stay: Stay) -> bool:
    """Say whether everyone has one bed, in rooms that are there, in good company."""
    members = people(need)
    rooms = {room["ref"]: room for room in offer["details"].get("units") or []}
    if not rooms or not all(members):
        return not stay.rooms
    number = {member["ref"]: n for n, member in enumerate(members)}
    if sorted(m for room in stay.rooms for m in room.members) != sorted(number):
        return False
    names = [room.unit for room in stay.rooms]
    apart = len(set(names)) == len(names) and set(names) <= set(rooms)
    if not (apart if stay.unit is None else names == [stay.unit] * stay.count):
        return False
    careful = stay.unit is None and offer["details"].get("step_free") == "some"
    return all(
        holds(need, tuple(number[m] for m in r.members), rooms[r.unit], careful=careful)
        for r in stay.rooms
    )


def holds(need: Doc, group: People, room: Doc, *, careful: bool) -> bool:
    """Say whether a group sleeps well in a room; one infant may lie in a cot."""
    inside = [people(need)[n] for n in group]
    cot = bool(room.get("cot_possible")) and any(0 <= age(m) < 2 for m in inside)
    asks = any((member.get("needs") or {}).get("step_free") for member in inside)
    return (
        len(inside) - cot <= room["sleeps"]
        and (not careful or not asks or room.get("step_free") is True)
        and all(may_share(need, a, b) for a, b in combinations(inside, 2))
    )


def may_share(need: Doc, one: Doc, other: Doc) -> bool:
    """Say whether two may sleep in one room: couple, parent and child, siblings."""
    pair = {one.get("ref"), other.get("ref")}
    relations = need["details"].get("relations") or []
    kinds = [row["kind"] for row in relations if {row["a"], row["b"]} == pair]
    ages = sorted((age(one), age(other)))
    match kinds:
        case ["parent_child"]:
            return True
        case ["couple"]:
            return ages[0] >= 18
        case ["siblings"] if ages[0] >= 10:
            return one.get("sex") == other.get("sex") and one.get("sex") in {"f", "m"}
        case ["siblings"]:
            return ages[0] >= 0 and ages[1] < 10
        case _:
            return False


def partitions(members: People) -> Iterator[list[People]]:
    """Yield every way to tell people apart into groups."""
    if not members:
        yield []
        return
    for size in range(len(members)):
        for others in combinations(members[1:], size):
            group = (members[0], *others)
            for rest in partitions(tuple(m for m in members if m not in group)):
                yield [group, *rest]
