"""Read model: who read personal data, whose, what, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from events.base import Recorded
from events.desk import PersonalOpened
from projections.life import moment
from projections.listing import Listing, one_of
from projections.step import ReadModel, Step
from projections.table import Cur, Table


@dataclass(frozen=True)
class Opening:
    """One row each time that the gateway opened sealed parts."""

    position: Annotated[int, "Where it stands in the ledger"]
    recorded_at: Annotated[datetime, "When it was recorded"]
    actor: Annotated[str, "Who read"]
    role: Annotated[str, "The reader's role"]
    person: Annotated[str, "Whose data, opaque"]
    case_ref: Annotated[str, "Where it lies: offer:…, need:… or submission:…"]
    purpose: Annotated[str, "Which part: contact, address …"]
    reason: Annotated[str, "Why, as the reader said"]


TABLE = Table(
    "personal_log",
    Opening,
    key=("position",),
    indexes=(("person",), ("case_ref",)),
)

LISTING = Listing(
    TABLE,
    filters={
        "person": one_of("person"),
        "case_ref": one_of("case_ref"),
        "actor": one_of("actor"),
        "purpose": one_of("purpose"),
    },
    sorts=("position", "actor", "person"),
    order=("-position",),
)


def _apply(cursor: Cur, step: Step) -> None:
    rows = [
        _row(recorded.fact, recorded)
        for recorded in step.facts
        if isinstance(recorded.fact, PersonalOpened)
    ]
    if rows:
        TABLE.fill(cursor, rows)


def _row(fact: PersonalOpened, recorded: Recorded) -> Opening:
    return Opening(
        position=recorded.position,
        recorded_at=moment(recorded),
        actor=fact.said.actor.ref,
        role=fact.said.actor.role,
        person=fact.person,
        case_ref=fact.case,
        purpose=fact.purpose,
        reason=fact.reason,
    )


MODEL = ReadModel((TABLE,), _apply, sides=())
