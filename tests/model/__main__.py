"""`python -m tests.model --histories 200000`: many more histories, on all processors.

Prints one JSON line. What breaks is printed before, as short as it can be made.
"""

import argparse
import json
import multiprocessing
import sys
import time
import traceback
from functools import partial

from tests.model.machine import STEPS, run

EACH = 250


def main() -> int:
    """Run; 0 when no history broke a promise."""
    asked = argparse.ArgumentParser(prog="python -m tests.model")
    asked.add_argument("--histories", type=int, default=2_000)
    asked.add_argument("--first-seed", type=int, default=1_000)
    asked.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    told = asked.parse_args()
    began = time.monotonic()
    many = -(-told.histories // EACH)
    seeds = range(told.first_seed, told.first_seed + many)
    with multiprocessing.Pool(told.processes, maxtasksperchild=20) as pool:
        found = list(pool.imap_unordered(partial(_broke, EACH), seeds))
    broke = sorted(seed for seed in found if seed is not None)
    line = {
        "histories": many * EACH,
        "steps": many * EACH * STEPS,
        "seconds": round(time.monotonic() - began, 1),
        "broken_seeds": broke,
    }
    sys.stdout.write(json.dumps(line) + "\n")
    return int(bool(broke))


def _broke(histories: int, seed: int) -> int | None:
    """Return the seed when a history of it breaks a promise."""
    try:
        run(histories, first_seed=seed)
    except AssertionError:
        traceback.print_exc()
        return seed
    return None


if __name__ == "__main__":
    sys.exit(main())
