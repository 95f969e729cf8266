"""A row class is a table: its fields are columns, its words their comments.

A read model is said once, as a frozen dataclass whose fields are
`Annotated[type, "what the column means"]`. The table, the comments in the database,
docs/read-models.md, the rows that are written and the rows that are read all come
from it, so that they cannot drift apart.
"""

import types
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cache, cached_property
from operator import attrgetter
from typing import (
    Annotated,
    Generic,
    Literal,
    LiteralString,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from psycopg import Cursor, sql
from pydantic import TypeAdapter

Row = TypeVar("Row")
Value = object
"""What a driver takes or gives for one column."""
Cur = Cursor[tuple[Value, ...]]

_PLAIN: dict[object, LiteralString] = {
    str: "text",
    int: "bigint",
    bool: "boolean",
    date: "date",
    datetime: "timestamptz",
    bytes: "bytea",
}
_WORDS = tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One column: its SQL type, its comment, and its way in and out of the driver."""

    name: str
    type: LiteralString
    nullable: bool
    about: str
    write: Callable[[Value], Value] | None
    read: Callable[[Value], Value] | None


@dataclass(frozen=True)
class Shape:
    """A relation as the database sees it.

    `tools` lets other tools read it; what is not shown stays in schema `projection`.
    """

    name: str
    row: type[object]
    key: tuple[str, ...]
    tools: bool = False
    shown: bool = True

    @property
    def about(self) -> str:
        """The comment of the whole: the row class's docstring as one paragraph."""
        return " ".join((self.row.__doc__ or "").split())

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        hints = get_type_hints(self.row, include_extras=True)
        return tuple(_column(f.name, hints[f.name]) for f in fields(self.row))  # type: ignore[arg-type]  # every row class is a dataclass

    @property
    def names(self) -> sql.Composed:
        """The columns, quoted, in the order of the row class."""
        return quoted(column.name for column in self.columns)


@dataclass(frozen=True)
class Relation(Shape, Generic[Row]):
    """What a table and a view have in common: rows go in and come out typed."""

    row: type[Row]

    @cached_property
    def _fields(self) -> Callable[[Row], tuple[Value, ...]]:
        return attrgetter(*(column.name for column in self.columns))

    @cached_property
    def _writes(self) -> tuple[tuple[int, Callable[[Value], Value]], ...]:
        found = [(n, column.write) for n, column in enumerate(self.columns)]
        return tuple((n, write) for n, write in found if write is not None)

    def values(self, row: Row) -> Sequence[Value]:
        """Return the row as the driver takes it."""
        values = list(self._fields(row))
        for n, write in self._writes:
            if values[n] is not None:
                values[n] = write(values[n])
        return values

    def load(self, values: Iterable[Value]) -> Row:
        """Return the row class from what the driver gave, columns in order."""
        return self.row(
            **{
                column.name: value
                if column.read is None or value is None
                else column.read(value)
                for column, value in zip(self.columns, values, strict=True)
            }
        )


@dataclass(frozen=True)
class Table(Relation[Row]):
    """Rows that are kept. `indexes` serve readers, `found_by` the projector itself."""

    indexes: tuple[tuple[str, ...], ...] = ()
    found_by: tuple[tuple[str, ...], ...] = ()

    def fill(self, cursor: Cur, rows: Iterable[Row]) -> None:
        """Write rows in bulk; none of them may be there yet."""
        with cursor.copy(self._copied) as copy:
            for row in rows:
                copy.write_row(self.values(row))

    def clear(self, cursor: Cur, column: str, values: Collection[str]) -> None:
        """Delete the rows whose column is one of the values."""
        cursor.execute(_cleared(self.name, column), (words(values),))

    @cached_property
    def _copied(self) -> bytes:
        """The statement, put together once: for a single fact that took as long."""
        return (
            sql.SQL("COPY {} ({}) FROM STDIN")
            .format(sql.Identifier(self.name), self.names)
            .as_bytes()
        )


@dataclass(frozen=True)
class View(Relation[Row]):
    """Rows that are worked out when they are read; `body` is the query."""

    body: sql.Composable = field(kw_only=True)


@cache
def _cleared(table: str, column: str) -> bytes:
    return (
        sql.SQL("DELETE FROM {} WHERE {} = ANY(%s::text[])")
        .format(sql.Identifier(table), sql.Identifier(column))
        .as_bytes()
    )


def quoted(names: Iterable[str]) -> sql.Composed:
    """Return names as a quoted list."""
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


def words(values: Collection[str]) -> str:
    """Write words as PostgreSQL writes an array; its driver takes much longer."""
    if not values:
        return "{}"
    text = '","'.join(values)
    if "\\" in text or text.count('"') > 2 * len(values) - 2:
        escaped = (w.replace("\\", "\\\\").replace('"', '\\"') for w in values)
        text = '","'.join(escaped)
    return f'{{"{text}"}}'


def numbers(values: Iterable[int]) -> str:
    """Write numbers as PostgreSQL writes an array, for the same reason."""
    return f"{{{','.join(map(str, values))}}}"


def _column(name: str, hint: object) -> Column:
    kind, about = _told(name, hint)
    kind, nullable = _optional(kind)
    if get_origin(kind) is Literal:
        kind = type(get_args(kind)[0])
    if kind == _WORDS:
        return Column(name, "text[]", nullable, about, _as_array, _as_tuple)
    if kind in _PLAIN:
        return Column(name, _PLAIN[kind], nullable, about, None, None)
    adapter = TypeAdapter(cast("type[object]", kind))

    def write(value: Value) -> Value:
        return adapter.dump_json(value, by_alias=True, exclude_none=True).decode()

    def read(value: Value) -> Value:
        return adapter.validate_json(cast("bytes", value))

    return Column(name, "jsonb", nullable, about, write, read)


def _told(name: str, hint: object) -> tuple[object, str]:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"the column {name} says nothing about itself")
    kind, about, *_ = get_args(hint)
    return kind, str(about)


def _optional(kind: object) -> tuple[object, bool]:
    if get_origin(kind) not in {Union, types.UnionType}:
        return kind, False
    rest = [part for part in get_args(kind) if part is not type(None)]
    if len(rest) == 1:
        return rest[0], True
    raise TypeError(f"a column has one type, not {kind}")


def _as_array(value: Value) -> Value:
    return words(cast("tuple[str, ...]", value))


def _as_tuple(value: Value) -> Value:
    return tuple(cast("list[str]", value))
