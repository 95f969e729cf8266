"""`beistand serve`: the desk, the followers and the calendar in one process.

Each part is crash-only and picks up where the ledger says: a kill at any moment needs
no repair. A part that dies of a bug ends the process with it, visibly.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import structlog
import uvicorn
from psycopg import OperationalError
from starlette.types import ASGIApp

from services.assemble import Beistand
from services.database import Role
from services.follow import LedgerFeed
from services.ledger.handle import read
from services.ledger.recorder import Unreachable
from services.matching import Pulse, Unsound, matters

LOOK_SECONDS = 1.0
PAGE = 2_000
log = structlog.get_logger("beistand")


def serve(engine: Beistand, app: ASGIApp, port: int) -> None:
    """Answer on 127.0.0.1 until interrupted."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    with running(engine):
        uvicorn.Server(config).run()


@contextmanager
def running(engine: Beistand) -> Iterator[None]:
    """Project, match and keep the calendar in the background."""
    stop = threading.Event()
    parts: dict[str, Callable[[], None]] = {
        "projecting": lambda: engine.follow(stop),
        "matching": lambda: watch(engine, stop),
        "postgres": lambda: keep_alive(engine, stop),
    }
    threads = [
        threading.Thread(target=_crash_only, args=(name, part), name=name)
        for name, part in parts.items()
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def keep_alive(engine: Beistand, stop: threading.Event) -> None:
    """Start PostgreSQL again within seconds when it is gone and is ours."""
    while not stop.wait(LOOK_SECONDS):
        try:
            engine.server.connect(Role.READER).close()
        except OperationalError as error:
            log.warning("postgres.silent", reason=type(error).__name__)
            engine.revive()


def watch(engine: Beistand, stop: threading.Event) -> None:
    """Begin each day, and match when the market has changed and is quiet again."""
    with closing(LedgerFeed(engine.server)) as feed:
        look = Look(engine, feed)
        while not stop.wait(LOOK_SECONDS):
            try:
                look.once(time.monotonic())
            except (OperationalError, Unreachable) as error:
                log.warning("matching.lost", reason=type(error).__name__)


class Look:
    """What the watch remembers from one look to the next."""

    def __init__(self, engine: Beistand, feed: LedgerFeed) -> None:
        self._engine, self._feed = engine, feed
        self._seen = feed.head()
        self._pulse = Pulse()

    def once(self, now: float) -> None:
        """See what is new; match when it is time."""
        if not self._engine.synthetic:
            self._engine.begin_today()
        page = self._feed.read(self._seen, PAGE)
        if any(matters(read(stored)) for stored in page.facts):
            self._pulse.news(now)
        if page.facts:
            self._seen = page.facts[-1].position
        if self._pulse.due(now):
            self._pulse.ran(now)
            _match(self._engine)


def _match(engine: Beistand) -> None:
    try:
        run = engine.match()
    except (Unreachable, Unsound) as error:
        log.warning("matching.failed", reason=type(error).__name__)
        return
    log.info("matching.ran", plan=run.plan_id, overtaken=run.overtaken)


def _crash_only(name: str, part: Callable[[], None]) -> None:
    """Run a part; a bug in it ends the whole process instead of going unseen."""
    done = False
    try:
        part()
        done = True
    finally:
        if not done:
            log.critical("part.died", part=name)
            os.kill(os.getpid(), signal.SIGTERM)
