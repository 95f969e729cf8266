"""Begin each day, let the plan follow every fact, and match when it is time.

A run takes minutes and goes on beside: meanwhile the plan that stands answers.
"""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from enum import Enum, auto
from threading import Event
from types import TracebackType
from typing import Self

import structlog

from services.assemble import Beistand
from services.database import AWAY, waits
from services.follow import LedgerFeed
from services.ledger.handle import Contended, read
from services.matching import Pulse, matters
from services.solver import Unsound
from services.standing.following import StandingPlan
from services.standing.turn import Turn

PART = "matching"
LOOK_SECONDS = 1.0
PAGE = 2_000
_NO_PLAN = "The last run ended without a plan that may be recorded; it is tried again."
log = structlog.get_logger("beistand")


class Ending(Enum):
    """How a run ended; whatever is not `DONE` is done again."""

    DONE = auto()
    AWAY = auto()
    """A server was away."""
    UNSOUND = auto()


def watch(engine: Beistand, stop: Event) -> None:
    """Look whenever something is recorded, and once a second, until told to end."""
    with closing(LedgerFeed(engine.server)) as feed, Look(engine, feed) as look:
        while not stop.is_set():
            try:
                look.once(time.monotonic())
                look.wait(LOOK_SECONDS)
            except (*AWAY, Contended) as error:
                log.warning("matching.lost", reason=type(error).__name__)
                engine.health.stuck(PART, waits(PART, error))
                stop.wait(LOOK_SECONDS)
            engine.health.beat(PART)


class Look:
    """What the watch remembers from one look to the next; its end waits for a run."""

    def __init__(self, engine: Beistand, feed: LedgerFeed) -> None:
        self._engine, self._feed = engine, feed
        self._seen: int | None = None
        self._pulse = Pulse()
        self._standing, self._turn = StandingPlan(engine.matching), Turn(engine.server)
        self._beside = ThreadPoolExecutor(1, "matching-run")
        self._run: Future[Ending] | None = None
        self._sound = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._beside.shutdown()
        self._turn.close()

    def once(self, now: float) -> None:
        """See what is new; match when it is time."""
        if self._seen is None:
            self._seen = self._planned()
        if not self._engine.synthetic:
            self._engine.begin_today()
        self._look_at_news(now)
        if self._turn.begins():
            self._standing.start_over()
        if (told := self._standing.look()) is not None:
            self._turn.tell(told)
        self._pulse.drifted = self._standing.due
        self._match(now)
        if self._sound:
            self._engine.health.clear(PART)
        else:
            self._engine.health.stuck(PART, _NO_PLAN)

    def wait(self, seconds: float) -> None:
        """Wait until something new is recorded."""
        if self._seen is not None:
            self._feed.wait(self._seen, seconds)

    def _planned(self) -> int:
        """Return up to where the newest plan knows the facts: the others are news."""
        plan = self._engine.matching.catch_up().plan
        return 0 if plan is None else plan.content.position

    def _look_at_news(self, now: float) -> None:
        seen = self._seen or 0
        page = self._feed.read(seen, PAGE)
        if any(matters(read(stored)) for stored in page.facts):
            self._pulse.news(now)
        if page.facts:
            self._seen = page.facts[-1].position

    def _match(self, now: float) -> None:
        """Begin a run when it is time; a bug in the last one ends the process here."""
        if self._run is not None and self._run.done():
            ended, self._run = self._run, None
            self._sound = ended.result() is not Ending.UNSOUND
            if ended.result() is not Ending.DONE:
                self._pulse.news(now)
            if ended.result() is Ending.AWAY:
                self._pulse.at_once()
        if self._run is None and self._pulse.due(now):
            self._pulse.ran(now)
            self._run = self._beside.submit(_match, self._engine)


def _match(engine: Beistand) -> Ending:
    try:
        run = engine.match()
    except Unsound as error:
        log.exception("matching.failed", reason=type(error).__name__)
        return Ending.UNSOUND
    except AWAY as error:
        log.warning("matching.failed", reason=type(error).__name__)
        return Ending.AWAY
    log.info("matching.ran", plan=run.plan_id, overtaken=run.overtaken)
    try:
        engine.matching.keep()
    except (*AWAY, OSError) as error:
        log.warning("snapshot.not_written", reason=type(error).__name__)
    return Ending.DONE
