"""An older backup and a bus that goes on: what docs/operate.md tells to do is enough.

The bus holds facts that the restored ledger has not; the relay says so and adds none.
With the facts' topic and intake's place thrown away, everything comes back that still
lies on the bus: what was sent after the backup, too.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from services import postgres
from services.channel import Channel
from services.restoring import restore
from services.settings import load
from tests.channel.lines import OFFER
from tests.live.offices import BEISTAND, Office, free_port, office, until


@pytest.fixture
def folder():
    """A short path, for the sake of the database's socket."""
    found = Path(tempfile.mkdtemp(prefix="back-", dir="/tmp"))
    yield found
    postgres.stop(found / "home")
    shutil.rmtree(found)


@contextmanager
def served(made):
    with (made.home.parent / "log").open("a") as log:
        process = subprocess.Popen(
            [BEISTAND, "serve", "--bus", "--port", str(made.port)],
            env=made.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def kafka_admin(bus, *words):
    """Do as the page says: kafka-python's own command line."""
    asked = [sys.executable, "-m", "kafka.admin", "-b", bus.servers, *words]
    subprocess.run(asked, check=True, capture_output=True, timeout=60)


def run(made, *words):
    """Run a command of an office to its end; return its exit code."""
    return subprocess.run(
        [BEISTAND, *words],
        env=made.environment,
        capture_output=True,
        check=False,
        timeout=60,
    ).returncode


def equal(made):
    """Say whether bus and ledger hold the same."""
    return run(made, "audit", "bus") == 0


def wrong(made):
    try:
        return " ".join(json.loads(made.get("/health/ready")[1])["wrong"])
    except OSError:
        return ""


def offers(made):
    try:
        return len(made.rows("available_offers"))
    except OSError:
        return 0


@pytest.mark.timeout(400)
def test_what_was_sent_after_the_backup_comes_back_from_the_bus(kafka, folder):
    copies, keys, kek = folder / "ledger", folder / "keys", folder / "kek"
    with office(kafka, ["web"]) as first:
        with Channel.open(first.file("web")) as channel:
            channel.offer("W-1", OFFER).receipt(timeout=60)
            assert run(first, "backup", str(copies), "--keys", str(keys)) == 0
            channel.offer("W-2", OFFER | {"message": "later"}).receipt(timeout=60)
        until(lambda: offers(first) == 2 and equal(first))
        shutil.copy2(first.home / "keys" / "kek", kek)

    second = Office(first.realm, folder / "home", free_port(), kafka)
    settings = load(second.home, realm=first.realm, kafka=kafka.servers, kek_file=kek)
    (second.home / "keys").mkdir(parents=True)
    shutil.copy2(kek, second.home / "keys" / "kek")
    restore(settings, copies, keys)
    with served(second):
        said = until(lambda: "older backup" in wrong(second) and wrong(second))
        before = offers(second)

    kafka_admin(kafka, "topics", "delete", "-t", second.names.facts)
    kafka_admin(kafka, "groups", "delete", "-g", second.names.group("intake"))
    assert run(second, "topics", "apply") == 0
    with served(second):
        until(lambda: offers(second) == 2 and equal(second))
        healthy = until(lambda: offers(second) and not wrong(second))

    assert "docs/operate.md" in said
    assert before == 1
    assert healthy
