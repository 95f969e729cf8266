"""One Kafka for a whole test run, whichever of its workers asks first."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.bus import broker
from services.bus.connection import Bus
from services.settings import load

GIVEN = "BEISTAND_TEST_KAFKA"
"""host:port of a Kafka that runs anyway; then the run starts none of its own."""


@contextmanager
def shared(run: Path) -> Iterator[Bus]:
    """Lend the run's broker; the last worker that leaves it ends it."""
    if given := os.environ.get(GIVEN):
        yield Bus(given)
        return
    _sweep(run)
    home, me = run / "kafka-home", str(os.getpid())
    with _counted(home) as users:
        bus = broker.start(load(home))
        (users / me).touch()
    try:
        yield bus
    finally:
        with _counted(home) as users:
            (users / me).unlink()
            if not _living(users):
                broker.stop(home)


def _sweep(run: Path) -> None:
    """End the brokers of runs that were killed."""
    for home in run.parent.glob("*/kafka-home"):
        with _counted(home) as users:
            if not _living(users):
                broker.stop(home)


@contextmanager
def _counted(home: Path) -> Iterator[Path]:
    users = home / "users"
    users.mkdir(parents=True, exist_ok=True)
    with (home / "users.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield users


def _living(users: Path) -> bool:
    return any(_is_alive(int(user.name)) for user in users.iterdir())


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
