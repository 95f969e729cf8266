"""The lines of a table, whatever file it stands in; one after the other."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from services.intake.files import FileRefused, Form
from services.intake.workbook import BAD_FILE

MOST_LINES = 500_000
LONGEST_CELL = 20_000
_FIELD_LIMIT = 1_000_000
_SAMPLE = 200_000
_HEADING = 16_000
_FEWEST_CELLS = 8
_ASCII = bytes(range(0x80))
_UMLAUTS = frozenset("äöüßÄÖÜ")
_UNDEFINED = "\ufffd"
_END = "\x00end of the file\x00"
_GERMAN = frozenset("äöüßÄÖÜ€§°²³éèáàâçôñ„“”‚‘’–—…·´•«» ")


@dataclass(frozen=True)
class Line:
    """One line as a person counts them: the first line of the file is 1."""

    number: int
    cells: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """A sheet. Its lines must be read before the next table is asked for."""

    name: str
    lines: Iterator[Line]
    is_parted: bool = False
    """Signs part its cells: one sign too many, and all cells after it are shifted."""


def tables(path: Path, form: Form, called: str) -> Iterator[Table]:
    """Yield every table of a text file or workbook; raise `FileRefused`."""
    if form is Form.TEXT:
        yield Table("", _bounded(_text_lines(path, called), called), is_parted=True)
    else:
        yield from _sheets(path, called)


def _text_lines(path: Path, called: str) -> Iterator[Line]:
    encoding = encoding_of(path, called)
    before = csv.field_size_limit(_FIELD_LIMIT)
    try:
        with path.open(encoding=encoding, newline="") as file:
            sample = file.read(_HEADING)
            file.seek(0)
            yield from _rows(file, delimiter_of(sample), called)
    except UnicodeDecodeError as error:
        raise FileRefused(
            f"{called} has signs in no known coding; save it as UTF-8."
        ) from error
    except csv.Error as error:
        raise FileRefused(
            f"{called} cannot be parted into cells; look for a quote that is not "
            "closed, or export it again."
        ) from error
    finally:
        csv.field_size_limit(before)


def _rows(file: Iterable[str], delimiter: str, called: str) -> Iterator[Line]:
    """Part lines into cells; `csv` itself takes an open quote at the end for closed."""
    rows = csv.reader(_ended(file), delimiter=delimiter)
    line, width = 1, 0
    for number, row in enumerate(rows, start=1):
        if row == [_END]:
            return
        if row and row[-1].endswith(_END):
            line = rows.line_num - _height(row[-1].removesuffix(_END))
            raise FileRefused(
                f"{called} has a quote that is not closed; it begins in line {line}. "
                "Remove or close it there in a text editor, or export the file again."
            )
        if rows.line_num > line and _swallowed(row, width, delimiter):
            raise FileRefused(
                f"{called} has whole rows inside one cell; a quote in line {line} or "
                "below is one too many. Remove it, or export the file again."
            )
        yield Line(number, tuple(row))
        line, width = rows.line_num + 1, len(row)


def _height(cell: str) -> int:
    return len(io.StringIO(cell, newline="").readlines()) or 1


def _swallowed(row: Sequence[str], width: int, delimiter: str) -> bool:
    """Say whether a cell holds rows: each whole line in it has all their delimiters.

    They have no quotes of their own, else the cell would have ended there.
    """
    inner = [line for cell in row for line in cell.splitlines()[1:-1]]
    return width >= _FEWEST_CELLS and any(
        line.count(delimiter) == width - 1 for line in inner
    )


def _ended(lines: Iterable[str]) -> Iterator[str]:
    yield from lines
    yield _END


def encoding_of(path: Path, called: str) -> str:
    """UTF-8 if all of it is; else cp1252 if it reads as German; else the likeliest.

    The whole file is looked at: its first foreign sign may stand at its end.
    """
    with path.open("rb") as file:
        if file.read(2) in {b"\xff\xfe", b"\xfe\xff"}:
            return "utf-16"
    if _is_utf8(path):
        return "utf-8-sig"
    high, sample = _high(path)
    signs = {bytes([byte]).decode("cp1252", "replace") for byte in high}
    if signs <= _GERMAN:
        return "cp1252"
    is_broken = signs <= {*_GERMAN, _UNDEFINED} and not signs.isdisjoint(_UMLAUTS)
    best = None if is_broken else from_bytes(sample).best()
    if best is None:
        raise FileRefused(f"{called} has signs in no known coding; save it as UTF-8.")
    return best.encoding


def _high(path: Path) -> tuple[frozenset[int], bytes]:
    """Return the bytes that are not ASCII, and some of the lines they stand in."""
    high, sample = set[int](), bytearray()
    with path.open("rb") as file:
        while lines := file.readlines(_SAMPLE):
            high.update(b"".join(lines).translate(None, _ASCII))
            if len(sample) < _SAMPLE:
                sample += b"".join(line for line in lines if not line.isascii())
    return frozenset(high), bytes(sample[:_SAMPLE])


def delimiter_of(sample: str) -> str:
    """Return the sign that parts the cells: the commonest outside quotes at the top."""
    bare = "".join(sample.split('"')[::2])
    lines = [line for line in bare.splitlines() if line.strip()][:5]
    counts = {sign: sum(line.count(sign) for line in lines) for sign in ";\t,"}
    return max(counts, key=lambda sign: counts[sign])


def _is_utf8(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8-sig") as file:
            while file.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _sheets(path: Path, called: str) -> Iterator[Table]:
    command = [sys.executable, "-I", "-m", "services.intake.workbook", str(path)]
    with subprocess.Popen(  # noqa: S603 - our own module, and the file's path
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        encoding="utf-8",
    ) as child:  # fmt: skip
        try:
            yield from _parted(_messages(child, called), called)
        finally:
            child.kill()


def _messages(child: "subprocess.Popen[str]", called: str) -> Iterator[str]:
    if child.stdout is None:
        raise TypeError("the child was started without a pipe")
    yield from child.stdout
    code = child.wait()
    if code == BAD_FILE:
        raise FileRefused(
            f"{called} is damaged or was cut off; copy or export it again."
        )
    if code != 0:
        raise FileRefused(
            f"{called} needs more memory than is allowed; save it as CSV."
        )


def _parted(messages: Iterator[str], called: str) -> Iterator[Table]:
    """Part the child's lines into sheets; each sheet is read by its taker."""
    ahead: list[str] = []

    def lines() -> Iterator[Line]:
        for message in messages:
            if message.startswith("{"):
                ahead.append(message)
                return
            number, cells = json.loads(message)
            yield Line(number, tuple(cells))

    ahead.extend(message for message in [next(messages, "")] if message)
    while ahead:
        name = json.loads(ahead.pop())["sheet"]
        table = Table(name, _bounded(lines(), called))
        yield table
        for _ in table.lines:
            pass


def _bounded(lines: Iterator[Line], called: str) -> Iterator[Line]:
    for count, line in enumerate(lines):
        if count >= MOST_LINES:
            raise FileRefused(f"{called} has more than 500,000 lines; split it.")
        yield line
