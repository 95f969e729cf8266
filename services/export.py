"""`beistand export`: a read model as a file, for other tools.

What may be exported is what the role of other tools may read, asked by the same
filters and orders as the lists of the desk and the API.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from projections.listing import Ask, WrongAsk
from services.console.readable import READABLE, Wanted, found
from services.console.tables import Form, write
from services.database import Role, Server

EXPORTED: tuple[str, ...] = tuple(
    sorted(name for name, listing in READABLE.items() if listing.relation.tools)
)
"""The names that `beistand export` takes."""


@dataclass(frozen=True)
class Exported:
    """What was written, and as of which fact."""

    name: str
    rows: int
    position: int
    file: Path


def export(
    server: Server,
    name: str,
    out: Path,
    *,
    form: Form = "csv",
    filters: Mapping[str, str] | None = None,
    sort: str = "",
) -> Exported:
    """Write all rows of a read model to `out`; raise `WrongAsk` with a sentence.

    The file is there when it is whole; until then it is called `….part`.
    """
    if name not in EXPORTED:
        known = ", ".join(EXPORTED)
        raise WrongAsk(f"No read model “{name}” can be exported; there are: {known}.")
    asks = Wanted(READABLE[name], Ask(dict(filters or {}), sort, 0), form)
    part = out.with_name(f"{out.name}.part")
    try:
        with server.connect(Role.DESK) as db, part.open("wb") as file:
            db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            rows = found(db, asks)
            write(rows, form, file)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return Exported(name, rows.total, rows.position, out)


def named(told: Iterable[str]) -> dict[str, str]:
    """Return `name=value` as filters; raise `WrongAsk` where there is no `=`."""
    pairs = [text.partition("=") for text in told]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise WrongAsk(f"Write a filter as name=value, not “{wrong[0]}”.")
    return {name.strip(): value.strip() for name, _, value in pairs}
