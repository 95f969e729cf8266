"""Read model: who is expected, from when, and what they need."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from events.arrivals import ArrivalsExpected
from events.base import Recorded
from projections.life import moment
from projections.listing import Listing, has, one_of, search, since
from projections.step import ReadModel, Step, replace
from projections.table import Cur, Table


@dataclass(frozen=True)
class Expected:
    """One row a group of households that is expected, as it was told last."""

    arrivals: Annotated[str, "The id of the group"]
    households: Annotated[int, "How many households are expected"]
    persons: Annotated[int, "How many people that is"]
    on_day: Annotated[date, "From when on they are expected"]
    features: Annotated[tuple[str, ...], "What each of them needs of a home"]
    household_min: Annotated[int, "How many persons the smallest household has; 0: any"]
    source: Annotated[str, "Who says so, in a code or in words"]
    told_at: Annotated[datetime, "When it was recorded"]
    position: Annotated[int, "Where it stands in the ledger"]


TABLE = Table(
    "expected_arrivals",
    Expected,
    key=("arrivals",),
    indexes=(("on_day",),),
    tools=True,
)

LISTING = Listing(
    TABLE,
    filters={
        "q": search("arrivals", "source"),
        "arrivals": one_of("arrivals"),
        "feature": has("features"),
        "on_day_min": since("on_day"),
    },
    sorts=("arrivals", "on_day", "households", "persons", "position"),
    order=("on_day", "arrivals"),
)


def _apply(cursor: Cur, step: Step) -> None:
    told = {fact.arrivals: (fact, recorded) for fact, recorded in _expected(step)}
    rows = [
        Expected(
            arrivals=fact.arrivals,
            households=fact.households,
            persons=fact.persons,
            on_day=fact.on,
            features=fact.features,
            household_min=fact.household_min,
            source=fact.source,
            told_at=moment(recorded),
            position=recorded.position,
        )
        for fact, recorded in told.values()
        if fact.households
    ]
    replace(cursor, TABLE, "arrivals", gone=list(told), rows=rows)


def _expected(step: Step) -> Iterator[tuple[ArrivalsExpected, Recorded]]:
    for recorded in step.facts:
        if isinstance(recorded.fact, ArrivalsExpected):
            yield recorded.fact, recorded


MODEL = ReadModel((TABLE,), _apply, sides=())
