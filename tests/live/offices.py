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

from services.assemble import beistand
from services.bus import cluster, topics
from services.bus.channels import add
from services.bus.connection import Bus
from services.bus.names import Names
from services.ledger.rules.realm import RegisterChannel
from services.postgres import stop
from services.settings import load

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

    def file(self, channel: str) -> Path:
        """Where the ready file of a channel lies."""
        return self.home / "channels" / f"{channel}.toml"

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
    made = Office(f"t{uuid.uuid4().hex[:12]}", folder / "home", free_port(), bus)
    log = (folder / "log").open("w")
    try:
        _prepare(made, channels)
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


def _prepare(made: Office, channels: Sequence[str]) -> None:
    """Do as `beistand topics apply` and `beistand channel add` do, in one go."""
    settings = load(made.home, realm=made.realm, kafka=made.bus.servers)
    with beistand(settings) as engine, cluster.opened(made.bus) as admin:
        topics.apply(admin, topics.plan(admin, made.names, ()))
        for name in channels:
            source = f"/channels/{name}"
            engine.handle(RegisterChannel(channel=name, source=source), by="test")
            add(admin, made.names, channel=name, source=source, file=made.file(name))


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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
