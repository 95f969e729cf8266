"""Dates in three orders and lengths of time, as people write them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Literal

from events.base import BERLIN
from services.intake.parse import Read, ask
from services.intake.reasons import Reason
from services.intake.words import plain, table

Order = Literal["dmy", "mdy", "ymd"]
YEARS = range(2000, 2101)
SERIAL = re.compile(r"[34][0-9]{4}(?:[.,][0-9]+)?")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})")
_YEAR_LAST = re.compile(
    r"([0-9]{1,2})([-./ ]) ?([0-9]{1,2})(?:\2 ?)([0-9]{4}|[0-9]{2})"
)
_CLOCK = re.compile(
    r"[ t,]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?P<second>:[0-9]{2}(?:[.,][0-9]+)?)?(?: ?(?P<half>[ap])m)?"
    r"(?: ?(?P<zone>z|utc|gmt|[+-][0-9]{1,2}(?::?[0-9]{2})?)| mez| mesz| cet| cest)?$"
)
_OFFSET = re.compile(r"([+-])([0-9]{1,2}):?([0-9]{2})?")
_LEAD = re.compile(
    r"^(?:ab(?: dem)?|from|vom|von|since|seit|am|bis(?: zum)?|until|till|by|з|до)\s+"
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar january jan jänner січня",
            "februar february feb лютого",
            "märz march mar mrz maerz березня",
            "april apr квітня",
            "mai may травня",
            "juni june jun червня",
            "juli july jul липня",
            "august aug серпня",
            "september sep sept вересня",
            "oktober october okt oct жовтня",
            "november nov листопада",
            "dezember december dez dec грудня",
        ),
        start=1,
    )
    for name in names.split()
}
_NAMED = re.compile(r"([0-9]{1,2})\.? ([^\W\d_]+)\.? ([0-9]{4})")
_LENGTH = re.compile(r"(\d{1,4})[ -]?([^\W\d_]+\.?)")
_AT_LEAST = re.compile(
    r"^(?:mindestens|mind\.?|at least|min\.?|minimum|wenigstens|не менше)\s+|\s*\+$"
)
_AT_MOST = re.compile(r"^(?:höchstens|maximal|max\.?|bis zu|up to|at most|до)\s+")
_FOR = re.compile(r"^(?:für|for)\s+")


@dataclass(frozen=True)
class Stay:
    """How long somebody may stay, in days, or until which day."""

    min_days: int | None = None
    max_days: int | None = None
    until: date | None = None


def day(raw: str, order: Order | None) -> Read[date]:
    """Read a date. ISO and dotted dates have one reading; others need the order.

    Where the declared order gives no date at all and exactly one other does, that one
    is the only reading there is. With a zone the day is Berlin's at that moment.
    """
    said = plain(raw)
    clock = _CLOCK.search(said)
    found = _written(_LEAD.sub("", said[: clock.start()] if clock else said), order)
    if clock is None or not _has_zone(clock) or found.value is None:
        return found
    return _in_berlin(found.value, clock)


def _written(said: str, order: Order | None) -> Read[date]:
    if SERIAL.fullmatch(said):
        return ask(Reason.DATE_NUMBER)
    if found := _YEAR_FIRST.fullmatch(said):
        return _dated(int(found[1]), int(found[2]), int(found[3]))
    if found := _NAMED.fullmatch(said):
        month = _MONTHS.get(found[2], 0)
        return _dated(int(found[3]), month, int(found[1]))
    if found := _YEAR_LAST.fullmatch(said):
        first, second, year = int(found[1]), int(found[3]), _full_year(found[4])
        if found[2] == ".":
            return _dated(year, second, first)
        return _ordered(first, second, year, order=order)
    return ask(Reason.NO_DATE)


def is_at_once(raw: str) -> bool:
    """`ab sofort`: from the day of asking, so nothing needs to be said or asked."""
    return plain(raw) in table("at_once")


def stay(raw: str, order: Order | None) -> Read[Stay]:
    """How long a guest may stay: a bare length is the longest stay."""
    said = _FOR.sub("", plain(raw))
    if said in table("open_end"):
        return Read(Stay())
    if _AT_LEAST.search(said):
        least = length(_AT_LEAST.sub("", said))
        return Read(Stay(min_days=least.value)) if least.value else ask(_why(least))
    if _LEAD.match(said) and (end := day(said, order)).value:
        return Read(Stay(until=end.value))
    most = length(_AT_MOST.sub("", said))
    return Read(Stay(max_days=most.value)) if most.value else ask(_why(most))


def length(raw: str) -> Read[int]:
    """A length of time in days; a month is 30 days, a year 365."""
    said = plain(raw)
    numbers = table("number")
    said = re.sub(r"^[^\W\d_]+", lambda m: numbers.get(m[0], m[0]), said)
    if re.search(r"\b(ca|circa|etwa|about|approx|around)\b|[~≈]", said):
        return ask(Reason.ABOUT)
    found = _LENGTH.fullmatch(said)
    unit = found and table("duration").get(found[2].strip("."))
    if found is None or unit is None:
        several = len(re.findall(r"\d+", said)) > 1
        return ask(Reason.RANGE_DURATION if several else Reason.NO_DURATION)
    return Read(int(found[1]) * int(unit))


def _why(found: Read[int]) -> Reason:
    return found.reason or Reason.NO_DURATION


def _ordered(first: int, second: int, year: int, *, order: Order | None) -> Read[date]:
    readings = {
        "dmy": _dated(year, second, first),
        "mdy": _dated(year, first, second),
    }
    declared = readings.get(order or "")
    if declared is not None and declared.value is not None:
        return declared
    certain = {read.value for read in readings.values() if read.value is not None}
    if len(certain) == 1:
        return Read(certain.pop())
    return ask(Reason.AMBIGUOUS_DATE if certain else Reason.NO_DATE)


def _has_zone(clock: re.Match[str]) -> bool:
    """Say whether a zone is named; `18.03.2022 14:00-16:00` are two hours of a day."""
    zone = clock["zone"] or ""
    is_exact = clock["second"] is not None or clock[0].startswith("t")
    return bool(zone) and (is_exact or not zone.startswith("-"))


def _in_berlin(written: date, clock: re.Match[str]) -> Read[date]:
    """`2022-03-31T22:00:00Z` is what a browser makes of midnight of 1 April here."""
    hour = int(clock["hour"])
    if clock["half"] is not None:
        hour = hour % 12 + (12 if clock["half"] == "p" else 0)
    try:
        at = time(hour, int(clock["minute"]), tzinfo=_zone(clock["zone"]))
    except ValueError:
        return ask(Reason.NO_DATE)
    here = datetime.combine(written, at).astimezone(BERLIN)
    return _dated(here.year, here.month, here.day)


def _zone(said: str) -> timezone:
    """Return the zone of `z`, `+2`, `+02`, `+0200` or `+02:00`."""
    found = _OFFSET.fullmatch(said)
    if found is None:
        return UTC
    away = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-away if found[1] == "-" else away)


def _dated(year: int, month: int, number: int) -> Read[date]:
    if year not in YEARS:
        return ask(Reason.FAR_DATE)
    try:
        return Read(date(year, month, number))
    except ValueError:
        return ask(Reason.NO_DATE)


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) > 2 else 2000 + int(digits)  # noqa: PLR2004 - two digits
