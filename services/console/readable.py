"""What the API and an export may read, and how they ask for it.

A page of the desk shows fifty rows; a file holds the whole list. Both are asked by the
same filters and orders, those that the read model names (`projections.listing`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from projections.listing import MOST, Ask, Db, Listed, Listing, WrongAsk, listed
from services.console.lists import SIZE
from services.console.shelves import SHELVES
from services.console.tables import FORMS, Form, Found

READABLE: Mapping[str, Listing[Any]] = {
    listing.relation.name: listing
    for listing in (shelf.listing for shelf in SHELVES.values())
}
"""Every list of the desk, by the name of its read model."""
ORDER = ("sort", "page", "size", "format")
"""What an address says beside its filters."""
_AT_ONCE = 5_000
_LONGEST = "10min"
_PATIENCE = "SELECT set_config('transaction_timeout', %s, true)"
"""A running timer is not moved: it is stopped first, then started anew."""
_WHOLE = re.compile("[0-9]{1,9}")


@dataclass(frozen=True)
class Wanted:
    """A list, what of it, and as which kind of file; `ask.limit` 0 means all of it."""

    listing: Listing[Any]
    ask: Ask
    form: Form

    def page(self) -> int | None:
        """Return the page's number; None when the whole list is wanted."""
        return self.ask.offset // self.ask.limit + 1 if self.ask.limit else None


def wanted(name: str, told: Mapping[str, str], form: Form = "json") -> Wanted:
    """Return what an address asks for; raise `WrongAsk` with a sentence.

    JSON comes in pages; a file is whole unless a page is asked for by name.
    """
    if (listing := READABLE.get(name)) is None:
        raise WrongAsk(f"There is no list “{name}”; there are: {', '.join(READABLE)}.")
    chosen = named(told["format"]) if "format" in told else form
    paged = chosen == "json" or "page" in told or "size" in told
    size = _number(told, "size", SIZE, MOST) if paged else 0
    page = _number(told, "page", 1, 10**9)
    filters = {n: text for n, text in told.items() if n not in ORDER}
    ask = Ask(filters, told.get("sort", ""), size, (page - 1) * size)
    return Wanted(listing, ask, chosen)


def named(form: str) -> Form:
    """Return the kind of file; raise `WrongAsk` when there is no such kind."""
    for known in FORMS:
        if form == known:
            return known
    raise WrongAsk(f"“format” is one of {', '.join(FORMS)}.")


def found(db: Db, asks: Wanted) -> Found:
    """Return the rows; of a whole list they are read while they are written.

    `db` is one snapshot and stays lent until the last row is taken.
    """
    ask = asks.ask
    if not ask.limit:
        ask = replace(ask, limit=_AT_ONCE)
        for timeout in ("0", _LONGEST):
            db.execute(_PATIENCE, (timeout,))
    first = listed(db, asks.listing, ask)
    return Found(
        relation=asks.listing.relation,
        rows=first.rows if asks.ask.limit else _all(db, asks.listing, ask, first),
        total=first.total,
        position=first.position,
        page=asks.page(),
        size=asks.ask.limit or None,
    )


def _all(
    db: Db, listing: Listing[Any], ask: Ask, first: Listed[Any]
) -> Iterator[object]:
    """Yield the first page's rows, then those of every later page."""
    yield from first.rows
    for offset in range(ask.limit, first.total, ask.limit):
        yield from listed(db, listing, replace(ask, offset=offset)).rows


def _number(told: Mapping[str, str], name: str, usual: int, most: int) -> int:
    if name not in told:
        return usual
    text = told[name]
    if _WHOLE.fullmatch(text) is None or not 0 < int(text) <= most:
        raise WrongAsk(f"“{name}” takes a whole number from 1 to {most}.")
    return int(text)
