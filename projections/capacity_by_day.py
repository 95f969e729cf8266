"""Read model: how many rooms are there, held and free, in runs of equal days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from events.kinds.housing import HousingOffer
from projections.homes import held, runs, sleeps
from projections.life import OfferLife
from projections.listing import Listing, at_least, one_of
from projections.step import Known, PerLife, ReadModel, Rows
from projections.table import Table
from projections.veil import area


@dataclass(frozen=True)
class CapacityRun:
    """One row a run of days on which nothing changes for a unit of an offer.

    Days are half-open, `[from_day, to_day)`. How far ahead one looks is decided by
    who reads: a run without `to_day` goes on for ever.
    """

    offer: Annotated[str, "The offer's id"]
    case_no: Annotated[str, "The offer's number to say on the phone"]
    unit: Annotated[str, "The rooms' type; empty text: the home as a whole"]
    run: Annotated[int, "1, 2, 3 … in the order of days"]
    from_day: Annotated[date | None, "First day of the run; empty: since ever"]
    to_day: Annotated[date | None, "First day after the run; empty: open"]
    rooms: Annotated[int, "Rooms that can be had, without the blocked ones"]
    held: Annotated[int, "Rooms that living matches hold"]
    free: Annotated[int, "Rooms that are left; below zero: promised more than there is"]
    sleeps: Annotated[int | None, "People a room sleeps; empty: unknown"]
    postcode_area: Annotated[str | None, "The postcode; empty: unknown or protected"]


TABLE = Table(
    "capacity_by_day",
    CapacityRun,
    key=("offer", "unit", "run"),
    indexes=(("to_day", "from_day"),),
    tools=True,
)

LISTING = Listing(
    TABLE,
    filters={
        "offer": one_of("offer"),
        "unit": one_of("unit"),
        "free_min": at_least("free"),
    },
    sorts=("case_no", "from_day", "free"),
    order=("case_no", "unit", "run"),
)


def rows(life: OfferLife, known: Known) -> Iterator[CapacityRun]:
    """Yield the runs of an offer of housing that stands."""
    state, home = life.state, life.state.details
    if not isinstance(home, HousingOffer) or state.status != "open":
        return
    place = area(home.location, hidden=known.hides(life))
    for unit, found in runs(home, held(state)).items():
        for number, run in enumerate(found, start=1):
            yield CapacityRun(
                offer=state.id,
                case_no=life.case_no,
                unit=unit,
                run=number,
                from_day=run.start,
                to_day=run.end,
                rooms=run.rooms,
                held=run.held,
                free=run.rooms - run.held,
                sleeps=sleeps(home, unit),
                postcode_area=place,
            )


def _shown(life: OfferLife) -> object:
    return life.state.status, life.state.details, held(life.state)


MODEL = ReadModel((TABLE,), lives=PerLife(TABLE, "offer", offers=Rows(rows, _shown)))
