"""Read model: the situation by business day and postcode area.

What a life adds to the numbers is taken out and put in again whenever it changes, so
that a day costs what happened on it. The day that goes on is summed up when it is
read; `day.began` closes it and its rows stay.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated

from psycopg import sql

from events.kinds.housing import HousingNeed, HousingOffer
from projections.day import Day, Move
from projections.due import due_for_match, is_unconfirmed
from projections.homes import held, runs, sleeps
from projections.life import NeedLife, OfferLife
from projections.listing import Listing, is_so, one_of, since, until
from projections.open_needs import standing
from projections.step import ReadModel
from projections.table import Cur, Table, View, numbers, quoted, words
from projections.veil import area

WAITING = ("new", "clarify", "proposed")
MEASURES = (
    "needs",
    "persons",
    "acute",
    "waiting",
    "offers",
    "beds",
    "beds_free",
    "proposed",
    "provisional",
    "placed",
)
Change = tuple[date, str | None, str, int]
"""On a day, in an area, a measure grows by so much."""
Add = tuple[date, str, int]
"""The same, wherever it is."""


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
    waited_days: Annotated[int, "Days that these households waited, added up"]
    offers: Annotated[int, "Homes and contingents that stand"]
    beds: Annotated[int, "Beds in them that can be had on that day"]
    beds_free: Annotated[int, "Of these, not held on that day"]
    proposed: Annotated[int, "People with a proposal that is not confirmed"]
    provisional: Annotated[int, "Of these, people whose proposal waits for a check"]
    placed: Annotated[int, "People whose placement is confirmed or begun"]


@dataclass(frozen=True)
class Sums:
    """One row a day and postcode area: by how much each number changed, or stood."""

    day: Annotated[date, "The business day; 0001-01-01: before the first"]
    postcode_area: Annotated[str, "The postcode; empty text: none that may be told"]
    needs: Annotated[int, "Households that wait for a home"]
    persons: Annotated[int, "People in them"]
    acute: Annotated[int, "Of these people, those who need a roof at once"]
    waiting: Annotated[int, "Since when these households wait: day numbers, added up"]
    offers: Annotated[int, "Homes and contingents that stand"]
    beds: Annotated[int, "Beds in them that can be had on that day"]
    beds_free: Annotated[int, "Of these, not held on that day"]
    proposed: Annotated[int, "People with a proposal that is not confirmed"]
    provisional: Annotated[int, "Of these, people whose proposal waits for a check"]
    placed: Annotated[int, "People whose placement is confirmed or begun"]


KEY = ("day", "postcode_area")
CHANGES = Table("situation_changes", Sums, key=KEY, shown=False)
DAYS = Table("situation_days", Sums, key=KEY, shown=False)
_STANDS = sql.SQL("""
    SELECT {today} AS day, postcode_area,
        sum(needs)::bigint AS needs, sum(persons)::bigint AS persons,
        sum(acute)::bigint AS acute, sum(waiting)::bigint AS waiting,
        sum(offers)::bigint AS offers, sum(beds)::bigint AS beds,
        sum(beds_free)::bigint AS beds_free, sum(proposed)::bigint AS proposed,
        sum(provisional)::bigint AS provisional, sum(placed)::bigint AS placed
    FROM (
        SELECT * FROM situation_days WHERE day = (SELECT max(day) FROM situation_days)
        UNION ALL
        SELECT * FROM situation_changes WHERE day <= {today}
            AND day > coalesce((SELECT max(day) FROM situation_days), '-infinity')
    ) AS changes
    GROUP BY postcode_area
    HAVING sum(abs(needs) + abs(offers) + abs(beds) + abs(persons)
        + abs(proposed) + abs(placed)) > 0
