"""Killed in the middle and sent again; sent twice at once: every row once."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from events.offer import OfferListed
from services.intake.submit import Intake
from services.ledger.handle import Writer
from services.ledger.recorder import Recorder
from services.ledger.vault import Vault
from services.settings import load
from tests.intake.conftest import NOW, REALM, SAID
from tests.intake.sheets import OFFER, as_csv

ROWS = 1_500
_PROGRAM = """
import sys
from pathlib import Path
from services.database import Server
from services.intake.submit import Intake
from services.ledger.handle import Writer
from services.ledger.recorder import Recorder
from services.ledger.vault import Vault
from services.settings import load
from tests.intake.conftest import NOW, REALM, SAID

address, assume, ledger, keys, home, path = sys.argv[1:]
server = Server(address, assume == "True", ledger, keys)
vault = Vault(server, load(Path(home)))
intake = Intake(Writer(Recorder(server), vault), realm=REALM, clock=lambda: NOW)
print("ready", flush=True)
intake.submit(Path(path), SAID, progress=lambda done, _: print(done, flush=True))
"""


@pytest.fixture
def path(tmp_path):
    rows = [
        OFFER | {"Angebots-Nr.": f"A-{n}", "E-Mail": f"a{n}@example.org"}
        for n in range(ROWS)
    ]
    return as_csv(tmp_path / "a.csv", rows)


def listed(recorder: Recorder) -> list[str]:
    facts = recorder.read()
    return [fact.tags[0] for fact in facts if fact.type == OfferListed.type]


@pytest.mark.parametrize("answers", [0, 1, 2])
def test_killed_in_the_middle_and_sent_again_every_row_is_there_once(
    database, recorder, vault, tmp_path, path, answers
):
    answered = _killed_after(answers, database, tmp_path, path)
    kept = listed(recorder)

    intake = Intake(Writer(recorder, vault), realm=REALM, clock=lambda: NOW)
    report = intake.submit(path, SAID)

    assert len(kept) >= answered
    assert (report.unchanged, report.taken) == (len(kept), ROWS - len(kept))
    assert len(listed(recorder)) == len(set(listed(recorder))) == ROWS


def test_two_at_once_take_every_row_once(database, recorder, tmp_path, path):
    """Their orders say other times of arrival, so one of them must look again."""
    reports: list[Any] = []

    def run(later: timedelta) -> None:
        own, keys = Recorder(database), Vault(database, load(tmp_path))
        intake = Intake(Writer(own, keys), realm=REALM, clock=lambda: NOW + later)
        reports.append(intake.submit(path, SAID))
        own.close()
        keys.close()

    waits = (timedelta(0), timedelta(seconds=1))
    threads = [threading.Thread(target=run, args=(later,)) for later in waits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [report.taken + report.unchanged for report in reports] == [ROWS, ROWS]
    assert len(listed(recorder)) == len(set(listed(recorder))) == ROWS


def _killed_after(answers: int, database, tmp_path, path) -> int:
    """Start an import and kill it after so many answers; return the rows answered."""
    told = [database.address, str(database.assume), database.ledger, database.keys]
    command = [sys.executable, "-c", _PROGRAM, *told, str(tmp_path), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        heard = [child.stdout.readline().strip() for _ in range(answers + 1)]
        time.sleep(0.05 * answers)
        os.kill(child.pid, signal.SIGKILL)
        heard += child.stdout.read().split()
    assert heard[0] == "ready"
    return max(map(int, heard[1:]), default=0)
