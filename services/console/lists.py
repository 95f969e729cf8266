"""Lists as the address says them: what was asked, what came, and links to the rest.

The read models do the work in the database (`projections.listing`); here stand the
words of the address. A field that is empty asks for nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from psycopg import sql
from starlette.datastructures import QueryParams

from projections.listing import Ask, Db, Listed, Listing, WrongAsk, listed, raw
from projections.table import Relation

Row = TypeVar("Row")
SIZE = 50
ALL = "all"
"""What `state=all` says: this list has a usual filter, and it is not wanted."""
_ORDER = ("sort", "page", "size")
_MOST_ON_A_PAGE = 200
_LARGEST = 1_000_000


@dataclass(frozen=True)
class Shown(Generic[Row]):
    """One page of a list, with the address that it was asked by.

    `name` is the read model's, `usual` what the page filters by unasked.
    """

    name: str
    path: str
    usual: Mapping[str, str]
    asked: Mapping[str, str]
    found: Listed[Row]
    number: int
    size: int

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.found.rows

    @property
    def total(self) -> int:
        return self.found.total

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def sort(self) -> str:
        return self.asked.get("sort", "")

    @property
    def narrowed(self) -> bool:
        """Whether a filter was asked for, so that an empty list may be its fault."""
        return any(name not in _ORDER for name in self.asked)

    def value(self, name: str) -> str:
        return self.asked.get(name, "")

    def link(self, *, sort: str | None = None, page: int | None = None) -> str:
        """Return the address of another order (from its top) or another page."""
        change = {"sort": sort} if sort is not None else {"page": str(page or 1)}
        kept = {name: value for name, value in self.asked.items() if name != "page"}
        return f"{self.path}?{urlencode(kept | change)}"

    def download(self, form: str) -> str:
        """Return the address of the same list as a file, without its pages."""
        told = {**self.usual, **self.asked}
        kept = {n: v for n, v in told.items() if n not in {"page", "size"} and v != ALL}
        return f"/api/{self.name}?{urlencode({'format': form, **kept})}"


@dataclass(frozen=True)
class Shelf(Generic[Row]):
    """A list of the desk: its read model, and what its page shows unasked."""

    name: str
    listing: Listing[Row]
    usual: Mapping[str, str]
    order: str = ""
    """The column to sort by unasked, where the read model's own order is another."""
    size: int = SIZE
    """Rows of a page: fewer where each row brings forms of its own."""

    def ask(self, asked: Mapping[str, str]) -> Ask:
        """Return what is asked of the database; raise `WrongAsk` with a sentence."""
        filters = {n: v for n, v in asked.items() if n not in _ORDER}
        filters = {n: v for n, v in {**self.usual, **filters}.items() if v != ALL}
        size = _whole(asked, "size", self.size)
        page = _whole(asked, "page", 1)
        return Ask(filters, asked.get("sort", self.order), size, (page - 1) * size)

    def show(self, db: Db, params: QueryParams, path: str) -> Shown[Row]:
        """Return the page that the address asks for."""
        asked = plain(params)
        ask = self.ask(asked)
        if not 0 < ask.limit <= _MOST_ON_A_PAGE:
            raise WrongAsk(f"A page holds 1 to {_MOST_ON_A_PAGE} rows.")
        found = listed(db, self.listing, ask)
        number = ask.offset // ask.limit + 1
        return Shown(
            self.listing.relation.name, path, self.usual, asked, found, number,
            ask.limit,
        )  # fmt: skip


def plain(params: QueryParams) -> dict[str, str]:
    """Return each named value once; several of one name are joined by commas."""
    asked: dict[str, str] = {}
    for name, value in params.multi_items():
        if value.strip():
            asked[name] = f"{asked[name]},{value}" if name in asked else value.strip()
    return asked


def these(
    db: Db, relation: Relation[Row], column: str, values: Iterable[str]
) -> dict[str, Row]:
    """Return the rows whose `column` is one of `values`, by that column."""
    wanted = sorted(set(values))
    if not wanted:
        return {}
    query = sql.SQL("SELECT {} FROM {} WHERE {} = ANY({})").format(
        relation.names,
        sql.Identifier("readmodel", relation.name),
        sql.Identifier(column),
        sql.Placeholder(),
    )
    with raw(db) as cursor:
        cursor.execute(query, (wanted,))
        rows = [relation.load(values) for values in cursor]
    return {getattr(row, column): row for row in rows}


def present(db: Db, relation: Relation[Row], column: str) -> tuple[str, ...]:
    """Return what stands in a column, each once: a list is narrowed to what it has."""
    query = sql.SQL("SELECT DISTINCT {0} FROM {1} WHERE {0} IS NOT NULL").format(
        sql.Identifier(column), sql.Identifier("readmodel", relation.name)
    )
    return tuple(sorted(str(value) for (value,) in db.execute(query)))


def count(db: Db, listing: Listing[Row], **filters: str) -> int:
    """Return how many rows a list has."""
    return listed(db, listing, Ask(filters, limit=0)).total


def _whole(asked: Mapping[str, str], name: str, usual: int) -> int:
    text = asked.get(name, str(usual))
    if not text.isdecimal() or not 0 < int(text) <= _LARGEST:
        raise WrongAsk(f"“{name}” takes a whole number from 1.")
    return int(text)
