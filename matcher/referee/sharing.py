"""Rooms, once more: who may sleep in one room, and whether all find a bed.

Another way than the matcher's: take the first person without a bed and try every
company that they may keep in every kind of room that is left.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

from matcher.referee.reading import ADULT, LARGEST_HOUSEHOLD, TEN, Asked, Doc, age_from


def shares(a: Doc, b: Doc, relation: str | None) -> bool:
    """Say whether two members may sleep in one room."""
    age, other = age_from(a), age_from(b)
    if relation == "parent_child":
        return True
    if age is None or other is None:
        return False
    if relation == "couple":
        return age >= ADULT and other >= ADULT
    if relation == "siblings":
        if age < TEN and other < TEN:
            return True
        return min(age, other) >= TEN and a.get("sex") == b.get("sex") in ("f", "m")
    return False


def company(asked: Asked) -> tuple[frozenset[int], ...]:
    """Return for each person the others with whom a room may be shared."""
    kind = {}
    for relation in asked.relations:
        kind[frozenset((relation["a"], relation["b"]))] = relation["kind"]
    refs = [member["ref"] for member in asked.members]
    counted = max(len(refs), min(asked.persons, LARGEST_HOUSEHOLD + 1))
    found: list[set[int]] = [set() for _ in range(counted)]
    for (n, a), (m, b) in combinations(enumerate(asked.members), 2):
        if shares(a, b, kind.get(frozenset((refs[n], refs[m])))):
            found[n].add(m)
            found[m].add(n)
    return tuple(frozenset(others) for others in found)


Household = tuple[tuple[frozenset[int], ...], frozenset[int], frozenset[int]]
Kind = tuple[int, bool, bool]
"""A kind of room: sleeps, takes a cot, good for those who need it step-free."""


def household(asked: Asked) -> Household:
    """Return company, infants, and who needs a step-free room."""
    infants = {n for n, age in enumerate(asked.ages) if age == 0}
    careful = {
        n
        for n, member in enumerate(asked.members)
        if (member.get("needs") or {}).get("step_free")
    }
    return company(asked), frozenset(infants), frozenset(careful)


def relabelled(people: Household) -> Household:
    """Return a household of the same make: many that differ in order become one.

    Whoever it numbers first, it numbers all, so it finds the same beds.
    """
    friends, infants, careful = people
    made = [(n in infants, n in careful, len(friends[n])) for n in range(len(friends))]
    order = sorted(range(len(friends)), key=made.__getitem__)
    new = {old: n for n, old in enumerate(order)}
    return (
        tuple(frozenset(new[m] for m in friends[old]) for old in order),
        frozenset(new[n] for n in infants),
        frozenset(new[n] for n in careful),
    )


def kind(room: Doc, *, step_free_everywhere: bool) -> Kind:
    """Return what matters of a room."""
    good = step_free_everywhere or room.get("step_free") is True
    return room["sleeps"], room.get("cot_possible") is True, good


@lru_cache(maxsize=200_000)
def all_find_a_bed(people: Household, rooms: tuple[Kind, ...]) -> bool:
    """Say whether the household fits into these rooms of one home."""
    count = len(people[0])
    if count > LARGEST_HOUSEHOLD or count > sum(r[0] + r[1] for r in rooms):
        return False
    return _settle(people, frozenset(range(count)), told_apart(people, rooms))


def told_apart(people: Household, rooms: tuple[Kind, ...]) -> tuple[Kind, ...]:
    """Return the rooms as far as these people tell them apart, the largest first.

    A cot matters to infants only, no steps to who needs it so, and more beds than
    there are people to nobody.
    """
    friends, infants, careful = people
    seen = (
        (min(sleeps, len(friends)), cot and bool(infants), good or not careful)
        for sleeps, cot, good in rooms
    )
    return tuple(sorted((room for room in seen if room[0] or room[1]), reverse=True))


@lru_cache(maxsize=200_000)
def fewest_rooms(people: Household, room: Kind) -> int | None:
    """Return the least number of rooms like `room` that the household takes."""
    count = len(people[0])
    if count > LARGEST_HOUSEHOLD:
        return None
    return _fewest(people, frozenset(range(count)), room)


@lru_cache(maxsize=200_000)
def _settle(people: Household, awake: frozenset[int], rooms: tuple[Kind, ...]) -> bool:
    if not awake:
        return True
    beds, cots = sum(room[0] for room in rooms), sum(room[1] for room in rooms)
    if len(awake) > beds + min(cots, len(awake & people[1])):
        return False
    for room in dict.fromkeys(rooms):
        left = list(rooms)
        left.remove(room)
        if any(
            _settle(people, awake - group, tuple(left))
            for group in _groups(people, awake, room)
        ):
            return True
    return False


@lru_cache(maxsize=200_000)
def _fewest(people: Household, awake: frozenset[int], room: Kind) -> int | None:
    if not awake:
        return 0
    groups = _groups(people, awake, room)
    counts = [_fewest(people, awake - group, room) for group in groups]
    found = [count + 1 for count in counts if count is not None]
    return min(found, default=None)


def _groups(
    people: Household, awake: frozenset[int], room: Kind
) -> Iterator[frozenset[int]]:
    """Every group around the first person awake that may share `room` and fits."""
    friends, _, _ = people
    first = min(awake)

    def grow(group: frozenset[int], rest: list[int]) -> Iterator[frozenset[int]]:
        if not fits(people, group, room):
            return
        yield group
        for n, other in enumerate(rest):
            if group <= friends[other]:
                yield from grow(group | {other}, rest[n + 1 :])

    yield from grow(frozenset({first}), sorted(awake & friends[first]))


def fits(people: Household, group: frozenset[int], room: Kind) -> bool:
    """Say whether a group finds beds in one room; one infant may lie in a cot."""
    _, infants, careful = people
    sleeps, cot, good = room
    beds = len(group) - (1 if cot and group & infants else 0)
    return beds <= sleeps and (good or not group & careful)
