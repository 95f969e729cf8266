"""Who may share a room, and how a household fits into rooms (DOMAIN 3.2, rule 3).

Two people share a room only as an adult couple, a parent and a child, two siblings of
one sex from ten on, or two siblings under ten. What is not told is not allowed.
Exact: a household is small, so every way to fill the rooms is tried, widest choice
last, and equal questions are answered once.
"""

from dataclasses import dataclass
from functools import lru_cache

ADULT = 18
TEN = 10
INFANT_UNTIL = 2
LARGEST = 24
"""Above so many people a household's rooms are a person's decision, not a search's."""


@dataclass(frozen=True, slots=True)
class Person:
    """What rooms depend on. `age` is the lower end of the band; -1 is unknown."""

    ref: str
    age: int
    sex: str
    step_free: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """A household as rooms see it: its people, and who may share with whom.

    `friends[a]` is a bit mask over the people that may share a room with `a`.
    """

    infants: tuple[bool, ...]
    step_free: tuple[bool, ...]
    friends: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.infants)


@dataclass(frozen=True, slots=True)
class Bedroom:
    """A room of a home, or one of the like rooms of a contingent."""

    sleeps: int
    cot: bool
    step_free: bool


def may_share(a: Person, b: Person, relation: str) -> bool:
    """Say whether two people of one household may sleep in one room."""
    match relation:
        case "couple":
            return a.age >= ADULT and b.age >= ADULT
        case "parent_child":
            return True
        case "siblings":
            young = 0 <= a.age < TEN and 0 <= b.age < TEN
            grown = a.age >= TEN and b.age >= TEN
            return young or (grown and a.sex == b.sex and a.sex in {"f", "m"})
        case _:
            return False


def shape(people: tuple[Person, ...], relations: dict[frozenset[str], str]) -> Shape:
    """Reduce a household to its shape; people keep their order."""
    place = {person.ref: n for n, person in enumerate(people)}
    friends = [0] * len(people)
    for pair, kind in relations.items():
        if pair <= place.keys():
            a, b = place[min(pair)], place[max(pair)]
            if may_share(people[a], people[b], kind):
                friends[a] |= 1 << b
                friends[b] |= 1 << a
    return Shape(
        tuple(0 <= person.age < INFANT_UNTIL for person in people),
        tuple(person.step_free for person in people),
        tuple(friends),
    )


@lru_cache(maxsize=200_000)
def alike(household: Shape) -> Shape:
    """Return the same for most households that differ in the order of people only.

    People are told apart by what they are and by whom they may share with, and by who
    these are in turn. Whether a household fits is the same for all orders.
    """
    count = len(household)
    friends = [
        [b for b in range(count) if household.friends[a] >> b & 1] for a in range(count)
    ]
    rank = [
        2 * i + s for i, s in zip(household.infants, household.step_free, strict=True)
    ]
    for _ in range(3):
        seen = [(rank[a], sorted(rank[b] for b in friends[a])) for a in range(count)]
        ranks = sorted(seen)
        rank = [ranks.index(each) for each in seen]
    order = sorted(range(count), key=lambda person: (rank[person], person))
    place = {person: n for n, person in enumerate(order)}
    return Shape(
        tuple(household.infants[person] for person in order),
        tuple(household.step_free[person] for person in order),
        tuple(sum(1 << place[b] for b in friends[person]) for person in order),
    )


def rooms_at_least(household: Shape) -> int:
    """Return how many people, chosen greedily, can only sleep in rooms of their own."""
    alone = 0
    for person in sorted(
        range(len(household)), key=lambda n: household.friends[n].bit_count()
    ):
        if not household.friends[person] & alone:
            alone |= 1 << person
    return alone.bit_count()


@lru_cache(maxsize=200_000)
def assign(
    household: Shape, rooms: tuple[Bedroom, ...], *, step_free_rooms: bool
) -> tuple[int, ...] | None:
    """Return the room of each person, or `None` where the household does not fit.

    With `step_free_rooms`, people who need it sleep in step-free rooms only.
    """
    if len(household) > min(LARGEST, sum(r.sleeps + r.cot for r in rooms)):
        return None
    if rooms_at_least(household) > len(rooms):
        return None
    return _fill(_Rooms(household, rooms, step_free_rooms=step_free_rooms))


@lru_cache(maxsize=200_000)
def fewest(household: Shape, room: Bedroom) -> tuple[int, ...] | None:
    """Return the rooms of each person with the fewest rooms all like `room`."""
    if len(household) > LARGEST:
        return None
    for count in range(rooms_at_least(household), len(household) + 1):
        found = assign(household, (room,) * count, step_free_rooms=False)
        if found is not None:
            return found
    return None


class _Rooms:
    """The search's desk: who lies where so far."""

    def __init__(
        self, household: Shape, rooms: tuple[Bedroom, ...], *, step_free_rooms: bool
    ) -> None:
        self.household = household
        self.rooms = rooms
        self.strict = step_free_rooms
        self.inside = [0] * len(rooms)
        self.beds = [room.sleeps for room in rooms]
        self.cots = [int(room.cot) for room in rooms]

    def choices(self, person: int) -> list[int]:
        """Rooms that `person` may enter; of like rooms in one state only the first."""
        seen: set[tuple[Bedroom, int, int, int]] = set()
        found = []
        for n, room in enumerate(self.rooms):
            state = (room, self.inside[n], self.beds[n], self.cots[n])
            if state not in seen and self._takes(person, n):
                seen.add(state)
                found.append(n)
        return found

    def _takes(self, person: int, room: int) -> bool:
        if self.inside[room] & ~self.household.friends[person]:
            return False
        asks = self.strict and self.household.step_free[person]
        if asks and not self.rooms[room].step_free:
            return False
        return self.beds[room] > 0 or bool(self._cot(person, room))

    def _cot(self, person: int, room: int) -> int:
        return int(self.household.infants[person] and self.cots[room] > 0)

    def enter(self, person: int, room: int) -> int:
        """Put `person` in; return whether a cot was taken (it always is first)."""
        cot = self._cot(person, room)
        self.cots[room] -= cot
        self.beds[room] -= 1 - cot
        self.inside[room] |= 1 << person
        return cot

    def leave(self, person: int, room: int, cot: int) -> None:
        self.cots[room] += cot
        self.beds[room] += 1 - cot
        self.inside[room] &= ~(1 << person)


def _fill(rooms: _Rooms) -> tuple[int, ...] | None:
    household = rooms.household
    order = sorted(
        range(len(household)),
        key=lambda n: (
            not household.step_free[n],
            household.friends[n].bit_count(),
            n,
        ),
    )
    where = [-1] * len(household)

    def place(depth: int) -> bool:
        if depth == len(order):
            return True
        person = order[depth]
        for room in rooms.choices(person):
            cot = rooms.enter(person, room)
            where[person] = room
            if place(depth + 1):
                return True
            rooms.leave(person, room, cot)
        return False

    return tuple(where) if place(0) else None
