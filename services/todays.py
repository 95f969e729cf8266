"""Why not as of today, beside what a plan said: the open market as it is now.

The market that the matcher folds is asked, never a second one; while a run goes on it
must stand still, so today's answer comes after the run.
"""

import threading

from matcher import Afresh, Today
from services.ledger.rules.base import Refused
from services.matching import Matching

PATIENCE = 0.5
"""Seconds to wait for a run to end: a page asks."""


class Todays:
    """Keeps today's market laid out until a fact comes in; any thread may ask."""

    def __init__(self, matching: Matching, one_run: threading.Lock) -> None:
        self._matching, self._one_run = matching, one_run
        self._known: tuple[int, Afresh] | None = None

    def of(self, need: str) -> Today:
        """Return what stands in a need's way now; raise `Refused` with a sentence."""
        if not self._one_run.acquire(timeout=PATIENCE):
            raise Refused("A run of the matcher goes on; ask again when it has ended.")
        try:
            afresh = self._market()
        finally:
            self._one_run.release()
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
