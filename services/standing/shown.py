"""What the plan that stands says, for other processes: two small tables of their own.

With a bus the desk and the matcher are two processes. Nothing of it decides anything,
and what is told carries the fact up to which it is true.
"""

from datetime import date
from typing import NamedTuple

from matcher import HeldPlace
from services.database import Connection
from services.standing.following import Certificate, Placed, Told

_TELL = """
WITH told AS (
    SELECT * FROM unnest(%(need)s::text[], %(offer)s::text[], %(unit)s::text[],
        %(stay_from)s::date[], %(stay_to)s::date[], %(rooms)s::int[],
        %(moved)s::int[], %(at)s::bigint[])
        AS told (need, offer, unit, stay_from, stay_to, rooms, moved, position)
), gone AS (
    DELETE FROM running.place WHERE need NOT IN (SELECT need FROM told)
        AND (%(whole)s OR need = ANY(%(about)s::text[]))
), placed AS (
    INSERT INTO running.place SELECT * FROM told
    ON CONFLICT (need) DO UPDATE SET offer = excluded.offer, unit = excluded.unit,
        stay_from = excluded.stay_from, stay_to = excluded.stay_to,
        rooms = excluded.rooms, moved = excluded.moved, position = excluded.position
)
INSERT INTO running.standing
    (plan, position, gap, drift, acute_left, persons_left, points_left)
VALUES (%(plan)s, %(position)s, %(gap)s, %(drift)s,
    %(acute)s, %(persons)s, %(points)s)
ON CONFLICT (one) DO UPDATE SET plan = excluded.plan, position = excluded.position,
    gap = excluded.gap, drift = excluded.drift, acute_left = excluded.acute_left,
    persons_left = excluded.persons_left, points_left = excluded.points_left,
    told_at = now()
"""
_CERTIFIED = """
SELECT plan, position, gap, drift,
    acute_left::text, persons_left::text, points_left::text FROM running.standing
"""
_OF = """
SELECT offer, unit, stay_from, stay_to, rooms, moved, position
FROM running.place WHERE need = %s
"""


class _Row(NamedTuple):
    need: str
    offer: str
    unit: str | None
    stay_from: date
    stay_to: date
    rooms: int
    moved: int
    position: int


def tell(db: Connection, told: Told) -> None:
    """Write down an answer, and the certificate with it, in one statement.

    A writer that is silent within a transaction loses its connection, and a busy
    process is silent soon. One process at a time tells, and first of all the whole:
    `services.standing.turn`.
    """
    found = told.certificate
    acute, persons, points = found.left
    rows = [_row(need, one) for need, one in told.places.items() if one is not None]
    columns = {name: [getattr(row, name) for row in rows] for name in _Row._fields}
    db.execute(
        _TELL,
        columns
        | {
            "at": columns["position"],
            "whole": told.whole,
            "about": list(told.places),
            "plan": found.plan,
            "position": found.position,
            "gap": found.gap,
            "drift": found.drift,
            "acute": acute,
            "persons": persons,
            "points": points,
        },
    )


def certificate(db: Connection) -> Certificate | None:
    """Return what was told last; `None` while no plan stands."""
    row = db.execute(_CERTIFIED).fetchone()
    if row is None:
        return None
    plan, position, gap, drift, *left = row
    return Certificate(
        plan=str(plan),
        position=int(str(position)),
        gap=float(str(gap)),
        drift=float(str(drift)),
        left=tuple(int(str(one)) for one in left),
    )


def place(db: Connection, need: str) -> Placed | None:
    """Return the place that a need has; `None`: it has none."""
    row = db.execute(_OF, (need,)).fetchone()
    if row is None:
        return None
    told = _Row(need, *row)
    held = HeldPlace(told.offer, told.unit, told.stay_from, told.stay_to, told.rooms)
    return Placed(held, told.moved, told.position)


def _row(need: str, one: Placed) -> _Row:
    held = one.held
    return _Row(
        need,
        held.offer,
        held.unit,
        held.start,
        held.end,
        held.rooms,
        one.moved,
        one.position,
    )
