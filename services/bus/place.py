"""The folders of a home's embedded Kafka, and whether its process lives.

This module starts nothing, so that whoever only looks for the broker stays light.
"""

import fcntl
import hashlib
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCALHOST = "127.0.0.1"
PORTS = range(29100, 29900)


class NotStarted(Exception):
    """The embedded Kafka does not run; the text says what to do."""


class BusPlace:
    """The folders of one home's broker."""

    def __init__(self, home: Path) -> None:
        self.home = home.expanduser().resolve()
        self.root = self.home / "kafka"
        self.data = self.root / "data"
        self.log = self.root / "kafka.log"
        self.properties = self.root / "server.properties"
        self._pid = self.root / "pid"
        self._port = self.root / "port"

    def make(self) -> None:
        """Make the folders; raise `NotStarted` in a home of somebody else's."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.home.stat().st_uid != os.geteuid():
            raise NotStarted(
                f"{self.home} belongs to another user: run Beistand as that user, or "
                "choose a home of your own with --home."
            )
        self.root.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from starting or ending the same broker meanwhile."""
        with (self.root / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def address(self) -> str:
        return f"{LOCALHOST}:{self.port()}"

    def port(self) -> int:
        """Return the home's port: chosen once, since clients hold on to it."""
        return int(self._port.read_text())

    def choose_port(self, wanted: int | None) -> None:
        """Keep the port of before, unless another is wanted or it was never chosen."""
        if wanted is not None:
            self._port.write_text(str(wanted))
        elif not self._port.exists():
            start = int.from_bytes(hashlib.sha256(bytes(self.home)).digest()[:4], "big")
            turned = (PORTS[(start + n) % len(PORTS)] for n in range(len(PORTS)))
            self._port.write_text(str(next(port for port in turned if unused(port))))

    def note(self, pid: int) -> None:
        self._pid.write_text(str(pid))

    def forget(self) -> None:
        self._pid.unlink(missing_ok=True)

    def pid(self) -> int | None:
        """Return the broker's living process; its number may be anybody's by now."""
        try:
            pid = int(self._pid.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if str(self.properties) in _command_of(pid) else None

    def last_words(self) -> str:
        """Return the end of the broker's log, for the sentence that says it died."""
        said = self.log.read_text(errors="replace") if self.log.exists() else ""
        return said.strip()[-600:]


def unused(port: int) -> bool:
    """Say whether nobody listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex((LOCALHOST, port)) != 0


def _command_of(pid: int) -> str:
    """Return the command line of a process, empty for none and for a zombie."""
    if Path("/proc/self").exists():
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return line.replace(b"\0", b" ").decode(errors="replace")
    asked = ["/bin/ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(  # noqa: S603 - fixed words and a number
        asked, capture_output=True, text=True, check=False
    ).stdout
