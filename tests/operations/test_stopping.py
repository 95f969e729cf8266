"""Told to end, a process ends within ten seconds, whatever it is in the middle of."""

import json
import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from http.client import HTTPConnection

from tests.journeys.shell import BEISTAND, environment
from tests.journeys.shell import beistand as run
from tests.journeys.test_kill import free_port, send, until_it_answers

SECONDS = 10
BUSY = """
import sys, time
from services import parts
from services.cli import main
from services.parts import PARTS

def solving(engine, stop):
    engine.health.beat("matching")
    time.sleep(100)

parts.PARTS = {**PARTS, "matching": solving}
sys.argv = ["beistand", "serve", "--port", sys.argv[1]]
main()
"""


@contextmanager
def serving(home, port, words, log):
    with log.open("w") as said:
        process = subprocess.Popen(
            words, env=environment(home), stdout=said, stderr=subprocess.STDOUT
        )
    try:
        until_it_answers(port)
        yield process
    finally:
        process.kill()
        process.wait()


def asked(port, path):
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as line:
        line.request("GET", path)
        answer = line.getresponse()
        return answer.status, answer.read()


def ended(process):
    """Tell a process to end; return how many seconds that took."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    return time.monotonic() - began


def until_ready(port):
    until = time.monotonic() + 30
    while asked(port, "/health/ready")[0] != 200 and time.monotonic() < until:
        time.sleep(0.1)
    return json.loads(asked(port, "/health/ready")[1])


def test_the_desk_is_ready_tells_its_figures_and_ends_when_told(homes):
    port, log = free_port(), homes / "log"
    words = [BEISTAND, "serve", "--port", str(port), "--today", "2022-03-18"]
    with serving(homes / "a", port, words, log) as process:
        found = until_ready(port)
        assert send(port, range(3))
        shown = asked(port, "/offers")[1].decode()
        figures = asked(port, "/metrics")[1].decode()
        said = run(homes / "a", "health", "--port", str(port))
        seconds = ended(process)

    assert (found["ready"], found["wrong"]) == (True, [])
    assert "18. März 2022" in shown
    assert {"matching", "postgres", "projecting", "read models"} <= {
        part["part"] for part in found["parts"]
    }
    assert 'beistand_http_seconds_count{method="POST",route="/intake"' in figures
    assert "beistand_append_seconds_count 0.0" not in figures
    assert "Anbieter" not in log.read_text() + figures
    assert seconds < SECONDS
    assert said == "Ready.\n"


def test_a_plan_that_is_being_made_holds_nobody_up(homes):
    port, log = free_port(), homes / "log"
    words = [sys.executable, "-c", BUSY, str(port)]
    with serving(homes / "a", port, words, log) as process:
        until_ready(port)
        seconds = ended(process)

    assert seconds < SECONDS
    assert '"event": "part.left"' in log.read_text()
