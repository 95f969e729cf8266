"""The rows of a read model as a file: JSON, CSV or XLSX.

A cell that a spreadsheet would run as a formula is made plain text, in every kind of
file: what is harmless in one of them is saved as another tomorrow. Rows are written
as they come, so that a long list costs no more memory than a short one.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any, Literal, TypeAlias, assert_never, get_args

from pydantic import TypeAdapter
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from projections.listing import WrongAsk
from projections.table import Column, Relation

Form = Literal["json", "csv", "xlsx"]
Cell: TypeAlias = str | int | date | datetime | None
FORMS: tuple[Form, ...] = get_args(Form)
MEDIA: dict[Form, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8; header=present",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
_MOST_SIGNS = 32_767
"""What Excel takes into one cell."""
_MOST_ROWS = 1_048_575
"""What Excel takes into one sheet, beside the heading."""
_WORKBOOK = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "remove_timezone": True,
}
_DAY, _MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"


@dataclass(frozen=True)
class Found:
    """Rows as they come from the database, and as of which fact.

    `page` and `size` are absent when all `total` rows come.
    """

    relation: Relation[Any]
    rows: Iterable[object]
    total: int
    position: int
    page: int | None = None
    size: int | None = None


def write(found: Found, form: Form, out: IO[bytes]) -> None:
    """Write the rows to `out`; raise `WrongAsk` when the form cannot hold them."""
    match form:
        case "json":
            _json(found, out)
        case "csv":
            _csv(found, out)
        case "xlsx":
            _xlsx(found, out)
        case _:
            assert_never(form)


def harmless(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula.

    Source: OWASP, CSV injection.
    """
    return f"'{text}" if text.startswith(_RUNS) else text


def _json(found: Found, out: IO[bytes]) -> None:
    head = {
        "name": found.relation.name,
        "position": found.position,
        "total": found.total,
        "page": found.page,
        "size": found.size,
    }
    told = {name: value for name, value in head.items() if value is not None}
    out.write(json.dumps(told).encode()[:-1] + b', "rows": [')
    row_type = TypeAdapter(found.relation.row)
    for number, row in enumerate(found.rows):
        out.write(b",\n" if number else b"\n")
        out.write(row_type.dump_json(row, by_alias=True))
    out.write(b"\n]}\n")


def _csv(found: Found, out: IO[bytes]) -> None:
    text = io.TextIOWrapper(out, encoding="utf-8", newline="")
    lines = csv.writer(text)
    lines.writerow(column.name for column in found.relation.columns)
    for cells in _cells(found):
        lines.writerow([_written(cell) for cell in cells])
    text.detach()


def _written(cell: Cell) -> str | int | None:
    match cell:
        case bool():
            return "true" if cell else "false"
        case datetime():
            return cell.isoformat().replace("+00:00", "Z")
        case date():
            return cell.isoformat()
        case _:
            return cell


def _xlsx(found: Found, out: IO[bytes]) -> None:
    if found.total > _MOST_ROWS:
        raise WrongAsk(
            f"A sheet holds {_MOST_ROWS:,} rows and this list has {found.total:,}; "
            "narrow it by a filter, or take CSV."
        )
    columns = found.relation.columns
    with Workbook(out, _WORKBOOK) as book:
        strong = book.add_format({"bold": True})
        kinds = {
            date: book.add_format({"num_format": _DAY}),
            datetime: book.add_format({"num_format": _MOMENT}),
        }
        sheet = book.add_worksheet(found.relation.name[:31])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, 14)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.name, strong)
        last = 0
        for last, cells in enumerate(_cells(found), start=1):
            for place, cell in enumerate(cells):
                _put(sheet, (last, place), cell, kinds)
        sheet.autofilter(0, 0, last, len(columns) - 1)
        _about(book.add_worksheet("about"), found, strong)


def _put(
    sheet: Worksheet,
    at: tuple[int, int],
    cell: Cell,
    kinds: Mapping[type[date], object],
) -> None:
    match cell:
        case None:
            pass
        case bool():
            sheet.write_boolean(*at, cell)
        case int():
            sheet.write_number(*at, cell)
        case date():
            sheet.write_datetime(*at, cell, kinds[type(cell)])
        case str():
            sheet.write_string(*at, _fitting(cell))
        case _:
            assert_never(cell)


def _fitting(text: str) -> str:
    return text if len(text) <= _MOST_SIGNS else f"{text[: _MOST_SIGNS - 1]}…"


def _about(sheet: Worksheet, found: Found, strong: object) -> None:
    """Say beside the rows what they are and what each column means."""
    lines = [
        ("ledger position", str(found.position)),
        ("rows in all", str(found.total)),
        (found.relation.name, found.relation.about),
        *((column.name, column.about) for column in found.relation.columns),
    ]
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 100)
    for row, (name, text) in enumerate(lines):
        sheet.write_string(row, 0, name, strong)
        sheet.write_string(row, 1, harmless(text))


def _cells(found: Found) -> Iterator[list[Cell]]:
    columns = found.relation.columns
    for row in found.rows:
        yield [_cell(column, getattr(row, column.name)) for column in columns]


def _cell(column: Column, value: object) -> Cell:
    match value:
        case None | bool() | int() | date():
            return value
        case str():
            return harmless(value)
        case tuple() if column.type == "text[]":
            return harmless(", ".join(value))
        case _ if column.write is not None:
            return harmless(str(column.write(value)))
        case _:
            raise TypeError(f"{column.name} has no way into a cell")
