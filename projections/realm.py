"""Read model: whose ledger this is, business today, and the policy in force."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from events.policy import Policy
from projections.listing import Db, some
from projections.table import Table


@dataclass(frozen=True)
class Realm:
    """One row in all, from the first fact on."""

    realm: Annotated[str, "The municipality's official key"]
    name: Annotated[str, "Its name"]
    synthetic: Annotated[bool, "Whether everything in it is made up"]
    today: Annotated[date | None, "The last day that began; empty: none yet"]
    policy: Annotated[Policy | None, "The rules plans are made by; empty: none yet"]
    policy_position: Annotated[int, "Where the policy stands in the ledger, or 0"]


TABLE = Table("realm", Realm, key=("realm",), tools=True)


def current(db: Db) -> Realm | None:
    """Return the realm; None before it was opened."""
    rows = some(db, TABLE, {})
    return rows[0] if rows else None
