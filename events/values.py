"""The small values that facts are made of, and how public each of their fields is.

Every field of every fact is classed by one annotation:

- `OPEN`: may stand on any page and leave the house (ids, dates, states, counts);
- `COARSE`: what matching needs of people, blurred (age bands, sizes, postcode);
- `SEALED`: encrypted per person and purpose, opened through the gateway only.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)


class Privacy(StrEnum):
    """How far a field may travel."""

    OPEN = "open"
    COARSE = "coarse"
    SEALED = "sealed"


OPEN = Privacy.OPEN
COARSE = Privacy.COARSE
SEALED = Privacy.SEALED


class Strict(BaseModel):
    """Frozen, closed and strict: a wrong state cannot be built."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False
    )

    @classmethod
    def trusted(cls, **fields: object) -> Self:
        """Return a model of which all fields are given, and known to be right.

        Nothing is validated: for what the caller has just made or checked, where
        thousands are made at once.
        """
        made = _new(cls)
        _put(made, "__dict__", fields)
        _put(made, "__pydantic_fields_set__", set(fields))
        _put(made, "__pydantic_extra__", None)
        _put(made, "__pydantic_private__", None)
        return made

    def model_copy(
        self, *, update: Mapping[str, object] | None = None, deep: bool = False
    ) -> Self:
        """Return a copy with other values in some fields, which are not validated.

        Every fold is made of such copies, three a fact and life: this one takes less
        than half of pydantic's time, as a closed model without private attributes has
        less to copy, and the names of what was told seldom become more.
        """
        if deep:
            return super().model_copy(update=update, deep=True)
        made, told = _new(type(self)), update or {}
        known = self.__pydantic_fields_set__
        more = known if known.issuperset(told) else known | told.keys()
        _put(made, "__dict__", {**self.__dict__, **told})
        _put(made, "__pydantic_fields_set__", more)
        _put(made, "__pydantic_extra__", None)
        _put(made, "__pydantic_private__", None)
        return made


_new = object.__new__
_put = object.__setattr__
"""Past the freeze, for a model that nobody has seen yet."""


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def _clean(text: str) -> str:
    # What can be printed has none; that is known ten times as fast.
    if not text.isprintable() and _CONTROL.search(text):
        raise ValueError("has a control character; remove it and send it again")
    return text


def _day(value: object) -> object:
    """Refuse what pydantic would guess a date from: numbers, digits, moments."""
    if isinstance(value, str):
        known = _DAY.fullmatch(value) is not None
    else:
        known = isinstance(value, date) and not isinstance(value, datetime)
    if not known:
        raise ValueError("is no day; write it as 2022-03-18")
    return value


def _instant(value: object) -> object:
    """Refuse what pydantic would guess a moment from: numbers and digits."""
    if isinstance(value, str):
        known = _INSTANT.fullmatch(value) is not None
    else:
        known = isinstance(value, datetime)
    if not known:
        raise ValueError("is no moment; write it as 2022-03-18T08:30:00Z")
    return value


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("lies beyond the years that there are") from error


Clean = AfterValidator(_clean)
Text = Annotated[str, Field(max_length=2_000), Clean]
Word = Annotated[str, Field(min_length=1, max_length=200), Clean]
Ref = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,119}$")]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Day = Annotated[date, Field(strict=False), BeforeValidator(_day)]
"""A date in Europe/Berlin; a stay is half-open, `[from, to)`."""
Instant = Annotated[
    AwareDatetime, Field(strict=False), BeforeValidator(_instant), AfterValidator(_utc)
]
"""A moment, RFC 3339 with its zone; kept in UTC."""
Postcode = Annotated[str, Field(pattern=r"^[0-9]{5}$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class Actor(Strict):
    """Who acted: a person at the desk, a channel, or a part of Beistand."""

    ref: Annotated[Word, OPEN]
    role: Annotated[
        Literal["coordinator", "channel", "provider", "household", "system"], OPEN
    ]


Via = Literal["desk", "phone", "mail", "letter", "channel", "cli", "system"]


class Sealed(Strict):
    """Something about a person, unreadable without that person's key.

    `mark` is a keyed digest under the same key: equal marks are equal contents,
    and it says nothing once the key is gone. `box` is nonce and ciphertext, base64.
    """

    subject: Annotated[Ref, OPEN]
    purpose: Annotated[Word, OPEN]
    key_id: Annotated[Ref, OPEN]
    mark: Annotated[Ref, OPEN]
    box: Annotated[str, SEALED]


class Plain(Strict):
    """The same before it is sealed; exists in commands only, never in a fact."""

    purpose: Annotated[Word, OPEN]
    content: Annotated[dict[Word, Text], SEALED]


Secret = Sealed | Plain


class OpenQuestion(Strict):
    """A field that a person must settle: what stood there stays sealed."""

    field: Annotated[Word, OPEN]
    reason: Annotated[Word, OPEN]
    raw: Annotated[Sealed | None, SEALED] = None


class Origin(Strict):
    """Where a case came from; `revision` orders two states of one row."""

    channel: Annotated[Ref, OPEN]
    profile: Annotated[Word | None, OPEN] = None
    source: Annotated[Word, OPEN]
    id: Annotated[Word, OPEN]
    row_key: Annotated[Ref, OPEN]
    digest: Annotated[Ref, OPEN]
    revision: Annotated[Count | None, OPEN] = None
    received_at: Annotated[Instant, OPEN]
    raw: Annotated[Sealed | None, SEALED] = None


class Span(Strict):
    """Days from `from` (included) to `to` (excluded; absent: open)."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    start: Annotated[Day, OPEN, Field(alias="from")]
    end: Annotated[Day | None, OPEN, Field(alias="to")] = None


__all__ = [
    "COARSE",
    "OPEN",
    "SEALED",
    "Actor",
    "Clean",
    "Count",
    "Day",
    "Instant",
    "Language",
    "OpenQuestion",
    "Origin",
    "Plain",
    "Postcode",
    "Privacy",
    "Ref",
    "Sealed",
    "Secret",
    "Span",
    "Strict",
    "Text",
    "Via",
    "Word",
    "datetime",
]
