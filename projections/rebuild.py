"""Rebuilding: made anew beside the live ones, compared, and swapped in by content.

The tables beside are temporary ones of this connection: a rebuild that dies leaves
nothing behind. Live tables are never dropped, so that grants, other people's views
and running queries survive; rows that differ are replaced in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from projections import realm
from projections.anew import Read, fill, pages
from projections.catalogue import named
from projections.checkpoint import LIVES
from projections.checkpoint import position as live_position
from projections.life import SIDES
from projections.listing import Db
from projections.lives import TABLE as LIVES_TABLE
from projections.lives import Lives
from projections.projector import Gap, Projector
from projections.schema import BESIDE, add_keys, make, qualified
from projections.step import ReadModel
from projections.table import Cur, Shape, Table


@dataclass(frozen=True)
class Compared:
    """What a read model was and what the ledger says it should be, as hashes."""

    live: str
    rebuilt: str

    @property
    def equal(self) -> bool:
        return self.live == self.rebuilt


def rebuild(db: Db, read: Read, names: Sequence[str] = ()) -> dict[str, Compared]:
    """Rebuild read models (all when none is named) up to where the live ones stand.

    The live ones go on meanwhile and wait only while rows are compared and swapped.
    With them all lives are made, or none if they depend on none, and the realm, which
    views look into.
    `db` is a connection of its own, as the live ones' owner; its session is used up.
    """
    models = named(tuple(names))
    sides = SIDES if any(model.sides for model in models) else ()
    late = [model.relations[0] for model in models if model.lives is not None]
    made = models if realm.MODEL in models else (realm.MODEL, *models)
    db.execute(_ROOM)
    make(db, BESIDE, bare=late)
    fill(db, made, read, upto=live_position(db), sides=sides)
    add_keys(db, late)
    projector = Projector(db, made, Lives(sides=sides))
    _advance(db, projector, read, upto=live_position(db))
    with db.transaction(), db.cursor() as cursor:
        upto = _hold(cursor)
        _advance(db, projector, read, upto=upto)
        found = {model.name: _compared(cursor, model) for model in models}
        changed = [model for model in models if not found[model.name].equal]
        ground: list[Shape] = [LIVES_TABLE] if sides else []
        cursor.execute(_AS_THEY_ARE)
        for relation in (*ground, *(r for model in changed for r in model.relations)):
            if isinstance(relation, Table):
                _swap(cursor, relation)
        names = [model.name for model in models]
        _follow_again(cursor, [LIVES, *names] if sides else names, upto)
    return found


_ROOM = """
SET temp_buffers = '64MB'; SET work_mem = '64MB'; SET maintenance_work_mem = '128MB'
"""
"""For this one session, whose tables are larger than any query of the desk."""


_AS_THEY_ARE = "SET LOCAL enable_nestloop = off"
"""Join by hash: of live tables that were empty when they were last looked at, the
planner believes that they still are, and would read them anew for every row beside."""


def fingerprint(cursor: Cur, relation: Shape, name: sql.Identifier) -> str:
    """Return a hash of all rows, whatever their order."""
    cursor.execute(_FINGERPRINT.format(relation.names, name))
    count, *sums = cursor.fetchone() or (0,)
    return f"{count}-" + "".join(f"{int(str(part)) % 2**60:015x}" for part in sums)


_FINGERPRINT = sql.SQL("""
SELECT count(*), coalesce(sum(hash_record_extended(line, 1)), 0),
    coalesce(sum(hash_record_extended(line, 2)), 0)
FROM (SELECT ROW({}) AS line FROM {}) AS rows
""")
"""Hashed as PostgreSQL joins and groups rows: their text would take four times longer,
while the live ones wait."""


def _advance(db: Db, projector: Projector, read: Read, *, upto: int) -> None:
    """Bring the tables beside on, like live ones."""
    for facts in pages(read, _own(db), upto=upto):
        projector.apply(facts)


def _hold(cursor: Cur) -> int:
    """Keep the live ones where they are until the commit; return where that is.

    Rows are locked in the projector's own order, so that neither waits for the other.
    """
    cursor.execute(
        "SELECT read_model, position FROM readmodel.checkpoint"
        " ORDER BY read_model FOR UPDATE"
    )
    found = {str(name): position for name, position in cursor}
    if not isinstance(position := found.get(LIVES), int):
        raise Gap("the read models have no checkpoint; were their tables made?")
    return position


def _own(db: Db) -> int:
    found = db.execute(
        "SELECT position FROM checkpoint WHERE read_model = %s", (LIVES,)
    ).fetchone()
    if found is None or not isinstance(found[0], int):
        raise Gap("the read models have no checkpoint; were their tables made?")
    return found[0]


def _compared(cursor: Cur, model: ReadModel) -> Compared:
    live, rebuilt = [], []
    for relation in model.relations:
        live.append(fingerprint(cursor, relation, qualified(relation)))
        rebuilt.append(fingerprint(cursor, relation, sql.Identifier(relation.name)))
    return Compared("+".join(live), "+".join(rebuilt))


def _swap(cursor: Cur, table: Table[object]) -> None:
    """Let the live table hold the rows beside it; equal rows stay as they are."""
    names = {
        "live": qualified(table),
        "beside": sql.Identifier(table.name),
        "columns": table.names,
        "key": sql.SQL(" AND ").join(
            sql.SQL("b.{0} = l.{0}").format(sql.Identifier(column))
            for column in table.key
        ),
        "old": _row("l", table),
        "new": _row("b", table),
    }
    for statement in (_GONE, _COME):
        cursor.execute(statement.format(**names))


_GONE = sql.SQL(
    "DELETE FROM {live} l WHERE NOT EXISTS (SELECT 1 FROM {beside} b"
    " WHERE {key} AND {old} IS NOT DISTINCT FROM {new})"
)
_COME = sql.SQL(
    "INSERT INTO {live} ({columns}) SELECT {columns} FROM {beside} b"
    " WHERE NOT EXISTS (SELECT 1 FROM {live} l WHERE {key})"
)


def _row(alias: str, table: Shape) -> sql.Composed:
    columns = [sql.Identifier(alias, column.name) for column in table.columns]
    return sql.SQL("ROW({})").format(sql.SQL(", ").join(columns))


def _follow_again(cursor: Cur, names: list[str], position: int) -> None:
    cursor.execute(
        "UPDATE readmodel.checkpoint SET position = %s, parked = NULL,"
        " rebuilt = rebuilt + 1 WHERE read_model = ANY(%s)",
        (position, names),
    )
