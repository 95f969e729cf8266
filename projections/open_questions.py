"""Read model: what a person must still ask or settle about a case."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from projections.listing import Listing, one_of, search
from projections.table import Table


@dataclass(frozen=True)
class OpenQuestionRow:
    """One row a field of a standing case that is not certain."""

    case_ref: Annotated[str, "The case, offer:… or need:…"]
    case_no: Annotated[str, "Its number to say on the phone"]
    number: Annotated[int, "Which of the case's questions, from 1"]
    kind: Annotated[str, "housing or goods"]
    field: Annotated[str, "The field in question"]
    reason: Annotated[str, "Why it is not certain, in a code or a few words"]
    sealed: Annotated[bool, "Whether the gateway can show what stood there"]
    told_on: Annotated[date, "The day on which the office heard of the case"]


TABLE = Table(
    "open_questions",
    OpenQuestionRow,
    key=("case_ref", "number"),
    indexes=(("told_on",), ("field",)),
)

LISTING = Listing(
    TABLE,
    filters={
        "q": search("case_no", "case_ref"),
        "case_ref": one_of("case_ref"),
        "kind": one_of("kind"),
        "field": one_of("field"),
        "reason": one_of("reason"),
    },
    sorts=("told_on", "case_no", "field", "reason"),
    order=("told_on", "case_no"),
)
