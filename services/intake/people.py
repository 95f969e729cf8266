"""A household in words: `Mutter 34 w; Tochter 12; Oma 71 (stufenlos)`.

Ages become bands at once; no age and no name goes further. Relations come from
explicit role words only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from services.intake.parse import Read
from services.intake.reasons import Reason
from services.intake.words import plain, table, tidy

_BANDS = (
    (2, "0-1"), (6, "2-5"), (10, "6-9"), (14, "10-13"), (18, "14-17"), (27, "18-26"),
    (65, "27-64"), (121, "65+"),
)  # fmt: skip
_FEMALE = {
    "mother",
    "daughter",
    "wife",
    "grandmother",
    "sister",
    "aunt",
    "woman",
    "girl",
}
_MALE = {"father", "son", "husband", "grandfather", "brother", "uncle", "man", "boy"}
_PARENTS = {"mother", "father"}
_SPOUSES = {"wife", "husband"}
_CHILDREN = {"daughter", "son", "child"}
_ADULTS = _PARENTS | _SPOUSES | {"woman", "man", "partner", "adult"}
_MINORS = {"girl", "boy", "child"}
FULL_AGE = 18
YOUNGEST_PARENT = 12
_PERSON = re.compile(
    r"(?P<role>[^\W\d_]+(?:/in)?)?[ ,]*(?P<age>\d{1,3})?[ ]*"
    r"(?P<unit>jahre?|j|years?|y|yo|monate?|months?|mon|р|років|роки)?\.?[ ,]*"
    r"(?P<sex>[^\W\d_]+)?"
)
_COMMA = re.compile(r",(?![^(]*\))| und | and ")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
Kind = Literal["couple", "parent_child", "siblings"]


@dataclass(frozen=True)
class Person:
    """One of a household; the age in whole years, where it was said."""

    role: str
    age: int | None
    sex: str | None
    needs: tuple[str, ...] = ()

    @property
    def band(self) -> str | None:
        return None if self.age is None else band(self.age)

    @property
    def is_minor(self) -> bool:
        return self.role in _MINORS if self.age is None else self.age < FULL_AGE


@dataclass(frozen=True)
class Household:
    """The people in the order told; relations by their places in it."""

    people: tuple[Person, ...]
    relations: tuple[tuple[int, int, Kind], ...]


def band(age: int) -> str | None:
    """Return the age band; None beyond any age a person reaches."""
    return next((name for below, name in _BANDS if age < below), None)


def household(raw: str) -> tuple[Read[Household], tuple[Reason, ...]]:
    """Read all people, or none when one of them cannot be read.

    Further reasons say what else must be asked: an age, who belongs to whom.
    """
    parts = [part for part in re.split(r"[;\n]", tidy(raw)) if part.strip()]
    if len(parts) == 1:
        parts = [part for part in _COMMA.split(parts[0]) if part.strip()]
    people = [_person(part) for part in parts]
    found = tuple(person for person in people if person is not None)
    if not found or len(found) < len(people):
        return Read(None, Reason.NO_HOUSEHOLD), ()
    relations = tuple(_relations(found))
    return Read(Household(found, relations)), tuple(_doubts(found, relations))


def _person(part: str) -> Person | None:
    needs: list[str] = []
    said = part
    for inside in _IN_BRACKETS.findall(part):
        words = [plain(word) for word in re.split(r"[,;]", inside)]
        if len(words) == 1 and re.fullmatch(r"\d{1,3}.*", words[0]):
            said = f"{said} {words[0]}"
        elif any(word not in table("requirement") for word in words):
            return None
        else:
            needs += [table("requirement")[word] for word in words]
    found = _PERSON.fullmatch(plain(_IN_BRACKETS.sub("", said)))
    return None if found is None else _built(found, tuple(dict.fromkeys(needs)))


def _built(found: re.Match[str], needs: tuple[str, ...]) -> Person | None:
    role = table("role").get((found["role"] or "").removesuffix("/in"))
    sexes = {_sex_of(role or ""), table("sex").get(found["sex"] or "")} - {None}
    unread = found["sex"] and found["sex"] not in table("sex")
    if role is None or unread or len(sexes) > 1:
        return None
    age = None if found["age"] is None else int(found["age"])
    if age is not None and (found["unit"] or "").startswith(("mon", "mo")):
        age //= 12
    if age is not None and band(age) is None:
        return None
    return Person(role, age, next(iter(sexes), None), needs)


def _sex_of(role: str) -> str | None:
    if role in _FEMALE:
        return "f"
    return "m" if role in _MALE else None


def _relations(people: tuple[Person, ...]) -> Iterator[tuple[int, int, Kind]]:
    parents = _heads(people)
    children = _places(people, _CHILDREN) if parents else ()
    for parent in parents:
        for child in children:
            yield parent, child, "parent_child"
    if len(parents) == 2:  # noqa: PLR2004 - a couple
        yield parents[0], parents[1], "couple"
    elif couple := _partners(people):
        yield (*couple, "couple")
    for a, b in combinations(children, 2):
        yield a, b, "siblings"
    if not parents:
        for a, b in combinations(_places(people, {"brother", "sister"}), 2):
            yield a, b, "siblings"


def _heads(people: tuple[Person, ...]) -> tuple[int, ...]:
    """Return the parents: one mother, one father or both; or one married couple."""
    for roles in (_PARENTS, _SPOUSES):
        places = _places(people, roles)
        kinds = {people[place].role for place in places}
        if places and len(kinds) == len(places):
            return places
        if places:
            return ()
    return ()


def _partners(people: tuple[Person, ...]) -> tuple[int, int] | None:
    """A partner belongs to the only other adult who could be meant."""
    adults = tuple(p for p in _places(people, _ADULTS) if not people[p].is_minor)
    named = [place for place in adults if people[place].role == "partner"]
    if named and len(adults) == 2:  # noqa: PLR2004 - a couple
        return adults[0], adults[1]
    return None


def _places(people: tuple[Person, ...], roles: set[str]) -> tuple[int, ...]:
    return tuple(place for place, person in enumerate(people) if person.role in roles)


def _doubts(
    people: tuple[Person, ...], relations: tuple[tuple[int, int, Kind], ...]
) -> Iterator[Reason]:
    if any(person.age is None for person in people):
        yield Reason.NO_AGE
    related = {place for a, b, _ in relations for place in (a, b)}
    lonely = len(people) > 1 and any(
        person.is_minor and place not in related for place, person in enumerate(people)
    )
    if lonely or any(_is_odd(people, relation) for relation in relations):
        yield Reason.RELATION


def _is_odd(people: tuple[Person, ...], relation: tuple[int, int, Kind]) -> bool:
    """A parent as young as the child: somebody mixed up the ages or the roles."""
    a, b, kind = relation
    older, younger = people[a].age, people[b].age
    if kind != "parent_child" or older is None or younger is None:
        return False
    return older - younger < YOUNGEST_PARENT
