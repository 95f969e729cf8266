"""How far each read model has come, and which of them stand still."""

from dataclasses import dataclass
from typing import Annotated

from projections.listing import Db, some
from projections.table import Table

LIVES = "lives"
"""The folded lives, which all read models are made from."""


@dataclass(frozen=True)
class Checkpoint:
    """One row a read model: it holds what the facts up to `position` add up to."""

    read_model: Annotated[str, "The read model; lives: what all are made from"]
    position: Annotated[int, "The last fact of the ledger that is in it"]
    parked: Annotated[
        str | None, "Why it stands still until it is rebuilt; empty: it follows"
    ]
    rebuilt: Annotated[int, "How often it was rebuilt"]
    shape: Annotated[str, "What its rows look like, as a hash; another one: made anew"]


TABLE = Table("checkpoint", Checkpoint, key=("read_model",), tools=True)


def standing(db: Db) -> tuple[Checkpoint, ...]:
    """Return all of them, by name."""
    return some(db, TABLE, {})


def position(db: Db) -> int:
    """Return the position that every read model that follows has reached."""
    found = db.execute(
        "SELECT position FROM readmodel.checkpoint WHERE read_model = %s", (LIVES,)
    ).fetchone()
    return found[0] if found is not None and isinstance(found[0], int) else 0
