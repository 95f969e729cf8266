"""Whoever waits for a plan is told how far it is, and may have had enough of waiting.

Then no more is searched: the best choice so far is the plan, under the bound that
holds for it. A plan that was stopped says so, and at which step: whoever has had enough
at the same step gets the same plan, however long the steps take.
"""

import re
from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with (phase, worth so far, bound so far); may raise `Enough`.

Each call is a step. The same market and seed are told of in the same steps.
"""
STOPPED = ", stopped early at step {}"
"""What the name of the engine ends with."""
_STOPPED_AT = re.compile(STOPPED.format(r"(\d+)$"))


class Enough(Exception):
    """Raised by a `Progress` to have the best plan found so far."""


def silent(phase: str, worth: int, bound: int) -> None:
    """Tell nobody."""


def stopped_at(engine: str) -> int:
    """Return the step at which a search was stopped; 0: it was not."""
    found = _STOPPED_AT.search(engine)
    return int(found[1]) if found else 0


def until(step: int, progress: Progress = silent) -> Progress:
    """Return a progress that has had enough at this step; 0: never."""
    told = 0

    def tell(phase: str, worth: int, bound: int) -> None:
        nonlocal told
        told += 1
        if told == step:
            raise Enough
        progress(phase, worth, bound)

    return tell


class Patience:
    """Tells somebody until they have had enough."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self.over, self._step = progress, False, 0

    @staticmethod
    def of(progress: Progress) -> "Patience":
        """Return the patience of whoever is told."""
        return progress if isinstance(progress, Patience) else Patience(progress)

    def __call__(self, phase: str, worth: int, bound: int) -> None:
        if self.over:
            return
        self._step += 1
        try:
            self._progress(phase, worth, bound)
        except Enough:
            self.over = True

    def named(self, engine: str) -> str:
        """Return the name of an engine, and at which step it was stopped, if it was."""
        return engine + STOPPED.format(self._step) * self.over
