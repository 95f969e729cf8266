"""What is offered to live in: rooms, flats and houses of citizens, and hotels.

The city took whole flats before rooms, for three months at least; a hotel gives a
contingent of room types that changes by the month. What is marked GUESS is ours.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bench.duesseldorf.contacts import Contact, german
from bench.duesseldorf.dice import Dice
from bench.duesseldorf.households import TODAY

BEDS = {1: 26, 2: 36, 3: 15, 4: 14, 5: 5, 6: 4}
STEP_FREE = 12
"""Percent of homes, GUESS: some more than the households that need it."""
_LANGUAGES = (
    ("de",), ("de", "en"), ("de", "en"), ("de", "en", "fr"), ("de", "ru"),
    ("de", "uk"), ("de", "en", "pl"),
)  # fmt: skip
Check = Literal["identity", "documents", "visit", "background"]


@dataclass(frozen=True)
class Checked:
    """A check as the office noted it."""

    check: Check
    passed: bool
    on: date
    valid_until: date | None


@dataclass(frozen=True)
class Home:
    """One home as its owner means it, before a form makes something else of it."""

    contact: Contact
    dwelling: Literal["room", "flat", "house"]
    beds: int
    rooms: tuple[int, ...]
    """Beds room by room; empty where nobody asked."""
    m2: int
    floor: int
    lift: bool
    step_free: Literal["all", "some", "none"]
    start: date
    end: date | None
    min_days: int
    languages: tuple[str, ...]
    pets: tuple[str, ...]
    pets_at_home: bool
    smokers: bool | None
    women_only: bool
    families: bool
    max_persons: int | None
    protected: bool
    tenant: Literal["city", "welfare", "household"] | None
    cold: int | None
    """Euro cents a month; absent: free."""
    operating: int
    furnished: bool
    told_on: date
    checks: tuple[Checked, ...]


@dataclass(frozen=True)
class Contingent:
    """So many rooms of one type from a day until (not with) another."""

    room: Literal["single", "double", "family"]
    sleeps: int
    count: int
    start: date
    end: date


@dataclass(frozen=True)
class Hotel:
    """A hotel under a standing agreement."""

    name: str
    contact: Contact
    lines: tuple[Contingent, ...]
    step_free: bool
    pets: tuple[str, ...]
    cents_a_night: int
    agreed_until: date


def homes(seed: int, count: int, *, first: int, checked: int) -> list[Home]:
    """Return homes number `first` and on; `checked` percent were visited already."""
    return [_home(seed, first + n, checked) for n in range(count)]


def _home(seed: int, number: int, checked: int) -> Home:
    dice = Dice(seed, "home", number)
    beds = dice.weighted(BEDS)
    dwelling = _dwelling(dice, beds)
    women = dwelling == "room" and dice.chance(18)
    start = TODAY + timedelta(days=dice.pick((-10, -4, 0, 0, 0, 2, 5, 10, 14, 21, 44)))
    months = dice.weighted({0: 35, 3: 20, 6: 30, 12: 15})
    pays = dwelling != "room" and dice.chance(35)
    return Home(
        contact=german(dice, number),
        dwelling=dwelling,
        beds=beds,
        rooms=_rooms(dice, beds),
        m2=12 + 13 * beds + dice.below(15),
        floor=dice.weighted({0: 18, 1: 27, 2: 24, 3: 19, 4: 9, 5: 3}),
        lift=dice.chance(28),
        step_free=dice.weighted({"all": STEP_FREE, "some": 5, "none": 83}),
        start=start,
        end=start + timedelta(days=30 * months) if months else None,
        min_days=dice.pick((0, 0, 14, 30, 90)),
        languages=dice.pick(_LANGUAGES),
        pets=dice.pick(((), (), (), ("cat",), ("dog", "cat"), ("dog", "cat", "small"))),
        pets_at_home=dice.chance(22),
        smokers=dice.pick((None, False, False, True)),
        women_only=women,
        families=not (dwelling == "room" and dice.chance(12)),
        max_persons=beds if dice.chance(30) else None,
        protected=False,
        tenant=dice.pick(("city", "welfare", "household", None)),
        cold=100 * (140 + 190 * beds + dice.below(160)) if pays else None,
        operating=100 * (40 + 30 * beds) if pays else 0,
        furnished=dice.chance(75),
        told_on=TODAY - timedelta(days=dice.between(1, 17)),
        checks=_checks(dice, checked),
    )


def _dwelling(dice: Dice, beds: int) -> Literal["room", "flat", "house"]:
    if beds <= 2:
        return dice.weighted({"room": 70, "flat": 28, "house": 2})
    return dice.weighted({"room": 15, "flat": 65, "house": 20})


def _rooms(dice: Dice, beds: int) -> tuple[int, ...]:
    """Split the beds into rooms of one or two, a third bed here and there."""
    rooms: list[int] = []
    while (left := beds - sum(rooms)) > 0:
        rooms.append(min(left, dice.pick((1, 2, 2, 2, 3))))
    return tuple(rooms)


def _checks(dice: Dice, checked: int) -> tuple[Checked, ...]:
    """Return the checks done: most homes that were visited also passed; GUESS."""
    if not dice.chance(checked):
        return (_passed(dice, "identity"),) if dice.chance(40) else ()
    if dice.chance(6):
        failed = Checked("visit", passed=False, on=_lately(dice), valid_until=None)
        return (_passed(dice, "identity"), failed)
    done = [_passed(dice, "identity"), _passed(dice, "visit")]
    if dice.chance(75):
        done.append(_background(dice))
    return tuple(done)


def _passed(dice: Dice, check: Check) -> Checked:
    return Checked(check, passed=True, on=_lately(dice), valid_until=None)


def _background(dice: Dice) -> Checked:
    """Return a certificate for living with minors; some will expire in the spring."""
    until = date(2022, 4, 5) if dice.chance(10) else date(2024, 3, 31)
    return Checked("background", passed=True, on=_lately(dice), valid_until=until)


def _lately(dice: Dice) -> date:
    return TODAY - timedelta(days=dice.between(1, 12))


def hotels(seed: int) -> list[Hotel]:
    """Return the hotels; the first is the one whose contingent shrinks in April."""
    april, july = date(2022, 4, 1), date(2022, 7, 1)
    shrinking = (
        Contingent("double", 2, 25, TODAY, april),
        Contingent("single", 1, 15, TODAY, april),
        Contingent("double", 2, 12, april, july),
        Contingent("single", 1, 8, april, july),
    )
    small = (
        Contingent("double", 2, 10, TODAY, date(2022, 5, 1)),
        Contingent("family", 4, 4, TODAY, date(2022, 5, 1)),
    )
    late = (
        Contingent("single", 1, 6, date(2022, 3, 25), july),
        Contingent("family", 5, 3, date(2022, 3, 25), july),
    )
    names = ("Hotel Papiermond", "Gasthof Zum Erfundenen", "Hotel Kulisse")
    return [
        _hotel(seed, number, name=name, lines=lines)
        for number, (name, lines) in enumerate(
            zip(names, (shrinking, small, late), strict=True)
        )
    ]


def _hotel(
    seed: int, number: int, *, name: str, lines: tuple[Contingent, ...]
) -> Hotel:
    dice = Dice(seed, "hotel", number)
    contact = german(dice, 900 + number)
    return Hotel(
        name=name,
        contact=contact,
        lines=lines,
        step_free=number == 0,
        pets=("dog", "cat") if number == 1 else (),
        cents_a_night=dice.pick((3900, 4500, 5200)),
        agreed_until=max(line.end for line in lines),
    )
