"""Read model: the history of one offer or need, fact by fact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import JsonValue

from projections.listing import Db, Listing, one_of, some
from projections.table import Table


@dataclass(frozen=True)
class CaseEntry:
    """One row a fact and case: what happened, who said so, by which way.

    `parts` holds what the fact says in codes; of what is sealed it names the purpose,
    of what locates nothing.
    """

    case_ref: Annotated[str, "The case, offer:… or need:…"]
    position: Annotated[int, "The fact's place in the ledger"]
    fact: Annotated[str, "The fact's id"]
    type: Annotated[str, "The fact's contract name, offer.listed.v1"]
    recorded_at: Annotated[datetime, "When it was recorded"]
    valid_from: Annotated[datetime | None, "Since when it is true; empty: recorded_at"]
    actor: Annotated[str, "Who acted"]
    role: Annotated[str, "coordinator, channel, provider, household or system"]
    on_behalf_of: Annotated[str | None, "For whom"]
    via: Annotated[str, "By which way: desk, phone, mail, letter, channel, cli, system"]
    caused_by: Annotated[str | None, "What caused it"]
    match: Annotated[str | None, "The match that it is about, if any"]
    parts: Annotated[dict[str, JsonValue], "What it says, in codes"]


TABLE = Table(
    "case_file",
    CaseEntry,
    key=("case_ref", "position"),
    indexes=(("match",),),
)

LISTING = Listing(
    TABLE,
    filters={
        "case_ref": one_of("case_ref"),
        "match": one_of("match"),
        "type": one_of("type"),
    },
    sorts=("position",),
    order=("-position",),
)


def history(db: Db, case_ref: str) -> tuple[CaseEntry, ...]:
    """Return the facts of one case in the order of the ledger."""
    return some(db, TABLE, {"case_ref": case_ref})
