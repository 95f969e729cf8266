"""Plays each mutant until a promise is seen broken: the harness must catch them all."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.torture.ground import Ground
from tests.torture.mutants import MUTANTS
from tests.torture.scene import Run, Scene, say

SEED = 7


@dataclass(frozen=True)
class Caught:
    """Whether a mutant was caught, by what, and how long that took."""

    name: str
    caught: bool
    seconds: float
    by: str


def hunt(ground: Ground, names: Sequence[str] = ()) -> Iterator[Caught]:
    """Play the named mutants, or all; each in a realm of its own."""
    for name in names or MUTANTS:
        mutant = MUTANTS[name]
        scene = Scene(
            realm=f"mutant-{name}",
            seed=SEED,
            seconds=mutant.seconds,
            faults=mutant.faults,
            parts=mutant.parts,
            bus=mutant.bus,
            mutant=name,
        )
        say(f"── {name}")
        began = time.monotonic()
        found = Run(ground, scene).play().broken
        seconds = round(time.monotonic() - began, 1)
        by = next((line for line in found if line.startswith(mutant.breaks)), "")
        say(by or f"NOT CAUGHT: {found[:3]}")
        yield Caught(name, bool(by), seconds, by)
