"""`kill -9` in the middle of an import: what was answered is there, once.

The real `beistand serve`, the real door `POST /intake`; three kills at random moments
of a seeded run. Then everything is sent once more, and the next start needs no repair.
"""

import json
import os
import random
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Timer

from services import projecting
from services.assemble import beistand
from services.settings import load
from tests.journeys.shell import BEISTAND, environment

SOURCE = "https://web.example.org/offers"
ROWS, BATCH, KILLS = 1_200, 20, 3
SEED = 20220318


def event(number: int) -> dict[str, object]:
    """One offer as a channel sends it."""
    return {
        "specversion": "1.0",
        "id": f"row-{number}",
        "source": SOURCE,
        "type": "offer.submitted.v1",
        "data": {
            "contact": {"name": f"Anbieter {number}", "mail": f"a{number}@example.org"},
            "details": {"kind": "housing", "dwelling": "room", "beds": 1 + number % 3},
        },
    }


@contextmanager
def serving(home: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the desk until it is killed, or the block ends."""
    process = subprocess.Popen(
        [BEISTAND, "serve", "--port", str(port)],
        env=environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until_it_answers(port)
        yield process
    finally:
        process.kill()
        process.wait()


def send(port: int, numbers: range) -> bool:
    """Send rows as a batch; say whether they were answered as taken."""
    body = json.dumps([event(number) for number in numbers])
    headers = {"Content-Type": "application/cloudevents-batch+json"}
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("POST", "/intake", body, headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
    except (HTTPException, OSError):
        return False
    finally:
        connection.close()
    if answer.status == 503:
        return False
    assert answer.status == 200, told
    assert told["set_aside"] == 0, told
    return True


def test_what_was_answered_is_there_once_after_three_kills(office: Path):
    chance, port = random.Random(SEED), free_port()
    batches = [range(first, first + BATCH) for first in range(0, ROWS, BATCH)]
    answered: set[int] = set()
    left = list(batches)
    for _ in range(KILLS):
        with serving(office, port) as process:
            killer = Timer(chance.uniform(0.1, 0.6), process.kill)
            killer.start()
            while left and send(port, left[0]):
                answered.update(left.pop(0))
            killer.join()
    before = _positions(office)

    with serving(office, port):
        for batch in batches:
            assert send(port, batch)
    after = _positions(office)

    assert 0 < len(answered) < ROWS, "the kills came too early or too late"
    assert {n for n in answered if before[f"row-{n}"] != 1} == set()
    assert after == Counter({f"row-{n}": 1 for n in range(ROWS)})
    assert [name for name, equal in _rebuilt(office) if not equal] == []


def _positions(home: Path) -> Counter[str]:
    """Count the facts of each row that was sent."""
    with beistand(load(home)) as engine:
        stored = engine.recorder.read()
    facts = (json.loads(fact.data) for fact in stored if fact.type == "offer.listed.v1")
    return Counter(fact["origin"]["id"] for fact in facts)


def _rebuilt(home: Path) -> list[tuple[str, bool]]:
    with beistand(load(home)) as engine:
        engine.project()
        found = projecting.rebuild(engine.server)
    return [(name, one.equal) for name, one in found.items()]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until_it_answers(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < until, "the desk does not start"
        time.sleep(0.05)


def test_the_desk_takes_rows_again_after_its_database_was_killed(office: Path):
    port = free_port()
    with serving(office, port):
        assert send(port, range(20))
        folder = office / "postgres" / "data" / "postmaster.pid"
        os.kill(int(folder.read_text().split()[0]), signal.SIGKILL)
        again = range(20, 40)
        until = time.monotonic() + 30
        while not send(port, again) and time.monotonic() < until:
            time.sleep(0.2)

    assert sum(_positions(office).values()) == 40
