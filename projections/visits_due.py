"""Read model: the checks that are still open, and whom they would place."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from events.kinds.housing import HousingOffer
from events.offer import OfferState
from events.policy import CheckKind
from projections.due import due_by, due_for_match, due_for_offer, unconfirmed
from projections.homes import beds
from projections.life import OfferLife
from projections.listing import Listing, at_least, one_of, search
from projections.step import Known, PerLife, ReadModel, Rows, parts
from projections.table import Table
from projections.veil import area

CheckStanding = Literal["missing", "expired", "failed", "too_short"]


@dataclass(frozen=True)
class VisitDue:
    """One row an open check of a home that stands; most people first is the tour."""

    offer: Annotated[str, "The offer's id"]
    case_no: Annotated[str, "The offer's number to say on the phone"]
    check_kind: Annotated[str, "identity, documents, visit or background"]
    state: Annotated[
        CheckStanding,
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


def rows(life: OfferLife, known: Known) -> Iterator[VisitDue]:
    """Yield a row for each check that the policy or a proposal waits for."""
    state, home = life.state, life.state.details
    if not isinstance(home, HousingOffer):
        return
    waiting = [(m, due_for_match(state, m)) for m in unconfirmed(state)]
    for kind in due_for_offer(state, known.policy):
        stopped = [match for match, due in waiting if kind in due]
        days = [d for m in stopped if (d := due_by(m, (kind,))) is not None]
        yield VisitDue(
            offer=state.id,
            case_no=life.case_no,
            check_kind=kind,
            state=_standing(state, kind),
            persons=sum(match.persons for match in stopped),
            proposals=len(stopped),
            due_by=min(days, default=None),
            beds=beds(home),
            dwelling=home.dwelling,
            postcode_area=area(home.location, hidden=known.hides(life)),
            told_on=state.told_on,
        )


def _standing(state: OfferState, kind: CheckKind) -> CheckStanding:
    found = next((check.state for check in state.checks if check.kind == kind), None)
    if found is None:
        return "missing"
    return "too_short" if found == "passed" else found


def _shown(life: OfferLife) -> object:
    return _TOLD(life), [match.id for match in unconfirmed(life.state)]


_TOLD = parts("status", "details", "checks")
MODEL = ReadModel((TABLE,), lives=PerLife(TABLE, "offer", offers=Rows(rows, _shown)))
