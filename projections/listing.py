"""How lists are asked: filters, order and pages, all of them in the database.

A read model names what it may be filtered and sorted by (`Listing`); a page or the
API hands over what stood in the address (`Ask`), and whatever is not named is
refused with a sentence. Values travel as parameters, names as quoted identifiers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, LiteralString, TypeVar

from psycopg import Connection, Cursor, sql
from psycopg.types.json import set_json_loads

from projections.table import Relation, Value

Row = TypeVar("Row")
Db = Connection[tuple[Value, ...]]
MOST = 10_000
"""Rows that one page may hold at most (an export asks page after page)."""


class WrongAsk(ValueError):
    """The list cannot be asked like that; the text says how it can."""


@dataclass(frozen=True)
class Filter:
    """One question to a list; `term` compares, `parse` reads the text of the value."""

    term: LiteralString
    columns: tuple[str, ...]
    parse: Callable[[str], Value]
    about: str

    def where(self, text: str) -> sql.Composed:
        """Return the condition; raise `ValueError` when the text is no such value."""
        if "\0" in text:
            raise ValueError("PostgreSQL has no text with a zero byte")
        text.encode()
        value = sql.Literal(self.parse(text))
        terms = [
            sql.SQL(self.term).format(column=sql.Identifier(column), value=value)
            for column in self.columns
        ]
        return sql.SQL("({})").format(sql.SQL(" OR ").join(terms))


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """A read model as a list. `order` is the first page's, `-` means from the top."""

    relation: Relation[Row]
    filters: Mapping[str, Filter]
    sorts: tuple[str, ...]
    order: tuple[str, ...]


@dataclass(frozen=True)
class Ask:
    """What stood in the address: filters as text, one column to sort by, one page."""

    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """One page of a list, how many rows there are in all, and as of which fact."""

    rows: tuple[Row, ...]
    total: int
    position: int


def listed(db: Db, listing: Listing[Row], ask: Ask) -> Listed[Row]:
    """Return one page; raise `WrongAsk` with a sentence.

    On a connection whose isolation level is REPEATABLE READ, inside one transaction,
    rows, total and position are of one moment; otherwise `position` is a lower bound.
    """
    where = _where(listing, ask.filters)
    order = _order(listing, ask.sort)
    name = sql.Identifier("readmodel", listing.relation.name)
    with raw(db) as cursor:
        position = stands_at(cursor, listing.relation.name)
        cursor.execute(sql.SQL("SELECT count(*) FROM {}{}").format(name, where))
        total = number(cursor)
        cursor.execute(
            sql.SQL("SELECT {} FROM {}{} ORDER BY {} LIMIT {} OFFSET {}").format(
                listing.relation.names,
                name,
                where,
                order,
                _bounded("limit", ask.limit, most=MOST),
                _bounded("offset", ask.offset, most=2**31),
            )
        )
        rows = tuple(listing.relation.load(values) for values in cursor)
    return Listed(rows, total, position)


def one(db: Db, relation: Relation[Row], *key: str) -> Row | None:
    """Return the row with this key, if there is one."""
    rows = some(db, relation, dict(zip(relation.key, key, strict=True)))
    return rows[0] if rows else None


def some(
    db: Db, relation: Relation[Row], equal: Mapping[str, Value]
) -> tuple[Row, ...]:
    """Return the rows whose columns equal these values, by key."""
    terms = [
        sql.SQL("{} = {}").format(sql.Identifier(column), sql.Literal(value))
        for column, value in equal.items()
    ]
    with raw(db) as cursor:
        cursor.execute(
            sql.SQL("SELECT {} FROM {}{} ORDER BY {}").format(
                relation.names,
                sql.Identifier("readmodel", relation.name),
                _all_of(terms),
                sql.SQL(", ").join(map(sql.Identifier, relation.key)),
            )
        )
        return tuple(relation.load(values) for values in cursor)


def raw(db: Db) -> Cursor[tuple[Value, ...]]:
    """Return a cursor that hands out JSON as bytes, for the row classes to read."""
    cursor = db.cursor()
    set_json_loads(_as_it_is, cursor)
    return cursor


