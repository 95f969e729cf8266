"""Read model: what became of the proposals that were confirmed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from projections.due import stay
from projections.life import OfferLife
from projections.listing import Listing, one_of, search, since, until
from projections.proposals import rooms_of
from projections.step import Known, PerLife, ReadModel, Rows, parts
from projections.table import Table


@dataclass(frozen=True)
class Placement:
    """One row a match that was confirmed: in effect, or over."""

    match: Annotated[str, "The match's id, opaque"]
    offer: Annotated[str, "The offer's id"]
    need: Annotated[str, "The need's id"]
    offer_case: Annotated[str, "The offer's number to say on the phone"]
    need_case: Annotated[str, "The need's number to say on the phone"]
    kind: Annotated[str, "housing or goods"]
    state: Annotated[
        Literal["confirmed", "begun", "ended", "cancelled"],
        "confirmed; begun: moved in; ended; cancelled after it was confirmed",
    ]
    persons: Annotated[int, "How many people"]
    stay_from: Annotated[date | None, "First day of the stay as agreed"]
    stay_to: Annotated[date | None, "Day of leaving as agreed; empty: open, or goods"]
    open_ended: Annotated[
        bool, "Whether nobody knows how long: stay_to is as far as the plan looked"
    ]
    unit: Annotated[str | None, "The rooms' type; empty: the home as a whole, or goods"]
    count: Annotated[int, "How many rooms of it (a home as a whole is one)"]
    quantity: Annotated[int, "Goods: pieces that were promised"]
    received: Annotated[int, "Goods: pieces that arrived"]
    confirmed_at: Annotated[datetime, "When the confirmation was recorded"]
    begun_on: Annotated[date | None, "The day of moving in"]
    ended_on: Annotated[date | None, "The day of leaving"]
    reason: Annotated[str | None, "The coded reason of the end"]
    position: Annotated[int, "Where the match's first fact stands in the ledger"]


TABLE = Table(
    "placements",
    Placement,
    key=("match",),
    found_by=(("offer",),),
    indexes=(("need",), ("state", "position")),
    tools=True,
)

LISTING = Listing(
    TABLE,
    filters={
        "q": search("offer_case", "need_case", "match"),
        "state": one_of("state"),
        "kind": one_of("kind"),
        "offer": one_of("offer"),
        "need": one_of("need"),
        "begun_on_min": since("begun_on"),
        "stay_to_max": until("stay_to"),
    },
    sorts=(
        "position",
        "state",
        "persons",
        "stay_from",
        "stay_to",
        "begun_on",
        "ended_on",
        "offer_case",
        "need_case",
    ),
    order=("-position",),
)


def rows(life: OfferLife, known: Known) -> Iterator[Placement]:
    """Yield a row for each match of the offer that was confirmed."""
    for match in life.state.matches.values():
        moments = life.moments[match.id]
        if moments.confirmed_at is None or match.state not in _STATES:
            continue
        first, last = stay(match)
        yield Placement(
            match=match.id,
            offer=match.offer,
            need=match.need,
            offer_case=life.case_no,
            need_case=known.cases.get(f"need:{match.need}", ""),
            kind=life.state.details.kind,
            state=_STATES[match.state],
            persons=match.persons,
            stay_from=first,
            stay_to=last,
            open_ended=match.open_ended,
            unit=rooms_of(match),
            count=sum(line.count for line in match.allocation),
            quantity=sum(line.quantity for line in match.allocation),
            received=match.received,
            confirmed_at=moments.confirmed_at,
            begun_on=match.begun_on,
            ended_on=match.ended_on,
            reason=match.reason,
            position=match.position,
        )


_STATES: dict[str, Literal["confirmed", "begun", "ended", "cancelled"]] = {
    "confirmed": "confirmed",
    "begun": "begun",
    "ended": "ended",
    "cancelled": "cancelled",
}

_SHOWN = parts("details.kind", "matches")
MODEL = ReadModel((TABLE,), lives=PerLife(TABLE, "offer", offers=Rows(rows, _SHOWN)))
