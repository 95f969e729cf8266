"""How fast a large sheet becomes cases: read, compared, sealed, recorded.

The sheet is a web form export with the usual dirt: every fourth row asks something.
It is taken in, previewed, and taken in again, when nothing is news. The server is the
embedded one with its normal durable settings. The CPU time is of the process that
records; the one that reads, and the server, have their own.
"""

import csv
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.append import fresh_server
from bench.yardsticks import Figures, Options
from events.base import Said
from events.values import Actor
from services.intake.report import Report
from services.intake.submit import Intake
from services.ledger.handle import Writer
from services.ledger.recorder import Recorder
from services.ledger.vault import Vault
from services.settings import load

NAME = "intake"
SUMMARY = "Rows per second of a large sheet: taken in, previewed, taken in again"
ROWS = 20_000
_SAID = Said(actor=Actor(ref="bench", role="coordinator"), via="cli")
_HEADINGS = (
    "frühestes Einzugsdatum", "Möglicher Aufenthalt (Dauer)", "Verfügbare Betten",
    "Sprachen (sprechen / verstehen)", "Land", "Ort", "PLZ", "Straße", "Hausnummer",
    "Ist die Unterkunft rollstuhlgerecht?", "Haustiere erlaubt?",
    "Sind Haustiere im Haushalt vorhanden?", "Name", "Telefonnummer", "E-Mail",
    "Nachricht",
)  # fmt: skip


def run(options: Options) -> Figures:
    """Measure on a fresh ledger; goal: ≥ 2,000 rows a second taken in."""
    rows = options.times(ROWS)
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        fresh_server() as server,
    ):
        path = Path(folder) / "form.csv"
        _write(path, random.Random(options.seed), rows)
        recorder, vault = Recorder(server), Vault(server, load(Path(folder)))
        intake = Intake(Writer(recorder, vault), realm="05111000")
        options.say(f"{rows} rows taken in")
        busy = time.process_time()
        taken, first = _timed(lambda: intake.submit(path, _SAID))
        busy = time.process_time() - busy
        options.say("the same file again")
        same, again = _timed(lambda: intake.submit(path, _SAID))
        options.say("previewed")
        _, looked = _timed(lambda: intake.preview(path))
        size = path.stat().st_size
        recorder.close()
        vault.close()
    if (taken.taken, same.unchanged) != (rows, rows):
        raise ValueError(f"not every row was taken once: {taken}, {same}")
    return {
        "rows": rows,
        "megabytes": round(size / 1e6, 1),
        "rows_per_second": round(rows / first),
        "cpu_us_a_row": round(busy / rows * 1e6),
        "open_questions": taken.open_questions,
        "again_rows_per_second": round(rows / again),
        "preview_rows_per_second": round(rows / looked),
        "peak_megabytes": _peak(),
    }


def _timed(work: Callable[[], Report]) -> tuple[Report, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def _peak() -> int:
    """Return the most memory that this process or one below it held."""
    unit = 1 if sys.platform == "darwin" else 1024
    held = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in held) * unit // 1_000_000


def _write(path: Path, dice: random.Random, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADINGS)
        writer.writerows(_row(dice, number) for number in range(rows))


def _row(dice: random.Random, number: int) -> list[str]:
    return [
        f"{dice.randint(3, 9):02}/{dice.randint(1, 28):02}/2022",
        dice.choice(["6 Monate", "3 Monate", "unbefristet", "mindestens 1 Jahr"]),
        dice.choice(["1", "2", "3", "2 (+2 Kinder)"]),
        dice.choice(["Deutsch\nEnglisch", "Deutsch", "Englisch\nUkrainisch"]),
        "Deutschland",
        "Düsseldorf",
        str(40_210 + dice.randint(0, 400)),
        f"Musterweg {dice.choice('abcdef')}",
        str(number),
        dice.choice(["Ja", "Nein"]),
        dice.choice(["Ja", "Nein"]),
        dice.choice(["Ja", "Nein"]),
        f"Person {number}",
        f"0151{10_000_000 + number}",
        f"person{number}@example.org",
        "Wir freuen uns, bitte abends anrufen.",
    ]
