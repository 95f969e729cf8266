"""The tables and views as the database knows them: made, commented, granted."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping

import psycopg
from psycopg import Connection, sql

from projections.catalogue import MODELS, RELATIONS
from projections.checkpoint import LIVES
from projections.checkpoint import TABLE as CHECKPOINTS
from projections.life import MODELS as LIFE_MODELS
from projections.lives import TABLE as LIVES_TABLE
from projections.table import Shape, Table, Value, View, quoted

LIVE = "readmodel, projection"
"""Where the live ones are found."""
BESIDE = "pg_temp"
"""Where a rebuild makes its own: gone with its connection, whatever happens."""
CHECKPOINT = "checkpoint"
BEHIND: dict[str, tuple[Shape, ...]] = {
    CHECKPOINT: (CHECKPOINTS,),
    LIVES: (LIVES_TABLE,),
    **{model.name: model.relations for model in MODELS},
}
"""What a name in the checkpoint stands for."""
_LOCK = 0x72656164


def _shape(name: str) -> str:
    told: list[object] = [
        [relation.name, [[c.name, c.type, c.nullable] for c in relation.columns]]
        for relation in BEHIND[name]
    ]
    if name == LIVES:
        told += [[side, life.model_json_schema()] for side, life in LIFE_MODELS.items()]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


SHAPES = {name: _shape(name) for name in BEHIND}
"""Name in the checkpoint → a hash of what its rows look like in this release."""


def outdated(found: Mapping[str, str]) -> list[str]:
    """Return the names in a checkpoint whose rows another release has made."""
    return [name for name, shape in found.items() if SHAPES.get(name, shape) != shape]


class InTheWay(Exception):
    """Something of somebody else's stands on what must be made anew."""


def lay(db: Connection[tuple[Value, ...]]) -> None:
    """Make what is missing, in the schemas that the migration step made.

    What another release made with other columns is dropped and made anew, empty: its
    checkpoint says 0, so it is rebuilt before it follows. Services that start at once
    may all call this: one makes, the others find it made. Raises `InTheWay`.
    """
    with db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        db.execute("SELECT set_config('search_path', %s, false)", (LIVE,))
        known = _known_shapes(db)
        stale = [name for name, shape in SHAPES.items() if known.get(name) != shape]
        if not stale:
            return
        _drop(db, SHAPES if CHECKPOINT in stale else stale)
        make(db, LIVE)
        db.execute(
            "DELETE FROM readmodel.checkpoint WHERE read_model = ANY(%s)", (stale,)
        )
        _start(db)
        for relation in RELATIONS:
            db.execute(sql.SQL(";").join([*_comments(relation), *_grants(relation)]))


def make(
    db: Connection[tuple[Value, ...]], path: str, *, bare: Collection[Shape] = ()
) -> None:
    """Make tables, indexes and views where `path` leads; start checkpoints at 0.

    Those in `bare` are filled faster without keys: `add_keys` makes them good.
    """
    db.execute("SELECT set_config('search_path', %s, false)", (path,))
    for relation in RELATIONS:
        statements = _statements(
            relation, live=path == LIVE, keyed=relation not in bare
        )
        db.execute(sql.SQL(";").join(statements))
    _start(db)


def add_keys(db: Connection[tuple[Value, ...]], tables: Collection[Shape]) -> None:
    """Give tables beside the live ones the keys that a projector needs."""
    for table in tables:
        name = sql.Identifier(table.name)
        db.execute(
            sql.SQL("ALTER TABLE {} ADD {}").format(name, *_key(table, keyed=True))
        )
        if isinstance(table, Table):
            for statement in _indexes(table, name, live=False):
                db.execute(statement)


def _start(db: Connection[tuple[Value, ...]]) -> None:
    db.execute(
        "INSERT INTO checkpoint (read_model, position, rebuilt, shape)"
        " SELECT name, 0, 0, shape"
        " FROM unnest(%s::text[], %s::text[]) AS t (name, shape)"
        " WHERE name <> %s ON CONFLICT DO NOTHING",
        (list(SHAPES), list(SHAPES.values()), CHECKPOINT),
    )


