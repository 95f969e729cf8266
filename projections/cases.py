"""Read models: every case by its number, and what is known of it in codes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import JsonValue

from events.offer import CheckState
from projections.listing import Listing, one_of, search
from projections.table import Table

Side = Literal["offer", "need"]


@dataclass(frozen=True)
class Case:
    """One row an offer or a need: its number, and whether it stands."""

    case_ref: Annotated[str, "The case, offer:… or need:…"]
    side: Annotated[Side, "offer or need"]
    id: Annotated[str, "The id without its side"]
    case_no: Annotated[str, "A-2022-0001 for offers, B-2022-0001 for needs"]
    number: Annotated[int, "Counted in the order of the ledger, for each side"]
    kind: Annotated[str, "housing or goods"]
    status: Annotated[str, "open, parked, withdrawn or merged"]
    merged_into: Annotated[str | None, "The id that stands for it now"]
    person: Annotated[str, "The provider or household, opaque"]
    opened_at: Annotated[datetime, "When its first fact was recorded"]
    position: Annotated[int, "Where its first fact stands in the ledger"]


@dataclass(frozen=True)
class CaseDetails:
    """One row a case: what its facts add up to, without sealed parts and places."""

    case_ref: Annotated[str, "The case, offer:… or need:…"]
    case_no: Annotated[str, "Its number to say on the phone"]
    person: Annotated[str, "The provider or household, opaque"]
    details: Annotated[
        dict[str, JsonValue], "The typed details; a protected case has no location"
    ]
    sealed_parts: Annotated[
        tuple[str, ...], "What the gateway can open: contact, address …"
    ]
    checks: Annotated[tuple[CheckState, ...], "Offers: the latest result of each check"]
    pinned: Annotated[tuple[str, ...], "Ids of the other side that it may take only"]
    forbidden: Annotated[tuple[str, ...], "Ids of the other side that it never takes"]
    similar_to: Annotated[tuple[str, ...], "Ids that share a mail, phone or address"]
    apart_from: Annotated[tuple[str, ...], "Ids that a person told apart from it"]
    represented_by: Annotated[str | None, "The organisation that speaks for it"]
    channel: Annotated[str | None, "The channel that it came from"]
    profile: Annotated[str | None, "The mapping profile that read it"]
    received_at: Annotated[datetime | None, "When its message arrived"]
    told_on: Annotated[date, "The day on which the office heard of it"]


TABLE = Table(
    "cases",
    Case,
    key=("case_ref",),
    indexes=(("case_no",), ("side", "number")),
    tools=True,
)
DETAILS = Table("case_details", CaseDetails, key=("case_ref",))

LISTING = Listing(
    TABLE,
    filters={
        "q": search("case_no", "id"),
        "case_no": one_of("case_no"),
        "side": one_of("side"),
        "kind": one_of("kind"),
        "status": one_of("status"),
    },
    sorts=("position", "case_no", "number"),
    order=("-position",),
)
