"""`beistand serve`: the desk, the followers and the calendar in one process.

Each part is crash-only and picks up where the ledger says: a kill at any moment needs
no repair. A part that dies of a bug ends the process with it, visibly.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from starlette.types import ASGIApp

from services.assemble import Beistand
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


def watch(engine: Beistand, stop: threading.Event) -> None:
    """Begin each day, and match when the market has changed and is quiet again."""
    pulse = Pulse()
    feed = LedgerFeed(engine.server)
    seen = feed.head()
    try:
        while not stop.wait(LOOK_SECONDS):
            if not engine.synthetic:
                engine.begin_today()
            page = feed.read(seen, PAGE)
            if any(matters(read(stored)) for stored in page.facts):
                pulse.news(time.monotonic())
            seen = page.facts[-1].position if page.facts else seen
            if pulse.due(time.monotonic()):
                pulse.ran(time.monotonic())
                _match(engine)
    finally:
        feed.close()


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
