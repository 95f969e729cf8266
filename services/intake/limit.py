"""How much may be set aside before something else must be wrong.

A bad message is the sender's affair: it is set aside and the rest goes on. A hundred of
them in a row, or three in ten over a long while, are a broken channel; to go on would
pour everything that it sends into a heap that nobody can clear.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

IN_A_ROW = 100
"""As many as a person can mend in a day; more in a row are no accident."""
WINDOW = 1_000
SHARE = 30
"""Of a hundred. Old sheets, honestly filled in, had up to one bad row in ten."""
ENOUGH = 200
"""Messages before a share means anything: three bad ones of the first ten do not."""


@dataclass
class Gauge:
    """Counts the messages of one channel since a person last looked at it."""

    in_a_row: int = IN_A_ROW
    share: int = SHARE
    _row: int = 0
    _bad: int = 0
    _window: deque[bool] = field(default_factory=lambda: deque(maxlen=WINDOW))

    def note(self, *, bad: bool) -> None:
        """Count one message more."""
        if len(self._window) == WINDOW:
            self._bad -= self._window[0]
        self._window.append(bad)
        self._bad += bad
        self._row = self._row + 1 if bad else 0

    @property
    def trouble(self) -> str:
        """Say why the channel must stop; empty while it may go on."""
        if self._row >= self.in_a_row:
            return f"{self._row} messages in a row were set aside."
        seen = len(self._window)
        if seen >= ENOUGH and self._bad * 100 > self.share * seen:
            return f"{self._bad} of the last {seen} messages were set aside."
        return ""

    def room(self, unreadable: Sequence[bool]) -> int:
        """Return how many of the next messages may be taken before the limit is met.

        Known beforehand is only which of them cannot be read; what the ledger sets
        aside besides is noted afterwards.
        """
        ahead = Gauge(
            self.in_a_row, self.share, self._row, self._bad, self._window.copy()
        )
        for count, bad in enumerate(unreadable, start=1):
            ahead.note(bad=bad)
            if ahead.trouble:
                return count
        return len(unreadable)
