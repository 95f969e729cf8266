"""Prints a part of requirements.lock: what running needs, or what building needs.

The lock holds everything that the project uses, tests included, and says for each
package on whose account it is there. From that the container takes what it needs, with
the same versions and the same hashes. Needs nothing but Python.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
OURS = "beistand (pyproject.toml)"
BUILDS = "hatchling"
_ENTRY = re.compile(r"^(?P<name>[a-z0-9][a-z0-9.-]*)==.*\n(?:[ ].*\n?)*", re.MULTILINE)
_VIA = re.compile(r"^ +#(?: via|  ) *(?P<whom>\S.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """One package: its lines in the lock, and who asked for it."""

    text: str
    via: frozenset[str]


def entries(lock: str) -> dict[str, Entry]:
    """Read the lock; `via` names packages, and the project itself as `OURS`.

    A package may stand there twice, for older and newer Pythons; both are its entry.
    """
    known: dict[str, Entry] = {}
    for found in _ENTRY.finditer(lock):
        via = frozenset(one["whom"].strip() for one in _VIA.finditer(found[0]))
        before = known.get(found["name"], Entry("", frozenset()))
        known[found["name"]] = Entry(before.text + found[0], before.via | via)
    return known


def wanted(known: Mapping[str, Entry], start: frozenset[str]) -> list[str]:
    """Return what is asked for by the start, directly or through others, in order."""
    taken = set(start & known.keys())
    taken |= {name for name, entry in known.items() if entry.via & start}
    while True:
        more = {name for name, entry in known.items() if entry.via & taken} - taken
        if not more:
            return sorted(taken)
        taken |= more


def main(words: Sequence[str]) -> int:
    """Print the part that is asked for: `run` or `build`."""
    starts = {"run": frozenset({OURS}), "build": frozenset({BUILDS})}
    if len(words) != 1 or words[0] not in starts:
        print("Say run or build.", file=sys.stderr)
        return 2
    known = entries(LOCK.read_text())
    for name in wanted(known, starts[words[0]]):
        print(known[name].text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
