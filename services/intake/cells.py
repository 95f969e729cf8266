"""One row, read by its profile: what each field says, and what must be asked."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count

from events.values import Plain
from services.intake.fields import ADDRESS, CONTACT, FIELDS, MESSAGE, PERSONAL
from services.intake.parse import Read, ask, is_blank, unclean
from services.intake.profile import Column, Fitted
from services.intake.readers import Ways
from services.intake.reasons import Reason
from services.intake.tables import LONGEST_CELL

_FREE = frozenset({*CONTACT, *ADDRESS, *MESSAGE}) - {"mail", "phone", "country"}
PHONES = ("phone", "whatsapp", "telegram")
_TEXT_LENGTH = 2_000
_NAME_LENGTH = 180
_REMEMBERED = 20_000
_PIECE = re.compile(r"(.*) \([0-9]+\)", re.DOTALL)
_HIDDEN = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")


@dataclass(frozen=True)
class Asked:
    """A cell that a person must settle; `field` is the profile's name for it."""

    field: str
    raw: str
    reason: Reason


@dataclass(frozen=True)
class Values:
    """What a row says by field: the value, and the cell as it was written."""

    row: int
    told: Mapping[str, object]
    raw: Mapping[str, str]
    asked: tuple[Asked, ...]
    whole: Mapping[str, str] = field(default_factory=dict)
    """Heading → cell of the whole row, to be kept sealed."""
    said: tuple[str, ...] = ()
    """Field and cell by turns, of every cell that was read."""
    is_shifted: bool = False
    """Some cell was parted in two, so nobody knows which cells say what."""

    def text(self, name: str) -> str | None:
        value = self.told.get(name)
        return value if isinstance(value, str) else None

    def number(self, name: str) -> int | None:
        value = self.told.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @cached_property
    def ways(self) -> tuple[str, ...]:
        """Mails, then phones, in their one normal form: `mail:…`, `phone:+…`."""
        mails = [f"mail:{mail}" for mail in several(self.told.get("mail"))]
        phones = [self.text(name) for name in PHONES]
        good = [f"phone:{phone}" for phone in phones if phone and phone[0] == "+"]
        return tuple(dict.fromkeys((*mails, *good)))

    def asking(self, *more: Asked) -> "Values":
        return replace(self, asked=(*self.asked, *more))


