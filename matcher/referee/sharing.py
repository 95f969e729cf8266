"""Rooms, once more: who may sleep in one room, and whether all find a bed.

Another way than the matcher's: take the first person without a bed and try every
company that they may keep in every kind of room that is left.
"""

from collections.abc import Iterable, Iterator
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


def company(asked: Asked) -> tuple[int, ...]:
    """Return for each person the others with whom a room may be shared."""
    kind = {}
    for relation in asked.relations:
        kind[frozenset((relation["a"], relation["b"]))] = relation["kind"]
    refs = [member["ref"] for member in asked.members]
    found = [0] * max(len(refs), min(asked.persons, LARGEST_HOUSEHOLD + 1))
    for (n, a), (m, b) in combinations(enumerate(asked.members), 2):
        if shares(a, b, kind.get(frozenset((refs[n], refs[m])))):
            found[n] |= 1 << m
            found[m] |= 1 << n
    return tuple(found)


Household = tuple[tuple[int, ...], int, int]
"""Whom each may share a room with; the infants; who needs it step-free. Sets of people
are numbers: person n is in it where bit n is set."""
Kind = tuple[int, bool, bool]
"""A kind of room: sleeps, takes a cot, good for those who need it step-free."""


def several(numbers: Iterable[int]) -> int:
    """Return people as the bits of one number."""
    return sum(1 << n for n in set(numbers))


def household(asked: Asked) -> Household:
    """Return company, infants, and who needs a step-free room."""
    infants = [n for n, age in enumerate(asked.ages) if age == 0]
    careful = [
        n
        for n, member in enumerate(asked.members)
        if (member.get("needs") or {}).get("step_free")
    ]
    return company(asked), several(infants), several(careful)


def relabelled(people: Household) -> Household:
    """Return a household of the same make: many that differ in order become one.

    Whoever it numbers first, it numbers all, so it finds the same beds.
    """
    friends, infants, careful = people
    everyone = range(len(friends))
    made = [
        (infants >> n & 1, careful >> n & 1, friends[n].bit_count()) for n in everyone
    ]
    order = sorted(everyone, key=made.__getitem__)

    def renamed(some: int) -> int:
        return sum(1 << new for new, old in enumerate(order) if some >> old & 1)

    return (
        tuple(renamed(friends[old]) for old in order),
        renamed(infants),
        renamed(careful),
    )


def kind(room: Doc, *, step_free_everywhere: bool) -> Kind:
    """Return what matters of a room."""
    good = step_free_everywhere or room.get("step_free") is True
    return room["sleeps"], room.get("cot_possible") is True, good


def all_find_a_bed(people: Household, rooms: tuple[Kind, ...]) -> bool:
    """Say whether the household fits into these rooms of one home."""
    count = len(people[0])
    if count > LARGEST_HOUSEHOLD or count > sum(r[0] + r[1] for r in rooms):
        return False
    return _laying(people).settle((1 << count) - 1, told_apart(people, rooms))


def fewest_rooms(people: Household, room: Kind) -> int | None:
    """Return the least number of rooms like `room` that the household takes."""
    count = len(people[0])
    if count > LARGEST_HOUSEHOLD:
        return None
    return _laying(people).fewest((1 << count) - 1, room)


def told_apart(people: Household, rooms: tuple[Kind, ...]) -> tuple[Kind, ...]:
    """Return the rooms as far as these people tell them apart, the largest first.

    A cot matters to infants only, no steps to who needs it so, and more beds than
    there are people to nobody.
    """
    count, infants, careful = make(people)
    seen = (
        (min(sleeps, count), cot and infants, good or not careful)
        for sleeps, cot, good in rooms
    )
    return tuple(sorted((room for room in seen if room[0] or room[1]), reverse=True))


def make(people: Household) -> tuple[int, bool, bool]:
    """Return how many they are, whether with infants, whether step-free matters."""
    friends, infants, careful = people
    return len(friends), bool(infants), bool(careful)


def fits(people: Household, group: int, room: Kind) -> bool:
    """Say whether a group finds beds in one room; one infant may lie in a cot."""
    _, infants, careful = people
    sleeps, cot, good = room
    beds = group.bit_count() - (1 if cot and group & infants else 0)
    return beds <= sleeps and (good or not group & careful)


class Laying:
    """How the people of one household may be laid; what was asked once is known."""

    def __init__(self, people: Household) -> None:
        self._people = people
        self._settled: dict[tuple[int, tuple[Kind, ...]], bool] = {}
        self._fewest: dict[tuple[int, Kind], int | None] = {}

    def settle(self, awake: int, rooms: tuple[Kind, ...]) -> bool:
        """Say whether all who are awake find a bed in these rooms."""
        if not awake:
            return True
        found = self._settled.get((awake, rooms))
        if found is None:
            found = self._has_beds(awake, rooms) and self._try(awake, rooms)
            self._settled[awake, rooms] = found
        return found

    def fewest(self, awake: int, room: Kind) -> int | None:
        """Return how many such rooms they take at least; None: they fit into none."""
        if not awake:
            return 0
        if (awake, room) not in self._fewest:
            left = (awake & ~group for group in self._companies(awake, room))
            counts = (self.fewest(some, room) for some in left)
            found = [count + 1 for count in counts if count is not None]
            self._fewest[awake, room] = min(found, default=None)
        return self._fewest[awake, room]

    def _has_beds(self, awake: int, rooms: tuple[Kind, ...]) -> bool:
        beds, cots = sum(room[0] for room in rooms), sum(room[1] for room in rooms)
        infants = (awake & self._people[1]).bit_count()
        return awake.bit_count() <= beds + min(cots, infants)

    def _try(self, awake: int, rooms: tuple[Kind, ...]) -> bool:
        """Lay the first person awake, in every company, into every kind of room."""
        for room in dict.fromkeys(rooms):
            at = rooms.index(room)
            left = rooms[:at] + rooms[at + 1 :]
            for group in self._companies(awake, room):
                if self.settle(awake & ~group, left):
                    return True
        return False

    def _companies(self, awake: int, room: Kind) -> Iterator[int]:
        """Yield every group around the first person awake that such a room takes."""
        first = awake & -awake
        others = awake & self._people[0][first.bit_length() - 1]
        return self._grown(first, others, room)

    def _grown(self, group: int, others: int, room: Kind) -> Iterator[int]:
        """Yield a group and all that it becomes with others who may share its room."""
        if not fits(self._people, group, room):
            return
        yield group
        while others:
            other = others & -others
            others &= ~other
            friends = self._people[0][other.bit_length() - 1]
            yield from self._grown(group | other, others & friends, room)


@lru_cache(maxsize=2_000)
def _laying(people: Household) -> Laying:
    return Laying(people)
