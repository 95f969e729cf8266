"""Read model: whose ledger this is, business today, and the policy in force."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from events.policy import Policy
from projections.life import RealmLife
from projections.listing import Db, some
from projections.step import ReadModel, Step, replace
from projections.table import Cur, Table


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


def rows(life: RealmLife) -> list[Realm]:
    """Return the one row, once the realm was opened."""
    if not life.realm:
        return []
    return [
        Realm(
            realm=life.realm,
            name=life.name,
            synthetic=life.synthetic,
            today=life.today,
            policy=life.policy,
            policy_position=life.policy_position,
        )
    ]


def _apply(cursor: Cur, step: Step) -> None:
    if step.realm_changed:
        gone = [step.realm.realm]
        replace(cursor, TABLE, "realm", gone=gone, rows=rows(step.realm))


MODEL = ReadModel((TABLE,), _apply, sides=())
