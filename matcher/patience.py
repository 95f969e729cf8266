"""Whoever waits for a plan is told how far it is, and may have had enough of waiting.

Then no more is searched: the best choice so far is the plan, under the bound that holds
for it. A plan that was stopped says so, for it depends on when that was.
"""

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with (phase, worth so far, bound so far); may raise `Enough`."""
STOPPED = ", stopped early"
"""What the name of the engine ends with."""


class Enough(Exception):
    """Raised by a `Progress` to have the best plan found so far."""


def silent(phase: str, worth: int, bound: int) -> None:
    """Tell nobody."""


class Patience:
    """Tells somebody until they have had enough."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self.over = progress, False

    @staticmethod
    def of(progress: Progress) -> "Patience":
        """Return the patience of whoever is told."""
        return progress if isinstance(progress, Patience) else Patience(progress)

    def __call__(self, phase: str, worth: int, bound: int) -> None:
        if self.over:
            return
        try:
            self._progress(phase, worth, bound)
        except Enough:
            self.over = True

    def named(self, engine: str) -> str:
        """Return the name of an engine, and whether it was stopped."""
        return engine + STOPPED * self.over
