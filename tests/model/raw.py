"""Reading the ledger's own bytes, without any of the models that wrote them."""

from collections.abc import Iterator
from datetime import date

Json = dict[str, object]
NEVER = date.max.toordinal()


def contingent(there: Json, unit: object) -> Iterator[tuple[int, int, int]]:
    for row in rows(there.get("capacity")):
        line = table(row)
        if line["unit"] == unit:
            free = number(line, "count") - number(line, "blocked")
            yield (*span(table(line["span"]), None), free)


def span(line: Json, ended: int | None) -> tuple[int, int]:
    start = day(line.get("start", line.get("from")), 1)
    end = day(line.get("end", line.get("to")), NEVER)
    return start, end if ended is None else min(end, ended)


def table(value: object) -> Json:
    assert isinstance(value, dict)
    return value


def rows(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def number(row: Json, name: str) -> int:
    value = row.get(name)
    return value if isinstance(value, int) else 0


def text(row: Json, name: str) -> str:
    return str(row[name])


def day(value: object, absent: int) -> int:
    return absent if value is None else date.fromisoformat(str(value)).toordinal()
