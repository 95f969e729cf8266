"""`beistand serve`: the desk, the followers and the calendar in one process.

Each part is crash-only and picks up where the ledger says: a kill at any moment needs
no repair. A part that dies of a bug ends the process with it, visibly.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from threading import Event

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
DESK_ONLY = ("projecting", "matching")
"""The parts of a Beistand without a bus; the desk and its intake come with them."""
log = structlog.get_logger("beistand")


class Died(RuntimeError):
    """A part ended by a bug; its own traceback stands above."""


def serve(
    engine: Beistand, app: ASGIApp, port: int, parts: Iterable[str] = DESK_ONLY
) -> None:
    """Answer on 127.0.0.1 until interrupted, with the parts in the background."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    with running(engine, parts):
        uvicorn.Server(config).run()


@contextmanager
def running(engine: Beistand, names: Iterable[str] = DESK_ONLY) -> Iterator[Event]:
    """Run the named parts in the background; the event that is lent ends them."""
    stop, died = Event(), list[str]()
    threads = [
        threading.Thread(target=_crash_only, args=(name, engine, stop, died), name=name)
        for name in (*names, "postgres")
    ]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    if died:
        raise Died(f"{', '.join(died)} died of a bug")


def run(engine: Beistand, name: str) -> None:
    """Run one part in this process until it is interrupted or told to end."""
    with running(engine, (name,)) as stop:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        stop.wait()


def keep_alive(engine: Beistand, stop: Event) -> None:
    """Start PostgreSQL again within seconds when it is gone and is ours."""
    while not stop.wait(LOOK_SECONDS):
        try:
            engine.server.connect(Role.READER).close()
        except OperationalError as error:
            log.warning("postgres.silent", reason=type(error).__name__)
            engine.revive()


def watch(engine: Beistand, stop: Event) -> None:
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


PARTS: Mapping[str, Callable[[Beistand, Event], None]] = {
    "projecting": lambda engine, stop: engine.follow(stop),
    "matching": watch,
    "postgres": keep_alive,
}


def _crash_only(name: str, engine: Beistand, stop: Event, died: list[str]) -> None:
    """Run a part; a bug in it ends the whole process instead of going unseen."""
    done = False
    try:
        PARTS[name](engine, stop)
        done = True
    finally:
        if not done:
            died.append(name)
            log.critical("part.died", part=name)
            os.kill(os.getpid(), signal.SIGTERM)
