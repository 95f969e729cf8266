"""What the first page says: how things stand, what is due, where the beds are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from projections import flow, open_needs, situation
from projections.flow import Flow
from projections.listing import Ask, Db, listed, some
from projections.open_needs import OpenNeed
from projections.situation import Situation
from services.console.charts import BedDay, Chart, bed_chart
from services.console.frame import framed
from services.console.lists import count
from services.console.shelves import (
    CASES,
    DUPLICATES,
    PROPOSALS,
    QUESTIONS,
    SET_ASIDE,
    STOPPED,
    TASKS,
    VISITS,
)
from services.console.tiles import tile_map

AHEAD = 28
"""Days that the chart of beds looks ahead."""
_IN_A_LANE = 5
_LANES = ("new", "clarify", "proposed", "placed")
_LATE = {0: 42, 1: 28, 2: 14, 3: 7}
"""Days of waiting after which a need of a priority is late, for the eye only."""
_BEDS = """
WITH steps AS (
    SELECT greatest(coalesce(from_day, %(first)s), %(first)s) AS day, 'free' AS what,
        greatest(free, 0) * coalesce(sleeps, 0) AS change, to_day AS until
    FROM readmodel.capacity_by_day
    WHERE free > 0 AND coalesce(to_day, %(last)s) > %(first)s
    UNION ALL
    SELECT greatest(coalesce(stay_from, %(first)s), %(first)s),
        CASE WHEN state IN ('confirmed', 'begun') THEN 'taken' ELSE 'held' END,
        persons, stay_to
    FROM readmodel.proposals
    WHERE living AND kind = 'housing' AND coalesce(stay_to, %(last)s) > %(first)s
)
SELECT day, what, sum(change)::bigint FROM (
    SELECT day, what, change FROM steps
    UNION ALL
    SELECT until, what, -change FROM steps WHERE until IS NOT NULL
) AS moves
WHERE day < %(last)s GROUP BY day, what
"""


@dataclass(frozen=True)
class Card:
    """A number at the top; `persons` says how many people it is about."""

    name: str
    count: int
    href: str
    tone: str = ""
    persons: int | None = None


@dataclass(frozen=True)
class DueLine:
    name: str
    count: int
    href: str


@dataclass(frozen=True)
class Lane:
    """The needs of one state, the most urgent ones by name."""

    state: str
    total: int
    rows: tuple[OpenNeed, ...]
    late: frozenset[str]


@dataclass(frozen=True)
class Tile:
    """A postcode area on the map; `shade` is 0 to 4 by its free beds."""

    area: str
    beds: int
    needs: int

    @property
    def shade(self) -> int:
        return sum(self.beds >= least for least in (1, 3, 6, 8))


@dataclass(frozen=True)
class Tiles:
    grid: tuple[tuple[Tile | None, ...], ...]
    elsewhere: Tile | None


@dataclass(frozen=True)
class Start:
    """All of the first page; `fresh` while there is no case at all."""

    cards: tuple[Card, ...]
    due: tuple[DueLine, ...]
    lanes: tuple[Lane, ...]
    tiles: Tiles
    chart: Chart | None
    fresh: bool


@dataclass
class FirstPage:
    """Keeps the first page of one state of the read models: it is asked for all day."""

    _kept: tuple[object, Start] | None = None

    def read(self, db: Db) -> Start:
        """Return the page of the snapshot; read it only when something has changed."""
        frame = framed(db)
        kept = self._kept
        if kept is None or kept[0] != frame.state:
            self._kept = kept = (frame.state, start(db, frame.today))
        return kept[1]


def start(db: Db, today: date | None) -> Start:
    """Read the first page in one snapshot."""
    areas = () if today is None else some(db, situation.VIEW, {"day": today})
    due = _due(db, today)
    return Start(
        cards=_cards(db, areas, due, today),
        due=due,
        lanes=tuple(_lane(db, state, today) for state in _LANES),
        tiles=_tiles(areas),
        chart=None if today is None else _chart(db, areas, today),
        fresh=count(db, CASES.listing) == 0,
    )


def _cards(
    db: Db, areas: Iterable[Situation], due: Iterable[DueLine], today: date | None
) -> tuple[Card, ...]:
    rows = list(areas)
    review = count(db, PROPOSALS.listing, state="proposed,communicated,agreed")
    return (
        Card("needs", sum(row.needs for row in rows), "/needs?kind=housing",
             persons=sum(row.persons for row in rows)),
        Card("due", sum(line.count for line in due), "#due", "red"),
        Card("beds", sum(row.beds_free for row in rows), "/offers?kind=housing",
             "green"),
        Card("proposals", review, "/proposals", "sea"),
        Card("placed", _confirmed(db, today), "/placements",
             persons=sum(row.placed for row in rows)),
    )  # fmt: skip


def _confirmed(db: Db, today: date | None) -> int:
    if today is None:
        return 0
    asked = {"day_min": (today - timedelta(6)).isoformat()}
    days: tuple[Flow, ...] = listed(db, flow.LISTING, Ask(asked)).rows
    return sum(day.confirmed for day in days)


def _due(db: Db, today: date | None) -> tuple[DueLine, ...]:
    by_now = (today or date.max).isoformat()
    return (
        DueLine("visits", count(db, VISITS.listing, persons_min="1"), "/visits"),
        DueLine(
            "answers",
            count(db, PROPOSALS.listing, state="communicated", answer_by_max=by_now),
            f"/proposals?state=communicated&answer_by_max={by_now}&sort=answer_by",
        ),
        DueLine("questions", count(db, QUESTIONS.listing), "/questions"),
        DueLine("duplicates", count(db, DUPLICATES.listing), "/duplicates"),
        DueLine(
            "set_aside", count(db, SET_ASIDE.listing, state="waiting"), "/set-aside"
        ),
        DueLine("stopped", count(db, STOPPED.listing), "/set-aside"),
        DueLine("tasks", count(db, TASKS.listing, done="no"), "/tasks"),
    )


def _lane(db: Db, state: str, today: date | None) -> Lane:
    order = "-told_on" if state == "placed" else ""
    found = listed(db, open_needs.LISTING, Ask({"state": state}, order, _IN_A_LANE))
    late = (need.need for need in found.rows if _is_late(need, today))
    return Lane(state, found.total, found.rows, frozenset(late))


def _is_late(need: OpenNeed, today: date | None) -> bool:
    if today is None or need.state not in {"new", "clarify"}:
        return False
    return (today - need.waiting_since).days > _LATE[need.priority]


def _tiles(areas: Iterable[Situation]) -> Tiles:
    known: Mapping[str, Tile] = {
        row.postcode_area: Tile(row.postcode_area, row.beds_free, row.needs)
        for row in areas
    }
    laid = tile_map(tuple(sorted(known)))
    rest = [known[area] for area in laid.elsewhere]
    beds, needs = sum(t.beds for t in rest), sum(t.needs for t in rest)
    grid = tuple(
        tuple(None if area is None else known[area] for area in line)
        for line in laid.grid
    )
    return Tiles(grid, Tile("", beds, needs) if beds or needs else None)


def _chart(db: Db, areas: Iterable[Situation], today: date) -> Chart | None:
    waiting = sum(row.persons - row.proposed for row in areas)
    last = today + timedelta(AHEAD + 1)
    moves: dict[tuple[date, str], int] = {
        (day, what): change
        for day, what, change in db.execute(_BEDS, {"first": today, "last": last})
        if isinstance(day, date) and isinstance(what, str) and isinstance(change, int)
    }
    if not moves:
        return None
    days: list[BedDay] = []
    level = {"taken": 0, "held": 0, "free": 0}
    for ahead in range(AHEAD + 1):
        day = today + timedelta(ahead)
        for what in level:
            level[what] += moves.get((day, what), 0)
        sheltered = level["taken"] + level["held"]
        days.append(BedDay(day, **level, needed=sheltered + max(0, waiting)))
    return bed_chart(days)
