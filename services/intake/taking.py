"""Drafts taken in batch after batch: one is planned, one sealed, one recorded."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from events.base import BERLIN, Said
from events.values import Actor
from services.intake.batch import Batch, Seen
from services.intake.draft import Aside, Drafted
from services.intake.identity import Identity, source
from services.intake.missing import missing
from services.intake.once import MessageOrders, Once
from services.intake.orders import Moment
from services.intake.reading import Rows
from services.intake.reasons import Reason
from services.intake.report import Report, add
from services.intake.source import Notes
from services.ledger.batch import Conflicting
from services.ledger.handle import Writer
from services.steady import steady

AHEAD = 2
"""So many batches are on their way while the next is planned."""
_AGAIN = 3
_NOBODY = Said(actor=Actor(ref="dry-run", role="system"), via="system")
Progress = Callable[[int, int], object]
"""Called with the rows done and the rows there are."""


@dataclass(frozen=True)
class Taking:
    """Takes drafts into one ledger, said by one person or channel.

    Without `said` nothing is written: it only says what it would take. What a person
    has `mended` is no repeat, though its message has been seen before.
    """

    writer: Writer
    identity: Identity
    clock: Callable[[], datetime]
    said: Said | None
    mended: bool = False

    def planned(self, drafts: Sequence[Drafted], seen: Seen | None = None) -> Batch:
        """Look everything up and decide; record nothing but the ways to reach."""
        batch = Batch(self.writer, self._orders(), seen or Seen())
        if self.mended:
            batch.plan(drafts)
        else:
            found = Once(self.writer, self.identity).sort(drafts)
            batch.plan(found.fresh)
            batch.report.unchanged += len(found.repeated)
        if self.said is not None:
            batch.remember()
        return batch

    def settled(self, batch: Batch, drafts: Sequence[Drafted]) -> Report:
        """Carry out a batch; when others took the same meanwhile, look again."""
        for _ in range(_AGAIN):
            try:
                done = batch.pretend() if self.said is None else batch.carry_out()
            except Conflicting:
                batch = self.planned(drafts)
                continue
            if batch.outdated:
                add(done, self.settled(self.planned(batch.outdated), batch.outdated))
            done.read = len(drafts)
            if self.said is not None and done.unchanged:
                Once(self.writer, self.identity).note(drafts, done, self._orders())
            return done
        return self._one_by_one(drafts)

    def _orders(self) -> MessageOrders:
        now = self.clock()
        today = self.writer.today() or now.astimezone(BERLIN).date()
        moment = Moment(self.said or _NOBODY, now, today)
        return MessageOrders(self.identity, moment, self.mended)

    def _one_by_one(self, drafts: Sequence[Drafted]) -> Report:
        """Find the message whose id came before with other content, and say so."""
        report = Report()
        if len(drafts) == 1:
            batch = Batch(self.writer, self._orders(), Seen())
            batch.plan((Aside(drafts[0].came, "id", "", Reason.SAME_ID),))
            done = batch.carry_out()
            done.read = 1
            return done
        for draft in drafts:
            add(report, self.settled(self.planned((draft,)), (draft,)))
        return report


@dataclass
class Flight:
    """One file on its way: while a batch is planned, one is sealed and one recorded.

    Each waits for the one before it, so what is recorded keeps the file's order.
    """

    taking: Taking
    tell: Progress
    report: Report = field(default_factory=Report)
    _seen: Seen = field(default_factory=Seen)
    _rows: set[str] = field(default_factory=set)
    _sources: set[str] = field(default_factory=set)
    _flying: deque[Future[Report]] = field(default_factory=deque)
    _total: int = 0

    def over(self, frames: Iterable[Rows | Notes]) -> Report:
        """Take all frames in and return what became of the file."""
        with (
            steady(),
            ThreadPoolExecutor(1, "recording") as recording,
            ThreadPoolExecutor(1, "sealing") as sealing,
        ):
            for frame in frames:
                if isinstance(frame, Notes):
                    self._note(frame)
                else:
                    batch = self._planned(frame)
                    sealed = sealing.submit(self._seal, batch)
                    going = recording.submit(self._settle, sealed, batch, frame.drafts)
                    self._flying.append(going)
            self._land(0)
        rows = frozenset(self._rows)
        self.report.missing = missing(self.taking.writer.recorder, self._sources, rows)
        return self.report

    def _planned(self, frame: Rows) -> Batch:
        if any(getattr(drafted, "no_contact", ()) for drafted in frame.drafts):
            self._land(0)  # somebody to be kept away may be in the batches before
        batch = self.taking.planned(frame.drafts, self._seen)
        self._land(AHEAD - 1)
        self._total = frame.total
        self._rows |= batch.rows
        self._sources |= {source(drafted.came) for drafted in frame.drafts}
        for drafted in frame.repeated:
            self.report.read += 1
            self.report.unchanged += 1
            self.report.fault(drafted.came.row, "", "", Reason.REPEATED)
        return batch

    def _seal(self, batch: Batch) -> None:
        if self.taking.said is not None:
            batch.seal()

    def _settle(
        self, sealed: Future[None], batch: Batch, drafts: Sequence[Drafted]
    ) -> Report:
        sealed.result()
        return self.taking.settled(batch, drafts)

    def _land(self, left: int) -> None:
        """Wait until no more than these are on their way."""
        while len(self._flying) > left:
            add(self.report, self._flying.popleft().result())
            self.tell(self.report.read, self._total)

    def _note(self, notes: Notes) -> None:
        self.report.profile = ", ".join(notes.profiles)
        self.report.unused_columns = tuple(notes.unused)
        self.report.unread_sheets = tuple(notes.sheets)
