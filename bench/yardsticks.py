"""What a yardstick is.

A module in `bench/` with these three names is one:

    NAME = "append"                      what `python -m bench NAME` calls it
    SUMMARY = "Appends per second …"     one line for the list
    def run(options: Options) -> Figures

Put the module here and it is found; nothing else knows of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Figure = bool | int | float | str | None | Mapping[str, "Figure"] | Sequence["Figure"]
Figures = Mapping[str, Figure]


@dataclass(frozen=True)
class Options:
    """How to measure. `scale` < 1 makes a run smaller, for a look and for tests."""

    seed: int = 1
    scale: float = 1.0
    needs: int | None = None
    offers: int | None = None
    """The size of a market, where a yardstick makes one; its own, where not said."""
    seeds: int | None = None
    """On how many markets, from `seed` on, where a yardstick takes several."""
    file: Path | None = None
    """What to measure with, where a yardstick reads files; `maximise`: of profits."""
    maximise: bool = False
    say: Callable[[str], None] = lambda _: None

    def times(self, full: int) -> int:
        """Return how often to do what a full run does `full` times."""
        return max(1, round(full * self.scale))


class Yardstick(Protocol):
    """A module that measures one thing."""

    NAME: str
    SUMMARY: str

    def run(self, options: Options) -> Figures:
        """Measure; progress goes to `options.say`, figures are returned."""
        ...


def percentile(seconds: Sequence[float], share: float) -> float:
    """Return the milliseconds below which a share of the measured seconds lies."""
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 3)
