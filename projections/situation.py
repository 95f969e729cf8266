"""Read model: the situation by day and postcode area, and what flowed on each day."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from projections.listing import Listing, is_so, one_of, since, until
from projections.table import Table, View


@dataclass(frozen=True)
class Situation:
    """One row a business day and postcode area: how things stood at its end.

    The day that goes on is worked out when it is read; `day.began` closes it. What
    has no place that may be told (unknown or protected) counts under the empty area.
    """

    day: Annotated[date, "The business day"]
    postcode_area: Annotated[str, "The postcode; empty text: none that may be told"]
    closed: Annotated[bool, "Whether the day is over and the row stays"]
    needs: Annotated[int, "Households that wait for a home"]
    persons: Annotated[int, "People in them"]
    acute: Annotated[int, "Of these people, those who need a roof at once"]
    waiting_since: Annotated[date | None, "Since when the longest of them waits"]
    offers: Annotated[int, "Homes and contingents that stand"]
    beds: Annotated[int, "Beds in them that can be had on that day"]
    beds_free: Annotated[int, "Of these, not held on that day"]
    proposed: Annotated[int, "People with a proposal that is not confirmed"]
    provisional: Annotated[int, "Of these, people whose proposal waits for a check"]
    placed: Annotated[int, "People whose placement is confirmed or begun"]


@dataclass(frozen=True)
class Flow:
    """One row a business day: what happened on it, in the whole realm."""

    day: Annotated[date, "The business day; before the first: the day of recording"]
    offers: Annotated[int, "Offers listed"]
    offers_withdrawn: Annotated[int, "Offers withdrawn or merged"]
    needs: Annotated[int, "Needs raised"]
    persons: Annotated[int, "People in them, where told"]
    needs_withdrawn: Annotated[int, "Needs withdrawn or merged"]
    proposed: Annotated[int, "Matches proposed"]
    agreed: Annotated[int, "Answers that said yes"]
    refused: Annotated[int, "Matches refused"]
    lapsed: Annotated[int, "Matches that nobody answered"]
    cancelled: Annotated[int, "Matches cancelled"]
    confirmed: Annotated[int, "Matches confirmed"]
    begun: Annotated[int, "Stays begun"]
    ended: Annotated[int, "Stays ended"]


DAYS = Table("situation_days", Situation, key=("day", "postcode_area"))
VIEW = View(
    "situation",
    Situation,
    key=("day", "postcode_area"),
    tools=True,
    body="",
)
FLOW = Table("flow", Flow, key=("day",), tools=True)

LISTING = Listing(
    VIEW,
    filters={
        "postcode_area": one_of("postcode_area"),
        "closed": is_so("closed"),
        "day_min": since("day"),
        "day_max": until("day"),
    },
    sorts=("day", "postcode_area", "persons", "beds_free"),
    order=("-day", "postcode_area"),
)
FLOW_LISTING = Listing(
    FLOW,
    filters={"day_min": since("day"), "day_max": until("day")},
    sorts=("day",),
    order=("-day",),
)
