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
        WITH wanted AS (
            SELECT coalesce(postcode_area, '') AS area, count(*) AS needs,
                sum(persons) AS persons,
                sum(persons) FILTER (WHERE horizon = 'acute') AS acute,
                min(waiting_since) AS waiting_since
            FROM open_needs
            WHERE kind = 'housing' AND state IN ('new', 'clarify', 'proposed')
            GROUP BY 1
        ), standing AS (
            SELECT offer, coalesce(postcode_area, '') AS area FROM available_offers
            WHERE kind = 'housing' AND state NOT IN ('withdrawn', 'merged')
        ), rooms AS (
            SELECT c.offer, sum(c.rooms * c.sleeps) AS beds,
                sum(greatest(c.free, 0) * c.sleeps) AS beds_free
            FROM realm r JOIN capacity_by_day c
                ON coalesce(c.from_day, r.today) <= r.today
                AND coalesce(c.to_day, r.today + 1) > r.today
            GROUP BY 1
        ), given AS (
            SELECT s.area, count(*) AS offers, sum(c.beds) AS beds,
                sum(c.beds_free) AS beds_free
            FROM standing s LEFT JOIN rooms c USING (offer)
            GROUP BY 1
        ), promised AS (
            SELECT coalesce(o.postcode_area, '') AS area,
                sum(persons) FILTER (
                    WHERE p.state NOT IN ('confirmed', 'begun')) AS proposed,
                sum(persons) FILTER (WHERE p.provisional) AS provisional,
                sum(persons) FILTER (
                    WHERE p.state IN ('confirmed', 'begun')) AS placed
            FROM proposals p JOIN available_offers o USING (offer)
            WHERE p.living AND p.kind = 'housing'
            GROUP BY 1
        )
        SELECT r.today AS day, area AS postcode_area, false AS closed,
            coalesce(w.needs, 0)::bigint AS needs,
            coalesce(w.persons, 0)::bigint AS persons,
            coalesce(w.acute, 0)::bigint AS acute,
            w.waiting_since,
            coalesce(g.offers, 0)::bigint AS offers,
            coalesce(g.beds, 0)::bigint AS beds,
            coalesce(g.beds_free, 0)::bigint AS beds_free,
            coalesce(p.proposed, 0)::bigint AS proposed,
            coalesce(p.provisional, 0)::bigint AS provisional,
            coalesce(p.placed, 0)::bigint AS placed
        FROM wanted w FULL JOIN given g USING (area) FULL JOIN promised p USING (area)
            CROSS JOIN realm r
        WHERE r.today IS NOT NULL
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
