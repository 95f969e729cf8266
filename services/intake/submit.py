"""Take a file in: what is certain becomes cases, the rest questions, set aside, said.

The file is read twice: first for the keys of its rows, so that of a row that stands
twice the later one counts; then batch by batch. It may be killed at any moment and
sent again: what was answered as taken is there once, and the rest is taken then.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from events.base import Said
from events.submission import NeedSubmission, OfferSubmission
from services.intake import repair
from services.intake.answers import Answers
from services.intake.draft import Aside, Drafted
from services.intake.heard import apart
from services.intake.identity import Identity
from services.intake.once import Once
from services.intake.profile import Profile, profiles
from services.intake.reading import read
from services.intake.reasons import Reason
from services.intake.report import Report, add, still_aside
from services.intake.source import open_source
from services.intake.submission import by_hand
from services.intake.taking import Flight, Progress, Taking
from services.ledger.handle import Order, Writer
from services.ledger.rules.base import Refused
from services.ledger.rules.desk import Resend


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
        self.writer = self._writer = writer
        self._identity = Identity(realm, writer.vault)
        self.answers = Answers(writer, self._identity)
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
        report = Report(called=source.called, is_dry_run=True)
        flight = Flight(self._taking(None), progress or _say_nothing, report)
        return flight.over(read(source, self._own))

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
        report = Report(called=source.called)
        flight = Flight(self._taking(said), progress or _say_nothing, report)
        return flight.over(read(source, self._own))

    def take(self, drafts: Iterable[Drafted], said: Said) -> Report:
        """Take a few drafts in at once: messages, those of one row in their order."""
        report, taking = Report(), self._taking(said)
        for some in apart(drafts):
            part = _taken(taking, some)
            add(report, part)
            report.led |= part.led
        return report

    def enter(
        self, body: OfferSubmission | NeedSubmission, said: Said, *, order: str
    ) -> str:
        """Take in what somebody told a person; return the case (`offer:…`, `need:…`).

        The same `order` twice is one case. Raises `Refused`.
        """
        drafted = by_hand(body, order)
        if isinstance(drafted, Aside):
            raise Refused(str(drafted.reason))
        taking = self._taking(said)
        batch = taking.planned((drafted,))
        taking.settled(batch, (drafted,))
        return batch.about[0]

    def to_mend(self, submission: str, opened: Mapping[str, str]) -> dict[str, str]:
        """Return heading → cell of a row set aside, its empty columns too.

        `opened` is what the gateway opened of it for the purpose `row`.
        """
        row = repair.set_aside(self._writer, submission)
        return repair.to_mend(row, opened, self.profiles())

    def resend(self, submission: str, values: Mapping[str, str], said: Said) -> Report:
        """Take a mended row in, or say what is still amiss with it."""
        row = repair.set_aside(self._writer, submission)
        mended = repair.mended(row, values, self.profiles())
        drafted = repair.by_its_channel(self._writer, row, mended)
        once = Once(self._writer, self._identity)
        own = once.was_set_aside(drafted, submission)
        taking = replace(self._taking(said), mended=own)
        batch = taking.planned((drafted,))
        if not batch.about:
            return still_aside(drafted, batch.report)
        report = taking.settled(batch, (drafted,))
        if report.set_aside:
            return report
        command = Resend(submission=submission, case=batch.about[0])
        name = f"{submission}-sent-{batch.about[0]}"  # two may mend it otherwise
        self._writer.do(Order(id=name, said=said, command=command))
        return report

    def _taking(self, said: Said | None) -> Taking:
        return Taking(self._writer, self._identity, self._clock, said)


def _taken(taking: Taking, drafts: Sequence[Drafted]) -> Report:
    """Take drafts in; what no fact can hold after all is set aside, and nothing else.

    A message passed every check and a fact refused it: whatever it is, it must not
    stop those beside it for ever.
    """
    try:
        batch = taking.planned(drafts)
    except ValidationError:
        if len(drafts) == 1:
            aside = (Aside(drafts[0].came, "data", "", Reason.NOT_AN_EVENT),)
            return taking.settled(taking.planned(aside), aside)
        report = Report()
        for draft in drafts:
            add(report, _taken(taking, (draft,)))
        return report
    return taking.settled(batch, drafts)


def _say_nothing(_: int, __: int) -> None:
    """Nobody asked for progress."""
