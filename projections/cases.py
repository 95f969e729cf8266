"""Read models: every case by its number, and what is known of it in codes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import JsonValue

from events.kinds.housing import Wish
from events.offer import CheckState, OfferState
from projections.life import NeedLife, OfferLife
from projections.listing import Listing, one_of, search
from projections.step import Known, PerLife, ReadModel, Rows, parts
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
    indexes=(("case_no",), ("side", "number"), ("person",)),
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


def _case(life: OfferLife | NeedLife, side: Side) -> Iterator[Case]:
    state = life.state
    yield Case(
        case_ref=f"{side}:{state.id}",
        side=side,
        id=state.id,
        case_no=life.case_no,
        number=life.number,
        kind=state.details.kind,
        status=state.status,
        merged_into=state.merged_into,
        person=state.person,
        opened_at=life.opened_at,
        position=state.position,
    )


def _details(
    life: OfferLife | NeedLife, side: Side, *, hidden: bool
) -> Iterator[CaseDetails]:
    state, origin = life.state, life.state.origin
    speaker = state.represented_by
    yield CaseDetails(
        case_ref=f"{side}:{state.id}",
        case_no=life.case_no,
        person=state.person,
        details=told(life, hidden=hidden),
        sealed_parts=tuple(
            [n for n, box in vars(state.private).items() if box is not None]
        ),
        checks=state.checks if isinstance(state, OfferState) else (),
        pinned=state.pinned,
        forbidden=state.forbidden,
        similar_to=state.similar_to,
        apart_from=state.apart_from,
        represented_by=None if hidden or speaker is None else speaker.org,
        channel=None if origin is None else origin.channel,
        profile=None if origin is None else origin.profile,
        received_at=None if origin is None else origin.received_at,
        told_on=state.told_on,
    )


def told(life: OfferLife | NeedLife, *, hidden: bool) -> dict[str, JsonValue]:
    """Return the typed details as JSON; of a hidden home nothing that locates it."""
    details = life.state.details
    if hidden:
        wishes = getattr(details, "wishes", None)
        gone: dict[str, object] = {"location": None, "near": None}
        if wishes is not None:
            gone["wishes"] = tuple(wish for wish in wishes if _placeless(wish))
        known = type(details).model_fields
        details = details.model_copy(
            update={name: value for name, value in gone.items() if name in known}
        )
    return details.model_dump(mode="json", exclude_none=True, by_alias=True)


def _placeless(wish: Wish) -> bool:
    return wish.kind != "district"


def _offer_case(life: OfferLife, _known: Known) -> Iterator[Case]:
    return _case(life, "offer")


def _need_case(life: NeedLife, _known: Known) -> Iterator[Case]:
    return _case(life, "need")


def _offer_details(life: OfferLife, known: Known) -> Iterator[CaseDetails]:
    return _details(life, "offer", hidden=known.hides(life))


def _need_details(life: NeedLife, known: Known) -> Iterator[CaseDetails]:
    return _details(life, "need", hidden=known.hides(life))


_STANDING = parts("status", "merged_into", "details.kind")
_TOLD = (
    "details",
    "private",
    "pinned",
    "forbidden",
    "similar_to",
    "apart_from",
    "represented_by",
    "origin",
)
MODEL = ReadModel(
    (TABLE,),
    lives=PerLife(
        TABLE,
        "case_ref",
        offers=Rows(_offer_case, _STANDING),
        needs=Rows(_need_case, _STANDING),
    ),
)
DETAILS_MODEL = ReadModel(
    (DETAILS,),
    lives=PerLife(
        DETAILS,
        "case_ref",
        offers=Rows(_offer_details, parts(*_TOLD, "checks")),
        needs=Rows(_need_details, parts(*_TOLD)),
    ),
)
