"""Take a file in: what is certain becomes cases, the rest questions, set aside, said.

The file is read twice: first for the keys of its rows, so that of a row that stands
twice the later one counts; then batch by batch. It may be killed at any moment and
sent again: what was answered as taken is there once, and the rest is taken then.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from events.base import BERLIN, Said
from events.values import Actor
from services.intake.batch import Batch, Seen
from services.intake.draft import Drafted
from services.intake.identity import Identity
from services.intake.orders import Moment, Orders
from services.intake.profile import Profile, profiles
from services.intake.reading import BATCH, read
from services.intake.reasons import Reason
from services.intake.report import Report, add
from services.intake.source import Notes, Source, open_source
from services.ledger.batch import Conflicting
from services.ledger.handle import Writer

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
        for some in _unlike(drafts):
            add(report, self._settled(self._planned(some, said, Seen()), some, said))
        return report

    def _run(
        self, source: Source, said: Said | None, progress: Progress | None
    ) -> Report:
        """Plan each batch while the one before it is recorded."""
        report = Report(called=source.called, is_dry_run=said is None)
        tell = progress or _say_nothing
        seen = Seen()
        flying: list[Future[Report]] = []

        def land(total: int) -> None:
            while flying:
                add(report, flying.pop().result())
                tell(report.read, total)

        with _steady(), ThreadPoolExecutor(1) as recording:
            total = 0
            for frame in read(source, self._own):
                if isinstance(frame, Notes):
                    report.profile = ", ".join(frame.profiles)
                    report.unused_columns = tuple(frame.unused)
                    report.unread_sheets = tuple(frame.sheets)
                    break
                total = frame.total
                batch = self._planned(frame.drafts, said, seen)
                land(total)
                _repeat(report, frame.repeated)
                flying.append(
                    recording.submit(self._settled, batch, frame.drafts, said)
                )
            land(total)
        return report

    def _planned(
        self, drafts: Sequence[Drafted], said: Said | None, seen: Seen
    ) -> Batch:
        now = self._clock()
        past = self._writer.past("day")
        today = past.today or now.astimezone(BERLIN).date()
        orders = Orders(self.identity, Moment(said or _NOBODY, now, today))
        batch = Batch(self._writer, orders, seen)
        batch.plan(drafts)
        if said is not None:
            batch.remember()
        return batch

    def _settled(
        self, batch: Batch, drafts: Sequence[Drafted], said: Said | None
    ) -> Report:
        """Carry out a batch; when others took the same meanwhile, look again."""
        for _ in range(_AGAIN):
            try:
                done = batch.pretend() if said is None else batch.carry_out()
            except Conflicting:
                batch = self._planned(drafts, said, Seen())
                continue
            done.read = len(drafts)
            return done
        return self._one_by_one(drafts, said)

    def _one_by_one(self, drafts: Sequence[Drafted], said: Said | None) -> Report:
        """Find the message whose id came before with other content, and say so."""
        report = Report()
        if len(drafts) == 1:
            report.read = report.set_aside = 1
            report.fault(drafts[0].came.row, "id", "", Reason.SAME_ID)
            return report
        for draft in drafts:
            one = (draft,)
            add(report, self._settled(self._planned(one, said, Seen()), one, said))
        return report


def _repeat(report: Report, repeated: Iterable[Drafted]) -> None:
    for drafted in repeated:
        report.read += 1
        report.unchanged += 1
        report.fault(drafted.came.row, "", "", Reason.REPEATED)


@contextmanager
def _steady() -> Iterator[None]:
    """Let the garbage collector look at new objects only, and seldom.

    A batch makes tens of thousands of objects and no cycles; to look at all of them
    again and again took a fifth of an import.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


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


def _say_nothing(_: int, __: int) -> None:
    """Nobody asked for progress."""
