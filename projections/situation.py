"""Read model: the situation by business day and postcode area.

The day that goes on is worked out when it is read, from the rows of other read
models; `day.began` closes it and its rows stay.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from projections.listing import Listing, is_so, one_of, since, until
from projections.step import Cur, ReadModel, Step
from projections.table import Table, View


@dataclass(frozen=True)
class Situation:
    """One row a business day and postcode area: how things stood at its end.

    What has no place that may be told (unknown or protected) counts under the empty
    area, so that no cell of an area is about a protected home.
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


DAYS = Table("situation_days", Situation, key=("day", "postcode_area"), shown=False)
VIEW = View(
    "situation",
    Situation,
    key=("day", "postcode_area"),
    tools=True,
    body="""
        WITH parts AS (
            SELECT postcode_area AS area, count(*) AS needs, sum(persons) AS persons,
                sum(persons) FILTER (WHERE horizon = 'acute') AS acute,
                min(waiting_since) AS waiting_since, 0 AS offers, 0 AS beds,
                0 AS beds_free, 0 AS proposed, 0 AS provisional, 0 AS placed
            FROM open_needs
            WHERE kind = 'housing' AND state IN ('new', 'clarify', 'proposed')
            GROUP BY 1
            UNION ALL
            SELECT postcode_area, 0, 0, 0, NULL, count(*), 0, 0, 0, 0, 0
            FROM available_offers
            WHERE kind = 'housing' AND state NOT IN ('withdrawn', 'merged')
            GROUP BY 1
            UNION ALL
            SELECT postcode_area, 0, 0, 0, NULL, 0, sum(rooms * sleeps),
                sum(greatest(free, 0) * sleeps), 0, 0, 0
            FROM capacity_by_day, (SELECT today FROM realm) r
            WHERE coalesce(from_day, today) <= today
                AND coalesce(to_day, today + 1) > today
            GROUP BY 1
            UNION ALL
            SELECT postcode_area, 0, 0, 0, NULL, 0, 0, 0,
                sum(persons) FILTER (WHERE state NOT IN ('confirmed', 'begun')),
                sum(persons) FILTER (WHERE provisional),
                sum(persons) FILTER (WHERE state IN ('confirmed', 'begun'))
            FROM proposals WHERE living AND kind = 'housing'
            GROUP BY 1
        )
        SELECT today AS day, coalesce(area, '') AS postcode_area, false AS closed,
            sum(needs)::bigint AS needs,
            coalesce(sum(persons), 0)::bigint AS persons,
            coalesce(sum(acute), 0)::bigint AS acute,
            min(waiting_since) AS waiting_since,
            sum(offers)::bigint AS offers,
            coalesce(sum(beds), 0)::bigint AS beds,
            coalesce(sum(beds_free), 0)::bigint AS beds_free,
            coalesce(sum(proposed), 0)::bigint AS proposed,
            coalesce(sum(provisional), 0)::bigint AS provisional,
            coalesce(sum(placed), 0)::bigint AS placed
        FROM parts, (SELECT today FROM realm) r WHERE today IS NOT NULL
        GROUP BY today, coalesce(area, '')
        UNION ALL
        SELECT day, postcode_area, closed, needs, persons, acute, waiting_since,
            offers, beds, beds_free, proposed, provisional, placed
        FROM situation_days
    """,
)

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


def _apply(cursor: Cur, step: Step) -> None:
    if step.ends_day:
        cursor.execute(
            "INSERT INTO situation_days SELECT day, postcode_area, true, needs,"
            " persons, acute, waiting_since, offers, beds, beds_free, proposed,"
            " provisional, placed FROM situation WHERE NOT closed"
        )


MODEL = ReadModel((DAYS, VIEW), _apply)
