"""Dirty files: whatever comes, it is read or refused in a sentence."""

import subprocess
import sys
import time
import zipfile
from typing import Any

import pytest

from services.intake.draft import Aside, Draft
from services.intake.files import FileRefused
from services.intake.profile import profiles
from services.intake.reasons import Reason
from services.intake.source import Notes, open_source
from services.intake.tables import encoding_of
from tests.intake.sheets import FORM, OFFER, as_csv, as_ods, as_xlsx, form, text

MEGABYTE = 1_000_000


def drafts(path, **how) -> list[Any]:
    return list(open_source(path, profiles(), **how).drafts())


def refusal(path, **how) -> str:
    with pytest.raises(FileRefused) as caught:
        drafts(path, **how)
    return str(caught.value)


@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_is_read_however_it_was_exported(tmp_path, mark, encoding):
    path = as_csv(tmp_path / "a.csv", [FORM], mark=mark, encoding=encoding)

    (draft,) = drafts(path)

    assert isinstance(draft, Draft)
    assert draft.asked == ()
    assert draft.told.address is not None
    assert draft.told.address.content["street"] == "Musterstraße"


def test_a_sign_too_many_shifts_the_cells_and_the_whole_row_is_in_doubt(tmp_path):
    rows = [form(), form(Straße="Weg a;b"), form(Straße="Weg c;d"), form()]
    sheet = text(rows, mark=";").replace('"Weg a;b"', "Weg a;b")
    path = tmp_path / "a.csv"
    path.write_text(sheet.replace('"Weg c;d"', "Weg c;d").rstrip() + ";;; \n")
    source = open_source(path, profiles())

    made: list[Any] = list(source.drafts())
    keys = [one.row.parts for one in list(source.keys())]

    assert [type(one) for one in made] == [Draft, Aside, Aside, Draft]
    assert {(one.field, one.reason) for one in made[1:3]} == {
        ("row", Reason.MANY_CELLS)
    }
    assert keys[1:3] == [(), ()]
    assert "Weg a" in made[1].came.whole.values()


def test_a_note_beside_a_sheet_shifts_nothing(tmp_path):
    path = as_xlsx(tmp_path / "a.xlsx", [FORM | {"": "ask again"}])

    (draft,) = drafts(path)

    assert isinstance(draft, Draft)


def test_a_coding_that_is_neither_utf8_nor_western_is_found_out(tmp_path):
    row = {
        "Offer number": "A-1",
        "Mail": "erika@example.org",
        "Dwelling": "flat",
        "Beds": "3",
        "Available from": "2022-03-20",
        "Note": "Дуже гарна квартира біля парку, є місце для родини",
    }
    path = as_csv(tmp_path / "a.csv", [row], encoding="cp1251")

    (draft,) = drafts(path)

    assert draft.told.message.content["message"].startswith("Дуже гарна квартира")


def test_the_three_kinds_of_file_say_the_same(tmp_path):
    rows = [form(PLZ="40215"), form(E="b@example.org")]
    made = [
        drafts(as_csv(tmp_path / "a.csv", rows)),
        drafts(as_xlsx(tmp_path / "a.xlsx", rows)),
        drafts(as_ods(tmp_path / "a.ods", rows)),
    ]

    details = [[draft.details for draft in each] for each in made]

    assert details[0] == details[1] == details[2]
    assert len(details[0]) == 2


def test_rows_are_counted_as_the_person_sees_them(tmp_path):
    rows = [FORM, {}, form(Verf="ca. 3-4", E="b@example.org")]
    path = as_xlsx(tmp_path / "a.xlsx", rows, above=3)

    made = drafts(path)

    assert [draft.came.row for draft in made] == [5, 7]


