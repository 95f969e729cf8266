"""A 30 MB file, from its first byte to the ledger, in less than half a gigabyte."""

import subprocess
import sys

from tests.intake.sheets import form, text

_PROGRAM = """
import resource, sys
from pathlib import Path
from services.database import Server
from services.intake.submit import Intake
from services.ledger.handle import Writer
from services.ledger.recorder import Recorder
from services.ledger.vault import Vault
from services.settings import load
from tests.intake.conftest import REALM, SAID

address, assume, ledger, keys, home, path = sys.argv[1:]
server = Server(address, assume == "True", ledger, keys)
vault = Vault(server, load(Path(home)))
report = Intake(Writer(Recorder(server), vault), realm=REALM).submit(Path(path), SAID)
status = Path("/proc/self/status").read_text()
own = int(status.partition("VmHWM:")[2].split()[0])
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(report.taken, (own + child) // 1000)
"""
# `ru_maxrss` of a process also counts what its parent held when it was started: here
# the whole test run. The high-water mark of its own memory does not.


def test_a_file_of_30_mb_is_taken_in_with_bounded_memory(database, tmp_path):
    path = tmp_path / "a.csv"
    row = form(Nachricht="x" * 19_900, Sprachen="de")
    (line,) = text([row]).splitlines()[1:]
    with path.open("w", encoding="utf-8") as file:
        file.write(text([row]))
        for number in range(1_549):
            file.write(line.replace("erika@", f"erika{number}@") + "\n")

    told = [database.address, str(database.assume), database.ledger, database.keys]
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *told, str(tmp_path), str(path)],
        capture_output=True,
        text=True,
        check=True,
        timeout=110,
    )

    taken, megabytes = map(int, done.stdout.split())
    assert path.stat().st_size > 30_000_000
    assert taken == 1_550
    assert megabytes < 500