def _known_shapes(db: Connection[tuple[Value, ...]]) -> dict[str, str]:
    """Return what is there; nothing when the checkpoint itself is of another shape."""
    columns = db.execute(
        "SELECT attname::text FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped"
        " AND attrelid = to_regclass('readmodel.checkpoint') ORDER BY attnum"
    ).fetchall()
    if [row[0] for row in columns] != [c.name for c in CHECKPOINTS.columns]:
        return {}
    rows = db.execute("SELECT read_model, shape FROM readmodel.checkpoint").fetchall()
    return {str(n): str(s) for n, s in rows} | {CHECKPOINT: SHAPES[CHECKPOINT]}


def _drop(db: Connection[tuple[Value, ...]], names: Collection[str]) -> None:
    """Drop the relations behind these names, and our views, which may stand on them."""
    views = [relation for relation in RELATIONS if isinstance(relation, View)]
    tables = [r for n in names for r in BEHIND[n] if isinstance(r, Table)]
    try:
        for relation in (*views, *tables):
            kind = sql.SQL("VIEW" if isinstance(relation, View) else "TABLE")
            db.execute(
                sql.SQL("DROP {} IF EXISTS {}").format(kind, qualified(relation))
            )
    except psycopg.errors.DependentObjectsStillExist as error:
        raise InTheWay(
            "This release reads the ledger into other columns, and a view that is not "
            f"ours stands on the old ones ({error.diag.message_detail}). Drop that "
            "view, start again, and make it anew."
        ) from error


def qualified(relation: Shape) -> sql.Identifier:
    """Return the live relation with its schema."""
    return sql.Identifier(
        "readmodel" if relation.shown else "projection", relation.name
    )


def _statements(
    relation: Shape, *, live: bool, keyed: bool = True
) -> Iterator[sql.Composed]:
    name = qualified(relation) if live else sql.Identifier(relation.name)
    match relation:
        case View(body=body):
            yield sql.SQL("CREATE OR REPLACE {} VIEW {} AS {}").format(
                sql.SQL("" if live else "TEMPORARY"), name, body
            )
        case Table():
            yield sql.SQL("CREATE {} TABLE IF NOT EXISTS {} ({})").format(
                sql.SQL("" if live else "TEMPORARY"),
                name,
                sql.SQL(", ").join([*_columns(relation), *_key(relation, keyed=keyed)]),
            )
            if keyed:
                yield from _indexes(relation, name, live=live)
        case _:
            raise TypeError(f"{relation.name} is neither a table nor a view")


def _key(table: Shape, *, keyed: bool) -> Iterator[sql.Composed]:
    if keyed:
        yield sql.SQL("PRIMARY KEY ({})").format(quoted(table.key))


def _indexes(
    table: Table[object], name: sql.Identifier, *, live: bool
) -> Iterator[sql.Composed]:
    for index in (*table.found_by, *(table.indexes if live else ())):
        title = sql.Identifier("_".join((table.name, *index)))
        yield sql.SQL("CREATE INDEX IF NOT EXISTS {} ON {} ({})").format(
            title, name, quoted(index)
        )


def _columns(relation: Shape) -> Iterator[sql.Composed]:
    for column in relation.columns:
        rule = sql.SQL("" if column.nullable else " NOT NULL")
        yield sql.SQL("{} {}{}").format(
            sql.Identifier(column.name), sql.SQL(column.type), rule
        )


def _comments(relation: Shape) -> Iterator[sql.Composed]:
    kind = sql.SQL("VIEW" if isinstance(relation, View) else "TABLE")
    name = qualified(relation)
    yield sql.SQL("COMMENT ON {} {} IS {}").format(
        kind, name, sql.Literal(relation.about)
    )
    for column in relation.columns:
        yield sql.SQL("COMMENT ON COLUMN {}.{} IS {}").format(
            name, sql.Identifier(column.name), sql.Literal(column.about)
        )


def _grants(relation: Shape) -> Iterator[sql.Composed]:
    name = qualified(relation)
    tools = "GRANT SELECT ON {} TO" if relation.tools else "REVOKE ALL ON {} FROM"
    desk = "GRANT SELECT ON {} TO" if relation.shown else "REVOKE ALL ON {} FROM"
    yield sql.SQL(tools + " beistand_tools").format(name)
    yield sql.SQL(desk + " beistand_desk").format(name)
