"""COPY of the ledger's own rows into tables of the same make: what recording costs."""

import time
from collections.abc import Callable, Sequence
from typing import LiteralString, TypeVar

from psycopg import sql
from psycopg.rows import TupleRow

from services.database import Connection

T = TypeVar("T")
TABLES = {"facts": "position", "tags": "position", "commands": "first"}
_LIKE = "CREATE TABLE {schema}.{table} (LIKE ledger.{table} INCLUDING ALL)"
_FILL = "INSERT INTO {schema}.{table} SELECT * FROM ledger.{table}"
_ROWS = """SELECT * FROM ledger.{table} WHERE {place} BETWEEN {first} AND {last}
ORDER BY {place}"""
_OUT = "COPY (" + _ROWS + ") TO STDOUT (FORMAT binary)"
_INTO = "COPY {schema}.{table} FROM STDIN (FORMAT binary)"
_TYPES = """SELECT format_type(atttypid, NULL) FROM pg_attribute
WHERE attrelid = format('ledger.%%s', %s::text)::regclass AND attnum > 0
ORDER BY attnum"""


class Copies:
    """A second set of the ledger's tables with their indexes and all that they hold."""

    def __init__(self, db: Connection, schema: str) -> None:
        self._db, self._schema = db, schema
        db.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        for table in TABLES:
            db.execute(self._on(_LIKE, table))
            db.execute(self._on(_FILL, table))

    def copy_rows(self, first: int, size: int, batches: int) -> float:
        """COPY from Python's values, as a program has them; return the seconds."""
        types = {table: self._types(table) for table in TABLES}

        def read(table: str, start: int) -> Sequence[TupleRow]:
            query = self._on(_ROWS, table, start, start + size - 1)
            return self._db.execute(query, binary=True).fetchall()

        def write(table: str, rows: Sequence[TupleRow]) -> None:
            with self._db.cursor().copy(self._on(_INTO, table)) as copy:
                copy.set_types(types[table])
                for row in rows:
                    copy.write_row(row)

        return self._timed(read, write, range(first, first + size * batches, size))

    def copy_bytes(self, first: int, size: int, batches: int) -> float:
        """COPY bytes that were made before, as nothing but a restore has them."""

        def read(table: str, start: int) -> bytes:
            query = self._on(_OUT, table, start, start + size - 1)
            with self._db.cursor().copy(query) as copy:
                return b"".join(bytes(block) for block in copy)

        def write(table: str, rows: bytes) -> None:
            with self._db.cursor().copy(self._on(_INTO, table)) as copy:
                copy.write(rows)

        return self._timed(read, write, range(first, first + size * batches, size))

    def _timed(
        self,
        read: Callable[[str, int], T],
        write: Callable[[str, T], None],
        starts: range,
    ) -> float:
        work = [{table: read(table, start) for table in TABLES} for start in starts]
        began = time.perf_counter()
        for batch in work:
            with self._db.transaction():
                for table, rows in batch.items():
                    write(table, rows)
        return time.perf_counter() - began

    def _types(self, table: str) -> list[str]:
        return [str(row[0]) for row in self._db.execute(_TYPES, (table,))]

    def _on(
        self, statement: LiteralString, table: str, first: int = 0, last: int = 0
    ) -> sql.Composed:
        return sql.SQL(statement).format(
            schema=sql.Identifier(self._schema),
            table=sql.Identifier(table),
            place=sql.Identifier(TABLES[table]),
            first=sql.Literal(first),
            last=sql.Literal(last),
        )
