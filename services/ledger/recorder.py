"""The ledger's one way in, and the ways to read it again.

`record` is one statement and one round trip for up to 1,000 facts. Every command of
the batch is answered by itself: recorded, repeated (it was there already; its first
answer again) or overtaken (something it depends on was recorded since it looked).
"""

from collections.abc import Sequence
from typing import NamedTuple

import psycopg

from services.database import (
    PATIENCE,
    Connection,
    Connections,
    Role,
    Server,
    Unreachable,
)
from services.follow import StoredFact, head_of, stored, wait_on
from services.ledger import statements
from services.ledger.batch import (
    Answer,
    Condition,
    Conflicting,
    Entry,
    Item,
    NewFact,
    Overtaken,
    Recorded,
    Repeated,
    arrays,
    distinct,
    fact_id,
    texts,
    told,
)
from services.metrics import appending


class Place(NamedTuple):
    """Where a fact stands, and since when."""

    position: int
    type: str
    recorded_us: int


class Recorder:
    """The ledger of one realm. May be shared by threads."""

    def __init__(self, server: Server, *, patience: float = PATIENCE) -> None:
        self._connections = Connections(server, Role.WRITER, patience=patience)

    def record(self, entries: Sequence[Entry]) -> tuple[Answer, ...]:
        """Append what the entries lead to, once, and answer each in order.

        Raises `Conflicting` when a command's id was used for other content; then
        nothing of the batch is recorded. When the answer is lost on its way, the same
        is asked again, so what was recorded after all comes back as `Repeated`.
        """
        asked = distinct(entries)
        if not asked:
            return ()
        given = arrays(asked.values())
        with appending():
            answers = self._connections.ask(lambda db: _record(db, given))
        return told(entries, asked, answers)

    def read(
        self,
        items: Sequence[Item] = (),
        *,
        after: int = 0,
        upto: int | None = None,
        limit: int | None = None,
    ) -> list[StoredFact]:
        """Return the facts that match any item (no items: all), in order."""
        query = statements.reading(items, after=after, upto=upto, limit=limit)
        return self._connections.ask(
            lambda db: [stored(row) for row in db.execute(query, binary=True)]
        )

    def answered(self, command_id: str, digest: bytes) -> Repeated | None:
        """Say where a command was recorded, if it was. Raises `Conflicting`."""
        return self.answered_all([(command_id, digest)]).get(command_id)

    def answered_all(
        self, commands: Sequence[tuple[str, bytes]]
    ) -> dict[str, Repeated]:
        """Say where those of the commands stand that were recorded before."""
        digests = dict(commands)
        rows = self._connections.ask(
            lambda db: db.execute(statements.ANSWERED, (texts(digests),)).fetchall()
        )
        for command_id, digest, _, _ in rows:
            if digests[command_id] != digest:
                raise Conflicting(command_id)
        return {row[0]: Repeated(row[2], row[3]) for row in rows}

    def led_to(self, command_ids: Sequence[str]) -> dict[str, StoredFact]:
        """Return the first fact of each of the commands that was recorded."""
        rows = self._connections.ask(
            lambda db: db.execute(
                statements.LED_TO, (texts(command_ids),), binary=True
            ).fetchall()
        )
        return {fact.command_id: fact for fact in map(stored, rows)}

    def began(self, tags: Sequence[str]) -> dict[str, int]:
        """Return the first position of each tag that any fact has."""
        rows = self._connections.ask(
            lambda db: db.execute(statements.BEGAN, (list(tags),)).fetchall()
        )
        return {str(tag): int(str(position)) for tag, position in rows}

    def places(self, types: Sequence[str], *, after: int, upto: int) -> list[Place]:
        """Return where facts of these types stand, without reading them."""
        return self._connections.ask(
            lambda db: [
                Place(*row)
                for row in db.execute(
                    statements.PLACES, (after, upto, list(types)), binary=True
                )
            ]
        )

    def head(self) -> int:
        """Return the last position; 0 for an empty ledger."""
        return self._connections.ask(head_of)

    def wait(self, after: int, timeout: float) -> int:
        """Return the head once it is beyond `after`, or as it is after `timeout`."""
        return self._connections.ask(lambda db: wait_on(db, after, timeout))

    def close(self) -> None:
        self._connections.close()


def _record(db: Connection, given: Sequence[object]) -> list[Answer]:
    try:
        row = db.execute(statements.RECORD, given, binary=True).fetchone()
    except psycopg.Error as error:
        if error.sqlstate == statements.CONFLICT:
            raise Conflicting(error.diag.message_primary or "") from None
        raise
    if row is None:
        raise AssertionError("a function with OUT parameters gives one row")
    return [_answer(*each) for each in zip(*row, strict=True)]


def _answer(outcome: int, first: int, last: int) -> Answer:
    match outcome:
        case 0:
            return Recorded(first, last)
        case 1:
            return Repeated(first, last)
        case _:
            return Overtaken(last)


__all__ = [
    "Answer",
    "Condition",
    "Conflicting",
    "Entry",
    "Item",
    "NewFact",
    "Overtaken",
    "Recorded",
    "Recorder",
    "Repeated",
    "StoredFact",
    "Unreachable",
    "fact_id",
]
