"""Files that were looked at and wait for a yes: in memory, for the seat they are of.

They hold names and addresses, so none of them ever lies on a disk unsealed.
"""

from dataclasses import dataclass, field
from secrets import token_hex
from threading import Lock
from time import monotonic

from services.console.ports import Upload

KEPT_SECONDS = 1800.0
MOST_BYTES = 128 << 20


@dataclass(frozen=True)
class Waiting:
    """An uploaded file; only the seat that sent it may use it, once."""

    seat: str
    upload: Upload
    since: float


@dataclass
class WaitingRoom:
    """The files that wait. What nobody says yes to is forgotten after half an hour."""

    _kept: dict[str, Waiting] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def put(self, seat: str, upload: Upload) -> str:
        """Keep a file and return the ticket for it."""
        ticket = token_hex(12)
        with self._lock:
            self._kept[ticket] = Waiting(seat, upload, monotonic())
            self._tidy()
        return ticket

    def take(self, ticket: str, seat: str) -> Upload | None:
        """Hand a file out, once; None when it is gone or another seat's."""
        with self._lock:
            self._tidy()
            waiting = self._kept.get(ticket)
            if waiting is None or waiting.seat != seat:
                return None
            return self._kept.pop(ticket).upload

    def _tidy(self) -> None:
        """Forget the oldest files first when there are too many bytes."""
        left = MOST_BYTES
        for ticket, waiting in reversed(list(self._kept.items())):
            left -= len(waiting.upload.content)
            if left < 0 or monotonic() - waiting.since > KEPT_SECONDS:
                del self._kept[ticket]
