"""What the plan that stands says, for other processes: two small tables of their own.

With a bus the desk and the matcher are two processes. Nothing of it decides anything,
and what is told carries the fact up to which it is true.
"""

from datetime import date
from typing import NamedTuple

from matcher import HeldPlace
from services.database import Connection
from services.standing.following import Certificate, Placed, Told

_CERTIFY = """
INSERT INTO running.standing
    (plan, position, gap, drift, acute_left, persons_left, points_left)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (one) DO UPDATE SET plan = excluded.plan, position = excluded.position,
    gap = excluded.gap, drift = excluded.drift, acute_left = excluded.acute_left,
    persons_left = excluded.persons_left, points_left = excluded.points_left,
    told_at = now()
"""
_PLACE = """
INSERT INTO running.place
    (need, offer, unit, stay_from, stay_to, rooms, moved, position)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::date[], %s::date[],
    %s::int[], %s::int[], %s::bigint[])
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
    """Write down an answer, and the certificate with it, in one commit.

    One process at a time tells, and first of all the whole: `services.standing.turn`.
    """
    found = told.certificate
    rows = [_row(need, one) for need, one in told.places.items() if one is not None]
    with db.transaction():
        if told.whole:
            db.execute("DELETE FROM running.place")
        else:
            gone = list(told.places)
            db.execute("DELETE FROM running.place WHERE need = ANY(%s)", (gone,))
        if rows:
            db.execute(_PLACE, [list(column) for column in zip(*rows, strict=True)])
        db.execute(
            _CERTIFY, (found.plan, found.position, found.gap, found.drift, *found.left)
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
