"""The compose file's own commands and variables, started as processes.

PostgreSQL and Kafka of the test run stand in for the two images; nothing else is
changed but addresses, folders and ports. One offer goes in at Kafka and comes out on
the desk's API, what cannot be read is set aside and counted, every process says it is
ready, and all end in time when told to. No log names anybody.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
from kafka import KafkaProducer
from psycopg import sql

from services.bus.names import Names
from services.channel import Channel
from services.database import Role
from tests.channel.lines import OFFER
from tests.containers import composed
from tests.journeys.test_kill import free_port

BEISTAND = str(Path(sys.executable).parent / "beistand")
LOGIN = "compose"
ASIDE = 'beistand_intake_messages_total{channel="web-form",outcome="set_aside"} 1.0'
SECONDS = 90
POISON = b'{"name": "Olena Giftig", "phone": '
NAMES = ("K. Muster", "5550117", "Giftig")
"""What stands in the messages and must stand in no log and no figure."""


@dataclass(frozen=True)
class Stage:
    """Where the containers' world lies on this machine."""

    folder: Path
    address: dict[str, str]
    realm: str

    def environment(self, service, port):
        """Return a service's variables with this machine's places in them."""
        given = {"POSTGRES_PASSWORD": "geheim", "BEISTAND_REALM": self.realm}
        found = composed.environment(service, given)
        for inside, here in self.address.items():
            found = {name: value.replace(inside, here) for name, value in found.items()}
        own = {"BEISTAND_HEALTH_PORT": str(port)} if port else {}
        shell = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        return {**shell, **found, **own}


@pytest.fixture
def stage(server, kafka, own_realm):
    """PostgreSQL with a login like the image's, and Kafka; the test's own database."""
    folder = Path(tempfile.mkdtemp(prefix="box-", dir="/tmp"))
    database, socket = f"b_{own_realm}", server.address.split("'")[1]
    number = server.address.split("port=")[1].split()[0]
    with server.connect(Role.ADMIN, "postgres") as admin:
        admin.execute(f"CREATE ROLE {LOGIN} SUPERUSER LOGIN PASSWORD 'geheim'")
        yield Stage(
            folder,
            {
                "beistand:geheim@postgres:5432/beistand": (
                    f"{LOGIN}:geheim@/{database}?host={socket}&port={number}"
                ),
                "kafka:9092": kafka.servers,
                "/var/lib/beistand": str(folder / "home"),
                "8722": str(free_port()),
            },
            own_realm,
        )
        for name in (database, f"{database}_keys"):
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            admin.execute(drop.format(sql.Identifier(name)))
        admin.execute(f"DROP OWNED BY {LOGIN}")
        admin.execute(f"DROP ROLE {LOGIN}")
    shutil.rmtree(folder)


def done(stage, *words):
    """Run a command to its end as one of the compose file's services would."""
    ended = subprocess.run(
        [BEISTAND, *words],
        env=stage.environment(composed.ours()["upgrade"], None),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@contextmanager
def started(stage):
    """Start every process at once, as the engine does; lend them with their ports."""
    ports = {name: free_port() for name in composed.processes()}
    found = {}
    for name, service in composed.processes().items():
        with (stage.folder / f"{name}.log").open("w") as log:
            found[name] = subprocess.Popen(
                [BEISTAND, *service["command"]],
                env=stage.environment(service, ports[name]),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
    try:
        yield found, ports
    finally:
        for process in found.values():
            process.kill()
            process.wait()


def asked(port, path):
    """Return status and content; 0 while nothing answers."""
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as line:
            line.request("GET", path)
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())
    except OSError:
        return 0, {}


def figures(port):
    """Return what Prometheus reads of a process; nothing while it is silent."""
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as line:
            line.request("GET", "/metrics")
            return line.getresponse().read().decode()
    except OSError:
        return ""


def is_healthy(port):
    """Ask as the engine does."""
    check = composed.processes()["desk"]["healthcheck"]["test"]
    words = [sys.executable, *check[2:-1], str(port)]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def until(what, processes):
    """Wait until something is so; say who died meanwhile."""
    end = time.monotonic() + SECONDS
    while not (found := what()) and time.monotonic() < end:
        died = {n: p.returncode for n, p in processes.items() if p.poll() is not None}
        assert died == {}
        time.sleep(0.2)
    return found


@pytest.mark.timeout(300)
def test_an_offer_comes_in_at_kafka_and_out_at_the_desk(stage):
    for name in composed.ONCE:
        done(stage, *composed.ours()[name]["command"])
    file = stage.folder / "web-form.toml"
    words = ("--source", "/channels/web-form", "--out", str(file), "--as", "Amt")
    done(stage, "channel", "add", "web-form", *words)

    with started(stage) as (processes, ports):
        desk = int(stage.address["8722"])
        with Channel.open(file) as channel:
            receipt = channel.offer("W-1", OFFER).receipt(timeout=SECONDS)
        with KafkaProducer(bootstrap_servers=stage.address["kafka:9092"]) as producer:
            producer.send(Names(stage.realm).intake("web-form"), POISON)
        counted = until(lambda: ASIDE in (figures(ports["intake"])), processes)
        shown = until(
            lambda: asked(desk, "/api/available_offers")[1].get("rows"), processes
        )
        ready = {
            name: until(lambda p=port: is_healthy(p), processes)
            for name, port in ports.items()
        }
        told = "".join(figures(port) for port in ports.values())
        seconds, codes = stopped(processes)

    assert receipt.outcome == "taken"
    assert len(shown) == 1
    assert ready == dict.fromkeys(composed.processes(), True)
    assert codes == dict.fromkeys(composed.processes(), 0)
    assert seconds < 10
    assert counted
    assert [name for name in NAMES if name in told + logs(stage)] == []


def stopped(processes):
    """End all at once; return how long that took, and how each ended."""
    began = time.monotonic()
    for process in processes.values():
        process.send_signal(signal.SIGTERM)
    codes = {name: process.wait(30) for name, process in processes.items()}
    return time.monotonic() - began, codes


def logs(stage):
    return "".join(log.read_text() for log in stage.folder.glob("*.log"))
