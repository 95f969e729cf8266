"""Read model: what happened on each business day, in the whole realm."""

from collections import Counter, defaultdict
from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated

from psycopg import sql

from events.base import Fact
from events.kinds.housing import HousingNeed
from events.match import (
    MatchAgreed,
    MatchBegun,
    MatchCancelled,
    MatchConfirmed,
    MatchEnded,
    MatchLapsed,
    MatchProposed,
    MatchRefused,
)
from events.need import NeedMerged, NeedRaised, NeedWithdrawn
from events.offer import OfferListed, OfferMerged, OfferWithdrawn
from projections.day import Day
from projections.listing import Listing, since, until
from projections.step import ReadModel
from projections.table import Cur, Table, quoted


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One row a business day on which something happened."""

    day: Annotated[date, "The business day; before the first: the day of recording"]
    offers: Annotated[int, "Offers listed"] = 0
    offers_withdrawn: Annotated[int, "Offers withdrawn or merged"] = 0
    needs: Annotated[int, "Needs raised"] = 0
    persons: Annotated[int, "People in them, where told"] = 0
    needs_withdrawn: Annotated[int, "Needs withdrawn or merged"] = 0
    proposed: Annotated[int, "Matches proposed"] = 0
    agreed: Annotated[int, "Answers that said yes"] = 0
    refused: Annotated[int, "Matches refused"] = 0
    lapsed: Annotated[int, "Matches that nobody answered"] = 0
    cancelled: Annotated[int, "Matches cancelled"] = 0
    confirmed: Annotated[int, "Matches confirmed"] = 0
    begun: Annotated[int, "Stays begun"] = 0
    ended: Annotated[int, "Stays ended"] = 0


TABLE = Table("flow", Flow, key=("day",), tools=True)

LISTING = Listing(
    TABLE,
    filters={"day_min": since("day"), "day_max": until("day")},
    sorts=("day",),
    order=("-day",),
)

_COUNTED: dict[type[Fact], str] = {
    OfferListed: "offers",
    OfferWithdrawn: "offers_withdrawn",
    OfferMerged: "offers_withdrawn",
    NeedRaised: "needs",
    NeedWithdrawn: "needs_withdrawn",
    NeedMerged: "needs_withdrawn",
    MatchProposed: "proposed",
    MatchAgreed: "agreed",
    MatchRefused: "refused",
    MatchLapsed: "lapsed",
    MatchCancelled: "cancelled",
    MatchConfirmed: "confirmed",
    MatchBegun: "begun",
    MatchEnded: "ended",
}
_NAMES = tuple(field.name for field in fields(Flow) if field.name != "day")
_ADD = (
    sql.SQL(
        "INSERT INTO flow AS f (day, {names}) VALUES ({values})"
        " ON CONFLICT (day) DO UPDATE SET {sums}"
    )
    .format(
        names=quoted(_NAMES),
        values=sql.SQL(", ").join([sql.Placeholder()] * (len(_NAMES) + 1)),
        sums=sql.SQL(", ").join(
            sql.SQL("{0} = f.{0} + excluded.{0}").format(sql.Identifier(name))
            for name in _NAMES
        ),
    )
    .as_bytes()
)


def counted(day: Day) -> dict[date, Counter[str]]:
    """Return what happened, by business day."""
    found: dict[date, Counter[str]] = defaultdict(Counter)
    for recorded in day.facts:
        fact = recorded.fact
        if (name := _COUNTED.get(type(fact))) is not None:
            found[day.of(recorded)][name] += 1
        if isinstance(fact, NeedRaised) and isinstance(fact.details, HousingNeed):
            found[day.of(recorded)]["persons"] += fact.details.persons or 0
    return found


def _count(cursor: Cur, day: Day) -> None:
    for on, numbers in counted(day).items():
        cursor.execute(_ADD, [on, *(numbers[name] for name in _NAMES)])


MODEL = ReadModel((TABLE,), count=_count, sides=())
