"""Readiness tells the truth while Kafka and PostgreSQL are away, and after.

A process of its own against servers of its own, which are killed and come back: nobody
restarts the process, and nobody is told anything but what is so.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from services import postgres
from services.bus import broker
from services.bus.place import BusPlace
from services.cluster import pid_of
from services.cluster_files import Place
from services.settings import load
from tests.journeys.shell import BEISTAND, environment
from tests.journeys.test_kill import free_port

NOTICED = 15
"""Seconds in which somebody who asks must be told."""
BACK = 20
"""Seconds in which the process works again after its server does."""


@pytest.fixture
def site():
    """A home with PostgreSQL and Kafka, which no process of Beistand looks after."""
    folder = Path(tempfile.mkdtemp(prefix="true-", dir="/tmp"))
    yield load(folder / "home")
    broker.stop(folder / "home")
    postgres.stop(folder / "home")
    shutil.rmtree(folder)


@contextmanager
def relaying(site, server, bus, port):
    """Run the relay against servers that it is only told the addresses of."""
    socket = server.address.split("'")[1]
    number = server.address.split("port=")[1].split()[0]
    own = {
        "BEISTAND_HOME": str(site.home.parent / "other"),
        "BEISTAND_KEK_FILE": str(site.kek),
        "DATABASE_URL": f"postgresql://postgres@/beistand?host={socket}&port={number}",
        "BEISTAND_KAFKA": bus.servers,
        "BEISTAND_HEALTH_PORT": str(port),
    }
    found = environment(site.home) | own
    with (site.home.parent / "log").open("w") as log:
        process = subprocess.Popen(
            [BEISTAND, "run", "relay"], env=found, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def ready(port):
    """Return whether it is ready and what it says is wrong; None when it is silent."""
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as line:
            line.request("GET", "/health/ready")
            answer = json.loads(line.getresponse().read())
    except OSError:
        return None
    return answer["ready"], " ".join(answer["wrong"])


def until(port, wanted, seconds):
    """Wait until readiness is as wanted; return what was said then, and how long."""
    began = time.monotonic()
    while (found := ready(port)) is None or found[0] != wanted:
        assert time.monotonic() - began < seconds, found
        time.sleep(0.1)
    return found[1]


def killed(pid: int | None):
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def done(*words, **settings):
    subprocess.run([BEISTAND, *words], check=True, capture_output=True, **settings)


@pytest.mark.timeout(300)
def test_who_asks_is_told_what_is_away_and_when_it_is_back(site):
    server, bus, port = postgres.serve(site), broker.start(site), free_port()
    done("topics", "apply", env=environment(site.home))

    with relaying(site, server, bus, port) as process:
        until(port, wanted=True, seconds=60)

        killed(BusPlace(site.home).pid())
        without_kafka = until(port, wanted=False, seconds=NOTICED)
        broker.start(site)
        until(port, wanted=True, seconds=BACK)

        killed(pid_of(Place(site.home)))
        without_postgres = until(port, wanted=False, seconds=NOTICED)
        postgres.start(site.home)
        until(port, wanted=True, seconds=BACK)

        alive = process.poll()

    assert "Kafka" in without_kafka
    assert "PostgreSQL" in without_postgres
    assert alive is None
