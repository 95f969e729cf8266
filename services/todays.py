"""Why not as of today, beside what a plan said: the open market as it is now.

The market that the matcher folds is asked, never a second one; a run that goes on has
a copy of its own, and nobody waits for it.
"""

import threading

from matcher import Afresh, Today
from services.ledger.rules.base import Refused
from services.matching import Matching


class Todays:
    """Keeps today's market laid out until a fact comes in; any thread may ask."""

    def __init__(self, matching: Matching) -> None:
        self._matching, self._lock = matching, threading.Lock()
        self._known: tuple[int, Afresh] | None = None

    def of(self, need: str) -> Today:
        """Return what stands in a need's way now; raise `Refused` with a sentence."""
        with self._lock:
            afresh = self._market()
        try:
            return afresh.of(need)
        except LookupError as error:
            raise Refused(
                "It is not among the open needs for housing now; look at its history."
            ) from error

    def _market(self) -> Afresh:
        market = self._matching.catch_up()
        if self._known is None or self._known[0] != market.position:
            self._known = market.position, Afresh(market.document())
        return self._known[1]