""")
VIEW = View(
    "situation",
    Situation,
    key=KEY,
    tools=True,
    body=sql.SQL("""
        SELECT day, postcode_area, closed, needs, persons, acute,
            needs * (day - DATE '0001-01-01' + 1) - waiting AS waited_days,
            offers, beds, beds_free, proposed, provisional, placed
        FROM (
            SELECT *, true AS closed FROM situation_days
            UNION ALL
            SELECT *, false AS closed FROM ({stands}) AS today WHERE day IS NOT NULL
        ) AS days
    """).format(stands=_STANDS.format(today=sql.SQL("(SELECT today FROM realm)"))),
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
_ADD = (
    sql.SQL(
        "INSERT INTO situation_changes AS c ({columns})"
        " SELECT * FROM unnest({arrays}) ON CONFLICT (day, postcode_area)"
        " DO UPDATE SET {sums}"
    )
    .format(
        columns=quoted((*KEY, *MEASURES)),
        arrays=sql.SQL("%s::date[], %s::text[]" + ", %s::bigint[]" * len(MEASURES)),
        sums=sql.SQL(", ").join(
            sql.SQL("{0} = c.{0} + excluded.{0}").format(sql.Identifier(name))
            for name in MEASURES
        ),
    )
    .as_bytes()
)


_NOTHING = (
    sql.SQL(
        "DELETE FROM situation_changes c"
        " USING unnest(%s::date[], %s::text[]) AS t (d, a)"
        " WHERE c.day = t.d AND c.postcode_area = t.a AND {}"
    )
    .format(
        sql.SQL(" AND ").join(
            sql.SQL("{} = 0").format(sql.Identifier("c", name)) for name in MEASURES
        )
    )
    .as_bytes()
)
"""What went back to nothing leaves no row, so that pages may be cut anywhere."""


def changes(move: Move, day: date) -> Iterator[Change]:
    """Yield what a move changes on its day and on days to come.

    Part by part: most moves are steps of a match, which change no room.
    """
    life, before = move.life, move.before
    place = _place(life, hidden=move.hidden)
    if before is None:
        for part in _parts(life):
            for on, name, count in part.adds(day):
                yield on, place, name, count
        return
    was = _place(before, hidden=move.hidden_before)
    for new, old in zip(_parts(life), _parts(before), strict=True):
        if place != was or new.seen != old.seen:
            for on, name, count in new.adds(day):
                yield on, place, name, count
            for on, name, count in old.adds(day):
                yield on, was, name, -count


@dataclass(frozen=True)
class _Part:
    """A part of what a life adds from a day on; the same as long as `seen` is."""

    seen: object
    adds: Callable[[date], Iterator[Add]]


def _parts(life: OfferLife | NeedLife) -> tuple[_Part, ...]:
    """Return what a life adds as it is now: what concerns goods adds nothing."""
    state, details = life.state, life.state.details
    if isinstance(life, NeedLife) and isinstance(details, HousingNeed):
        waits = standing(life.state) in WAITING
        seen = details, waits, life.state.waiting_since
        return (_Part(seen, partial(_need, life, details)),)
    if isinstance(life, OfferLife) and isinstance(details, HousingOffer):
        living = state.living
        early = [(match.id, is_unconfirmed(match)) for match in living]
        stages = [(ref, waits, waits and life.state.checks) for ref, waits in early]
        rooms = details, state.status, [match.id for match in living]
        return (
            _Part(stages, partial(_matches, life)),
            _Part(rooms, partial(_rooms, life, details)),
        )
    return ()


def _place(life: OfferLife | NeedLife, *, hidden: bool) -> str | None:
    """Return where a life counts."""
    match life.state.details:
        case HousingNeed(near=near):
            return None if hidden else near
        case HousingOffer(location=location):
            return area(location, hidden=hidden)
        case _:
            return None


def _need(life: NeedLife, details: HousingNeed, day: date) -> Iterator[Add]:
    if standing(life.state) in WAITING:
        persons = details.persons or 0
        yield day, "needs", 1
        yield day, "persons", persons
        yield day, "acute", persons if details.horizon == "acute" else 0
        yield day, "waiting", life.state.waiting_since.toordinal()


def _matches(life: OfferLife, day: date) -> Iterator[Add]:
    for match in life.state.living:
        unconfirmed = is_unconfirmed(match)
        yield day, "proposed" if unconfirmed else "placed", match.persons
        if unconfirmed and due_for_match(life.state, match):
            yield day, "provisional", match.persons


def _rooms(life: OfferLife, home: HousingOffer, day: date) -> Iterator[Add]:
    if life.state.status != "open":
        return
    yield day, "offers", 1
    for unit, found in runs(home, held(life.state)).items():
        each = sleeps(home, unit) or 0
        for run in found:
            free = max(0, run.rooms - run.held)
            start = max(run.start or day, day)
            yield start, "beds", run.rooms * each
            yield start, "beds_free", free * each
            if run.end is not None:
                end = max(run.end, day)
                yield end, "beds", -run.rooms * each
                yield end, "beds_free", -free * each


def _count(cursor: Cur, day: Day) -> None:
    sums: dict[tuple[date, str], dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(MEASURES, 0)
    )
    for move in day.moves:
        for on, place, name, count in changes(move, day.day):
            sums[on, place or ""][name] += count
    found = {key: sums[key] for key in sorted(sums) if any(sums[key].values())}
    if found:
        days, areas = zip(*found, strict=True)
        counts = [numbers(row[name] for row in found.values()) for name in MEASURES]
        cells = [words([str(on) for on in days]), words(areas)]
        cursor.execute(_ADD, [*cells, *counts])
        cursor.execute(_NOTHING, cells)
    if day.ends:
        stands = _STANDS.format(today=sql.Literal(day.day))
        cursor.execute(sql.SQL("INSERT INTO situation_days {}").format(stands))


MODEL = ReadModel((CHANGES, DAYS, VIEW), count=_count)
