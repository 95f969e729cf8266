"""Read model: the checks that are still open, and whom they would place."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from projections.listing import Listing, at_least, one_of, search
from projections.table import Table


@dataclass(frozen=True)
class VisitDue:
    """One row an open check of a home that stands; most people first is the tour."""

    offer: Annotated[str, "The offer's id"]
    case_no: Annotated[str, "The offer's number to say on the phone"]
    check_kind: Annotated[str, "identity, documents, visit or background"]
    state: Annotated[
        Literal["missing", "expired", "failed", "too_short"],
        "missing: never done; expired; failed; too_short: ends before the stay does",
    ]
    persons: Annotated[int, "How many people its provisional proposals would place"]
    proposals: Annotated[int, "How many proposals wait for it"]
    due_by: Annotated[date | None, "The first day by which a proposal needs it"]
    beds: Annotated[int | None, "For how many people the home is"]
    dwelling: Annotated[str | None, "room, flat, house, hotel_unit or shelter"]
    postcode_area: Annotated[str | None, "The postcode; empty: unknown or protected"]
    told_on: Annotated[date, "The day on which the office heard of the offer"]


TABLE = Table(
    "visits_due",
    VisitDue,
    key=("offer", "check_kind"),
    indexes=(("persons", "told_on"), ("check_kind", "persons")),
    tools=True,
)

LISTING = Listing(
    TABLE,
    filters={
        "q": search("case_no", "offer"),
        "offer": one_of("offer"),
        "check_kind": one_of("check_kind"),
        "state": one_of("state"),
        "dwelling": one_of("dwelling"),
        "postcode_area": one_of("postcode_area"),
        "persons_min": at_least("persons"),
    },
    sorts=("persons", "case_no", "check_kind", "due_by", "postcode_area", "told_on"),
    order=("-persons", "due_by", "told_on"),
)
