"""Was anything promised twice? Swept from the ledger's own bytes.

This is a witness, so it shares nothing with those it watches: it reads the stored
JSON, knows no model, no rule and no fold of Beistand, and counts by its own
arithmetic, room by room and day by day. Its promise: every moment at which a promise
was added is looked at, not only the end.

A provider may take away what was promised long ago; that breaks a promise, it does
not make a second one. So only days that a *new* promise touches are counted.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import Protocol

Json = dict[str, object]
NEVER = date.max.toordinal()
_OUT = frozenset({"match.refused.v1", "match.lapsed.v1", "match.cancelled.v1"})
_BY_ROOM = frozenset({"hotel_unit", "shelter"})


class Stored(Protocol):
    """A fact as it lies in the ledger."""

    @property
    def position(self) -> int: ...
    @property
    def command_id(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def data(self) -> bytes: ...


@dataclass(frozen=True)
class Twice:
    """One thing promised beyond what there is, by the command ending at `position`."""

    position: int
    what: str
    """`offer:…` for rooms and pieces, `need:…` for a household with two homes."""
    unit: str | None
    day: date | None
    promised: int
    there: int


@dataclass(frozen=True)
class _Line:
    unit: str | None
    start: int
    end: int
    rooms: int
    pieces: int


@dataclass
class _Match:
    offer: str
    need: str
    lines: tuple[_Line, ...]
    bundle: object = None
    sent: int = 0


@dataclass
class _Seen:
    offers: dict[str, Json] = field(default_factory=dict)
    matches: dict[str, _Match] = field(default_factory=dict)


def promised_twice(facts: Iterable[Stored]) -> tuple[Twice, ...]:
    """Return every double promise in the facts, which come in the ledger's order."""
    seen = _Seen()
    found: list[Twice] = []
    for _, group in groupby(facts, key=lambda fact: fact.command_id):
        last, new = 0, list[str]()
        for fact in group:
            last = fact.position
            new += _take(seen, fact.type, json.loads(fact.data))
        living = [seen.matches[name] for name in new if name in seen.matches]
        found += (twice for match in living for twice in _doubled(seen, match, last))
    return tuple(found)


def _take(seen: _Seen, name: str, data: Json) -> list[str]:
    """Let one fact change what was seen; return the match that it proposes."""
    if name == "match.proposed.v1":
        match = str(data["match"])
        lines = tuple(_lines(data["allocation"]))
        seen.matches[match] = _Match(
            str(data["offer"]), str(data["need"]), lines, data.get("bundle")
        )
        return [match]
    if name.startswith("offer."):
        _take_offer(seen.offers, name, data)
    elif name in _OUT:
        _let_go(seen.matches, str(data["match"]))
    elif name == "match.ended.v1":
        _end(seen, str(data["match"]), _day(data["on"], 0))
    elif name == "goods.dispatched.v1":
        seen.matches[str(data["match"])].sent += _number(data["quantity"])
    return []


def _take_offer(offers: dict[str, Json], name: str, data: Json) -> None:
    offer = str(data["offer"])
    if name == "offer.listed.v1":
        offers[offer] = _table(data["details"])
    elif name == "offer.amended.v1":
        kept = offers[offer] | _table(data["changes"])
        gone = [str(part) for part in _rows(data.get("unset"))]
        offers[offer] = {part: kept[part] for part in kept if part not in gone}
    elif name == "offer.capacity_changed.v1":
        told = {part: data[part] for part in ("capacity", "quantity") if part in data}
        offers[offer] = offers[offer] | told


def _let_go(matches: dict[str, _Match], name: str) -> None:
    """Free what was promised, but for pieces that have left already.

    In a ledger that nobody guarded it may be let go twice; it is free after the first.
    """
    match = matches[name]
    match.lines = (_gone(match.sent),) if match.sent else ()


