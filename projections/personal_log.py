"""Read model: who read personal data, whose, what, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from projections.listing import Listing, one_of
from projections.table import Table


@dataclass(frozen=True)
class Opening:
    """One row each time that the gateway opened sealed parts."""

    position: Annotated[int, "Where it stands in the ledger"]
    recorded_at: Annotated[datetime, "When it was recorded"]
    actor: Annotated[str, "Who read"]
    role: Annotated[str, "The reader's role"]
    person: Annotated[str, "Whose data, opaque"]
    case_ref: Annotated[str, "For which case, offer:… or need:…"]
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
