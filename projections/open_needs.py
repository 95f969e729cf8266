"""Read model: the needs, each with its place in the queue."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from projections.listing import (
    Listing,
    at_least,
    at_most,
    has,
    is_so,
    one_of,
    search,
    since,
    until,
)
from projections.table import Table

NeedStanding = Literal[
    "new", "clarify", "proposed", "placed", "served", "parked", "withdrawn", "merged"
]


@dataclass(frozen=True)
class OpenNeed:
    """One row a need, whatever became of it; `state` tells those that still wait."""

    need: Annotated[str, "The need's id, opaque"]
    case_no: Annotated[str, "What one says on the phone, B-2022-0001"]
    number: Annotated[int, "The counting part of case_no, to sort by"]
    kind: Annotated[str, "housing or goods"]
    state: Annotated[
        NeedStanding,
        "new; clarify: has open questions; proposed; placed: confirmed or moved in; "
        "served: all pieces received; parked; withdrawn; merged into another need",
    ]
    priority: Annotated[int, "0 to 3 as set by people, before waiting raises it"]
    waiting_since: Annotated[date, "The first day of waiting, kept through breakdowns"]
    horizon: Annotated[str | None, "acute or long_term; empty: not asked yet"]
    persons: Annotated[int | None, "How many people; empty: unknown or goods"]
    minors: Annotated[int | None, "How many of them are under 18, where ages are known"]
    stay_from: Annotated[date | None, "Wished first day of the stay"]
    stay_to: Annotated[date | None, "Wished day of leaving; empty: open"]
    postcode_area: Annotated[
        str | None, "Where they want to be near; empty: unknown or protected"
    ]
    step_free: Annotated[bool, "Whether a person needs it step-free"]
    pets: Annotated[bool | None, "Whether animals come along; empty: not asked yet"]
    flags: Annotated[
        tuple[str, ...],
        "women_only, confidential_address, no_contact, lift, ground_floor, "
        "medical_equipment, linked, may_split",
    ]
    languages: Annotated[tuple[str, ...], "Languages spoken, BCP 47"]
    item: Annotated[str | None, "Goods: the code of the item"]
    category: Annotated[str | None, "Goods: the category of the item"]
    quantity: Annotated[int | None, "Goods: how many pieces are needed"]
    covered: Annotated[int, "Goods: how many of them matches hold or brought"]
    needed_by: Annotated[date | None, "Goods: the last day on which they still help"]
    questions: Annotated[int, "How many open questions the case has"]
    living_match: Annotated[str | None, "The match that goes on, if any"]
    channel: Annotated[str | None, "The channel that the need came from"]
    parked_until: Annotated[date | None, "The day on which a parked need returns"]
    told_on: Annotated[date, "The day on which the office heard of it"]
    position: Annotated[int, "Where its first fact stands in the ledger"]


TABLE = Table(
    "open_needs",
    OpenNeed,
    key=("need",),
    indexes=(
        ("number",),
        ("state", "priority", "waiting_since"),
        ("postcode_area",),
        ("item",),
    ),
    tools=True,
)

LISTING = Listing(
    TABLE,
    filters={
        "q": search("case_no", "need"),
        "state": one_of("state"),
        "kind": one_of("kind"),
        "horizon": one_of("horizon"),
        "postcode_area": one_of("postcode_area"),
        "flag": has("flags"),
        "language": has("languages"),
        "step_free": is_so("step_free"),
        "pets": is_so("pets"),
        "item": one_of("item"),
        "category": one_of("category"),
        "channel": one_of("channel"),
        "priority_min": at_least("priority"),
        "persons_min": at_least("persons"),
        "persons_max": at_most("persons"),
        "questions_min": at_least("questions"),
        "waiting_since_max": until("waiting_since"),
        "waiting_since_min": since("waiting_since"),
    },
    sorts=(
        "number",
        "case_no",
        "kind",
        "state",
        "priority",
        "waiting_since",
        "persons",
        "postcode_area",
        "stay_from",
        "item",
        "quantity",
        "needed_by",
        "questions",
        "told_on",
    ),
    order=("-priority", "waiting_since", "number"),
)
