"""Take a file in: what is certain becomes cases, the rest questions, set aside, said.

The file is read twice: first for the keys of its rows, so that of a row that stands
twice the later one counts; then batch by batch. It may be killed at any moment and
sent again: what was answered as taken is there once, and the rest is taken then.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from events.base import BERLIN, Said
from events.values import Actor
from services.intake.batch import Batch, Seen
from services.intake.draft import Drafted
from services.intake.identity import Identity
from services.intake.orders import Moment, Orders
from services.intake.profile import Profile, profiles
from services.intake.reasons import Reason
from services.intake.report import Report, add
from services.intake.source import Notes, Source, open_source
from services.ledger.batch import Conflicting
from services.ledger.handle import Writer

BATCH = 500
_AGAIN = 3
_NOBODY = Said(actor=Actor(ref="dry-run", role="system"), via="system")
Progress = Callable[[int, int], object]
"""Called with the rows done and the rows there are."""


class Intake:
    """The door of files and messages into one realm's ledger."""

    def __init__(
        self,
        writer: Writer,
        *,
        realm: str,
        own_profiles: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._writer = writer
        self.identity = Identity(realm, writer.vault)
        self._own = own_profiles
        self._clock = clock

    def profiles(self) -> dict[str, Profile]:
        """Return the profiles by name, the user's own among them."""
        return profiles(self._own)

    def preview(
        self,
        path: Path,
        *,
        called: str | None = None,
        profile: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Say what the file would lead to; write nothing. Raises `FileRefused`."""
        source = open_source(path, self.profiles(), called=called, chosen=profile)
        return self._run(source, None, progress)

    def submit(
        self,
        path: Path,
        said: Said,
        *,
        called: str | None = None,
        profile: str | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Take the file in and say what became of each row. Raises `FileRefused`."""
        source = open_source(path, self.profiles(), called=called, chosen=profile)
        return self._run(source, said, progress)

    def take(self, drafts: Iterable[Drafted], said: Said) -> Report:
        """Take a few drafts in at once: messages, or a repaired row."""
        report = Report()
        for batch in _unlike(drafts):
            add(report, self._batch(batch, said, Seen()))
        return report

    def _run(
        self, source: Source, said: Said | None, progress: Progress | None
    ) -> Report:
        counting, total = _counting(source)
        report = Report(called=source.called, is_dry_run=said is None)
        notes, seen = Notes(), Seen()
        tell = progress or _say_nothing
        tell(0, total)
        drafts = enumerate(source.drafts(notes))
        while numbered := list(islice(drafts, BATCH)):
            batch = [drafted for place, drafted in numbered if place in counting]
            for place, drafted in numbered:
                if place not in counting:
                    report.unchanged += 1
                    report.read += 1
                    report.fault(drafted.came.row, "", "", Reason.REPEATED)
            add(report, self._batch(batch, said, seen))
            tell(numbered[-1][0] + 1, total)
        report.profile = ", ".join(notes.profiles)
        report.unused_columns = tuple(notes.unused)
        report.unread_sheets = tuple(notes.sheets)
        return report

    def _batch(self, drafts: list[Drafted], said: Said | None, seen: Seen) -> Report:
        """Plan and carry out; when others took the same meanwhile, look again."""
        now = self._clock()
        past = self._writer.past("day")
        today = past.today or now.astimezone(BERLIN).date()
        orders = Orders(self.identity, Moment(said or _NOBODY, now, today))
        for _ in range(_AGAIN):
            batch = Batch(self._writer, orders, seen)
            batch.plan(drafts)
            if said is None:
                return _read(batch.pretend(), drafts)
            try:
                return _read(batch.carry_out(), drafts)
            except Conflicting:
                continue
        return self._one_by_one(drafts, said, seen)

    def _one_by_one(
        self, drafts: list[Drafted], said: Said | None, seen: Seen
    ) -> Report:
        """Find the message whose id came before with other content, and say so."""
        report = Report()
        if len(drafts) == 1:
            report.set_aside += 1
            report.fault(drafts[0].came.row, "id", "", Reason.SAME_ID)
            return _read(report, drafts)
        for draft in drafts:
            add(report, self._batch([draft], said, seen))
        return report


def _counting(source: Source) -> tuple[frozenset[int], int]:
    """Return the places of the rows that count, and how many rows there are.

    Of two rows with one key the higher revision counts, and of these the later one:
    so the same file twice changes nothing.
    """
    best: dict[bytes, tuple[int, int]] = {}
    unkeyed: list[int] = []
    total = 0
    for place, key in enumerate(source.keys()):
        total += 1
        if not any(key.row.parts):
            unkeyed.append(place)
            continue
        told = "\x1f".join((key.source, *key.row.parts)).encode("utf-8", "replace")
        name = blake2b(told, digest_size=16).digest()
        now = (key.revision or 0, place)
        best[name] = max(best.get(name, now), now)
    return frozenset((*unkeyed, *(place for _, place in best.values()))), total


def _unlike(drafts: Iterable[Drafted]) -> Iterator[list[Drafted]]:
    """Cut drafts into batches in which no row stands twice."""
    batch: list[Drafted] = []
    keys: set[tuple[str, tuple[str, ...]]] = set()
    for draft in drafts:
        key = (draft.came.source or draft.came.channel, draft.came.key.parts)
        if len(batch) == BATCH or key in keys:
            yield batch
            batch, keys = [], set()
        batch.append(draft)
        keys.add(key)
    if batch:
        yield batch


def _read(report: Report, drafts: list[Drafted]) -> Report:
    report.read += len(drafts)
    return report


def _say_nothing(_: int, __: int) -> None:
    """Nobody asked for progress."""
