"""Reading the ledger as it grows: pages of facts after a position.

Followers pull. A notification only shortens their wait; they look at least once a
second, since a wake-up may be lost with the connection that would have brought it.
This module reads and can never write: whoever projects imports it, not the recorder.
"""

import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from psycopg.rows import TupleRow

from events.base import Fact
from events.contract import decode
from services.database import PATIENCE, Connection, Connections, Role, Server

POLL_SECONDS = 1.0
_READ = """
SELECT position, id, command_id, type, tags, data, recorded_us, leaf
FROM ledger.facts WHERE position > %s ORDER BY position LIMIT %s
"""
_HEAD = "SELECT position FROM ledger.head"


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact as it lies in the ledger."""

    position: int
    id: str
    command_id: str
    type: str
    tags: tuple[str, ...]
    data: bytes
    recorded_us: int
    leaf: bytes
    decoded: Fact | None = field(default=None, compare=False, repr=False)
    """Its content, where it had to be read on the way already."""

    def content(self) -> Fact:
        """Return what it says; raise `UnknownFact` or `ValidationError`."""
        return self.decoded or decode(self.type, self.data)

    def met(self) -> Fact:
        """Return the same, remembered for a while: its life is soon read again."""
        return self.decoded or _met(self.type, self.data)


@lru_cache(maxsize=2_048)
def _met(name: str, data: bytes) -> Fact:
    return decode(name, data)


@dataclass(frozen=True)
class Page:
    """Facts without a gap, and how far the ledger had come when they were read."""

    facts: tuple[StoredFact, ...]
    head: int


class Gap(RuntimeError):
    """The ledger's positions are not contiguous: something is badly wrong."""


class Feed(Protocol):
    """The one seam of followers: the ledger at hand, or a copy of it on a bus."""

    def read(self, after: int, limit: int = 1000) -> Page:
        """Return up to `limit` facts after a position, without a gap."""
        ...

    def head(self) -> int:
        """Return the last position."""
        ...

    def wait(self, after: int, timeout: float) -> int:
        """Return the head once it is beyond `after`, or as it is after `timeout`."""
        ...

    def close(self) -> None: ...


class LedgerFeed:
    """The feed of the ledger at hand, on a connection that can only read.

    A lost connection is opened again; raises `Unreachable` when that fails for long.
    """

    def __init__(self, server: Server, *, patience: float = PATIENCE) -> None:
        self._connections = Connections(server, Role.READER, patience=patience)

    def read(self, after: int, limit: int = 1000) -> Page:
        return self._connections.ask(lambda db: _page(db, after, limit))

    def head(self) -> int:
        return self._connections.ask(head_of)

    def wait(self, after: int, timeout: float) -> int:
        return self._connections.ask(lambda db: wait_on(db, after, timeout))

    def close(self) -> None:
        self._connections.close()


def head_of(connection: Connection) -> int:
    """Return the last position of the ledger."""
    row = connection.execute(_HEAD).fetchone()
    if row is None:
        raise Gap("the ledger has no head; was the database prepared?")
    return int(str(row[0]))


def wait_on(connection: Connection, after: int, timeout: float) -> int:
    """Listen until the head is beyond `after`, looking at least once a second."""
    until = time.monotonic() + timeout
    if (head := head_of(connection)) > after:
        return head
    connection.execute("LISTEN ledger")
    try:
        while (head := head_of(connection)) <= after:
            left = until - time.monotonic()
            if left <= 0:
                break
            for _ in connection.notifies(timeout=min(left, POLL_SECONDS), stop_after=1):
                pass
    finally:
        if not connection.closed:
            connection.execute("UNLISTEN ledger")
    return head


def _page(connection: Connection, after: int, limit: int) -> Page:
    head = head_of(connection)
    rows = connection.execute(_READ, (after, limit), binary=True)
    facts = tuple(stored(row) for row in rows)
    for expected, fact in enumerate(facts, start=after + 1):
        if fact.position != expected:
            raise Gap(f"position {expected} of the ledger is missing")
    return Page(facts, max(head, after + len(facts)))


def stored(row: TupleRow) -> StoredFact:
    """Make a fact of a row with its columns in order."""
    position, fact_id, command_id, kind, tags, data, recorded_us, leaf = row
    return StoredFact(
        position, fact_id, command_id, kind, tuple(tags), data, recorded_us, leaf
    )
