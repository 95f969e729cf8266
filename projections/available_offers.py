"""Read model: the offers, and whether they can be had."""

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

OfferStanding = Literal["new", "clarify", "proposed", "placed", "withdrawn", "merged"]


@dataclass(frozen=True)
class AvailableOffer:
    """One row an offer, whatever became of it; `state` tells those that stand."""

    offer: Annotated[str, "The offer's id, opaque"]
    case_no: Annotated[str, "What one says on the phone, A-2022-0001"]
    number: Annotated[int, "The counting part of case_no, to sort by"]
    kind: Annotated[str, "housing or goods"]
    state: Annotated[
        OfferStanding,
        "new: nothing promised yet; clarify: has open questions; proposed; placed: "
        "something is confirmed or moved in (a hotel may have more); withdrawn; merged",
    ]
    provider_kind: Annotated[str | None, "citizen, hotel, welfare …; empty: unknown"]
    dwelling: Annotated[str | None, "room, flat, house, hotel_unit or shelter"]
    pooled: Annotated[bool, "Whether several households fit in side by side"]
    beds: Annotated[int | None, "For how many people at most; empty: unknown"]
    m2: Annotated[int | None, "Area in whole square metres"]
    floor: Annotated[int | None, "0 is the ground floor"]
    lift: Annotated[bool | None, "Whether there is a lift; empty: unknown"]
    step_free: Annotated[str | None, "all, some, none or unknown"]
    pets: Annotated[bool | None, "Whether animals may come; empty: not asked yet"]
    women_only: Annotated[bool | None, "Only women with or without children"]
    families: Annotated[bool | None, "Whether families may come"]
    postcode_area: Annotated[
        str | None, "The postcode; empty: unknown, protected, or home of a protected"
    ]
    protected: Annotated[bool, "Whether no page may say where it is"]
    available_from: Annotated[date | None, "First day it can be had; empty: at once"]
    available_to: Annotated[date | None, "Day it must be left by; empty: open"]
    min_days: Annotated[int | None, "The shortest stay in days"]
    max_days: Annotated[int | None, "The longest stay in days"]
    rent: Annotated[str | None, "free, rent or price; empty: not asked yet"]
    languages: Annotated[tuple[str, ...], "Languages spoken, BCP 47"]
    checks_due: Annotated[
        tuple[str, ...], "Checks that the policy or a proposal still waits for"
    ]
    item: Annotated[str | None, "Goods: the code of the item"]
    category: Annotated[str | None, "Goods: the category of the item"]
    quantity: Annotated[int | None, "Goods: how many pieces there are in all"]
    reserved: Annotated[int, "Goods: pieces that matches hold or that have gone"]
    best_before: Annotated[date | None, "Goods: last day to hand them out"]
    questions: Annotated[int, "How many open questions the case has"]
    matches: Annotated[int, "How many matches go on"]
    persons_held: Annotated[int, "For how many people they hold it"]
    channel: Annotated[str | None, "The channel that the offer came from"]
    confirmed_on: Annotated[date, "When the provider last said that it stands"]
    told_on: Annotated[date, "The day on which the office heard of it"]
    position: Annotated[int, "Where its first fact stands in the ledger"]


TABLE = Table(
    "available_offers",
    AvailableOffer,
    key=("offer",),
    indexes=(
        ("number",),
        ("state", "number"),
        ("postcode_area",),
        ("item",),
    ),
    tools=True,
)

LISTING = Listing(
    TABLE,
    filters={
        "q": search("case_no", "offer"),
        "state": one_of("state"),
        "kind": one_of("kind"),
        "dwelling": one_of("dwelling"),
        "provider_kind": one_of("provider_kind"),
        "postcode_area": one_of("postcode_area"),
        "language": has("languages"),
        "check": has("checks_due"),
        "step_free": one_of("step_free"),
        "rent": one_of("rent"),
        "lift": is_so("lift"),
        "pets": is_so("pets"),
        "women_only": is_so("women_only"),
        "protected": is_so("protected"),
        "item": one_of("item"),
        "category": one_of("category"),
        "channel": one_of("channel"),
        "beds_min": at_least("beds"),
        "beds_max": at_most("beds"),
        "questions_min": at_least("questions"),
        "available_from_max": until("available_from"),
        "available_to_min": since("available_to"),
        "confirmed_on_max": until("confirmed_on"),
        "best_before_max": until("best_before"),
    },
    sorts=(
        "number",
        "case_no",
        "kind",
        "state",
        "dwelling",
        "beds",
        "m2",
        "postcode_area",
        "available_from",
        "available_to",
        "item",
        "quantity",
        "reserved",
        "best_before",
        "questions",
        "confirmed_on",
        "told_on",
    ),
    order=("number",),
)
