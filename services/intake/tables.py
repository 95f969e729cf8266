"""The lines of a table, whatever file it stands in; one after the other."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
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
            rows = csv.reader(file, delimiter=delimiter_of(sample))
            for number, row in enumerate(rows, start=1):
                yield Line(number, tuple(row))
    except csv.Error as error:
        raise FileRefused(
            f"{called} cannot be parted into cells; look for a quote that is not "
            "closed, or export it again."
        ) from error
    finally:
        csv.field_size_limit(before)


def encoding_of(path: Path, called: str) -> str:
    """UTF-8 if all of it is; else cp1252 if it reads as German; else the likeliest."""
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if _is_utf8(path):
        return "utf-8-sig"
    high = {bytes([byte]) for byte in sample if byte > 0x7F}  # noqa: PLR2004 - ASCII ends
    if all(sign.decode("cp1252", "replace") in _GERMAN for sign in high):
        return "cp1252"
    best = from_bytes(sample).best()
    if best is None:
        raise FileRefused(f"{called} has signs in no known coding; save it as UTF-8.")
    return best.encoding


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