def test_a_title_above_the_headings_does_not_matter(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Stadt Düsseldorf,,,\n\n" + text([FORM]), encoding="utf-8")

    (draft,) = drafts(path)

    assert draft.came.row == 4


def test_numbers_dates_and_formulas_of_a_workbook_are_read_as_shown(tmp_path):
    row = FORM | {"PLZ": 40210.0, "Verfügbare Betten": 3.0, "Hausnummer": 12}
    path = as_xlsx(tmp_path / "a.xlsx", [row])

    (draft,) = drafts(path)

    assert draft.asked == ()
    assert draft.details.location.postcode == "40210"
    assert draft.details.beds == 3
    assert draft.told.address.content["house_number"] == "12"


def test_trailing_blanks_and_capitals_of_headings_do_not_count(tmp_path):
    row = {f" {name.upper()}  ": cell for name, cell in FORM.items()}

    (draft,) = drafts(as_csv(tmp_path / "a.csv", [row]))

    assert draft.asked == ()


def test_a_control_character_makes_a_question_and_no_crash(tmp_path):
    row = form(Nachricht="Bitte\x07mel\x00den", Stra="Muster\x1bweg")

    (draft,) = drafts(as_csv(tmp_path / "a.csv", [row]))

    asked = {(asked.field, asked.reason) for asked in draft.asked}
    assert asked == {("message", Reason.CONTROL), ("street", Reason.CONTROL)}
    assert draft.came.whole["Nachricht"] == "Bitte\x07mel\x00den"


def test_a_contact_with_a_control_character_reaches_nobody(tmp_path):
    row = form(E="", Telefon="0211\x004710001")

    (aside,) = drafts(as_csv(tmp_path / "a.csv", [row]))

    assert isinstance(aside, Aside)
    assert aside.reason is Reason.NO_REACH


def test_combining_marks_without_end_are_bounded_before_they_are_composed(tmp_path):
    path = as_csv(tmp_path / "a.csv", [form(Nachricht="a" + "\u0301" * 200_000)])
    began = time.monotonic()

    (draft,) = drafts(path)

    assert [asked.reason for asked in draft.asked] == [Reason.TOO_LONG]
    assert time.monotonic() - began < 5


def test_a_quote_that_is_never_closed_is_said(tmp_path):
    path = tmp_path / "a.csv"
    rest = text([form(Sprachen="Deutsch")]).splitlines(keepends=True)[1] * 10_000
    path.write_text(text([FORM]) + '"' + rest, encoding="utf-8")

    assert "a quote that is not closed" in refusal(path)


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
@pytest.mark.parametrize("place", [2, 5, 39])
def test_a_quote_that_is_never_closed_swallows_no_row(tmp_path, place, end):
    rows = [form(E=f"e{n}@example.org", Sprachen="Deutsch") for n in range(38)]
    lines = text(rows).splitlines()
    lines[place - 1] = lines[place - 1].replace("Gerne bald.", '"Gerne bald.')
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + end, encoding="utf-8", newline="")

    assert f"not closed; it begins in line {place}." in refusal(path)


def test_an_inch_sign_and_a_quote_within_a_cell_are_no_open_quote(tmp_path):
    path = tmp_path / "a.csv"
    sheet = text([FORM]).replace("Gerne bald.", '"Gern" bald; 24" Bild')
    path.write_text(sheet, encoding="utf-8")

    (draft,) = drafts(path)

    assert draft.told.message.content["message"] == 'Gern bald; 24" Bild'


def test_two_stray_quotes_swallow_no_rows_between_them(tmp_path):
    rows = [form(E=f"e{n}@example.org", Sprachen="Deutsch") for n in range(9)]
    lines = text(rows).splitlines()
    for place in (3, 6):
        lines[place] = lines[place].replace("Gerne bald.", '"Gerne bald.')
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), encoding="utf-8")

    assert "whole rows inside one cell; a quote in line 4" in refusal(path)


def test_a_message_of_many_lines_is_one_cell(tmp_path):
    said = "Guten Tag,\nBad, Küche, Balkon; ein Hund, zwei Katzen\n\nGrüße,\nErika"

    (draft,) = drafts(as_csv(tmp_path / "a.csv", [form(Nachricht=said)]))

    assert draft.asked == ()


def test_the_coding_is_found_out_from_the_whole_file(tmp_path):
    rows = [form(E=f"e{n}@example.org", Stra="Weg", Ort="Bonn") for n in range(2_000)]
    note = "Дуже гарна квартира біля парку, є місце для родини"
    sheet = text([*rows, form(Nachricht=note)]).replace("Straße", "Strasse")
    plain = "".join(s if s.isascii() or s in note else "?" for s in sheet)
    path = tmp_path / "a.txt"
    path.write_bytes(plain.encode("cp1251"))

    assert path.stat().st_size > 250_000
    assert encoding_of(path, "a.txt") == "cp1251"


