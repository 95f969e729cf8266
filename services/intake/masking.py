"""What a report may show of a cell: enough to find it, never who somebody is."""

import re
from functools import cache

from services.intake.fields import FIELDS, PERSONAL
from services.intake.words import plain, vocabulary

HIDDEN = "•••"
_LONGEST = 60
_TOKEN = re.compile(r"\w+|[^\w]+")
_MAIL = re.compile(r"\S*@\S*")
_LONG_NUMBER = re.compile(r"\+?[0-9][0-9 ()/-]{5,}[0-9]")
_DATE = re.compile(r"[0-9]{1,4}[-./][0-9]{1,2}[-./][0-9]{1,4}")
_MOST_DIGITS = 5


def masked(field: str, raw: str) -> str:
    """Return the cell with everything hidden that could name or reach a person.

    Of a personal field only the first sign is left. Elsewhere numbers of up to five
    digits, dates and known words stay: `Mutter Olena 34 w` is `Mutter ••• 34 w`.
    """
    short = " ".join(raw[: 4 * _LONGEST].split())
    if not short:
        return ""
    if field in PERSONAL or field not in FIELDS:
        return f"{short[0]}{HIDDEN}" if short[0].isalnum() else HIDDEN
    short = _MAIL.sub(HIDDEN, short)
    if not _DATE.fullmatch(short):
        short = _LONG_NUMBER.sub(HIDDEN, short)
    shown = "".join(_part(part) for part in _TOKEN.findall(short))
    return re.sub(f"(?:{HIDDEN}[ .@-]*)+(?={HIDDEN})", "", shown)[:_LONGEST]


def _part(part: str) -> str:
    if part.isdigit():
        return part if len(part) <= _MOST_DIGITS else HIDDEN
    if not part[0].isalnum():
        return "".join(sign if sign.isprintable() else "\ufffd" for sign in part)
    return part if plain(part) in _harmless() else HIDDEN


@cache
def _harmless() -> frozenset[str]:
    """Every single word that we know a meaning of; names are not among them."""
    return frozenset(part for word in vocabulary() for part in re.findall(r"\w+", word))
