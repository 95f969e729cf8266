"""Read model: the offers, and whether they can be had."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Literal

from events.kinds.goods import GoodsOffer
from events.kinds.housing import Accepts, Available, HousingOffer
from events.offer import OfferState
from projections.due import due_for_offer, is_unconfirmed
from projections.homes import beds, pooled
from projections.life import OfferLife
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
from projections.step import Known, PerLife, ReadModel, Rows, parts
from projections.table import Table
from projections.veil import area

OfferStanding = Literal["new", "clarify", "proposed", "placed", "withdrawn", "merged"]


@dataclass(frozen=True, kw_only=True)
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
    provider_kind: Annotated[
        str | None, "citizen, hotel, welfare …; empty: unknown"
    ] = None
    dwelling: Annotated[str | None, "room, flat, house, hotel_unit or shelter"] = None
    pooled: Annotated[bool, "Whether several households fit in side by side"] = False
    beds: Annotated[int | None, "For how many people at most; empty: unknown"] = None
    m2: Annotated[int | None, "Area in whole square metres"] = None
    floor: Annotated[int | None, "0 is the ground floor"] = None
    lift: Annotated[bool | None, "Whether there is a lift; empty: unknown"] = None
    step_free: Annotated[str | None, "all, some, none or unknown"] = None
    pets: Annotated[bool | None, "Whether animals may come; empty: not asked yet"] = (
        None
    )
    women_only: Annotated[bool | None, "Only women with or without children"] = None
    families: Annotated[bool | None, "Whether families may come"] = None
    postcode_area: Annotated[
        str | None, "The postcode; empty: unknown, protected, or home of a protected"
    ]
    protected: Annotated[bool, "Whether no page may say where it is"]
    available_from: Annotated[
        date | None, "First day it can be had; empty: at once"
    ] = None
    available_to: Annotated[date | None, "Day it must be left by; empty: open"] = None
    min_days: Annotated[int | None, "The shortest stay in days"] = None
    max_days: Annotated[int | None, "The longest stay in days"] = None
    rent: Annotated[str | None, "free, rent or price; empty: not asked yet"] = None
    languages: Annotated[tuple[str, ...], "Languages spoken, BCP 47"] = ()
    checks_due: Annotated[
        tuple[str, ...], "Checks that the policy or a proposal still waits for"
    ]
    item: Annotated[str | None, "Goods: the code of the item"] = None
    category: Annotated[str | None, "Goods: the category of the item"] = None
    quantity: Annotated[int | None, "Goods: how many pieces there are in all"] = None
    reserved: Annotated[int, "Goods: pieces that matches hold or that have gone"]
    best_before: Annotated[date | None, "Goods: last day to hand them out"] = None
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


def rows(life: OfferLife, known: Known) -> Iterator[AvailableOffer]:
    """Yield the offer's one row."""
    state, details, hidden = life.state, life.state.details, known.hides(life)
    holding = _home(details) if isinstance(details, HousingOffer) else _lot(details)
    yield holding(
        offer=state.id,
        case_no=life.case_no,
        number=life.number,
        kind=details.kind,
        state=standing(state),
        postcode_area=area(details.location, hidden=hidden),
        protected=hidden,
        checks_due=due_for_offer(state, known.policy),
        reserved=sum([match.taken for match in state.matches.values()]),
        questions=len(state.questions),
        matches=len(state.living),
        persons_held=sum([match.persons for match in state.living]),
        channel=None if state.origin is None else state.origin.channel,
        confirmed_on=state.confirmed_on,
        told_on=state.told_on,
        position=state.position,
    )


def _home(home: HousingOffer) -> partial[AvailableOffer]:
    """Return a row that lacks what offers of both kinds have.

    Filled in once: to make a row and replace half of it takes three times as long.
    """
    accepts, available = home.accepts or _ANYBODY, home.available or _ANY_TIME
    return partial(
        AvailableOffer,
        provider_kind=home.provider_kind,
        dwelling=home.dwelling,
        pooled=pooled(home),
        beds=beds(home),
        m2=home.m2,
        floor=home.floor,
        lift=home.lift,
        step_free=home.step_free,
        pets=None if accepts.pets is None else bool(accepts.pets),
        women_only=accepts.women_only,
        families=accepts.families,
        available_from=available.start,
        available_to=available.end,
        min_days=available.min_days,
        max_days=available.max_days,
        rent=None if home.rent is None else home.rent.kind,
        languages=home.languages or (),
    )


def _lot(lot: GoodsOffer) -> partial[AvailableOffer]:
    return partial(
        AvailableOffer,
        available_from=lot.available_from,
        available_to=lot.available_to,
        item=None if lot.item is None else lot.item.code,
        category=None if lot.item is None else lot.item.category,
        quantity=lot.quantity,
        best_before=lot.best_before,
    )


_ANYBODY, _ANY_TIME = Accepts(), Available()


def standing(state: OfferState) -> OfferStanding:
    """Say in a word how far the offer came."""
    if state.status == "withdrawn":
        return "withdrawn"
    if state.status == "merged":
        return "merged"
    if any(match.state in {"confirmed", "begun"} for match in state.living):
        return "placed"
    if state.living:
        return "proposed"
    return "clarify" if state.questions else "new"


def _shown(life: OfferLife) -> object:
    """Of its matches the row shows what they hold and wait for, not every step."""
    matches = life.state.matches.values()
    return _TOLD(life), [(m.id, m.living, is_unconfirmed(m), m.taken) for m in matches]


_TOLD = parts("status", "details", "checks", "confirmed_on", "questions", "origin")
MODEL = ReadModel((TABLE,), lives=PerLife(TABLE, "offer", offers=Rows(rows, _shown)))
