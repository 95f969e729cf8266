"""A log names nobody, whoever writes into it and whatever breaks."""

import ast
import json
import logging
import subprocess
import sys

import pytest
import structlog

from services.logs import KNOWN, MOST_TROUBLES, Repeats
from tests.quality.sources import modules, name

PLANTED = "Olena Unauffindbar, 0211 5559913"
SAYING = f"""
import logging, sys, threading
import structlog
from services.logs import configure

configure(for_people={{for_people}})
log = structlog.get_logger("beistand.part")
planted = {PLANTED!r}
for count in (3, 4):
    log.warning("intake.taken", channel="web-form", count=count, person=planted)
try:
    raise ValueError(planted)
except ValueError:
    log.exception("part.failed", part="relay")
logging.getLogger("faststream").error(f"cannot read {{{{planted}}}}")
logging.getLogger("aiokafka.conn").error("no answer from %s", planted)
try:
    {{{{}}}}[planted]
except KeyError:
    logging.getLogger("faststream").exception(planted)
def die():
    raise RuntimeError(planted)
thread = threading.Thread(target=die)
thread.start()
thread.join()
raise LookupError(planted)
"""


def said(for_people):
    script = SAYING.format(for_people=for_people).replace("{{", "{").replace("}}", "}")
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    return done.stdout + done.stderr


def test_what_was_planted_is_in_no_line_and_each_line_is_an_object():
    text = said(for_people=False)

    lines = [json.loads(line) for line in text.splitlines()]
    assert "Unauffindbar" not in text
    assert "5559913" not in text
    assert [line["event"] for line in lines] == [
        "intake.taken", "part.failed", "library", "library", "library",
        "process.died", "process.died",
    ]  # fmt: skip
    assert (lines[0]["channel"], lines[0]["person"]) == ("web-form", "withheld")
    assert (lines[1]["part"], lines[1]["error"]) == ("relay", "ValueError")
    assert lines[3]["reason"] == "no answer from %s"
    assert lines[6]["error"] == "LookupError"
    assert lines[6]["at"]


def test_on_a_terminal_events_are_for_reading_and_name_nobody_either():
    events = said(for_people=True).partition("Traceback")[0]

    assert "intake.taken" in events
    assert "Unauffindbar" not in events


class Log:
    """A log in which time goes as the test says."""

    def __init__(self):
        self.now = 0.0
        self.repeats = Repeats(10.0, lambda: self.now)

    def said(self, level, **fields):
        """Return what of an event is written; None for nothing."""
        try:
            return self.repeats(None, level, {"level": level, **fields})
        except structlog.DropEvent:
            return None


def test_the_same_trouble_is_said_once_in_a_while_and_how_often_it_was():
    log = Log()
    away = {"event": "relay.lost", "reason": "Kafka does not answer"}

    first = [log.said("warning", **away, turn=n) for n in range(30)]
    other = log.said("warning", event="relay.lost", reason="No topic")
    log.now = 10.0
    again = log.said("warning", **away, turn=31)

    assert [one for one in first if one] == [{"level": "warning", **away, "turn": 0}]
    assert other is not None
    assert again == {"level": "warning", **away, "turn": 31, "repeated": 29}


@pytest.mark.parametrize("level", ["info", "critical"])
def test_what_merely_happens_and_what_is_critical_is_always_said(level):
    log = Log()

    assert all(log.said(level, event="part.died", part="relay") for _ in range(3))


def test_no_number_of_different_troubles_fills_the_memory():
    log = Log()

    for number in range(3 * MOST_TROUBLES):
        log.said("error", event="library", reason=f"{number}")

    assert len(log.repeats._said) <= MOST_TROUBLES


BROKEN_COMMAND = f"""
import sys
from services.cli import keeping, main

def broken(*_):
    raise ValueError({PLANTED!r})

keeping.examine = broken
sys.argv = ["beistand", "doctor"]
main()
"""


def test_a_command_that_dies_names_nobody_either():
    done = subprocess.run(
        [sys.executable, "-c", BROKEN_COMMAND],
        capture_output=True,
        text=True,
        check=False,
    )

    last = json.loads(done.stderr.splitlines()[-1])
    assert (done.returncode, last["event"], last["error"]) == (
        1,
        "process.died",
        "ValueError",
    )
    assert "Unauffindbar" not in done.stdout + done.stderr


def fields(source):
    """Return the names under which a module hands values to its log."""
    return {
        keyword.arg
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value).endswith("log")
        and hasattr(logging, node.func.attr)
        for keyword in node.keywords
        if keyword.arg
    }


def test_every_field_that_is_logged_was_looked_at():
    found = {
        name(path): unknown
        for path in modules()
        if (unknown := fields(path.read_text()) - KNOWN - {"exc_info"})
    }

    assert found == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("log.warning('x', person=1)", {"person"}),
        ("self._log.info('x', part=1)", {"part"}),
        ("math.log(2, base=3)", set()),
    ],
)
def test_a_field_is_found_in_the_code(source, found):
    assert fields(source) == found
