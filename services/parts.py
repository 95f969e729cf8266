"""What runs in the background, each part by its name: in one process, or one each.

Every part is crash-only: it picks up where ledger, topic or checkpoint say. Loss of a
server is its everyday life; a bug in it ends the whole process, visibly.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from threading import Event

import structlog
from psycopg import OperationalError

from services.assemble import Beistand
from services.bus import broker
from services.bus.connection import bus_of
from services.bus.errors import BusError
from services.database import Role
from services.intake.consuming import consume
from services.looking import looking
from services.relay import relay
from services.watching import watch

LOOK_SECONDS = 1.0
END_SECONDS = 3.0
"""What parts get to end in; with the desk's own five a process is gone in ten."""
DESK_ONLY = ("projecting", "matching")
"""The parts of a Beistand without a bus; the desk and its intake come with them."""
BUS = ("intake", "relay")
log = structlog.get_logger("beistand")


class Died(RuntimeError):
    """A part ended by a bug; its own traceback stands above."""


class StillWorking(RuntimeError):
    """Parts in the middle of something long when time was up: a plan takes minutes.

    They may be left: whatever a part has not recorded, it does again.
    """

    def __init__(self, parts: tuple[str, ...]) -> None:
        self.parts = parts
        super().__init__(f"{', '.join(parts)} did not end in time")


@contextmanager
def running(engine: Beistand, names: Iterable[str] = DESK_ONLY) -> Iterator[Event]:
    """Run the named parts in the background; the event that is lent ends them."""
    stop, died, wanted = Event(), list[str](), tuple(names)
    engine.health.expect(*wanted)
    threads = [
        threading.Thread(
            target=_crash_only, args=(name, engine, stop, died), name=name, daemon=True
        )
        for name in (*wanted, *_servers(engine, wanted))
    ]
    with _looking(engine, wanted):
        for thread in threads:
            thread.start()
        try:
            yield stop
        finally:
            stop.set()
            left = _not_ended(threads)
    if left:
        raise StillWorking(left)
    if died:
        raise Died(f"{', '.join(died)} died of a bug")


def keep_postgres(engine: Beistand, stop: Event) -> None:
    """Start PostgreSQL again within seconds when it is gone and is ours."""
    while not stop.wait(LOOK_SECONDS):
        try:
            engine.server.connect(Role.READER).close()
        except OperationalError as error:
            log.warning("postgres.silent", reason=type(error).__name__)
            engine.revive()


def keep_kafka(engine: Beistand, stop: Event) -> None:
    """Start the home's Kafka again when it is gone."""
    while not stop.wait(LOOK_SECONDS):
        if not broker.status(engine.settings.home).running:
            log.warning("kafka.gone")
            try:
                broker.start(engine.settings)
            except BusError as error:
                log.warning("kafka.not_started", error=type(error).__name__)


PARTS: Mapping[str, Callable[[Beistand, Event], None]] = {
    "projecting": lambda engine, stop: engine.follow(stop),
    "matching": watch,
    "intake": lambda engine, stop: consume(
        engine.intake, engine.settings, stop, engine.health
    ),
    "relay": lambda engine, stop: relay(
        engine.server, engine.settings, stop, engine.health
    ),
    "postgres": keep_postgres,
    "kafka": keep_kafka,
}


def _servers(engine: Beistand, names: Iterable[str]) -> Iterator[str]:
    """Name the servers of the home that this process looks after."""
    if engine.settings.database_url is None:
        yield "postgres"
    if engine.settings.kafka is None and not set(BUS).isdisjoint(names):
        yield "kafka"


@contextmanager
def _looking(engine: Beistand, names: Iterable[str]) -> Iterator[None]:
    uses_bus = not set(BUS).isdisjoint(names)
    bus = partial(bus_of, engine.settings) if uses_bus else None
    shows = not set(names) or "projecting" in names
    with looking(engine.health, engine.server, bus, read_models=shows):
        yield


def _not_ended(threads: Iterable[threading.Thread]) -> tuple[str, ...]:
    """Wait for the parts to end, but not for ever; name those that have not."""
    until = time.monotonic() + END_SECONDS
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return tuple(thread.name for thread in threads if thread.is_alive())


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
