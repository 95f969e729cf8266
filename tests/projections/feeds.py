"""A feed without a ledger."""

import time

from events.base import encode
from services.follow import Page, StoredFact
from tests.projections.facts import ledger


def stored(recorded) -> StoredFact:
    return StoredFact(
        position=recorded.position,
        id=recorded.id,
        command_id=recorded.command_id,
        type=recorded.fact.type,
        tags=recorded.fact.tags(),
        data=encode(recorded.fact),
        recorded_us=recorded.recorded_us,
        leaf=b"",
    )


class ListFeed:
    """A feed of facts that a test holds in its hand."""

    def __init__(self, facts) -> None:
        self.facts = [stored(recorded) for recorded in facts]
        self.closed = False

    def add(self, *facts) -> None:
        self.facts += map(stored, ledger(*facts, after=len(self.facts)))

    def read(self, after: int, limit: int = 1000) -> Page:
        return Page(tuple(self.facts[after : after + limit]), len(self.facts))

    def head(self) -> int:
        return len(self.facts)

    def wait(self, after: int, timeout: float) -> int:
        until = time.monotonic() + timeout
        while self.head() <= after and time.monotonic() < until:
            time.sleep(0.01)
        return self.head()

    def close(self) -> None:
        self.closed = True
