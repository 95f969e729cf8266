"""The real thing behind the pages: the desk's port, made of one Beistand."""

import itertools
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from events.base import Said
from events.submission import NeedSubmission, OfferSubmission
from events.values import Actor, Via
from matcher import Comparison, Scarcity, Today, WhyNot
from projections import checkpoint, plans
from projections.listing import Ask, listed
from services.assemble import Beistand
from services.console import ports
from services.database import Connection, Connections, Role
from services.heartbeat import stand
from services.intake.report import Report
from services.ledger.gateway import Gateway
from services.ledger.handle import Order
from services.ledger.rules.base import Command, Refused
from services.ledger.rules.desk import OpenPersonal
from services.ledger.vault import Forgotten
from services.progress import Progress, Stand
from services.sandbox import altered

FRESH_SECONDS = 2.0
_POLL = 0.02
_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class RealDesk:
    """Reads as `beistand_desk`, writes by commands, opens through the gateway."""

    def __init__(self, engine: Beistand) -> None:
        self._engine = engine
        self._reading = Connections(engine.server, Role.DESK)
        self._gateway = Gateway(engine.recorder, engine.vault)
        self.office = ports.Office(
            realm=engine.settings.realm,
            name=engine.settings.name,
            synthetic=engine.synthetic,
        )
        self.secret = engine.vault.digest(b"the desk's cookies")

    def close(self) -> None:
        self._reading.close()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection that sees one moment of the read models."""
        with self._reading.one() as db:
            db.execute(_SNAPSHOT)
            try:
                yield db
            finally:
                db.execute("ROLLBACK")

    def position(self) -> int:
        return self._engine.recorder.head()

    def wait_for(self, position: int) -> None:
        """Let the person see what they did; give up after two seconds."""
        until = time.monotonic() + FRESH_SECONDS
        while time.monotonic() < until:
            with self.reading() as db:
                if checkpoint.position(db) >= position:
                    return
            time.sleep(_POLL)

    def handle(
        self, command: Command, *, by: str, order: str, via: Via = "desk"
    ) -> ports.Done:
        outcome = self._engine.handle(command, by=by, via=via, order=order)
        span = outcome.positions
        if not span:
            return ports.Done()
        first, last = span.start, span.stop - 1
        stored = self._engine.recorder.read(after=first - 1, upto=last)
        return ports.Done(
            first, last, tuple(fact.type for fact in stored), outcome.repeated
        )

    def handle_all(self, orders: Mapping[str, Command], *, by: str) -> ports.Answers:
        said = _by(by)
        answers = self._engine.writer.do_all(
            [Order(id=name, said=said, command=one) for name, one in orders.items()]
        )
        refused = tuple(no for no in answers if isinstance(no, Refused))
        return ports.Answers(len(answers) - len(refused), refused)

    def enter(self, entry: ports.Entry, *, by: str, order: str, via: Via) -> str:
        """Take a case in as somebody told it; the same order twice is one case."""
        kind = OfferSubmission if entry.side == "offer" else NeedSubmission
        body = kind.model_validate(
            {
                "contact": dict(entry.contact),
                "address": dict(entry.address),
                "message": entry.message or None,
                "priority": entry.priority,
                "details": entry.details,
            }
        )
        return self._engine.intake.enter(body, _by(by, via), order=order)

    def open_personal(
        self, case: str, *, purpose: ports.Purpose, reason: str, by: str
    ) -> ports.Opened:
        def note() -> None:
            self._engine.handle(
                OpenPersonal(case=case, purpose=purpose, reason=reason), by=by
            )

        try:
            return ports.Opened(self._gateway.open(case, purpose, note))
        except Forgotten as gone:
            raise Refused("The person was forgotten; nobody can read this.") from gone

    def match_now(self, *, by: str) -> ports.Run:
        run = self._engine.match()
        return ports.Run(
            plan=run.plan_id,
            placed=len(run.plan.stays) + len(run.plan.handovers),
            proposed=run.recorded,
            seconds=run.seconds,
        )

    def matching(self) -> Stand | None:
        """Return how far a run is, of this process or of another's."""
        if (own := self._engine.watched.stand()) is not None:
            return own
        with self.reading() as db:
            return stand(db)

    def scarcity(self, plan: str, position: int) -> Scarcity | None:
        try:
            found = self._engine.matching.hindsight.reasons(plan, position)
        except LookupError:
            return None
        return found.scarcity()

    def what_if(self, wanted: ports.WhatIf, progress: Progress) -> Comparison:
        document = self._engine.market_now()
        other = altered(document, wanted.changes, wanted.settings)
        return self._engine.sandbox.compare(document, other, progress=progress)

    def helps(self, need: str) -> tuple[ports.Help, ...]:
        """Return the smallest changes that would have helped, as of the latest plan.

        None where that plan can no longer be understood: the page then says less.
        """
        with self.reading() as db:
            newest = listed(db, plans.LISTING, Ask(limit=1)).rows
        hindsight = self._engine.matching.hindsight
        try:
            found = [hindsight.reasons(p.plan, p.position).of(need) for p in newest]
        except LookupError:
            return ()
        changes = (one.changes for one in found if isinstance(one, WhyNot))
        return tuple(
            ports.Help(change.code, change.value, change.offers)
            for change in itertools.chain.from_iterable(changes)
        )

    def hold_costs(self) -> tuple[ports.HoldCost, ...]:
        """Return what holding back costs; of what no plan has seen yet, nothing."""
        with self.reading() as db:
            newest = listed(db, plans.LISTING, Ask(limit=1)).rows
        hindsight = self._engine.matching.hindsight
        try:
            found = [hindsight.reasons(p.plan, p.position).holds() for p in newest]
        except LookupError:
            return ()
        return tuple(
            ports.HoldCost(cost.hold, cost.price)
            for cost in itertools.chain.from_iterable(found)
        )

    def today(self, need: str) -> Today:
        return self._engine.todays.of(need)

    def profiles(self) -> tuple[ports.Profile, ...]:
        return tuple(
            ports.Profile(name, profile.title.get("de", name))
            for name, profile in sorted(self._engine.intake.profiles().items())
        )

    def preview(self, upload: ports.Upload) -> ports.Report:
        with _kept(upload) as path:
            report = self._engine.intake.preview(
                path, called=upload.filename, profile=upload.profile
            )
        return _told(report)

    def submit(self, upload: ports.Upload, *, by: str) -> ports.Report:
        with _kept(upload) as path:
            report = self._engine.intake.submit(
                path, _by(by), called=upload.filename, profile=upload.profile
            )
        return _told(report)

    def set_aside_row(self, submission: str, *, by: str) -> Mapping[str, str]:
        """Open a row for repair; who looked at it is recorded first."""
        opened = self.open_personal(
            f"submission:{submission}", purpose="row", reason="repair", by=by
        )
        row = opened.parts[0] if opened.parts else {}
        return self._engine.intake.to_mend(submission, row)

    def resend(self, repair: ports.Repair, *, by: str) -> ports.Report:
        report = self._engine.intake.resend(repair.submission, repair.values, _by(by))
        return _told(report)


def _by(name: str, via: Via = "desk") -> Said:
    return Said(actor=Actor(ref=name, role="coordinator"), via=via)


@contextmanager
def _kept(upload: ports.Upload) -> Iterator[Path]:
    """Keep an upload on disk for as long as it is read, for nobody else to see."""
    with TemporaryDirectory(prefix="beistand-") as folder:
        path = Path(folder) / f"upload{Path(upload.filename).suffix}"
        path.write_bytes(upload.content)
        yield path


def _told(report: Report) -> ports.Report:
    rows = (
        ports.RowFault(row.row, row.field, row.value, row.reason) for row in report.rows
    )
    return ports.Report(
        profile=report.profile,
        read=report.read,
        taken=report.taken,
        unchanged=report.unchanged,
        amended=report.amended,
        set_aside=report.set_aside,
        open_questions=report.open_questions,
        duplicates=report.duplicates,
        rows=tuple(rows),
        missing=report.missing,
        rows_left_out=report.rows_left_out,
        unused_columns=report.unused_columns,
        unread_sheets=report.unread_sheets,
    )
