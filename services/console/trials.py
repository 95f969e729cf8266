"""Work that may take minutes, done beside the pages: they say how far it is.

A page starts it and comes back for it with a ticket. What it found is kept in memory,
for the seat that asked; nothing of it is recorded.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Generic, TypeVar

from services.database import AWAY
from services.ledger.rules.base import Refused
from services.progress import Progress, Stand, Watched
from services.solver import Ended, Unsound

Found = TypeVar("Found")
KEPT = 20
"""What was asked longer ago is forgotten."""


@dataclass
class Trial(Generic[Found]):
    """A piece of work: running until `found` or `refused` stands."""

    ticket: str
    seat: str
    asked: tuple[tuple[str, str], ...] = ()
    found: Found | None = None
    refused: Refused | None = None
    watched: Watched = field(default_factory=Watched)
    done: threading.Event = field(default_factory=threading.Event)

    def stand(self) -> Stand:
        """Return how far it is; one that waits for another has told nothing."""
        return self.watched.stand() or Stand("", 0, 0, 0.0)

    def wait(self, seconds: float) -> bool:
        """Wait a moment for it; whether it is done."""
        return self.done.wait(seconds)


Work = Callable[[Progress], Found]


class Trials(Generic[Found]):
    """The pieces of work of a desk."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Trial[Found]] = OrderedDict()

    def start(
        self, seat: str, work: Work[Found], asked: tuple[tuple[str, str], ...] = ()
    ) -> Trial[Found]:
        """Begin a piece of work; refuse a second one of a seat while one goes on."""
        trial: Trial[Found] = Trial(token_hex(12), seat, asked)
        with self._lock:
            if any(t.seat == seat and not t.done.is_set() for t in self._kept.values()):
                raise Refused(
                    "What you asked before is still being solved; wait for it."
                )
            self._kept[trial.ticket] = trial
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        threading.Thread(target=_do, args=(trial, work), daemon=True).start()
        return trial

    def of(self, ticket: str, seat: str) -> Trial[Found] | None:
        """Return a piece of work; None when it is forgotten or another seat's."""
        trial = self._kept.get(ticket)
        return trial if trial is not None and trial.seat == seat else None


def _do(trial: Trial[Found], work: Work[Found]) -> None:
    try:
        with trial.watched.run() as progress:
            trial.found = work(progress)
    except Refused as no:
        trial.refused = no
    except Ended:
        trial.refused = Refused(
            "The search was ended before it had a plan, perhaps for want of memory; "
            "try again, or tell who runs it."
        )
    except Unsound:
        trial.refused = Refused(
            "The referee did not let the plan pass; tell who runs it."
        )
    except (*AWAY, LookupError):
        trial.refused = Refused("The database did not answer, or no day has begun yet.")
    finally:
        if trial.found is None and trial.refused is None:
            trial.refused = Refused("It broke off by a fault; tell who runs Beistand.")
        trial.done.set()
