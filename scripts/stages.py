"""Runs the stages of `make test`, says how long each took, and closes with one count.

All stages run even when an early one fails: one run shows everything there is to
mend. Started by the interpreter of `.venv`, whose tools it uses.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Stage:
    """One command; a stage of tests also says how many passed."""

    name: str
    command: tuple[str, ...]
    counts: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of a stage; a stage without tests counts as one check."""

    name: str
    passed: int
    failed: int
    seconds: float


PYTEST = (str(BIN / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider")
APART = ("--ignore=tests/docs", "--ignore=tests/torture/live")
"""Tests with a stage of their own: the second kind wants the machine for itself."""
STAGES = (
    Stage("lint", (str(BIN / "ruff"), "check", ".")),
    Stage("format", (str(BIN / "ruff"), "format", "--check", ".")),
    Stage("types", (str(BIN / "mypy"),)),
    Stage("contracts", (str(BIN / "lint-imports"), "--no-logo")),
    Stage("dependencies", (str(BIN / "deptry"), ".")),
    Stage("generated", (str(BIN / "python"), "-m", "services.contract", "--check")),
    Stage("kafka", (str(BIN / "beistand"), "kafka", "fetch")),
    Stage("java", (str(BIN / "python"), "-m", "tests.java")),
    Stage("browser", ("sh", "scripts/browser")),
    Stage("docs", (*PYTEST, "tests/docs"), counts=True),
    Stage("tests", (*PYTEST, "-n", "2", *APART), counts=True),
    Stage("torture", (*PYTEST, "tests/torture/live"), counts=True),
)


def main(names: Sequence[str]) -> int:
    """Run the named stages, or all, in their order; 0 when nothing failed."""
    unknown = set(names) - {stage.name for stage in STAGES}
    if unknown:
        print(f"No such stage: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    chosen = [stage for stage in STAGES if not names or stage.name in names]
    outcomes = [_run(stage) for stage in chosen]
    _report(outcomes)
    return int(any(outcome.failed for outcome in outcomes))


def _run(stage: Stage) -> Outcome:
    print(f"── {stage.name}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        extra = (f"--junitxml={report}",) if stage.counts else ()
        ended = subprocess.run((*stage.command, *extra), cwd=ROOT, check=False)
        total, bad = _count(report) if stage.counts else (1, ended.returncode != 0)
    # A run that died, or ran nothing, has failed whatever it counted.
    failed = max(bad, int(ended.returncode != 0 or total == 0))
    return Outcome(
        stage.name, max(total - failed, 0), failed, time.monotonic() - started
    )


def _count(report: Path) -> tuple[int, int]:
    """Return all tests and those that did not pass; a skipped one did not."""
    if not report.exists():
        return 0, 0
    suite = next(ET.parse(report).iter("testsuite")).attrib
    bad = sum(int(suite[key]) for key in ("failures", "errors", "skipped"))
    return int(suite["tests"]), bad


def _report(outcomes: Sequence[Outcome]) -> None:
    print("\nstage              seconds   passed   failed")
    for one in outcomes:
        print(f"{one.name:<16}{one.seconds:>10.1f}{one.passed:>9}{one.failed:>9}")
    passed = sum(one.passed for one in outcomes)
    failed = sum(one.failed for one in outcomes)
    print(f"in all{sum(one.seconds for one in outcomes):>20.1f}\n")
    print(f"{passed} passed, {failed} failed")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