@pytest.mark.parametrize(
    "content",
    [
        text([FORM] * 2_000).encode("cp1252") + b"\x81\r\n",
        text([FORM] * 5).encode("utf-16")[:-1],
    ],
)
def test_signs_of_no_coding_are_said_wherever_they_stand(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)

    assert "has signs in no known coding" in refusal(path)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\xef\xbb\xbf \r\n", "is empty"),
        ("a.csv", b"%PDF-1.7\n", "is a PDF document"),
        ("a.csv", b"\x89PNG\r\n", "is a picture"),
        ("a.xlsx", b"Name;PLZ\nx;1\n", "is not what its name says"),
        ("a.csv", b'{"id": 1}\n', "is not what its name says"),
        ("a.csv", b"\x00\x01\x02 " * 400, "is no text and no spreadsheet"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1", "is an old Excel file"),
        ("a.xlsx", b"PK\x03\x04 and then nothing", "is damaged or was cut off"),
        ("a.docx", b"Name;PLZ\nx;1\n", "is none of CSV, XLSX, ODS, JSON"),
        ("a.csv", b"eins;zwei\n1;2\n", "No profile knows the headings"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_in_a_sentence(
    tmp_path, name, content, why
):
    path = tmp_path / name
    path.write_bytes(content)

    assert why in refusal(path)


def test_a_workbook_under_the_name_of_a_csv_is_refused(tmp_path):
    path = as_xlsx(tmp_path / "a.xlsx", [FORM]).rename(tmp_path / "a.csv")

    assert "is not what its name says: it holds XLSX" in refusal(path)


def test_a_truncated_workbook_is_refused(tmp_path):
    path = as_xlsx(tmp_path / "a.xlsx", [FORM] * 200)
    path.write_bytes(path.read_bytes()[:-2_000])

    assert "is damaged or was cut off" in refusal(path)


def test_a_workbook_with_a_broken_part_is_refused(tmp_path):
    path = as_xlsx(tmp_path / "a.xlsx", [FORM])
    broken = tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(broken, "w") as new:
        for part in old.infolist():
            sheet = part.filename.startswith("xl/worksheets/")
            new.writestr(part, b"<not really xml" if sheet else old.read(part))

    assert "is damaged or was cut off" in refusal(broken)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(160):
                part.write(b" " * MEGABYTE)

    assert path.stat().st_size < MEGABYTE
    assert "would unpack to 160 MB" in refusal(path)


def test_a_cell_at_the_far_end_of_a_sheet_does_not_take_all_memory(tmp_path):
    path = tmp_path / "a.xlsx"
    as_xlsx(path, [FORM])
    far = tmp_path / "far.xlsx"
    row = b'<row r="1048576"><c r="CV1048576"><v>1</v></c></row></sheetData>'
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(far, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(part, content.replace(b"</sheetData>", row))

    assert "needs more memory than is allowed" in refusal(far)


def test_a_profile_that_does_not_fit_names_what_is_missing(tmp_path):
    path = as_csv(tmp_path / "a.csv", [FORM])

    said = refusal(path, chosen="offers")

    assert "does not fit the profile offers" in said
    assert "Angebots-Nr. / Offer number" in said
    assert "There is no profile nowhere" in refusal(path, chosen="nowhere")


def test_sheets_and_columns_that_no_profile_uses_are_noted(tmp_path):
    path = as_csv(tmp_path / "a.csv", [FORM | {"Lieblingsfarbe": "blau"}])
    notes = Notes()

    (draft,) = open_source(path, profiles()).drafts(notes)

    assert notes.unused == {"Lieblingsfarbe": None}
    assert notes.profiles == {"german-form@1": None}
    assert draft.came.whole["Lieblingsfarbe"] == "blau"


def test_a_large_sheet_stays_below_half_a_gigabyte(tmp_path):
    path = tmp_path / "a.xlsx"
    _large_workbook(path, unpacked=145 * MEGABYTE)

    assert _peak(path, "sum(1 for t in tables(path, Form.XLSX, '') for _ in t.lines)")


def test_a_large_csv_stays_below_half_a_gigabyte(tmp_path):
    path = tmp_path / "a.csv"
    (line,) = text([form(Nachricht="x" * 3_000, Sprachen="de")]).splitlines()[1:]
    with path.open("w", encoding="utf-8") as file:
        file.write(text([FORM]))
        for number in range(10_001):
            file.write(line.replace("erika@", f"erika{number}@") + "\n")

    assert path.stat().st_size > 30 * MEGABYTE
    assert _peak(path, "sum(1 for _ in open_source(path, profiles()).drafts())")


def _large_workbook(path, *, unpacked: int) -> None:
    small = as_xlsx(path.with_name("small.xlsx"), [OFFER])
    row = "".join(
        f'<c r="{chr(65 + n)}{{0}}" t="inlineStr"><is><t>zelle {n}</t></is></c>'
        for n in range(8)
    )
    with (
        zipfile.ZipFile(small) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for part in old.infolist():
            if not part.filename.startswith("xl/worksheets/"):
                new.writestr(part, old.read(part))
        with new.open("xl/worksheets/sheet1.xml", "w") as sheet:
            start, _, end = old.read("xl/worksheets/sheet1.xml").partition(b"</sheetD")
            sheet.write(start)
            written, number = 0, 3
            while written < unpacked:
                cells = row.replace("{0}", str(number))
                line = f'<row r="{number}">{cells}</row>'.encode()
                sheet.write(line)
                written, number = written + len(line), number + 1
            sheet.write(b"</sheetD" + end)


_PROGRAM = """
import resource, sys
from pathlib import Path
from services.intake.files import Form
from services.intake.profile import profiles
from services.intake.source import open_source
from services.intake.tables import tables
path = Path(sys.argv[1])
assert {work} > 10_000
status = Path("/proc/self/status").read_text()
own = int(status.partition("VmHWM:")[2].split()[0])
print(max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
"""
# `ru_maxrss` of the process itself would count what the whole test run held as well.


def _peak(path, work: str) -> bool:
    """Read a file in a process of its own, and that in another; measure both."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(work=work), str(path)],
        capture_output=True, text=True, check=True, timeout=110,
    )  # fmt: skip
    return int(done.stdout) * 1024 < 500 * MEGABYTE
