"""`python -m tests.torture --seconds 60 --seed 1 --json`: break everything, then judge.

The plan is printed before it is carried out, with the seed that gives it again. The
last line of stdout is the result; exit 1 says that a promise broke.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.torture.ground import DISK, ground
from tests.torture.hunt import hunt
from tests.torture.mutants import MUTANTS
from tests.torture.outage import AFTER, BEFORE, Outage, outage
from tests.torture.plan import KAFKA, POSTGRES, plan
from tests.torture.scene import Outcome, Run, Scene, say

OUTAGES: Mapping[str, Sequence[str]] = {
    "kafka": (KAFKA,),
    "postgres": (POSTGRES,),
    "both": (KAFKA, POSTGRES),
}
A_SECOND = 1 << 20
"""Bytes that the ledger and its read models grow by, at most."""
_NOTHING: Mapping[str, object] = {}


def main(words: Sequence[str]) -> int:
    """Run what was asked for; 0 when every promise held."""
    asked = _asked(words)
    if asked.mutants:
        return _hunt(asked.only)
    if asked.outage:
        return _outage(OUTAGES[asked.outage], asked.seconds, asked.seed)
    return _torture(asked.seconds, asked.seed, asked.keep)


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--mutants", action="store_true", help="play each mutant until it is caught"
    )
    parser.add_argument("--only", nargs="*", default=(), choices=tuple(MUTANTS))
    parser.add_argument(
        "--outage", choices=tuple(OUTAGES), help="leave a server away for so long"
    )
    parser.add_argument(
        "--keep", type=Path, help="a folder for the logs of a run that breaks"
    )
    parser.add_argument("--json", action="store_true", help="the only form there is")
    return parser.parse_args(words)


def _torture(seconds: float, seed: int, keep: Path | None) -> int:
    faults = plan(seconds, seed)
    with ground(disk=DISK + round(seconds) * A_SECOND) as there:
        run = Run(there, Scene("05111000", seed, seconds, faults))
        outcome = run.play()
        if keep is not None and outcome.broken:
            _keep(run.office.home, keep)
    return report(outcome)


def _keep(home: Path, folder: Path) -> None:
    """Copy what the processes said and what their clients did."""
    folder.mkdir(parents=True, exist_ok=True)
    for pattern in ("*.log", "*.jsonl"):
        for file in home.glob(pattern):
            shutil.copy(file, folder)


def _hunt(names: Sequence[str]) -> int:
    """Print which mutants were caught; 0 when all were."""
    with ground() as there:
        found = list(hunt(there, names))
    lines = [{"name": c.name, "caught": c.caught, "seconds": c.seconds} for c in found]
    sys.stdout.write(json.dumps(lines) + "\n")
    return int(not all(caught.caught for caught in found))


def _outage(servers: Sequence[str], seconds: float, seed: int) -> int:
    faults = outage(servers, seconds)
    whole = BEFORE + seconds + AFTER
    with ground() as there:
        run = Outage(there, Scene("05111000", seed, whole, faults))
        outcome = run.play()
    resumed = run.told.resumed_seconds
    more = {"resumed_seconds": resumed and round(resumed, 1)}
    return report(outcome, more | {"readiness_true": not run.told.untrue})


def report(outcome: Outcome, more: Mapping[str, object] = _NOTHING) -> int:
    """Say what broke on stderr, and the figures as the last line of stdout."""
    for line in outcome.broken[:50]:
        say(line)
    if outcome.fallen:
        say(f"ended by themselves and started again: {outcome.fallen}")
    sys.stdout.write(json.dumps(outcome.as_json() | dict(more)) + "\n")
    return int(bool(outcome.broken))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