def stands_at(cursor: Cursor[tuple[Value, ...]], name: str) -> int:
    """Return the position up to which a read model has applied the ledger."""
    cursor.execute(
        "SELECT coalesce(min(position), 0) FROM readmodel.checkpoint"
        " WHERE read_model = %s",
        (name,),
    )
    return number(cursor)


def number(cursor: Cursor[tuple[Value, ...]]) -> int:
    """Return the one number that the query was about."""
    found = cursor.fetchone()
    if found is None or not isinstance(found[0], int):
        raise LookupError("the query gave no number")
    return found[0]


def one_of(column: str) -> Filter:
    """The column is one of the words, separated by commas."""
    return Filter(
        "{column} = ANY({value})",
        (column,),
        lambda text: [word for word in text.split(",") if word],
        "one of these words, separated by commas",
    )


def is_text(column: str) -> Filter:
    """The column is this text as a whole, its commas too."""
    return Filter("{column} = {value}", (column,), str, "this text as a whole")


def is_so(column: str) -> Filter:
    """The column is true, or it is false."""
    return Filter("{column} IS {value}", (column,), _truth, "yes or no")


def has(column: str) -> Filter:
    """The list in the column holds the word."""
    return Filter("{value} = ANY({column})", (column,), str, "a word of the list")


def at_least(column: str) -> Filter:
    """The number in the column is not smaller."""
    return Filter("{column} >= {value}", (column,), int, "a whole number, or more")


def at_most(column: str) -> Filter:
    """The number in the column is not greater."""
    return Filter("{column} <= {value}", (column,), int, "a whole number, or less")


def since(column: str) -> Filter:
    """The day in the column is not earlier."""
    return Filter(
        "{column} >= {value}", (column,), date.fromisoformat, "a day, or later"
    )


def until(column: str) -> Filter:
    """The day in the column is not later."""
    return Filter(
        "{column} <= {value}", (column,), date.fromisoformat, "a day, or earlier"
    )


def search(*columns: str) -> Filter:
    """One of the columns contains the text, whatever the case of its letters."""
    return Filter(
        "strpos(lower({column}), {value}) > 0",
        columns,
        lambda text: text.strip().lower(),
        f"a part of {' or '.join(columns)}",
    )


def _where(listing: Listing[Row], filters: Mapping[str, str]) -> sql.Composed:
    terms = []
    for name, text in filters.items():
        if (known := listing.filters.get(name)) is None:
            raise WrongAsk(
                f"There is no filter “{name}” here; "
                f"there are: {', '.join(listing.filters)}."
            )
        try:
            terms.append(known.where(text))
        except ValueError:
            raise WrongAsk(f"The filter “{name}” takes {known.about}.") from None
    return _all_of(terms)


def _all_of(terms: list[sql.Composed]) -> sql.Composed:
    if not terms:
        return sql.Composed(())
    return sql.SQL(" WHERE ") + sql.SQL(" AND ").join(terms)


def _order(listing: Listing[Row], sort: str) -> sql.Composed:
    if sort and sort.removeprefix("-") not in listing.sorts:
        raise WrongAsk(
            f"This list is not sorted by “{sort.removeprefix('-')}”; "
            f"it can be by: {', '.join(listing.sorts)}."
        )
    wanted = (sort,) if sort else listing.order
    return sql.SQL(", ").join(
        [
            *map(_direction, wanted),
            *map(_direction, listing.relation.key),
        ]
    )


def _direction(name: str) -> sql.Composed:
    down = sql.SQL(" DESC NULLS LAST" if name.startswith("-") else "")
    return sql.Identifier(name.removeprefix("-")) + down


def _bounded(name: str, value: int, *, most: int) -> sql.Literal:
    if not 0 <= value <= most:
        raise WrongAsk(f"The {name} of a page lies between 0 and {most}.")
    return sql.Literal(value)


def _as_it_is(json: str | bytes) -> str | bytes:
    return json


def _truth(text: str) -> Value:
    known = {"yes": True, "true": True, "1": True, "no": False, "false": False}
    if text.lower() not in {*known, "0"}:
        raise ValueError(text)
    return known.get(text.lower(), False)
