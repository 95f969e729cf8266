"""The typed details of a case as a page shows and changes them.

Read models give details as JSON, without what is sealed and without places that are
protected. A form asks field by field; what it leaves alone stays as it is.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from pydantic import JsonValue

from services.console.fields import Field, Kind, Side, fields
from services.console.labels import label
from services.console.rows import TABLES, Details, Table, read, rows_of
from services.console.words import Words

Filled: TypeAlias = Mapping[str, tuple[str, ...]]
_CENTS = re.compile("[0-9]{1,2}")


@dataclass(frozen=True)
class Line:
    """One known field in words."""

    name: str
    text: str


def shown(
    details: Details, side: Side, kind: Kind, words: Words
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """Return what is known, and the names of what nobody has said yet."""
    known: list[Line] = []
    unknown: list[str] = []
    for field in fields(side, kind):
        value = at(details, field.path)
        if value is None:
            unknown.append(words.say(field.name))
        else:
            known.append(Line(words.say(field.name), _said(field, value, words)))
    return tuple(known), tuple(unknown)


def at(details: Details, path: str) -> JsonValue:
    """Return the value at the path; None where there is none."""
    value: JsonValue = details
    for part in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def written(field: Field, details: Details) -> str:
    """Return the value as an input of a form holds it."""
    value = at(details, field.path)
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() if field.how == "euros":
            return f"{value // 100},{value % 100:02}"
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value)


def changed(
    details: Details, about: tuple[Side, Kind], filled: Filled, today: date | None
) -> tuple[Details, tuple[str, ...]]:
    """Return the top fields that a form tells anew, and those it empties.

    Values are still text where the form gave text; the command's own model reads
    them. Raises `ValueError` with the field's path when an amount is none.
    """
    side, kind = about
    new = deepcopy(details)
    for field in fields(side, kind):
        _set(new, field.path, _typed(field, filled))
    for table in TABLES[side, kind]:
        if f"rows.{table.name}" in filled:
            rows = read(table, filled, rows_of(details, table.name))
            new[table.name] = _dated(table, rows, details, today)
    told = {
        n: v for n, v in new.items() if n != "kind" and not _same(v, details.get(n))
    }
    changes = {name: _pruned(value) for name, value in told.items() if _full(value)}
    emptied = tuple(n for n in told if n not in changes and details.get(n) is not None)
    return changes, emptied


def _said(field: Field, value: JsonValue, words: Words) -> str:
    match value:
        case bool():
            return label(words, "yes_no", "true" if value else "false")
        case int() if field.how == "euros":
            return words.money(value)
        case int():
            return words.number(value)
        case list() if field.how == "languages":
            return ", ".join(words.language_named(str(tag)) for tag in value)
        case list() if field.of:
            said = ", ".join(label(words, field.of, str(code)) for code in value)
            return said or words.say("none")
        case str() if field.how == "day":
            return words.day_told(value)
        case str() if field.of:
            return label(words, field.of, value)
        case _:
            return str(value)


def _typed(field: Field, filled: Filled) -> JsonValue:
    name = f"details.{field.path}"
    if field.how == "many":
        given = filled.get(name)
        return None if given is None else [code for code in given if code != "none"]
    text = (filled.get(name) or ("",))[-1]
    if not text:
        return None
    if field.how == "euros":
        return cents(text, name)
    if field.how == "codes":
        return [code.strip() for code in text.split(",") if code.strip()] or None
    if field.how == "languages":
        return [tag.strip().lower() for tag in text.split(",") if tag.strip()]
    if field.how == "yes_no":
        return text == "true"
    if field.how == "number" and text.lstrip("-").isdecimal():
        return int(text)
    return text


def cents(text: str, name: str) -> int:
    """Read `450` or `450,50`; raise `ValueError` with the field's name."""
    whole, _, rest = text.replace(".", ",").partition(",")
    if not whole.isdecimal() or (rest and _CENTS.fullmatch(rest) is None):
        raise ValueError(name)
    return int(whole) * 100 + int(rest.ljust(2, "0"))


def _set(details: Details, path: str, value: JsonValue) -> None:
    *way, last = path.split(".")
    for part in way:
        inner = details.setdefault(part, {})
        if not isinstance(inner, dict):
            inner = details[part] = {}
        details = inner
    details[last] = value


def _dated(
    table: Table, rows: list[Details], details: Details, today: date | None
) -> JsonValue:
    """Say of which day an age is, where a person's age is told anew."""
    if table.name == "members" and today is not None:
        known = {row.get("ref"): row for row in rows_of(details, "members")}
        for row in rows:
            old = known.get(row["ref"], {})
            if "age_band" in row and row["age_band"] != old.get("age_band"):
                row["as_of"] = today.isoformat()
    return [*rows] or None


def _same(one: JsonValue, other: JsonValue) -> bool:
    return _pruned(one) == _pruned(other)


def _full(value: JsonValue) -> bool:
    return _pruned(value) is not None


def _pruned(value: JsonValue) -> JsonValue:
    """Return the value without fields that say nothing."""
    if isinstance(value, dict):
        inner = ((name, _pruned(part)) for name, part in value.items())
        kept: Details = {name: part for name, part in inner if part is not None}
        return kept or None
    return value
