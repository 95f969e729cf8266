"""Read model: the needs, each with its place in the queue."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Literal

from events.kinds.goods import GoodsNeed
from events.kinds.housing import HousingNeed
from events.need import NeedState
from projections.life import NeedLife
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

NeedStanding = Literal[
    "new", "clarify", "proposed", "placed", "served", "parked", "withdrawn", "merged"
]


@dataclass(frozen=True, kw_only=True)
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
    horizon: Annotated[str | None, "acute or long_term; empty: not asked yet"] = None
    persons: Annotated[int | None, "How many people; empty: unknown or goods"] = None
    minors: Annotated[
        int | None, "How many of them are under 18, where ages are known"
    ] = None
    stay_from: Annotated[date | None, "Wished first day of the stay"] = None
    stay_to: Annotated[date | None, "Wished day of leaving; empty: open"] = None
    postcode_area: Annotated[
        str | None, "Where they want to be near; empty: unknown or protected"
    ] = None
    step_free: Annotated[bool, "Whether a person needs it step-free"] = False
    pets: Annotated[bool | None, "Whether animals come along; empty: not asked yet"] = (
        None
    )
    flags: Annotated[
        tuple[str, ...],
        "women_only, confidential_address, no_contact, lift, ground_floor, "
        "medical_equipment, linked, may_split",
    ] = ()
    languages: Annotated[tuple[str, ...], "Languages spoken, BCP 47"] = ()
    item: Annotated[str | None, "Goods: the code of the item"] = None
    category: Annotated[str | None, "Goods: the category of the item"] = None
    quantity: Annotated[int | None, "Goods: how many pieces are needed"] = None
    covered: Annotated[int, "Goods: how many of them matches hold or brought"]
    needed_by: Annotated[
        date | None, "Goods: the last day on which they still help"
    ] = None
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


_MINOR = frozenset(("0-1", "2-5", "6-9", "10-13", "14-17"))


def rows(life: NeedLife, known: Known) -> Iterator[OpenNeed]:
    """Yield the need's one row."""
    state, details, hidden = life.state, life.state.details, known.hides(life)
    asking = (
        _housing(details, hidden=hidden)
        if isinstance(details, HousingNeed)
        else _goods(details, hidden=hidden)
    )
    yield asking(
        need=state.id,
        case_no=life.case_no,
        number=life.number,
        kind=details.kind,
        state=standing(state),
        priority=state.priority,
        waiting_since=state.waiting_since,
        covered=_covered(state),
        questions=len(state.questions),
        living_match=_living(state),
        channel=None if state.origin is None else state.origin.channel,
        parked_until=state.parked_until,
        told_on=state.told_on,
        position=state.position,
    )


def _housing(details: HousingNeed, *, hidden: bool) -> partial[OpenNeed]:
    """Return a row that lacks what needs of both kinds have.

    Filled in once: to make a row and replace half of it takes three times as long.
    """
    period = details.period
    return partial(
        OpenNeed,
        horizon=details.horizon,
        persons=details.persons,
        minors=_minors(details),
        stay_from=None if period is None else period.start,
        stay_to=None if period is None else period.end,
        postcode_area=None if hidden else details.near,
        step_free=any(member.needs.step_free for member in details.members or ()),
        pets=None if details.pets is None else any(p.count for p in details.pets),
        flags=tuple(_flags(details)),
        languages=details.languages or (),
    )


def _goods(details: GoodsNeed, *, hidden: bool) -> partial[OpenNeed]:
    return partial(
        OpenNeed,
        postcode_area=area(details.location, hidden=hidden),
        item=None if details.item is None else details.item.code,
        category=None if details.item is None else details.item.category,
        quantity=details.quantity,
        needed_by=details.needed_by,
    )


def standing(state: NeedState) -> NeedStanding:
    """Say in a word how far the need came."""
    if state.status in {"withdrawn", "merged", "parked"}:
        return _CLOSED[state.status]
    if _served(state):
        return "served"
    if any(match.state in {"confirmed", "begun"} for match in state.living):
        return "placed"
    if state.living:
        return "proposed"
    return "clarify" if state.questions else "new"


_CLOSED: dict[str, NeedStanding] = {
    "withdrawn": "withdrawn",
    "merged": "merged",
    "parked": "parked",
}


def _covered(state: NeedState) -> int:
    return sum([match.brought for match in state.matches.values()])


def _living(state: NeedState) -> str | None:
    return next((match.id for match in state.living), None)


def _served(state: NeedState) -> bool:
    if not isinstance(state.details, GoodsNeed) or not state.details.quantity:
        return False
    received = sum(match.received for match in state.matches.values())
    return received >= state.details.quantity


def _minors(details: HousingNeed) -> int | None:
    if details.members is None:
        return None
    return sum(member.age_band in _MINOR for member in details.members)


def _flags(details: HousingNeed) -> Iterator[str]:
    protection, members = details.protection, details.members or ()
    if protection is not None:
        for name in ("women_only", "confidential_address", "no_contact"):
            if getattr(protection, name):
                yield name
    for name in ("lift", "ground_floor", "medical_equipment"):
        if any(getattr(member.needs, name) for member in members):
            yield name
    if details.linked_households:
        yield "linked"
    if details.may_split:
        yield "may_split"


def _shown(life: NeedLife) -> object:
    """Of its matches the row shows how far they came in all, not their every step."""
    return _TOLD(life), standing(life.state), _covered(life.state), _living(life.state)


_TOLD = parts(
    "details", "parked_until", "priority", "waiting_since", "questions", "origin"
)
MODEL = ReadModel(
    (TABLE,),
    lives=PerLife(TABLE, "need", needs=Rows(rows, _shown)),
    sides=("need:",),
)
