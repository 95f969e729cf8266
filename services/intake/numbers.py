"""Case numbers as the office says them, known before any read model has them.

A receipt tells the number of a case that was recorded a moment ago. It is counted here
as the read models count it: in the ledger's order, offers and needs apart.
"""

import threading
from array import array
from bisect import bisect_right
from datetime import UTC, datetime

from events.base import BERLIN
from events.need import NeedRaised
from events.offer import OfferListed
from events.realm import DayBegan
from events.upcast import versions
from services.ledger.batch import Item
from services.ledger.handle import read
from services.ledger.recorder import Recorder

_LETTERS = {"offer": "A", "need": "B"}
_OPENS = {
    **dict.fromkeys(versions(OfferListed.type), "offer"),
    **dict.fromkeys(versions(NeedRaised.type), "need"),
}
_DAYS = Item(tags=frozenset({"day"}))


class CaseNumbers:
    """Counts cases; takes eight bytes a case. May be shared by threads."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._known = 0
        self._opened = {side: array("q") for side in _LETTERS}
        self._times = {side: array("q") for side in _LETTERS}
        self._days: list[int] = []
        self._years: list[int] = []
        self._lock = threading.Lock()

    def of(self, case: str, position: int) -> str:
        """Return the number of the case that was opened at a position."""
        side = case.partition(":")[0]
        with self._lock:
            if position > self._known:
                self._catch_up()
            number = bisect_right(self._opened[side], position)
            year = self._year(side, number)
        return f"{_LETTERS[side]}-{year}-{number:04d}"

    def _catch_up(self) -> None:
        head = self._recorder.head()
        for place in self._recorder.places(tuple(_OPENS), after=self._known, upto=head):
            side = _OPENS[place.type]
            self._opened[side].append(place.position)
            self._times[side].append(place.recorded_us)
        for stored in self._recorder.read((_DAYS,), after=self._known, upto=head):
            if isinstance(fact := read(stored).fact, DayBegan):
                self._days.append(stored.position)
                self._years.append(fact.day.year)
        self._known = head

    def _year(self, side: str, number: int) -> int:
        """Return the business year; before the first business day that of the clock."""
        days = bisect_right(self._days, self._opened[side][number - 1])
        if days:
            return self._years[days - 1]
        moment = datetime.fromtimestamp(self._times[side][number - 1] / 1e6, UTC)
        return moment.astimezone(BERLIN).year
