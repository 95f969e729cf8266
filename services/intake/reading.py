"""A file's drafts as a stream: from here, or for a large file from a second process.

Reading takes about as long as recording. Side by side on two cores an import is nearly
twice as fast; `services.intake.reading_child` writes what it read to its standard
output, batch after batch, never further ahead than a pipe is long.
"""

import pickle
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import IO

from services.intake.draft import Drafted
from services.intake.files import FileRefused
from services.intake.rivals import State, beside, state
from services.intake.source import Notes, Source

BATCH = 500
MOST_SIGNS = 400_000
LARGE = 1_000_000
"""Bytes from which on a second process is worth its start (half a second)."""


@dataclass(frozen=True)
class Rows:
    """Some drafts. A `repeated` one stands again, or newer, elsewhere in the file."""

    total: int
    drafts: tuple[Drafted, ...]
    repeated: tuple[Drafted, ...]


@dataclass(frozen=True)
class Refusal:
    """The file as a whole could not be read."""

    why: str


Frame = Rows | Notes | Refusal


def read(source: Source, own: Path | None) -> Iterator[Rows | Notes]:
    """Yield the drafts in batches, and at last the notes. Raises `FileRefused`."""
    frames = frames_of(source)
    if source.path.stat().st_size >= LARGE:
        frames = _elsewhere(source, own)
    for frame in frames:
        if isinstance(frame, Refusal):
            raise FileRefused(frame.why)
        yield frame


def frames_of(source: Source) -> Iterator[Frame]:
    """Read the file twice: for the keys of its rows, then for the rows.

    Where two rows have one key it is read once more, for what the one that counts says.
    """
    found = standing(source)
    states = _states(source, frozenset(found.rivals.values()))
    notes = Notes()
    for batch in _batches(enumerate(source.drafts(notes))):
        rows, repeated = list[Drafted](), list[Drafted]()
        for place, drafted in batch:
            rival = found.rivals.get(place)
            kept = drafted if rival is None else beside(drafted, states[rival])
            if kept is None:
                repeated.append(drafted)
            else:
                rows.append(kept)
        yield Rows(found.total, tuple(rows), tuple(repeated))
    yield notes


def _batches(
    drafts: Iterable[tuple[int, Drafted]],
) -> Iterator[list[tuple[int, Drafted]]]:
    """Cut by number and by size: rows full of text are taken a few at a time."""
    batch: list[tuple[int, Drafted]] = []
    size = 0
    for place, drafted in drafts:
        drafted.came.ready()
        batch.append((place, drafted))
        size += sum(map(len, drafted.came.whole.values()))
        if len(batch) == BATCH or size > MOST_SIGNS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _elsewhere(source: Source, own: Path | None) -> Iterator[Frame]:
    chosen = source.chosen.name if source.chosen else ""
    told = [str(source.path), source.called, chosen, str(own or "")]
    command = [sys.executable, "-I", "-m", "services.intake.reading_child", *told]
    with subprocess.Popen(  # noqa: S603 - our own module, and the file's path
        command, stdout=subprocess.PIPE
    ) as child:
        try:
            yield from _frames(child.stdout)
        finally:
            child.kill()


def _frames(pipe: IO[bytes] | None) -> Iterator[Frame]:
    frame: Frame | None = None
    while pipe is not None and not isinstance(frame, Notes | Refusal):
        try:
            frame = pickle.load(pipe)  # noqa: S301 - written by our own process
        except EOFError:
            frame = Refusal("Reading the file was interrupted; send it again.")
        yield frame


@dataclass(frozen=True)
class Standing:
    """How many rows there are, and which give way to which, by their places."""

    total: int
    rivals: Mapping[int, int]
    """Place of a row → place of the row with the same key that counts instead."""


def counting(source: Source) -> tuple[frozenset[int], int]:
    """Return the places of the rows that count, and how many rows there are."""
    found = standing(source)
    return frozenset(range(found.total)) - found.rivals.keys(), found.total


def standing(source: Source) -> Standing:
    """Find the rows that share a key, and of these the one that counts.

    It is the higher revision, and of equal ones the later: so the same file twice
    changes nothing.
    """
    best: dict[bytes, tuple[int, int]] = {}
    lost: dict[int, bytes] = {}
    total = 0
    for place, key in enumerate(source.keys()):
        total += 1
        if not any(key.row.parts):
            continue
        told = "\x1f".join((key.source, *key.row.parts)).encode("utf-8", "replace")
        name = blake2b(told, digest_size=16).digest()
        now = (key.revision or 0, place)
        before = best.get(name, now)
        best[name] = max(before, now)
        if before != now:
            lost[min(before, now)[1]] = name
    return Standing(total, {place: best[name][1] for place, name in lost.items()})


def _states(source: Source, places: frozenset[int]) -> dict[int, State]:
    if not places:
        return {}
    drafts = enumerate(source.drafts())
    return {place: state(drafted) for place, drafted in drafts if place in places}
