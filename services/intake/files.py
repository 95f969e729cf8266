"""Which kind of file this is: looked at, never believed by its name alone."""

import zipfile
from enum import Enum
from pathlib import Path

MOST_UNPACKED = 150_000_000
"""A 35 MB sheet took 416 MB to read; more than this is refused before it is opened."""
MOST_BYTES = 200_000_000
MOST_PARTS = 5_000
_HEAD = 4_096


class FileRefused(ValueError):
    """The file as a whole cannot be read; the text says why, and what to do."""


class Form(Enum):
    """What a file really is."""

    TEXT = "text"
    XLSX = "xlsx"
    ODS = "ods"
    JSON = "json"


_NAMES = {
    ".csv": {Form.TEXT},
    ".tsv": {Form.TEXT},
    ".txt": {Form.TEXT, Form.JSON},
    ".xlsx": {Form.XLSX},
    ".xlsm": {Form.XLSX},
    ".ods": {Form.ODS},
    ".json": {Form.JSON},
    ".jsonl": {Form.JSON},
    ".ndjson": {Form.JSON},
}
_FOREIGN = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "an archive"),
    (b"7z\xbc\xaf", "an archive"),
    (b"{\\rtf", "a text document"),
    (b"<!DOCTYPE html", "a web page"),
    (b"<html", "a web page"),
)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def form_of(path: Path, name: str | None = None) -> Form:
    """Return what the file is; raise `FileRefused` when its name says otherwise.

    `name` is what the person called it, where it was uploaded.
    """
    called = name or path.name
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise FileRefused(f"{called} cannot be opened: {error.strerror}.") from error
    if not head.strip(b"\xef\xbb\xbf \r\n\t"):
        raise FileRefused(f"{called} is empty; export it again.")
    if size > MOST_BYTES:
        raise FileRefused(f"{called} is larger than 200 MB; split it.")
    found = _look(path, head, called)
    wanted = _NAMES.get(Path(called).suffix.lower())
    if wanted is None:
        raise FileRefused(f"{called} is none of CSV, XLSX, ODS, JSON; save it as one.")
    if found not in wanted:
        raise FileRefused(
            f"{called} is not what its name says: it holds {found.name}; "
            "save it again in that format or rename it."
        )
    return found


def _look(path: Path, head: bytes, called: str) -> Form:
    if head.startswith(_OLD_OFFICE):
        raise FileRefused(
            f"{called} is an old Excel file or has a password; "
            "save it as .xlsx without one."
        )
    for mark, what in _FOREIGN:
        if head.lstrip().lower().startswith(mark.lower()):
            raise FileRefused(f"{called} is {what}; export the table as CSV or XLSX.")
    if head.startswith(b"PK"):
        return _packed(path, called)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Form.TEXT
    if head.count(0) > len(head) // 100:
        raise FileRefused(f"{called} is no text and no spreadsheet; export it as CSV.")
    starts = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return Form.JSON if starts.startswith((b"{", b"[")) else Form.TEXT


def _packed(path: Path, called: str) -> Form:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise FileRefused(
            f"{called} is damaged or was cut off; copy or export it again."
        ) from error
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS:
        raise FileRefused(
            f"{called} would unpack to {unpacked // 1_000_000} MB, 150 MB are allowed; "
            "remove what is not needed, or save it as CSV."
        )
    names = {part.filename for part in parts}
    if "xl/workbook.xml" in names:
        return Form.XLSX
    if "content.xml" in names and "styles.xml" in names:
        return Form.ODS
    raise FileRefused(f"{called} is an archive, but no XLSX or ODS; unpack it first.")
