"""Each part as a process of its own: they find each other, and end when told to."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.journeys.shell import BEISTAND, environment
from tests.journeys.test_kill import free_port, send, until_it_answers

PARTS = ("desk", "matching", "projecting")


@contextmanager
def parts(home: Path, port: int) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Start every part at once in a home that nobody has prepared."""
    started = {
        part: subprocess.Popen(
            [BEISTAND, "run", part, *(["--port", str(port)] if part == "desk" else [])],
            env=environment(home),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for part in PARTS
    }
    try:
        yield started
    finally:
        for process in started.values():
            process.kill()
            process.wait()


def test_parts_that_start_at_once_bring_an_offer_to_the_page(office: Path):
    port = free_port()
    with parts(office, port) as started:
        until_it_answers(port)
        assert send(port, range(3))
        until = time.monotonic() + 20
        while (shown := _offers(port)) < 3 and time.monotonic() < until:
            time.sleep(0.1)

        began = time.monotonic()
        for process in started.values():
            process.send_signal(signal.SIGTERM)
        ended = {part: process.wait(20) for part, process in started.items()}
        seconds = time.monotonic() - began

    assert shown == 3
    assert ended == {"desk": 0, "matching": 0, "projecting": 0}
    assert seconds < 10


def _offers(port: int) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/api/available_offers")
    answer = connection.getresponse()
    found = json.loads(answer.read())
    connection.close()
    if answer.status == 503:
        return 0  # the read models are not laid yet, and it says so
    assert answer.status == 200, found
    return len(found["rows"])
