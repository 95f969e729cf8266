"""Read model: what is held back for expected arrivals."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from events.kinds.housing import HousingOffer
from projections.homes import WHOLE, sleeps
from projections.life import OfferLife
from projections.listing import Listing, at_least, one_of, search, since, until
from projections.step import Known, PerLife, ReadModel, Rows, parts
from projections.table import Table


@dataclass(frozen=True)
class HeldBack:
    """One row a hold of an offer that stands; nobody else is given these rooms."""

    hold: Annotated[str, "The hold's id"]
    arrivals: Annotated[str, "The group of expected households that it is for"]
    offer: Annotated[str, "The offer's id"]
    case_no: Annotated[str, "The offer's number to say on the phone"]
    dwelling: Annotated[str | None, "room, flat, house, hotel_unit or shelter"]
    unit: Annotated[str | None, "The rooms' type; empty: the home as a whole"]
    count: Annotated[int, "How many rooms (a home as a whole is one)"]
    beds: Annotated[int | None, "Beds in them; empty: unknown"]
    from_day: Annotated[date, "First day"]
    to_day: Annotated[date, "First day on which everyone may have it again"]
    features: Annotated[tuple[str, ...], "What the households it is for must need"]
    household_min: Annotated[int, "How many persons they must be at least; 0: any"]


TABLE = Table(
    "held_capacity",
    HeldBack,
    key=("hold", "offer"),
    found_by=(("offer",),),
    indexes=(("arrivals",),),
    tools=True,
)

LISTING = Listing(
    TABLE,
    filters={
        "q": search("case_no", "offer"),
        "arrivals": one_of("arrivals"),
        "offer": one_of("offer"),
        "hold": one_of("hold"),
        "beds_min": at_least("beds"),
        "from_day_min": since("from_day"),
        "to_day_max": until("to_day"),
    },
    sorts=("case_no", "arrivals", "count", "beds", "from_day", "to_day"),
    order=("from_day", "case_no"),
)


def rows(life: OfferLife, _known: Known) -> Iterator[HeldBack]:
    """Yield a row for each hold."""
    state, home = life.state, life.state.details
    if state.status != "open" or not isinstance(home, HousingOffer):
        return
    for hold in state.holds:
        each = sleeps(home, hold.unit or WHOLE)
        yield HeldBack(
            hold=hold.id,
            arrivals=hold.arrivals,
            offer=state.id,
            case_no=life.case_no,
            dwelling=home.dwelling,
            unit=hold.unit,
            count=hold.count,
            beds=None if each is None else each * hold.count,
            from_day=hold.start,
            to_day=hold.end,
            features=hold.features,
            household_min=hold.household_min,
        )


_SHOWN = parts("status", "details", "holds")


def _shown(life: OfferLife) -> object:
    return _SHOWN(life) if life.state.holds else None


MODEL = ReadModel((TABLE,), lives=PerLife(TABLE, "offer", offers=Rows(rows, _shown)))
