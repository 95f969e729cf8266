"""`python -m tests.torture --seconds 60 --seed 1 --json`: break everything, then judge.

The plan is printed before it is carried out, with the seed that gives it again. The
last line of stdout is the result; exit 1 says that a promise broke.
"""

import argparse
import json
import sys
from collections.abc import Sequence

from tests.torture.ground import ground
from tests.torture.plan import plan
from tests.torture.scene import Outcome, Run, Scene, say


def main(words: Sequence[str]) -> int:
    """Run what was asked for; 0 when every promise held."""
    asked = _asked(words)
    return _torture(asked.seconds, asked.seed)


def _asked(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    return parser.parse_args(words)


def _torture(seconds: float, seed: int) -> int:
    faults = plan(seconds, seed)
    with ground() as there:
        outcome = Run(there, Scene("05111000", seed, seconds, faults)).play()
    return report(outcome)


def report(outcome: Outcome) -> int:
    """Say what broke on stderr, and the figures as the last line of stdout."""
    for line in outcome.broken[:50]:
        say(line)
    if outcome.fallen:
        say(f"ended by themselves and started again: {outcome.fallen}")
    sys.stdout.write(json.dumps(outcome.as_json()) + "\n")
    return int(bool(outcome.broken))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
