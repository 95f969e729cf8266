"""The market as the referee sees it: who takes part, what is free, who fits where."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from matcher.referee import sharing
from matcher.referee.keeping import groups_for, reserves, strangers
from matcher.referee.near import Links
from matcher.referee.reading import OPEN_END, Asked, Doc, Given, ordinal, waiting_twins
from matcher.referee.rules import RULES, Court, Pair


@dataclass(frozen=True, slots=True)
class Promise:
    """Rooms taken already; without a `place` in a contingent, of each of its units."""

    need: str
    households: frozenset[str]
    avoids: frozenset[str]
    offer: str
    place: str | None
    start: int
    end: int
    rooms: int
    group: str | None = None
    """Of whose held-back rooms these are, if they are."""


@dataclass(frozen=True, slots=True)
class Place:
    """A pool with its dates: rooms of a unit, or a home. `lines` is its capacity."""

    given: Given
    unit: str | None
    first: int
    last: int
    least: int
    most: int
    lines: tuple[tuple[int, int, int], ...]
    kinds: tuple[sharing.Kind, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """A stay that breaks no rule: it could be chosen."""

    place: Place
    start: int
    end: int
    rooms: int


class Hall:
    """Everything read once; promises may be added while a plan is looked at."""

    def __init__(self, document: Doc) -> None:
        self.policy: Doc = document["policy"]
        self.today = ordinal(document["today"], 0)
        offers = [o for o in document["offers"] if o["details"]["kind"] == "housing"]
        needs = [n for n in document["needs"] if n["details"]["kind"] == "housing"]
        held: list[Doc] = list(document["held"])
        self.asked = {n["id"]: Asked(n, self.policy, self.today) for n in needs}
        self.bodies = {n: sharing.household(asked) for n, asked in self.asked.items()}
        self.given = {o["id"]: Given(o, self.today) for o in offers}
        lapsed = {o for o, given in self.given.items() if _lapsed(given, self.today)}
        promised = {row["offer"] for row in held}
        self.idle = lapsed | waiting_twins(offers, "listed", promised)
        self.waiting = waiting_twins(needs, "raised", {row["need"] for row in held})
        self.waiting |= {need["id"] for need in needs if need.get("doubtful")}
        self.kept = reserves(document)
        self.promises: dict[str, list[Promise]] = {}
        for row in held:
            self.promise(_promise(row))
        self.court = Court(
            self.policy,
            document["places"],
            frozenset((row["need"], row["offer"]) for row in document["forbidden"]),
            tuple((r["persons"], r["limit_minor"]) for r in self.policy["rent_limits"]),
        )
        self.links = Links(document, needs)
        for name, asked in self.asked.items():
            asked.near_waiting = len(self.links.waiting[name])
            homes = sorted(self.links.homes[name])
            asked.near_homes = [self.given[o] for o in homes if o in self.given]
        self.lost: dict[str, int] = {}
        self.pinned: dict[str, set[str]] = {}
        for row in document["pinned"]:
            self.pinned.setdefault(row["need"], set()).add(row["offer"])
        self.places = {
            (given.id, unit): self._place(given, unit)
            for given in self.given.values()
            for unit in given.places
        }

    def promise(self, one: Promise) -> None:
        """Take one more promise into account."""
        self.promises.setdefault(one.offer, []).append(one)

    def parties(self) -> Iterator[Asked]:
        """Yield the households that take part."""
        for asked in self.asked.values():
            if asked.persons and asked.id not in self.waiting:
                yield asked

    def edges(self, asked: Asked, places: Iterable[Place]) -> Iterator[Edge]:
        """Yield every stay at one of these places that the household may have."""
        tests = [r.holds for r in RULES.values() if r.concerns(asked)]
        for place in places:
            start, end = self.stay(asked, place)
            if end - start < place.least or place.given.id in self.idle:
                continue
            pair = Pair(self.court, asked, place.given, place.unit)
            for holds in tests:
                if not holds(pair):
                    break
            else:
                edge = Edge(place, start, end, self.rooms(asked, place))
                free = edge.rooms and self.can_be_had(asked, edge)
                if free and not self.is_kept_from(asked, edge):
                    yield edge

    def stay(self, asked: Asked, place: Place) -> tuple[int, int]:
        """Return the days of the stay that the two would have."""
        start = max(asked.earliest, place.first)
        horizon: int = self.policy["horizon_days"]
        wanted = start + horizon if asked.open_ended else asked.latest
        return start, min(wanted, place.last, start + place.most)

    def rooms(self, asked: Asked, place: Place) -> int:
        """Return the rooms (a home: 1) that the household takes; 0: it does not fit."""
        people = self.bodies[asked.id]
        if place.unit is not None:
            return sharing.fewest_rooms(people, place.kinds[0]) or 0
        if place.kinds:
            return int(sharing.all_find_a_bed(people, place.kinds))
        return int(asked.persons <= place.given.beds(None))

    def can_be_had(self, asked: Asked, edge: Edge) -> bool:
        """Say whether the rooms are free of promises, and of people to avoid."""
        if edge.place.unit is None and edge.place.given.id not in self.promises:
            return True
        return not self.meets(asked, edge) and edge.rooms <= self.least_free(edge)

    def least_free(self, edge: Edge) -> int:
        """Return how many rooms are free on the fullest day of a stay."""
        if edge.place.unit is None and edge.place.given.id not in self.promises:
            return 1
        days = self.turns(edge.place, edge.start, edge.end)
        return min(self.free(edge.place, day) for day in days)

    def meets(self, asked: Asked, edge: Edge) -> bool:
        """Say whether somebody stays there meanwhile whom they must not meet."""
        return any(
            one.start < edge.end and edge.start < one.end and must_not_meet(asked, one)
            for one in self.promises.get(edge.place.given.id, ())
            if one.need != asked.id
        )

    def turns(self, place: Place, start: int, end: int) -> list[int]:
        """Return the first day and every later one on which capacity changes."""
        days = {day for line in place.lines for day in line[:2]}
        days |= {
            day
            for one in self.promises.get(place.given.id, ())
            for day in (one.start, one.end)
        }
        return [start, *(day for day in days if start < day < end)]

    def free(self, place: Place, day: int) -> int:
        """Return how many rooms are free on a day; never fewer than none."""
        there = sum(rooms for first, last, rooms in place.lines if first <= day < last)
        taken = sum(
            one.rooms
            for one in self.promises.get(place.given.id, ())
            if one.start <= day < one.end
            and (place.unit is None or one.place in (None, place.unit))
        )
        return max(0, there - taken)

    def is_kept_from(self, asked: Asked, edge: Edge) -> bool:
        """Say whether the stay takes rooms that are held back for others."""
        place, start, end = edge.place, edge.start, edge.end
        kept = self.kept.get(place.given.id)
        if kept is None:
            return False
        others = strangers(kept, place.unit, groups_for(kept, asked))
        days = [start, *(d for d in self.kept_turns(place) if start < d < end)]
        return bool(others) and any(
            edge.rooms > self.left(place, day, others) for day in days
        )

    def left(self, place: Place, day: int, groups: frozenset[str]) -> int:
        """Return how many rooms are free for whoever is of none of the groups."""
        free = self.free(place, day)
        for group in groups:
            rooms = sum(
                one.rooms
                for one in self.kept.get(place.given.id, ())
                if one.group == group and one.concerns(place.unit)
                if one.first <= day < one.last
            )
            used = sum(
                one.rooms
                for one in self.promises.get(place.given.id, ())
                if one.group == group and one.place in (None, place.unit)
                if one.start <= day < one.end
            )
            free -= max(0, rooms - used)
        return max(0, free)

    def kept_turns(self, place: Place) -> list[int]:
        """Return the days on which what is left of a place changes."""
        kept = self.kept.get(place.given.id, ())
        days = [day for one in kept for day in (one.first, one.last)]
        return [*self.turns(place, 0, OPEN_END), *days]

    def group_of(self, asked: Asked, edge: Edge) -> str | None:
        """Return of whose held-back rooms a stay takes, if it does."""
        found = [
            one.group
            for one in self.kept.get(edge.place.given.id, ())
            if one.concerns(edge.place.unit) and one.is_for(asked)
            if one.first < edge.end and edge.start < one.last
        ]
        return min(found) if found else None

    def _place(self, given: Given, unit: str | None) -> Place:
        lines = ((0, OPEN_END, 1),) if unit is None else tuple(given.lines(unit))
        available = given.available
        least = max(available.get("min_days") or 0, self.policy["min_stay_days"], 1)
        most = available.get("max_days")
        anywhere = unit is not None or given.told.get("step_free") != "some"
        return Place(
            given=given,
            unit=unit,
            first=max(given.from_day, min(line[0] for line in lines)),
            last=min(given.to_day, max(line[1] for line in lines)),
            least=least,
            most=OPEN_END if most is None else most,
            lines=lines,
            kinds=tuple(
                sharing.kind(room, step_free_everywhere=anywhere)
                for room in given.rooms(unit)
            ),
        )


def must_not_meet(a: Asked | Promise, b: Asked | Promise) -> bool:
    """Say whether one of the two avoids the other."""
    return bool(b.households & a.avoids or a.households & b.avoids)


def _lapsed(given: Given, today: int) -> bool:
    return ordinal(given.told.get("option_until"), OPEN_END) < today


def _promise(row: Doc) -> Promise:
    return Promise(
        need=row["need"],
        households=frozenset({row["household"]} if row.get("household") else ()),
        avoids=frozenset(row.get("no_contact") or []),
        offer=row["offer"],
        place=row.get("unit"),
        start=ordinal(row.get("from"), 0),
        end=ordinal(row.get("to"), OPEN_END),
        rooms=max(1, row.get("count") or 0),
        group=row.get("arrivals"),
    )
