"""Runs a part of Beistand that was born with a fault: `… mutant NAME run PART`.

The fault is put into this process before the command begins, and nowhere into the
product. `none` puts none in; it only makes the matcher impatient, since a minute is
shorter than the quiet that it waits for.
"""

import sys

from services.cli import main
from services.matching import Pulse
from tests.torture.mutants import MUTANTS


def spoil(name: str) -> None:
    """Put the fault of this name into the process."""
    Pulse.QUIET, Pulse.PAUSE = 0.0, 1.0
    if name in MUTANTS:
        MUTANTS[name].spoil()


if __name__ == "__main__":
    spoil(sys.argv.pop(1))
    main()
