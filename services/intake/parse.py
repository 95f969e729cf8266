"""From what a person typed to a value, or to the reason why nobody can be sure.

Every reader is pure and returns a `Read`. Nothing is guessed: what has two readings
has none, and is asked for.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Never, TypeVar

from services.intake.reasons import Reason
from services.intake.words import Table, plain, table, tidy

T_co = TypeVar("T_co", covariant=True)
_INT = re.compile(r"[0-9]{1,9}(?:[.,]0{1,2})?")
_NUMBERS = re.compile(r"[0-9]+")
_ABOUT = re.compile(r"\b(ca|circa|etwa|ungefähr|about|approx\w*|around|rund|~)\b|[~≈]")
_UP_TO = re.compile(r"(?:max(?:imal|imum|\.)?|bis zu|up to|höchstens|at most)\s*")
_SLEEPERS = (
    r"betten?|bett|beds?|personen?|person\(en\)|people|persons?|menschen|leute|"
    r"schlafpl[aä]tze?|pl[aä]tze?|guests?|gäste|ліжк\w*|осіб|людей"
)
_TIMES = re.compile(r"^([0-9]+) ?x$")
_BEDS = re.compile(rf"\s*(?:{_SLEEPERS})$")
_NOUNS = re.compile(
    rf"\s*(?:{_SLEEPERS}|zimmer|rooms?|qm|m²|m2|m\^2|sqm|stück|stk|jahren?|years?)$"
)
_MONEY = re.compile(r"([0-9]{1,3}(?:[. ][0-9]{3})+|[0-9]{1,7})(?:[.,]([0-9]{1,2}))?")
_PARTS = re.compile(r"[\n;,/&+|]|\bund\b|\band\b|\bта\b|\bі\b|\bund\b")
_LONGEST_UNKNOWN = 20
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Read(Generic[T_co]):
    """What a cell says. No value: unknown. No reason: nothing to ask.

    Both together: a part is certain, the rest is asked for.
    """

    value: T_co | None = None
    reason: Reason | None = None


def ask(reason: Reason) -> Read[Never]:
    return Read(None, reason)


def is_blank(text: str) -> bool:
    """An empty cell, or a word for not knowing: unknown, never no."""
    if len(text) > _LONGEST_UNKNOWN:
        return text.isspace()
    return plain(text) in table("unknown") or not text.strip(" .!,;:?-\n\t")


def unclean(text: str, *, longest: int) -> Reason | None:
    """Return why a cell cannot be used at all, whatever its field."""
    if len(text) > longest:
        return Reason.TOO_LONG
    if not text.isprintable() and _CONTROL.search(text):
        return Reason.CONTROL
    return None


def text(raw: str) -> Read[str]:
    return Read(tidy(raw) or None)


def yes_no(raw: str) -> Read[bool]:
    """`Ja`, `yes / ja`, `так`; every part must say the same."""
    words = table("yes_no")
    found = {words.get(plain(part)) for part in raw.split("/")}
    if found in ({"yes"}, {"no"}):
        return Read(found == {"yes"})
    return ask(Reason.NO_YES_NO)


def whole(
    raw: str, *, most: int = 1_000_000, nouns: re.Pattern[str] = _NOUNS
) -> Read[int]:
    """A whole number: `2`, `2.0`, `two`, `2 Betten`, `max. 4`; `3-4` is asked for.

    `nouns` may stand behind it; any other word makes it a number of something else.
    """
    if raw.lstrip().startswith("="):
        return ask(Reason.FORMULA)
    said = plain(raw)
    if _ABOUT.search(said):
        return ask(Reason.ABOUT)
    bare = nouns.sub("", _UP_TO.sub("", said, count=1)).strip()
    bare = _TIMES.sub(r"\1", bare)
    if bare in (words := table("number")):
        return Read(int(words[bare]))
    if not _INT.fullmatch(bare):
        return ask(_why_no_number(said))
    number = int(re.split("[.,]", bare)[0])
    return Read(number) if number <= most else ask(Reason.TOO_LARGE)


def beds(raw: str) -> Read[int]:
    """How many can sleep there: at least one, and not an army; `50 qm` are no beds."""
    found = whole(raw, most=500, nouns=_BEDS)
    return ask(Reason.ZERO_BEDS) if found.value == 0 else found


def cents(raw: str) -> Read[int]:
    """An amount in euros: `450`, `450,50`, `1.250,00`, `€ 450`; in cents."""
    bare = re.sub(r"\s*(€|eur|euro|/ ?monat|pro monat|per month)\s*", "", plain(raw))
    found = _MONEY.fullmatch(bare)
    if found is None:
        return ask(Reason.NO_MONEY)
    euros = int(re.sub("[. ]", "", found[1]))
    rest = (found[2] or "0").ljust(2, "0")
    return Read(euros * 100 + int(rest))


def postcode(raw: str) -> Read[str]:
    """Five digits, `40210.0` and `D-40210` too; four digits may lack their zero."""
    bare = re.sub(r"^(?:d|de)[- ]?(?=[0-9])", "", plain(raw))
    bare = re.sub(r"[.,]0+$", "", bare)
    if re.fullmatch("[0-9]{5}", bare):
        return Read(bare)
    if re.fullmatch("[0-9]{4}", bare):
        return ask(Reason.POSTCODE_ZERO)
    return ask(Reason.NO_POSTCODE)


def floor(raw: str) -> Read[int]:
    """`EG` is 0, `2. OG` is 2, `UG` is -1."""
    said = plain(raw)
    if said in {
        "eg",
        "erdgeschoss",
        "ground floor",
        "ground",
        "parterre",
        "hochparterre",
    }:
        return Read(0)
    if said in {"ug", "untergeschoss", "souterrain", "keller", "basement"}:
        return Read(-1)
    found = re.fullmatch(
        r"(-?[0-9]{1,2})(?:[.,]0)?(?:\.|st|nd|rd|th)?\s*(?:og|obergeschoss|stock|etage|floor)?",
        said,
    )
    return Read(int(found[1])) if found else ask(Reason.NO_FLOOR)


def languages(raw: str) -> Read[tuple[str, ...]]:
    """Names or codes, parted by line ends, commas, slashes; in the order told."""
    words = table("language")
    found: dict[str, None] = {}
    missed = False
    for part in split(raw):
        bare = re.sub(r"\s*\(.*?\)\s*", "", plain(part)).strip()
        code = words.get(bare) or (bare if bare in words.values() else None)
        missed = missed or code is None
        if code is not None:
            found[code] = None
    value = tuple(found) or None
    return Read(value, Reason.UNKNOWN_LANGUAGE if missed else None)


def word(raw: str, known: Table) -> Read[str]:
    """One word of a list that stands as data."""
    found = known.get(plain(raw))
    return ask(Reason.UNKNOWN_WORD) if found is None else Read(found)


def several(raw: str, known: Table) -> Read[tuple[str, ...]]:
    """Words of a list, in the order told; unknown ones are asked for."""
    parts = [known.get(plain(part)) for part in split(raw)]
    value = tuple(dict.fromkeys(part for part in parts if part is not None)) or None
    return Read(value, Reason.UNKNOWN_WORD if None in parts else None)


def split(raw: str) -> Iterable[str]:
    """Return the parts of a list cell that say something."""
    return [part.strip() for part in _PARTS.split(tidy(raw)) if part.strip(" .-")]


def _why_no_number(said: str) -> Reason:
    digits = _NUMBERS.findall(said)
    if len(digits) > 1 and not re.fullmatch(r"-?[0-9]+[.,][0-9]+", said):
        return Reason.MANY_NUMBERS
    return Reason.NOT_WHOLE if digits else Reason.NO_NUMBER
