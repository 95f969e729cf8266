"""The households that need a home: sizes, ages and kinship of spring 2022.

Household sizes are those of a published resettlement year; adults are women to
80 %, and 77 % of these came without a partner (federal survey). What is marked
GUESS is ours.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from bench.duesseldorf.contacts import POSTCODES, Contact, ukrainian
from bench.duesseldorf.dice import Dice

TODAY = date(2022, 3, 18)
Sex = Literal["f", "m"]

SIZES = {1: 45, 2: 11, 3: 12, 4: 13, 5: 11, 6: 4, 7: 2, 8: 1}
STEP_FREE, PETS = 8, 12
"""Percent of households; both GUESS."""
Payer = Literal["self", "jobcenter", "sozialamt", "none"]
PAYERS: dict[Payer | None, int] = {
    None: 52,
    "sozialamt": 24,
    "self": 12,
    "jobcenter": 4,
    "none": 8,
}
"""Who pays rent, where it was asked already; GUESS."""
ASSOCIATIONS = (None, None, None, "Wohlfahrtsverband Nord", "Wohlfahrtsverband Süd")
_LANGUAGES = (
    ("uk",), ("uk", "ru"), ("uk", "ru"), ("uk", "en"), ("uk", "ru", "en"), ("ru",),
    ("uk", "de"), ("uk", "pl"),
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """One of a household; the age is in whole years on the first day."""

    role: str
    """What the sheet calls them; kinship follows from these words alone."""
    sex: Sex
    age: int
    needs: str = ""
    """What the person cannot do without: `step_free`, `lift` or nothing."""


@dataclass(frozen=True)
class Household:
    """People who stay together, as the office wrote them down."""

    case: str
    contact: Contact
    people: tuple[Person, ...]
    horizon: Literal["acute", "long_term"]
    waiting_since: date
    start: date
    end: date | None
    languages: tuple[str, ...]
    pets: tuple[tuple[str, int], ...]
    smokers: bool | None
    rent_payer: Payer | None
    near: str | None
    wishes: tuple[str, ...]
    women_only: bool
    confidential: bool
    may_split: bool
    priority: int
    vulnerability: tuple[str, ...]
    represented_by: str | None


def households(seed: int, count: int) -> list[Household]:
    """Return `count` households; the first of `seed` are the same for any count."""
    return [_household(seed, number) for number in range(1, count + 1)]


def _household(seed: int, number: int) -> Household:
    dice = Dice(seed, "household", number)
    people = _frail(dice, _family(dice, dice.weighted(SIZES)))
    acute = dice.chance(60)
    since = TODAY - timedelta(days=dice.below(19))
    start = TODAY + timedelta(days=0 if acute else dice.between(0, 21))
    women = all(person.sex == "f" or person.age < 14 for person in people)
    codes = _codes(dice, people)
    protected = women and dice.chance(8)
    return Household(
        case=f"B-{number:04}",
        contact=_contact(dice, number, people[0].sex),
        people=people,
        horizon="acute" if acute else "long_term",
        waiting_since=since,
        start=start,
        end=start + timedelta(days=dice.pick((30, 60, 90, 90, 180)))
        if dice.chance(45 if acute else 15)
        else None,
        languages=dice.pick(_LANGUAGES),
        pets=_pets(dice),
        smokers=dice.pick((None, None, False, False, False, True)),
        rent_payer=dice.weighted(PAYERS),
        near=dice.pick(POSTCODES) if dice.chance(30) else None,
        wishes=tuple(dice.shuffled(POSTCODES)[: dice.pick((0, 0, 0, 1, 2))]),
        women_only=protected,
        confidential=protected and dice.chance(25),
        may_split=len(people) > 4 and dice.chance(15),
        priority=_priority(dice, codes),
        vulnerability=codes,
        represented_by=dice.pick(ASSOCIATIONS),
    )


def _contact(dice: Dice, number: int, sex: Sex) -> Contact:
    script = dice.weighted({"latin": 60, "cyrillic": 40})
    return ukrainian(dice, 1000 + number, sex=sex, script=script)


def _family(dice: Dice, size: int) -> tuple[Person, ...]:
    """Return the people of a household; the one who speaks for it comes first."""
    if size == 1:
        woman = dice.chance(80)
        return (
            Person(
                "Erwachsene" if woman else "Erwachsener",
                "f" if woman else "m",
                _adult(dice),
            ),
        )
    mother = Person("Mutter", "f", dice.between(24, 46))
    if size == 2:
        return _two(dice, mother)
    adults = [mother, *_second(dice, mother)]
    return (*adults, *(_child(dice, mother) for _ in range(size - len(adults))))


def _two(dice: Dice, first: Person) -> tuple[Person, ...]:
    weights = {"child": 48, "couple": 23, "mother": 14, "sister": 10, "friend": 5}
    kind = dice.weighted(weights)
    near = first.age + dice.between(-6, 6)
    return {
        "child": (first, _child(dice, first)),
        "couple": (Person("Ehefrau", "f", first.age), Person("Ehemann", "m", near)),
        "mother": (
            Person("Tochter", "f", first.age),
            Person("Mutter", "f", first.age + dice.between(20, 30)),
        ),
        "sister": (Person("Schwester", "f", first.age), Person("Schwester", "f", near)),
        "friend": (
            Person("Erwachsene", "f", first.age),
            Person("Erwachsene", "f", near),
        ),
    }[kind]


def _second(dice: Dice, mother: Person) -> tuple[Person, ...]:
    """Return the second adult where there is one: a father, or a grandmother."""
    if dice.chance(23):
        return (Person("Vater", "m", mother.age + dice.between(-2, 6)),)
    if dice.chance(30):
        return (Person("Oma", "f", mother.age + dice.between(20, 30)),)
    return ()


def _child(dice: Dice, mother: Person) -> Person:
    oldest = min(17, mother.age - 18)
    girl = dice.chance(50)
    age = dice.between(0, oldest)
    return Person("Tochter" if girl else "Sohn", "f" if girl else "m", age)


def _adult(dice: Dice) -> int:
    band = dice.weighted({"young": 22, "adult": 58, "old": 20})
    return dice.between(*{"young": (18, 26), "adult": (27, 64), "old": (65, 84)}[band])


def _frail(dice: Dice, people: tuple[Person, ...]) -> tuple[Person, ...]:
    """Let one of them, the oldest, need a home without steps, or a lift."""
    throw = dice.below(100)
    need = "step_free" if throw < STEP_FREE else "lift" if throw < STEP_FREE + 4 else ""
    oldest = max(range(len(people)), key=lambda at: people[at].age)
    return tuple(
        replace(p, needs=need) if at == oldest else p for at, p in enumerate(people)
    )


def _pets(dice: Dice) -> tuple[tuple[str, int], ...]:
    if not dice.chance(PETS):
        return ()
    kind = dice.weighted({"cat": 55, "dog": 35, "small": 10})
    return ((kind, 2 if kind == "cat" and dice.chance(25) else 1),)


def _codes(dice: Dice, people: tuple[Person, ...]) -> tuple[str, ...]:
    """Return vulnerability codes (Sahana Eden), always stored as personal data."""
    adults = [person for person in people if person.age >= 18]
    minors = len(people) > len(adults)
    found = (
        ("SHH", minors and len(adults) == 1),
        ("ELDERLY", any(person.age >= 75 for person in people)),
        ("DISAB", any(person.needs == "step_free" for person in people)),
        ("PREG", people[0].sex == "f" and people[0].age < 40 and dice.chance(4)),
        ("TRAUMA", dice.chance(5)),
        ("VT", dice.chance(1)),
    )
    return tuple(code for code, true in found if true)


def _priority(dice: Dice, codes: tuple[str, ...]) -> int:
    if {"VT", "PREG"} & set(codes):
        return 3
    if {"DISAB", "ELDERLY"} & set(codes):
        return 2
    return 1 if codes or dice.chance(10) else 0
