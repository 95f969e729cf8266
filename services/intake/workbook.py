"""Reads one workbook in a process of its own, with bounded memory and time.

Started as `python -m services.intake.workbook PATH`. Standard output: a JSON line
`{"sheet": NAME}` for each visible sheet, then one `[row number, [cell, …]]` a line;
at last the names of the hidden sheets, so that somebody hears that they are not read.
A forged file may ask for any amount of memory: it ends this process and no other.
"""

import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

MOST_MEMORY = 420_000_000
MOST_SECONDS = 120
BAD_FILE = 3
Cell = int | float | str | bool | time | date | datetime | timedelta


def main(path: str) -> int:
    """Print all visible sheets, then the names of hidden ones; else `BAD_FILE`."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import (  # noqa: PLC0415 - inside the limit
        CalamineError,
        CalamineWorkbook,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        book = CalamineWorkbook.from_path(path)
        hidden: list[str] = []
        for sheet in book.sheets_metadata:
            if sheet.typ != SheetTypeEnum.WorkSheet:
                continue
            if sheet.visible == SheetVisibleEnum.Visible:
                _print(sheet.name, book.get_sheet_by_name(sheet.name).iter_rows())
            else:
                hidden.append(sheet.name)
        for name in hidden:
            _print(name, iter(()))
    except (CalamineError, OSError, ValueError) as error:
        sys.stderr.write(type(error).__name__)
        return BAD_FILE
    return 0


def _print(name: str, rows: Iterator[list[Cell]]) -> None:
    sys.stdout.write(json.dumps({"sheet": name}) + "\n")
    for number, row in enumerate(rows, start=1):
        if any(cell != "" for cell in row):
            sys.stdout.write(json.dumps([number, [shown(cell) for cell in row]]) + "\n")


def shown(cell: Cell) -> str:
    """Return the cell as a person would write it: `40210.0` is `40210`."""
    match cell:
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
