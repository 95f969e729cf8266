"""Files as channels send them, made for a test."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import xlsxwriter

FORM = {
    "frühestes Einzugsdatum": "03/20/2022",
    "Möglicher Aufenthalt (Dauer)": "6 Monate",
    "Verfügbare Betten": "3",
    "Sprachen (sprechen / verstehen)": "Deutsch\nEnglisch",
    "Land": "Deutschland",
    "Ort": "Düsseldorf",
    "PLZ": "40210",
    "Straße": "Musterstraße",
    "Hausnummer": "12",
    "Ist die Unterkunft rollstuhlgerecht?": "Ja",
    "Haustiere erlaubt?": "Nein",
    "Sind Haustiere im Haushalt vorhanden?": "Nein",
    "Name": "Erika Beispiel",
    "Telefonnummer": "0211 4710001",
    "E-Mail": "erika@example.org",
    "Nachricht": "Gerne bald.",
}
"""A row of the German web form that is certain in every cell."""
OFFER = {
    "Angebots-Nr.": "A-1",
    "Stand": "1",
    "Name": "Erika Beispiel",
    "E-Mail": "erika@example.org",
    "PLZ": "40210",
    "Wohnform": "Wohnung",
    "Betten": "3",
    "Verfügbar ab": "20.03.2022",
}
NEED = {
    "Bedarfs-Nr.": "N-1",
    "Ansprechperson": "Olena Beispielenko",
    "Telefon": "+380671234567",
    "Haushalt": "Mutter 34 w; Tochter 12",
    "Personen": "2",
    "Dringlichkeit": "akut",
}

Rows = Sequence[Mapping[str, object]]


def form(**other: str) -> dict[str, str]:
    """Return the form's row with other cells, by the first letters of the heading."""
    row = dict(FORM)
    for start, cell in other.items():
        (heading,) = [name for name in row if name.lower().startswith(start.lower())]
        row[heading] = cell
    return row


def text(rows: Rows, *, mark: str = ",") -> str:
    headings = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=mark)
    writer.writerow(headings)
    writer.writerows([row.get(name, "") for name in headings] for row in rows)
    return out.getvalue()


def as_csv(path: Path, rows: Rows, *, mark: str = ",", encoding: str = "utf-8") -> Path:
    path.write_bytes(text(rows, mark=mark).encode(encoding))
    return path


def as_xlsx(path: Path, rows: Rows, *, above: int = 0) -> Path:
    headings = list(dict.fromkeys(name for row in rows for name in row))
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Tabelle1")
    lines: Iterable[Sequence[object]] = [
        headings,
        *([row.get(name, "") for name in headings] for row in rows),
    ]
    for number, line in enumerate(lines, start=above):
        for place, cell in enumerate(line):
            sheet.write(number, place, cell)
    book.close()
    return path


def as_ods(path: Path, rows: Rows) -> Path:
    """A small ODS file: what calamine needs of it, and no more."""
    headings = list(dict.fromkeys(name for row in rows for name in row))
    lines = [headings, *([str(row.get(name, "")) for name in headings] for row in rows)]
    table = "".join(
        "<table:table-row>"
        + "".join(
            '<table:table-cell office:value-type="string"><text:p>'
            f"{cell}</text:p></table:table-cell>"
            for cell in line
        )
        + "</table:table-row>"
        for line in lines
    )
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0"?><office:document-content office:version="1.2" '
        f'xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" '
        f'xmlns:text="{space}:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="T">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("styles.xml", "<x/>")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:'
            f'xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
            f'manifest:media-type="{kind}"/></manifest:manifest>',
        )
    return path
