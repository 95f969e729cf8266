"""Mapping profiles: which column of a channel's file means what. Data, not code."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from events.values import Ref, Strict, Word
from services.intake.fields import FIELDS, asked_about
from services.intake.files import FileRefused
from services.intake.when import Order
from services.intake.words import plain

BUILT_IN = Path(__file__).parent / "profiles"
FORMAT: Literal["beistand-profile.v1"] = "beistand-profile.v1"
FURTHEST_HEADING = 20
"""A heading stands within the first lines; above it there may be a title."""
CONTACT = "contact"
"""In a row key: the mail, else the phone, whichever is there."""


class Column(Strict):
    """One column: its heading as the channel writes it, and the field it fills."""

    heading: Annotated[str, Field(min_length=1, max_length=300)]
    to: Word
    required: bool = False
    dates: Order | None = None


class Profile(Strict):
    """How one channel's table is read. `profiles/README.md` tells each key."""

    format: Literal["beistand-profile.v1"]
    name: Ref
    version: Annotated[int, Field(ge=1)]
    title: dict[Word, Word] = Field(default_factory=dict)
    about: Literal["housing", "goods", "checks"]
    case: Literal["offer", "need", "column"]
    channel: Ref
    dates: Order | None = None
    row_key: Annotated[tuple[tuple[Word, ...], ...], Field(min_length=1)]
    grouped: bool = False
    bilingual: bool = False
    always: dict[Word, Word] = Field(default_factory=dict)
    words: dict[Word, dict[Word, Word]] = Field(default_factory=dict)
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    is_own: Annotated[bool, Field(exclude=True)] = False
    """Whether the user added it: where headings fit two, the user's is meant."""

    @model_validator(mode="after")
    def _names_fields(self) -> "Profile":
        keys = [name for names in self.row_key for name in names if name != CONTACT]
        for name in (*(column.to for column in self.columns), *keys, *self.always):
            if name not in FIELDS:
                raise ValueError(f"there is no field `{name}` to fill")
        if not any(column.required for column in self.columns):
            raise ValueError("mark the columns by which it is known: required = true")
        return self

    @property
    def called(self) -> str:
        """Name and version, as each case's origin keeps it."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True)
class Fitted:
    """A profile laid over a table's headings: column by place."""

    profile: Profile
    places: Mapping[int, Column]
    unused: tuple[str, ...]

    @cached_property
    def covered(self) -> frozenset[str]:
        """What the table has columns for, by the fields that questions are about."""
        return frozenset(asked_about(column.to) for column in self.places.values())

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(column.to for column in self.places.values())


def profiles(own: Path | None = None) -> dict[str, Profile]:
    """Return all profiles by name; one of the user's stands for ours of that name."""
    found: dict[str, Profile] = {}
    for folder in (BUILT_IN, own):
        if folder is not None and folder.is_dir():
            for path in sorted(folder.glob("*.toml")):
                profile = load(path)
                mark = {"is_own": folder is not BUILT_IN}
                found[profile.name] = profile.model_copy(update=mark)
    return found


def load(path: Path) -> Profile:
    """Read one profile; raise `FileRefused` with what to mend."""
    try:
        told = tomllib.loads(path.read_text("utf-8"))
        return Profile.model_validate_json(json.dumps(told, default=str))
    except tomllib.TOMLDecodeError as error:
        raise FileRefused(f"The profile {path.name} is no TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the profile"
        raise FileRefused(
            f"The profile {path.name} cannot be used: {where}: {first['msg']}."
        ) from error


def fit(profile: Profile, headings: Sequence[str]) -> Fitted | None:
    """Lay the profile over the headings; None when a required one is missing."""
    known = {
        key: column for column in profile.columns for key in _keys(profile, column)
    }
    places: dict[int, Column] = {}
    unused: list[str] = []
    taken: set[str] = set()
    for place, heading in enumerate(headings):
        column = known.get(heading_key(heading))
        if column is not None and column.to not in taken:
            places[place] = column
            taken.add(column.to)
        elif heading.strip():
            unused.append(heading.strip())
    required = {column.to for column in profile.columns if column.required}
    return Fitted(profile, places, tuple(unused)) if required <= taken else None


def best(profiles: Sequence[Profile], headings: Sequence[str]) -> Fitted | None:
    """Lay the one chosen profile over the headings, or the one that fits best."""
    if len(profiles) == 1:
        return fit(profiles[0], headings)
    return recognise(profiles, headings)


def recognise(
    all_profiles: Iterable[Profile], headings: Sequence[str]
) -> Fitted | None:
    """Return the profile that explains most headings; `FileRefused` if two do."""
    fitted = [fit(profile, headings) for profile in all_profiles]
    found = sorted(
        (each for each in fitted if each is not None),
        key=_by_fit,
    )
    if len(found) > 1 and _by_fit(found[0])[:2] == _by_fit(found[1])[:2]:
        names = f"{found[0].profile.name} and {found[1].profile.name}"
        raise FileRefused(f"The headings fit the profiles {names}; say --profile NAME.")
    return found[0] if found else None


def _by_fit(fitted: Fitted) -> tuple[int, bool, str]:
    profile = fitted.profile
    return -len(fitted.places), not profile.is_own, profile.name


def heading_key(heading: str) -> str:
    """Return a heading as it is compared: case, blanks, `:*?-` at ends do not count."""
    parts = plain(heading[:300]).split("/")
    return "/".join(re.sub(r"^[\s:*?.\-–]+|[\s:*?.\-–]+$", "", part) for part in parts)


def _keys(profile: Profile, column: Column) -> tuple[str, ...]:
    key = heading_key(column.heading)
    if not profile.bilingual:
        return (key,)
    return (key, *(heading_key(part) for part in column.heading.split(" / ")))
