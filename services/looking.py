"""Looking after the others: what readiness rests on, asked where the truth is.

Once a second the ledger is asked for its head, the read models for their place, and
Kafka whether it answers, on connections of their own: nobody is believed about
themselves. A look that hangs falls silent itself, and that is seen too.
"""

import functools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress

import psycopg
import structlog

from projections import checkpoint
from services import metrics
from services.backup import age
from services.bus.connection import Bus, BusError
from services.bus.probe import probe
from services.database import SILENT, Connection, Role, Server
from services.follow import head_of
from services.health import Health

LOOK_SECONDS = 1.0
SELDOM_SECONDS = 15.0
ANSWER_SECONDS = 3.0
POSTGRES, KAFKA, READ_MODELS = "postgres", "kafka", "read models"
log = structlog.get_logger("beistand.looking")


@contextmanager
def looking(
    health: Health,
    server: Server,
    bus: Callable[[], Bus] | None = None,
    *,
    read_models: bool = True,
) -> Iterator[None]:
    """Look in the background while the block runs; at Kafka only where one is used.

    `read_models`: whether this process makes or shows them, so that their standing
    still is its trouble.
    """
    stop = threading.Event()
    database = DatabaseLook(health, server, read_models=read_models)
    looks: dict[str, Callable[[], None]] = {POSTGRES: database.once}
    if bus is not None:
        looks[KAFKA] = lambda: look_at_kafka(health, bus)
    health.expect(*looks)
    threads = [
        threading.Thread(
            target=_again_and_again,
            args=(look, stop, functools.partial(_failed, health, part)),
            name="looking",
            daemon=True,
        )
        for part, look in looks.items()
    ]
    for thread in threads:
        thread.start()
    with closing(database):
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(ANSWER_SECONDS)


class DatabaseLook:
    """What is seen in PostgreSQL: the ledger's head, and where read models stand."""

    def __init__(
        self, health: Health, server: Server, *, read_models: bool = True
    ) -> None:
        self._health, self._server = health, server
        self._read_models = read_models
        self._db: Connection | None = None
        self._next = 0.0

    def once(self) -> None:
        """Look once; a server that is away is said, and is asked again next time."""
        try:
            db = self._db or self._server.connect(Role.READER)
            self._db = db
            self._look(db)
        except SILENT as error:
            reason = type(error).__name__
            self._health.stuck(POSTGRES, f"PostgreSQL does not answer ({reason}).")
            self.close()
            return
        self._health.clear(POSTGRES)
        self._health.beat(POSTGRES)

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
        self._db = None

    def _look(self, db: Connection) -> None:
        head = None
        with suppress(*_NOT_MADE):
            head = head_of(db)  # a site that follows a bus has no ledger of its own
        with suppress(*_NOT_MADE):
            # Before the first follower there is nothing to look at, nor to show.
            if self._read_models:
                self._standing(checkpoint.standing(db))
            if time.monotonic() >= self._next:
                self._next = time.monotonic() + SELDOM_SECONDS
                self._seldom(db)
        if head is not None:
            self._health.observed(head)

    def _standing(self, found: Sequence[checkpoint.Checkpoint]) -> None:
        for one in found:
            if one.parked is None:
                self._health.clear(one.read_model)
            else:
                self._health.stuck(
                    one.read_model,
                    f"The read model {one.read_model} stands still at fact "
                    f"{one.position}: {one.parked}.",
                )
            if one.read_model == checkpoint.LIVES:
                self._health.beat(READ_MODELS, position=one.position)

    def _seldom(self, db: Connection) -> None:
        rows = db.execute(_WAITING).fetchall()
        metrics.waiting({str(channel): int(str(count)) for channel, count in rows})
        metrics.backed_up(age(db))


_NOT_MADE = (
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.InvalidSchemaName,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.UndefinedTable,
)
_WAITING = """
SELECT channel, count(*) FROM readmodel.set_aside
WHERE state = 'waiting' GROUP BY channel
"""


def look_at_kafka(health: Health, bus: Callable[[], Bus]) -> None:
    """Sign in at Kafka once: a frozen one takes connections too, and says nothing."""
    try:
        probe(bus(), ANSWER_SECONDS)
    except BusError as error:
        health.stuck(KAFKA, str(error))
        return
    health.clear(KAFKA)
    health.beat(KAFKA)


_FAILED = (psycopg.Error, OSError, RuntimeError, ValueError)
"""What libraries raise besides what a look expects; Kafka's errors are `RuntimeError`.
Nobody would start a look again that has ended, so it is said and looked again."""


def _again_and_again(
    look: Callable[[], None],
    stop: threading.Event,
    failed: Callable[[Exception], None],
) -> None:
    while True:
        try:
            look()
        except _FAILED as error:
            failed(error)
        if stop.wait(LOOK_SECONDS):
            return


def _failed(health: Health, part: str, error: Exception) -> None:
    """Say that a look was no look; the next may be one."""
    reason = type(error).__name__
    log.error("looking.failed", part=part, reason=reason, exc_info=error)
    health.stuck(part, f"Whether {part} answers cannot be seen ({reason}).")
