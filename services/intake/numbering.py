"""Whether bare digits are a number of a country, by the library's own numbering plans.

The library's parser first looks for signs of other scripts, extensions, letters and
foreign prefixes. A number of which nothing but digits is left has none of them; and to
look for them nevertheless was the dearest part of reading a message.
"""

import re
from dataclasses import dataclass
from functools import cache

from phonenumbers import PhoneMetadata, PhoneNumberDesc

_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "voip",
    "personal_number", "pager", "uan", "voicemail",
)  # fmt: skip
_TRUNK = "0"


@dataclass(frozen=True)
class _Kind:
    """What the numbers of one kind look like; no lengths: any."""

    looks: re.Pattern[str]
    lengths: tuple[int, ...]

    def has(self, number: str) -> bool:
        if self.lengths and len(number) not in self.lengths:
            return False
        return self.looks.fullmatch(number) is not None


@dataclass(frozen=True)
class _Plan:
    every: _Kind
    kinds: tuple[_Kind, ...]


def in_country(said: str, region: str) -> str | None:
    """Return the number without the 0 that is dialled before it, if there is such one.

    `said` is digits, and begins with that 0. For countries that dial it before every
    number and where none begins with it.
    """
    plan, number = _plan(region), said.removeprefix(_TRUNK)
    if not plan.every.has(number):
        return None
    return number if any(kind.has(number) for kind in plan.kinds) else None


@cache
def _plan(region: str) -> _Plan:
    told = PhoneMetadata.metadata_for_region(region)
    every = None if told is None else _kind(told.general_desc)
    if every is None:
        raise ValueError(f"{region} has no numbering plan")
    kinds = (_kind(getattr(told, name)) for name in _KINDS)
    return _Plan(every, tuple(kind for kind in kinds if kind is not None))


def _kind(desc: PhoneNumberDesc | None) -> _Kind | None:
    if desc is None or not desc.national_number_pattern:
        return None
    return _Kind(re.compile(desc.national_number_pattern), tuple(desc.possible_length))
