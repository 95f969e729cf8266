"""How far a long run is: told by the run, looked at by whoever waits for it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

Progress = Callable[[str, int, int], None]
"""Called with a phase, and the worth and bound known by then."""


@dataclass(frozen=True)
class Stand:
    """The last that a run told, and for how many seconds it has run.

    Worth and bound are of the tier at work; a bound of 0 says that none is known yet.
    """

    phase: str
    worth: int
    bound: int
    seconds: float

    @property
    def gap(self) -> float | None:
        """Return (bound - worth) / bound as far as it is certified by now."""
        return (self.bound - self.worth) / self.bound if self.bound > 0 else None


class Watched:
    """Keeps what one run tells; any thread may look. No decision looks at it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._began: float | None = None
        self._told = ("", 0, 0)

    @contextmanager
    def run(self) -> Iterator[Progress]:
        """Lend what the run tells its progress to; afterwards nothing runs."""
        with self._lock:
            self._began, self._told = self._clock(), ("", 0, 0)
        try:
            yield self._tell
        finally:
            with self._lock:
                self._began = None

    def stand(self) -> Stand | None:
        """Return how far it is; None while nothing runs."""
        with self._lock:
            if self._began is None:
                return None
            return Stand(*self._told, seconds=self._clock() - self._began)

    def _tell(self, phase: str, worth: int, bound: int) -> None:
        with self._lock:
            self._told = (phase, worth, bound)


def both(one: Progress, other: Progress) -> Progress:
    """Return a progress that tells two."""

    def tell(phase: str, worth: int, bound: int) -> None:
        one(phase, worth, bound)
        other(phase, worth, bound)

    return tell