def _end(seen: _Seen, name: str, day: int) -> None:
    """A stay that is over frees its room from that day; what was sent stays gone."""
    match = seen.matches[name]
    match.lines = tuple(replace(line, end=min(line.end, day)) for line in match.lines)
    if match.sent:
        match.lines = (_gone(match.sent),)


def _gone(pieces: int) -> _Line:
    return _Line(unit=None, start=1, end=1, rooms=0, pieces=pieces)


def _doubled(seen: _Seen, new: _Match, position: int) -> Iterator[Twice]:
    there = seen.offers[new.offer]
    beside = [match for match in seen.matches.values() if match.offer == new.offer]
    if new.bundle is not None and there.get("dwelling") not in _BY_ROOM:
        beside = [m for m in beside if m is new or m.bundle != new.bundle]
    lines = [line for match in beside for line in match.lines]
    if there["kind"] == "goods":
        yield from _pieces(f"offer:{new.offer}", lines, there, position)
        return
    for mine in new.lines:
        yield from _rooms(f"offer:{new.offer}", mine, lines, there, position)
    yield from _homes(seen, new, position)


def _pieces(
    what: str, lines: list[_Line], there: Json, position: int
) -> Iterator[Twice]:
    promised, count = sum(line.pieces for line in lines), _number(there.get("quantity"))
    if promised > count:
        yield Twice(position, what, None, None, promised, count)


def _rooms(
    what: str, mine: _Line, lines: list[_Line], there: Json, position: int
) -> Iterator[Twice]:
    """Yield the first day of `mine` on which more rooms are promised than there are.

    Load and count change only where a stay or a line of the contingent begins or
    ends, so these days stand for all days.
    """
    same = [line for line in lines if line.unit == mine.unit]
    days = {mine.start} | {d for line in same for d in (line.start, line.end)}
    days |= {
        day for start, end, _ in _contingent(there, mine.unit) for day in (start, end)
    }
    for day in sorted(day for day in days if mine.start <= day < mine.end):
        promised = sum(line.rooms for line in same if line.start <= day < line.end)
        count = _count(there, mine.unit, day)
        if promised > count:
            yield Twice(
                position, what, mine.unit, date.fromordinal(day), promised, count
            )
            return


def _homes(seen: _Seen, new: _Match, position: int) -> Iterator[Twice]:
    """Yield the day on which the household would have two homes at once."""
    others = [
        line
        for match in seen.matches.values()
        if match.need == new.need and match is not new
        for line in match.lines
    ]
    for mine in new.lines:
        for line in others:
            day = max(mine.start, line.start)
            if day < min(mine.end, line.end):
                at = date.fromordinal(day)
                yield Twice(position, f"need:{new.need}", None, at, 2, 1)
                return


def _count(there: Json, unit: str | None, day: int) -> int:
    """Return how many rooms there are on a day; any home but a hotel is one."""
    if there.get("dwelling") not in _BY_ROOM:
        return 1
    return sum(
        count for start, end, count in _contingent(there, unit) if start <= day < end
    )


def _contingent(there: Json, unit: str | None) -> Iterator[tuple[int, int, int]]:
    for row in _rows(there.get("capacity")):
        line = _table(row)
        span = _table(line["span"])
        if line["unit"] == unit:
            free = _number(line["count"]) - _number(line.get("blocked"))
            yield _day(span["from"], 0), _day(span.get("to"), NEVER), free


def _lines(allocation: object) -> Iterator[_Line]:
    for row in _rows(allocation):
        line = _table(row)
        unit = line.get("unit")
        yield _Line(
            unit=None if unit is None else str(unit),
            start=_day(line.get("start"), 1),
            end=_day(line.get("end"), NEVER),
            rooms=_number(line.get("count")),
            pieces=_number(line.get("quantity")),
        )


def _table(value: object) -> Json:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} stands where an object should")
    return value


def _rows(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _day(value: object, absent: int) -> int:
    return absent if value is None else date.fromisoformat(str(value)).toordinal()
