"""A process to its end: the desk with parts in the background, or one part alone."""

import os
import signal
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Event

import structlog
import uvicorn
from starlette.types import ASGIApp

from services.assemble import Beistand
from services.health import Health
from services.health_http import telling, timed
from services.parts import DESK_ONLY, StillWorking, running
from services.settings import Settings
from services.site import following, prepared

GRACE_SECONDS = 5
log = structlog.get_logger("beistand")


def serve(
    engine: Beistand,
    app: ASGIApp,
    parts: Iterable[str] = DESK_ONLY,
    *,
    behind: socket.socket,
) -> None:
    """Answer behind a door until told to end, with parts in the background."""
    engine.solve_apart()
    config = uvicorn.Config(
        timed(app),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    with (
        _ending(),
        telling(engine.health, engine.settings),
        running(engine, parts) as stop,
    ):
        _end_when_told(stop)  # uvicorn hears of a signal first, and hands it on
        uvicorn.Server(config).run([behind])


def run(engine: Beistand, name: str) -> None:
    """Run one part in this process until it is interrupted or told to end."""
    engine.solve_apart()
    with (
        _ending(),
        telling(engine.health, engine.settings),
        running(engine, (name,)) as stop,
    ):
        _end_when_told(stop)
        stop.wait()


def project_site(settings: Settings) -> None:
    """Keep the read models of a site without a ledger at the head of the bus."""
    health, stop = Health(), Event()
    _end_when_told(stop)
    with (
        telling(health, settings),
        following(prepared(settings), settings, health) as follower,
    ):
        follower.follow(stop)


def _end_when_told(stop: Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())


@contextmanager
def _ending() -> Iterator[None]:
    """Leave behind what is still in the middle of something when time is up."""
    try:
        yield
    except StillWorking as left:
        for part in left.parts:
            log.warning("part.left", part=part)
        os._exit(0)
