"""From a file to drafts, one after the other; the same file gives the same drafts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from services.intake import messages
from services.intake.cells import CellReader, Values
from services.intake.draft import Drafted, RowKey
from services.intake.drafts import draft, row_key
from services.intake.files import FileRefused, Form, form_of
from services.intake.profile import FURTHEST_HEADING, Fitted, Profile, best
from services.intake.tables import Line, Table, tables

MOST_GROUPED = 20_000


@dataclass
class Notes:
    """What was seen beside the rows, for the report."""

    profiles: dict[str, None] = field(default_factory=dict)
    unused: dict[str, None] = field(default_factory=dict)
    """Columns that no profile uses; they are kept in the sealed row."""
    sheets: list[str] = field(default_factory=list)
    """Sheets of a workbook whose headings no profile knows."""
    lines: int = 0


@dataclass(frozen=True)
class Key:
    """By what a row is known, and which of two states of it is the newer one."""

    source: str
    row: RowKey
    revision: int | None


@dataclass(frozen=True)
class Sent:
    """A message of a channel: one row, or the rows of one contract."""

    channel: str
    rows: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Source:
    """A file and the profiles by which it may be read.

    `chosen` overrides what the headings say. May be read as often as wanted.
    """

    path: Path
    called: str
    form: Form
    profiles: Mapping[str, Profile]
    chosen: Profile | None = None

    def drafts(self, notes: Notes | None = None) -> Iterator[Drafted]:
        """Yield what becomes of each row; raise `FileRefused`."""
        seen = Notes() if notes is None else notes
        if self.form is Form.JSON:
            yield from messages.drafts(self.path, self._profiles(), seen.profiles)
            return
        for fitted, reader, lines in self._tables(seen):
            rows = _read(reader, lines, seen)
            groups = _groups(fitted, rows) if fitted.profile.grouped else _alone(rows)
            yield from (draft(fitted, group) for group in groups)

    def keys(self) -> Iterator[Key]:
        """Yield the key of each draft, in the order of `drafts`, reading no more."""
        if self.form is Form.JSON:
            for made in messages.drafts(self.path, self._profiles(), {}):
                came = made.came
                yield Key(came.source or came.channel, came.key, came.revision)
            return
        for fitted, reader, lines in self._tables(Notes()):
            channel = fitted.profile.channel
            rows = _read(reader.only(_key_fields(fitted.profile)), lines, Notes())
            groups = _groups(fitted, rows) if fitted.profile.grouped else _alone(rows)
            for group in groups:
                key = row_key(fitted.profile, group)
                yield Key(channel, key, group[0].number("revision"))

    def sent(self) -> Iterator[Sent]:
        """Yield each row, or all rows of a contract, as its channel would send it."""
        if self.form is Form.JSON:
            for made in messages.drafts(self.path, self._profiles(), {}):
                yield Sent(made.came.channel, (made.came.whole,))
            return
        for fitted, reader, lines in self._tables(Notes()):
            cells: dict[int, tuple[str, ...]] = {}
            rows = _read(reader, _kept(lines, cells), Notes())
            groups = _groups(fitted, rows) if fitted.profile.grouped else _alone(rows)
            for group in groups:
                told = (reader.told(cells.pop(row.row)) for row in group)
                yield Sent(fitted.profile.channel, tuple(told))

    def _profiles(self) -> Sequence[Profile]:
        return [self.chosen] if self.chosen else list(self.profiles.values())

    def _tables(
        self, notes: Notes
    ) -> Iterator[tuple[Fitted, CellReader, Iterator[Line]]]:
        known = 0
        for table in tables(self.path, self.form, self.called):
            found = _headed(table, self._profiles())
            if found is None:
                notes.sheets.append(table.name)
                continue
            fitted, headings = found
            known += 1
            notes.profiles[fitted.profile.called] = None
            notes.unused |= dict.fromkeys(fitted.unused)
            most = len(headings) if table.is_parted else None
            yield fitted, CellReader(fitted, headings, most), table.lines
        if not known:
            raise self._unknown()

    def _unknown(self) -> FileRefused:
        if self.chosen is None:
            return FileRefused(
                f"No profile knows the headings of {self.called}; name one with "
                "--profile, or draft one with `beistand profile suggest`."
            )
        profile = self.chosen.name
        columns = ", ".join(
            c.heading.strip() for c in self.chosen.columns if c.required
        )
        return FileRefused(
            f"{self.called} does not fit the profile {profile}: it needs the columns "
            f"{columns}."
        )


def open_source(
    path: Path,
    profiles: Mapping[str, Profile],
    *,
    called: str | None = None,
    chosen: str | None = None,
) -> Source:
    """Look at a file before anything of it is read; raise `FileRefused`."""
    if chosen is not None and chosen not in profiles:
        names = ", ".join(sorted(profiles))
        raise FileRefused(f"There is no profile {chosen}; there are {names}.")
    name = called or path.name
    profile = profiles[chosen] if chosen else None
    return Source(path, name, form_of(path, name), profiles, profile)


def _headed(
    table: Table, profiles: Sequence[Profile]
) -> tuple[Fitted, tuple[str, ...]] | None:
    """Find the headings among the first lines; a title may stand above them."""
    for line in islice(table.lines, FURTHEST_HEADING):
        fitted = best(profiles, line.cells)
        if fitted is not None:
            return fitted, line.cells
    return None


def _read(reader: CellReader, lines: Iterator[Line], notes: Notes) -> Iterator[Values]:
    for line in lines:
        notes.lines += 1
        if not line.is_empty:
            yield reader.read(line.number, line.cells)


def _kept(lines: Iterator[Line], cells: dict[int, tuple[str, ...]]) -> Iterator[Line]:
    """Let the lines pass, and keep the cells of those that say something."""
    for line in lines:
        if not line.is_empty:
            cells[line.number] = line.cells
        yield line


def _alone(rows: Iterator[Values]) -> Iterator[Sequence[Values]]:
    return ((row,) for row in rows)


def _groups(fitted: Fitted, rows: Iterator[Values]) -> Iterator[Sequence[Values]]:
    groups: dict[RowKey, list[Values]] = {}
    taken = list(islice(rows, MOST_GROUPED + 1))
    if len(taken) > MOST_GROUPED:
        raise FileRefused("A contingent has more than 20,000 rows; split the file.")
    for row in taken:
        alone = RowKey((str(row.row),), personal=False)
        key = alone if row.is_shifted else row_key(fitted.profile, (row,))
        groups.setdefault(key, []).append(row)
    yield from groups.values()


def _key_fields(profile: Profile) -> frozenset[str]:
    ways = ("mail", "phone", "whatsapp", "telegram")
    return frozenset(chain(ways, ("revision",), *profile.row_key))
