"""Tables as the bytes of a file, the same bytes on every machine.

Zip containers are stored, not deflated: two releases of zlib need not squeeze alike.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO, StringIO
from xml.sax.saxutils import escape
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet


@dataclass(frozen=True)
class Formula:
    """A cell that calculates; `shows` is what the sheet last displayed."""

    text: str
    shows: int


Cell = str | int | float | date | datetime | Formula | None
Table = Sequence[Mapping[str, Cell]]

_CREATED = datetime.combine(date(2022, 3, 18), time())
"""A workbook knows no zone."""
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_CONTENT = (
    f'{_XML}<office:document-content xmlns:office="{_OASIS}:office:1.0"'
    f' xmlns:table="{_OASIS}:table:1.0" xmlns:text="{_OASIS}:text:1.0"'
    ' office:version="1.2"><office:body><office:spreadsheet>'
    '<table:table table:name="Kontingente">\n{rows}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>\n"
)
_STYLES = (
    f'{_XML}<office:document-styles xmlns:office="{_OASIS}:office:1.0"'
    ' office:version="1.2"/>\n'
)
_PART = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>'
_MANIFEST = (
    f'{_XML}<manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0"'
    ' manifest:version="1.2">'
    + _PART.format("/", _ODS)
    + _PART.format("content.xml", "text/xml")
    + _PART.format("styles.xml", "text/xml")
    + "</manifest:manifest>\n"
)


def as_csv(headings: Sequence[str], rows: Table, *, mark: str, encoding: str) -> bytes:
    """Write the rows parted by `mark`; whatever the encoding lacks is an error."""
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=mark, lineterminator="\r\n")
    writer.writerow(headings)
    for row in rows:
        writer.writerow(_shown(row.get(heading)) for heading in headings)
    return text.getvalue().encode(encoding)


def as_json(rows: Table) -> bytes:
    """Write one array of objects, as the partner's API answers."""
    return (json.dumps(list(rows), ensure_ascii=False, indent=1) + "\n").encode()


def as_xlsx(headings: Sequence[str], rows: Table) -> bytes:
    """Write a workbook of one sheet; numbers and dates are numbers and dates."""
    memory = BytesIO()
    book = Workbook(memory, {"in_memory": True})
    book.set_properties({"created": _CREATED})
    day, moment = (
        book.add_format({"num_format": form})
        for form in ("dd.mm.yyyy", "yyyy-mm-dd hh:mm:ss")
    )
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, headings)
    for number, row in enumerate(rows, start=1):
        for column, heading in enumerate(headings):
            match row.get(heading):
                case None:
                    continue
                case datetime() as cell:
                    sheet.write_datetime(number, column, cell, moment)
                case date() as cell:
                    sheet.write_datetime(number, column, cell, day)
                case cell:
                    _write(sheet, number, column, cell)
    book.close()
    with ZipFile(memory) as deflated:
        return _zipped([(name, deflated.read(name)) for name in deflated.namelist()])


def as_ods(headings: Sequence[str], rows: Table) -> bytes:
    """Write an OpenDocument sheet: the least that office programs open."""
    lines: list[Sequence[Cell]] = [headings]
    lines += ([row.get(name) for name in headings] for row in rows)
    body = "".join(map(_ods_row, lines))
    return _zipped(
        [
            ("mimetype", _ODS.encode()),
            ("content.xml", _CONTENT.format(rows=body).encode()),
            ("styles.xml", _STYLES.encode()),
            ("META-INF/manifest.xml", _MANIFEST.encode()),
        ]
    )


def _write(sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
    match cell:
        case Formula(text=text, shows=shows):
            sheet.write_formula(row, column, text, None, shows)
        case int() | float():
            sheet.write_number(row, column, cell)
        case _:
            sheet.write_string(row, column, str(cell))


def _shown(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Formula(text=text):
            return text
        case date():
            return f"{cell:%d.%m.%Y}"
        case _:
            return str(cell)


def _ods_row(cells: Sequence[Cell]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, cells))}</table:table-row>\n"


def _ods_cell(cell: Cell) -> str:
    text = f"<text:p>{escape(_shown(cell))}</text:p></table:table-cell>"
    match cell:
        case None:
            return "<table:table-cell/>"
        case int() | float():
            kind = f'office:value-type="float" office:value="{cell}"'
        case date():
            kind = f'office:value-type="date" office:date-value="{cell:%Y-%m-%d}"'
        case _:
            kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}>{text}"


def _zipped(parts: Sequence[tuple[str, bytes]]) -> bytes:
    memory = BytesIO()
    with ZipFile(memory, "w", ZIP_STORED) as packed:
        for name, content in parts:
            info = ZipInfo(name)
            info.create_system = 3  # the same byte, whoever packs it
            packed.writestr(info, content)
    return memory.getvalue()
