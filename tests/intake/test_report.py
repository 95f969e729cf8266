"""What was seen beside the rows reaches those who read the report."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from services.cli.intake import _beside
from services.desk import _told
from services.intake import report as reports
from services.intake.reasons import Reason
from services.intake.report import Report, add, together
from tests.intake.sheets import OFFER

SEEN = Report(
    called="a.xlsx",
    profile="offers@1",
    missing=2,
    unused_columns=("Farbe",),
    unread_sheets=("Archiv",),
)


def book(path: Path) -> Path:
    """Make a workbook of a sheet, a hidden one before it and a note beside it."""
    with xlsxwriter.Workbook(str(path)) as made:
        hidden, sheet, other = map(made.add_worksheet, ("Alt", "Heim", "Notiz"))
        for place, (heading, cell) in enumerate((OFFER | {"Farbe": "rot"}).items()):
            for page in (hidden, sheet):
                page.write(0, place, heading)
                page.write(1, place, cell)
        other.write(0, 0, "ask again")
        hidden.hide()
        sheet.activate()
        sheet.set_first_sheet()
    return path


def test_hidden_and_unknown_sheets_and_columns_are_named(intake, tmp_path):
    told: dict[str, Any] = intake.preview(book(tmp_path / "a.xlsx")).as_json()

    assert told["read"] == 1
    assert told["unread_sheets"] == ["Notiz", "Alt"]
    assert told["unused_columns"] == ["Farbe"]
    assert (told["missing"], told["rows_left_out"]) == (0, 0)


def test_notes_of_several_files_name_their_file():
    other = replace(SEEN, called="b.csv", unread_sheets=(), profile="needs@1")

    total = together([SEEN, other])

    assert total.profile == "offers@1, needs@1"
    assert total.unused_columns == ("a.xlsx: Farbe", "b.csv: Farbe")
    assert total.unread_sheets == ("a.xlsx: Archiv",)
    assert total.missing == 4


def test_the_desk_is_told_what_was_seen_beside_the_rows():
    told = _told(replace(SEEN, rows_left_out=3))

    assert (told.rows_left_out, told.missing) == (3, 2)
    assert (told.unused_columns, told.unread_sheets) == (("Farbe",), ("Archiv",))


def test_the_command_line_tells_what_was_seen_beside_the_rows():
    missing = "rows of earlier files that are missing here: 2"

    told = list(_beside(replace(SEEN, rows_left_out=3)))

    assert told == [
        "3 more notes on rows are not listed",
        f"{missing} (nothing is withdrawn for that)",
        "sheets that were not read, hidden or without known headings: 'Archiv'",
        "columns that are kept sealed and not read: 'Farbe'",
    ]
    assert list(_beside(Report())) == []


def test_what_is_left_out_of_the_list_is_counted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reports, "MOST_ROWS", 1)
    total, part = Report(), Report()
    for row in range(3):
        part.fault(row, "", "", Reason.NO_KEY)

    add(total, part)

    assert (len(total.rows), total.as_json()["rows_left_out"]) == (1, 2)
