"""What of a message's CPU time each stage of intake takes, without those within it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from services.intake.answers import Answers
from services.intake.batch import Batch
from services.intake.once import Once
from services.intake.work import Work
from services.ledger.handle import Writer
from services.ledger.recorder import Recorder
from services.ledger.vault import Vault

P = ParamSpec("P")
R = TypeVar("R")
_OF: Mapping[str, tuple[type, tuple[str, ...]]] = {
    "read": (Work, ("read",)),
    "repeats": (Once, ("sort", "note")),
    "plan": (Batch, ("plan", "remember")),
    "contacts": (Vault, ("known", "remember")),
    "seal": (Vault, ("seal_many",)),
    "decide": (Writer, ("do_all", "sealed_ahead", "past", "today")),
    "ledger": (
        Recorder,
        ("record", "read", "answered_all", "led_to", "head", "places", "began"),
    ),
    "answers": (Answers, ("of",)),
}
"""Stage → whose methods it is. A stage within another counts for itself only."""


class Stages:
    """Adds up thread time by stage; of any number of threads."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = dict.fromkeys(_OF, 0.0)
        self._within = threading.local()
        self._lock = threading.Lock()

    def clocked(self, work: Callable[P, R], stage: str) -> Callable[P, R]:
        """Return the same work, its time counted."""

        @wraps(work)
        def clocked(*args: P.args, **kwargs: P.kwargs) -> R:
            outer: float = getattr(self._within, "spent", 0.0)
            self._within.spent = 0.0
            began = time.thread_time()
            try:
                return work(*args, **kwargs)
            finally:
                took = time.thread_time() - began
                own = took - self._within.spent
                self._within.spent = outer + took
                with self._lock:
                    self.spent[stage] += own

        return clocked


@contextmanager
def by_stage() -> Iterator[Stages]:
    """Count the time of all that happens in this process meanwhile."""
    stages = Stages()
    before = [
        (owner, name, getattr(owner, name))
        for owner, names in _OF.values()
        for name in names
    ]
    for stage, (owner, names) in _OF.items():
        for name in names:
            setattr(owner, name, stages.clocked(getattr(owner, name), stage))
    try:
        yield stages
    finally:
        for owner, name, work in before:
            setattr(owner, name, work)


def spent_by(thread: threading.Thread) -> float:
    """Return the CPU seconds of a thread that runs."""
    if thread.ident is None:
        raise RuntimeError("a thread that was never started has no time")
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
