"""One place before many households at once: which days, how many rooms, what is free.

Rules of kind are bits (alike.py); what is promised, held back, or said of two by name
stands with its place and is looked at where there is any.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeAlias

import numpy as np

from matcher.referee import sharing
from matcher.referee.alike import ONE_BY_ONE, THROUGH, Bars, Bools, Ints, bars, kinds
from matcher.referee.crowd import NEVER, Crowd, Days, crowd
from matcher.referee.hall import Hall, Place, must_not_meet
from matcher.referee.keeping import groups_for, strangers
from matcher.referee.reading import OPEN_END, Asked
from matcher.referee.rules import RULES, Pair

Quarter: TypeAlias = tuple[str | None, list[list[int]]]
"""A postcode, and its offers: the numbers of their places."""


@dataclass(frozen=True, slots=True)
class Stays:
    """Stays of some households (`who`, rows of all) at one place."""

    who: Ints
    start: Days
    end: Days
    rooms: Ints

    def only(self, at: Bools | Ints) -> "Stays":
        return Stays(self.who[at], self.start[at], self.end[at], self.rooms[at])

    def within(self, start: int, end: int) -> Bools:
        """Say which of them have a day in `[start, end)`."""
        found: Bools = (self.start < end) & (self.end > start)
        return found


@dataclass
class Lodging:
    """All households that take part, and all places that are not idle."""

    hall: Hall
    asked: Sequence[Asked]
    places: Sequence[Place]
    bars: Bars = field(init=False)
    all: Crowd = field(init=False)

    def __post_init__(self) -> None:
        self.bars = bars(self.hall.court, self.asked, self.places)
        self.all = crowd(self.hall, self.asked, self.bars.kind)
        first = np.unique(self.all.body, return_index=True)[1]
        self._bodies = [self.hall.bodies[self.asked[n].id] for n in first.tolist()]
        self._persons = self.all.persons[first]
        self._beds: dict[Hashable, Ints] = {}
        self._make = kinds(sharing.make(body) for body in self._bodies)[0]
        self._settled: dict[tuple[int, tuple[sharing.Kind, ...]], Bools] = {}
        self.row = {one.id: n for n, one in enumerate(self.asked)}
        self._known: dict[str, list[int]] = {}
        self._avoid: dict[str, list[int]] = {}
        for n, one in enumerate(self.asked):
            for ref in one.households:
                self._known.setdefault(ref, []).append(n)
            for ref in one.avoids:
                self._avoid.setdefault(ref, []).append(n)
        self._forbidden: dict[str, list[int]] = {}
        for need, offer in sorted(self.hall.court.forbidden):
            if need in self.row:
                self._forbidden.setdefault(offer, []).append(self.row[need])
        self._groups: dict[str, tuple[Ints, list[frozenset[str]]]] = {}
        given = self.hall.given.values()
        taking_part = (one for one in given if one.id not in self.hall.idle)
        self.bedless = sum(not one.places for one in taking_part)
        """Offers that take part and have no place at all."""

    def quarters(self) -> Iterator[Quarter]:
        """Yield all that is offered, postcode by postcode."""

        def postcode(number: int) -> str:
            return self.places[number].given.postcode or ""

        def offer(number: int) -> str:
            return self.places[number].given.id

        order = sorted(range(len(self.places)), key=lambda n: (postcode(n), offer(n)))
        for code, numbers in groupby(order, key=postcode):
            yield code or None, [list(there) for _, there in groupby(numbers, offer)]

    def days(self, place: Place, some: Crowd) -> tuple[Days, Days]:
        """Return the first days of the stays and those after the last."""
        start = np.maximum(some.earliest, place.first)
        end = start + np.minimum(some.long, min(NEVER, place.most))
        np.minimum(end, np.minimum(some.latest, place.last), out=end)
        return start, end

    def rooms(self, place: Place, who: Ints) -> Ints:
        """Return the rooms that each takes there (a home: 1); 0: it does not fit."""
        return self.beds(place)[self.all.body[who]]

    def beds(self, place: Place) -> Ints:
        """Return the rooms (a home: 1) that each kind of body takes; 0: too few."""
        if place.unit is None and not place.kinds:
            key: Hashable = place.given.beds(None)
        else:
            key = place.unit is None, tuple(sorted(place.kinds))
        if key not in self._beds:
            self._beds[key] = self._laid(place)
        return self._beds[key]

    def _laid(self, place: Place) -> Ints:
        if place.unit is not None:
            fewest = (sharing.fewest_rooms(b, place.kinds[0]) for b in self._bodies)
            return np.array([rooms or 0 for rooms in fewest], np.int64)
        if not place.kinds:
            return (self._persons <= place.given.beds(None)).astype(np.int64)
        found = np.zeros(len(self._bodies), np.int64)
        for make in range(self._make.max(initial=-1) + 1):
            alike = np.flatnonzero(self._make == make)
            rooms = sharing.told_apart(self._bodies[alike[0]], place.kinds)
            if (make, rooms) not in self._settled:
                fits = [sharing.all_find_a_bed(self._bodies[n], rooms) for n in alike]
                self._settled[make, rooms] = np.array(fits, np.bool_)
            found[alike] = self._settled[make, rooms]
        return found

    def is_plain(self, place: Place) -> bool:
        """Say whether nothing is promised, held back, or said of it by name."""
        offer = place.given.id
        return place.unit is None and not (
            offer in self.hall.promises
            or offer in self.hall.kept
            or any(self.struck(code, place) for code in ONE_BY_ONE)
        )

    def struck(self, code: str, place: Place) -> list[int]:
        """Return who is kept from a place by a rule about who the two are."""
        given = place.given
        near = {
            "no_contact": self._avoid.get(given.provider or "", []),
            "forbidden": self._forbidden.get(given.id, []),
        }[code]
        pairs = ((n, Pair(self.hall.court, self.asked[n], given, None)) for n in near)
        return [n for n, pair in pairs if RULES[code].broken_by(pair)]

    def named(self, code: str, place: Place, stays: Stays) -> Bools:
        """Say which stays break a rule about who the two are."""
        return self._among(self.struck(code, place), stays)

    def taken(self, place: Place, stays: Stays) -> Bools:
        """Say which stays find fewer rooms free on one of their days than they take."""
        found = np.zeros(len(stays.who), np.bool_)
        if place.unit is None and place.given.id not in self.hall.promises:
            return found
        days = sorted({*self.hall.turns(place, 0, OPEN_END)})
        for first, last in zip(days, [*days[1:], NEVER], strict=True):
            free = self.hall.free(place, first)
            found |= stays.within(first, last) & (stays.rooms > free)
        return found

    def meeting(self, place: Place, stays: Stays) -> Bools:
        """Say which stays meet somebody there already who is to be avoided."""
        found = np.zeros(len(stays.who), np.bool_)
        for one in self.hall.promises.get(place.given.id, ()):
            rows = [n for ref in one.households for n in self._avoid.get(ref, [])]
            rows += [n for ref in one.avoids for n in self._known.get(ref, [])]
            others = [
                n
                for n in rows
                if self.asked[n].id != one.need and must_not_meet(self.asked[n], one)
            ]
            found |= self._among(others, stays) & stays.within(one.start, one.end)
        return found

    def kept_from(self, place: Place, stays: Stays) -> Bools:
        """Say which stays take rooms that are held back for others."""
        found = np.zeros(len(stays.who), np.bool_)
        kept = self.hall.kept.get(place.given.id)
        if kept is None:
            return found
        kind, mine = self.groups(place.given.id)
        days = sorted({0, *self.hall.kept_turns(place)})
        for n, groups in enumerate(mine):
            others = strangers(kept, place.unit, groups)
            here = (kind[stays.who] == n) & bool(others)
            for first, last in zip(days, [*days[1:], NEVER], strict=True):
                left = self.hall.left(place, first, others)
                found |= here & stays.within(first, last) & (stays.rooms > left)
        return found

    def groups(self, offer: str) -> tuple[Ints, list[frozenset[str]]]:
        """Return of which groups of arrivals each household is: a number, and them."""
        if offer not in self._groups:
            kept = self.hall.kept[offer]
            mine = [groups_for(kept, one) for one in self.asked]
            names = list(dict.fromkeys(mine))
            number = {groups: n for n, groups in enumerate(names)}
            kind = np.array([number[groups] for groups in mine], np.int64)
            self._groups[offer] = kind, names
        return self._groups[offer]

    def _among(self, rows: list[int], stays: Stays) -> Bools:
        found = np.zeros(len(self.asked), np.bool_)
        found[rows] = True
        return found[stays.who]


def lodging_of(hall: Hall) -> Lodging:
    """Return all who take part and are not pinned, and all places they may look at."""
    return Lodging(
        hall,
        [asked for asked in hall.parties() if asked.id not in hall.pinned],
        [place for place in hall.places.values() if place.given.id not in hall.idle],
    )


def fitting(lodging: Lodging, number: int, some: Crowd) -> tuple[Ints, Stays]:
    """Return which of `some` may have a place, near enough or not, and their stays."""
    place = lodging.places[number]
    start, end = lodging.days(place, some)
    may = end - start >= place.least
    may &= (lodging.bars.first(number) == THROUGH)[some.kind]
    at = np.flatnonzero(may)
    who = some.row[at]
    stays = Stays(who, start[at], end[at], lodging.rooms(place, who))
    fits = stays.rooms > 0
    if not lodging.is_plain(place):
        for blocked in _obstacles(lodging, place, stays):
            fits &= ~blocked
    return at[fits], stays.only(fits)


def _obstacles(lodging: Lodging, place: Place, stays: Stays) -> Iterator[Bools]:
    for code in ONE_BY_ONE:
        yield lodging.named(code, place, stays)
    yield lodging.taken(place, stays)
    yield lodging.meeting(place, stays)
    yield lodging.kept_from(place, stays)
