"""The tests' own broker: one for all workers, and gone when the last has left."""

import subprocess
import sys

import pytest

from services.bus import broker
from tests.brokers import GIVEN, shared

WORKER = """
import sys
from pathlib import Path
from tests.brokers import shared
with shared(Path(sys.argv[1])) as bus:
    print(bus.servers, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.delenv(GIVEN, raising=False)
    here = tmp_path / "run-1"
    here.mkdir()
    yield here
    broker.stop(here / "kafka-home")


def worker(run):
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(run)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_workers_share_one_broker_and_a_killed_one_does_not_keep_it(run):
    one, two = worker(run), worker(run)
    assert one.stdout is not None
    assert two.stdout is not None
    lent = {one.stdout.readline(), two.stdout.readline()}

    one.kill()
    one.communicate()
    still = broker.status(run / "kafka-home").running
    two.communicate("")

    assert (len(lent), still) == (1, True)
    assert not broker.status(run / "kafka-home").running


def test_a_run_ends_the_broker_of_a_run_that_was_killed(run, tmp_path):
    killed = worker(run)
    assert killed.stdout is not None
    killed.stdout.readline()
    killed.kill()
    killed.communicate()
    left = broker.status(run / "kafka-home").running
    (tmp_path / "run-2").mkdir()

    with shared(tmp_path / "run-2"):
        swept = broker.status(run / "kafka-home").running

    assert (left, swept) == (True, False)
