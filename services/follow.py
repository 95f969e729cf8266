"""Reading the ledger as it grows: pages of facts after a position.

Followers pull. A notification only shortens their wait; they look at least once a
second, since a wake-up may be lost with the connection that would have brought it.
This module reads and can never write: whoever projects imports it, not the recorder.
"""

import time
from dataclasses import dataclass
from typing import Protocol

import psycopg
from psycopg.rows import TupleRow

from services.database import Connection, Role, Server

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
    """The feed of the ledger at hand, on connections that can only read.

    One thread uses one feed. A lost connection is opened again; what cannot be
    reached within `timeout` raises `psycopg.OperationalError`.
    """

    def __init__(self, server: Server, role: Role = Role.READER) -> None:
        self._server, self._role = server, role
        self._connection: Connection | None = None

    def read(self, after: int, limit: int = 1000) -> Page:
        head = self.head()
        rows = self._open().execute(_READ, (after, limit), binary=True)
        facts = tuple(stored(row) for row in rows)
        if [fact.position for fact in facts] != list(
            range(after + 1, after + 1 + len(facts))
        ):
            raise Gap(f"the positions after {after} are not contiguous")
        return Page(facts, max([head, *(fact.position for fact in facts[-1:])]))

    def head(self) -> int:
        return head_of(self._open())

    def wait(self, after: int, timeout: float) -> int:
        until = time.monotonic() + timeout
        while True:
            try:
                return wait_on(self._open(), after, until - time.monotonic())
            except psycopg.OperationalError:
                self.close()
                if time.monotonic() >= until:
                    raise
                time.sleep(0.1)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self._server.connect(self._role)
            self._connection.execute("LISTEN ledger")
        return self._connection


def head_of(connection: Connection) -> int:
    """Return the last position of the ledger."""
    row = connection.execute(_HEAD).fetchone()
    if row is None:
        raise Gap("the ledger has no head; was the database prepared?")
    return int(str(row[0]))


def wait_on(listening: Connection, after: int, timeout: float) -> int:
    """Wait on a connection that listens until the head is beyond `after`."""
    until = time.monotonic() + timeout
    while (head := head_of(listening)) <= after:
        left = until - time.monotonic()
        if left <= 0:
            break
        for _ in listening.notifies(timeout=min(left, POLL_SECONDS), stop_after=1):
            pass
    return head


def stored(row: TupleRow) -> StoredFact:
    """Make a fact of a row with its columns in order."""
    position, fact_id, command_id, kind, tags, data, recorded_us, leaf = row
    return StoredFact(
        position, fact_id, command_id, kind, tuple(tags), data, recorded_us, leaf
    )
