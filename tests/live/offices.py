"""An office as it is run: the real `beistand serve --bus`, on the run's Kafka."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from services.bus.connection import Bus
from services.bus.names import Names
from services.postgres import stop

BEISTAND = str(Path(sys.executable).parent / "beistand")
PATIENCE = 60


@dataclass(frozen=True)
class Office:
    """A realm that is served; everything about it is asked from outside."""

    realm: str
    home: Path
    port: int
    bus: Bus

    @property
    def names(self) -> Names:
        return Names(self.realm)

    def run(self, *words: str) -> str:
        """Run a command of the office to its end; return what it printed."""
        done = subprocess.run(
            [BEISTAND, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def get(self, path: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def rows(self, read_model: str) -> list[dict[str, Any]]:
        """Return the rows of a read model; none while it is not laid yet."""
        status, text = self.get(f"/api/{read_model}?size=1000")
        if status == 503:
            return []
        assert status == 200, text
        found: list[dict[str, Any]] = json.loads(text)["rows"]
        return found

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home.parent),
            "BEISTAND_HOME": str(self.home),
            "BEISTAND_REALM": self.realm,
            "BEISTAND_KAFKA": self.bus.servers,
            "NO_COLOR": "1",
        }


@contextmanager
def office(bus: Bus, channels: Sequence[str]) -> Iterator[Office]:
    """Serve a new realm with these channels until the block ends."""
    # A short path, for the sake of the database's socket.
    folder = Path(tempfile.mkdtemp(prefix="bus-", dir="/tmp"))
    made = Office(f"t{uuid.uuid4().hex[:12]}", folder / "home", _free_port(), bus)
    log = (folder / "log").open("w")
    try:
        made.run("topics", "apply")
        for channel in channels:
            made.run("channel", "add", channel)
        words = [BEISTAND, "serve", "--bus", "--port", str(made.port)]
        process = subprocess.Popen(
            words, env=made.environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            until(lambda: _answers(made), (folder / "log").read_text)
            yield made
        finally:
            process.terminate()
            process.wait(timeout=30)
    finally:
        log.close()
        stop(made.home)
        shutil.rmtree(folder)


def until(done: Callable[[], Any], told: Callable[[], str] = str) -> Any:
    """Wait until something is there, and return it; fail with what `told` says."""
    began = time.monotonic()
    while not (found := done()):
        assert time.monotonic() - began < PATIENCE, told() or "it never came"
        time.sleep(0.05)
    return found


def _answers(made: Office) -> bool:
    try:
        return made.get("/health/live")[0] == 200
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
