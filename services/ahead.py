"""Reading ahead: the next page of a feed while the last one is worked on.

A follower waits for PostgreSQL about a fifth of its time, and a feed from a bus is
fetched over a network. Both are filled by reading and decoding what comes next. Facts
never change, so a page that was read early is the page that would be read now.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from events.base import Recorded
from services.follow import Feed, StoredFact

FEW = 4
"""A page that is fuller than this part of what was asked for has more behind it."""


@dataclass(frozen=True)
class _Next:
    """The page after a position, which is being read."""

    after: int
    limit: int
    page: Future[list[Recorded]]


class Ahead:
    """The decoded facts of a feed, page by page; for one thread. Closes the feed.

    What goes wrong with a page is raised when that page is asked for, never earlier.
    """

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._reader = ThreadPoolExecutor(1, "ahead")
        self._next: _Next | None = None

    def read(self, after: int, limit: int) -> Sequence[Recorded]:
        """Return so many facts after a position at most; begin to read what follows."""
        facts = self._begun(after, limit) or self._read(after, limit)
        if len(facts) * FEW > limit:
            last = facts[-1].position
            coming = self._reader.submit(self._read, last, limit)
            self._next = _Next(last, limit, coming)
        return facts

    def head(self) -> int:
        """Return the last position."""
        self._settle()
        return self._feed.head()

    def wait(self, after: int, timeout: float) -> int:
        """Return the head once it is beyond `after`, or as it is after `timeout`."""
        self._settle()
        begun = self._next
        if begun is None or begun.after != after or begun.page.exception():
            return self._feed.wait(after, timeout)
        page = begun.page.result()
        return page[-1].position if page else self._feed.wait(after, timeout)

    def close(self) -> None:
        self._reader.shutdown()
        self._feed.close()

    def _settle(self) -> None:
        """Let the page that was begun end: a feed is for one thread at a time."""
        if self._next is not None:
            self._next.page.exception()

    def _read(self, after: int, limit: int) -> list[Recorded]:
        return recorded(self._feed.read(after, limit).facts)

    def _begun(self, after: int, limit: int) -> list[Recorded]:
        """Return the page that was begun; nothing where that was empty, or another."""
        self._settle()
        begun, self._next = self._next, None
        if begun is None or (begun.after, begun.limit) != (after, limit):
            return []
        return begun.page.result()


def recorded(facts: Sequence[StoredFact]) -> list[Recorded]:
    """Return stored facts with their content; raise when one cannot be read."""
    return [
        Recorded(
            position=stored.position,
            id=stored.id,
            command_id=stored.command_id,
            recorded_us=stored.recorded_us,
            fact=stored.content(),
        )
        for stored in facts
    ]