def several(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


class CellReader:
    """Reads the rows of one table; the same cell twice is read once."""

    def __init__(
        self, fitted: Fitted, headings: Sequence[str], most: int | None = None
    ) -> None:
        """`most` cells a row can have; absent, where more do no harm."""
        self.fitted, self._most = fitted, most
        self._headings = _names(headings)
        self._columns = tuple(fitted.places.items())
        self._ways = {
            column.to: Ways(
                column.dates or fitted.profile.dates,
                fitted.profile.words.get(column.to, {}),
            )
            for column in fitted.places.values()
        }
        self._known: dict[tuple[str, str], Read[object]] = {}

    def only(self, names: frozenset[str]) -> "CellReader":
        """Return a reader of a few fields: enough to tell rows apart."""
        few = {p: c for p, c in self.fitted.places.items() if c.to in names}
        return CellReader(replace(self.fitted, places=few), (), self._most)

    def read(self, number: int, cells: Sequence[str]) -> Values:
        """Return what the row says; it never fails."""
        told: dict[str, object] = dict(self.fitted.profile.always)
        raw: dict[str, str] = {}
        asked: list[Asked] = []
        said: list[str] = []
        for place, column in self._columns:
            cell = cells[place] if place < len(cells) else ""
            if not (bare := cell.strip()):
                continue
            said += (column.to, bare)
            found = self._cell(column, cell)
            if found.value is None and found.reason is None:
                continue
            raw[column.to] = cell
            if found.value is not None:
                told[column.to] = found.value
            if found.reason is not None:
                asked.append(Asked(column.to, cell, found.reason))
        return Values(
            number,
            told,
            raw,
            tuple(asked),
            self._whole(cells),
            tuple(said),
            self._most is not None and any(map(str.strip, cells[self._most :])),
        )

    def told(self, cells: Sequence[str]) -> dict[str, str]:
        """Return heading → cell of a row, its empty cells too."""
        padded = (*cells, *[""] * len(self._headings))
        return dict(zip(self._headings, padded, strict=False)) | self._whole(cells)

    def _cell(self, column: Column, cell: str) -> Read[object]:
        key = (column.to, cell)
        if (known := self._known.get(key)) is not None:
            return known
        found = self._fresh(column.to, cell)
        if column.to not in PERSONAL and len(self._known) < _REMEMBERED:
            self._known[key] = found
        return found

    def _fresh(self, name: str, cell: str) -> Read[object]:
        if (why := unclean(cell, longest=LONGEST_CELL)) is not None:
            return ask(why)
        if name not in _FREE:
            if is_blank(cell):
                return Read()
            if cell.lstrip().startswith("="):
                return ask(Reason.FORMULA)
        return FIELDS[name](cell, self._ways[name])

    def _whole(self, cells: Sequence[str]) -> dict[str, str]:
        names = self._headings
        if not names:
            return {}
        told = {
            n: c for n, c in zip(names, cells, strict=False) if c and not c.isspace()
        }
        for place, cell in enumerate(cells[len(names) :], start=len(names) + 1):
            if cell.strip():
                told[f"column {place}"] = cell
        return told


def boxed(purpose: str, parts: Mapping[str, str]) -> Plain | None:
    """Return the parts as something to seal; None where there is nothing.

    Long texts are continued under a second name; control characters are shown. A row
    is kept to its end, other parts as far as a cell may reach.
    """
    longest = None if purpose == "row" else LONGEST_CELL
    content: dict[str, str] = {}
    for key, text in parts.items():
        if not text:
            continue
        # What can be printed hides nothing; that is known ten times as fast.
        is_shown = text.isprintable() or not _HIDDEN.search(text)
        if len(text) <= _TEXT_LENGTH and is_shown:
            content[key] = text
        else:
            content |= _pieces(key, text[:longest], parts)
    # Every piece is short and clean by now; to validate them again takes longer
    # than to seal them.
    return Plain.trusted(purpose=purpose, content=content) if content else None


def joined(content: Mapping[str, str]) -> dict[str, str]:
    """Put long texts together again, which were sealed in pieces.

    A piece follows the one before it, and that is as long as a piece can be. So a
    column that is called like a piece, `Contact (2)`, stays one of its own.
    """
    whole: dict[str, str] = {}
    last, is_full = "", False
    for name, text in content.items():
        piece = _PIECE.fullmatch(name)
        if is_full and piece is not None and piece[1] == last:
            whole[last] += text
        else:
            whole[name], last = text, name
        is_full = len(text) == _TEXT_LENGTH
    return whole


def _pieces(key: str, text: str, parts: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Cut a text; a name that another part has is left to that one.

    Beside a part that is called like a piece the last piece is never a full one: so it
    is plain where the text ends.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    shown = _HIDDEN.sub(_as_code, lines)
    names = (f"{key} ({number})" for number in count(2))
    free = (name for name in names if name not in parts)
    is_beside = any(name.startswith(f"{key} (") for name in parts)
    for start in range(0, len(shown) + is_beside, _TEXT_LENGTH):
        piece = shown[start : start + _TEXT_LENGTH]
        yield next(free) if start else key, piece


def _names(headings: Sequence[str]) -> list[str]:
    """Name every column as its heading does; the second of one name by its place."""
    names: dict[str, None] = {}
    for place, heading in enumerate(headings, start=1):
        bare = _HIDDEN.sub(_as_code, heading.strip())[:_NAME_LENGTH]
        name = bare or f"column {place}"
        while name in names:
            name = f"{name} [{place}]"
        names[name] = None
    return list(names)


def _as_code(sign: re.Match[str]) -> str:
    return f"\\x{ord(sign[0]):02x}"
