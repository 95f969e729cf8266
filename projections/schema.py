"""The tables and views as the database knows them: made, commented, granted."""

from collections.abc import Iterator

from psycopg import Connection, sql

from projections.catalogue import MODELS, RELATIONS
from projections.checkpoint import LIVES
from projections.table import Shape, Table, Value, View, quoted

LIVE = "readmodel, projection"
"""Where the live ones are found."""
BESIDE = "pg_temp"
"""Where a rebuild makes its own: gone with its connection, whatever happens."""
_LOCK = 0x72656164


def lay(db: Connection[tuple[Value, ...]]) -> None:
    """Make what is missing, in the schemas that the migration step made.

    Services that start at once may all call it: one makes, the others find it made.
    """
    with db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        make(db, LIVE)
        for relation in RELATIONS:
            db.execute(sql.SQL(";").join([*_comments(relation), *_grants(relation)]))


def make(db: Connection[tuple[Value, ...]], path: str) -> None:
    """Make tables, indexes and views where `path` leads; start checkpoints at 0."""
    db.execute("SELECT set_config('search_path', %s, false)", (path,))
    for relation in RELATIONS:
        db.execute(sql.SQL(";").join(_statements(relation, live=path == LIVE)))
    names = [LIVES, *(model.name for model in MODELS)]
    db.execute(
        "INSERT INTO checkpoint (read_model, position, rebuilt)"
        " SELECT name, 0, 0 FROM unnest(%s::text[]) AS name ON CONFLICT DO NOTHING",
        (names,),
    )


def qualified(relation: Shape) -> sql.Identifier:
    """Return the live relation with its schema."""
    return sql.Identifier(
        "readmodel" if relation.shown else "projection", relation.name
    )


def _statements(relation: Shape, *, live: bool) -> Iterator[sql.Composed]:
    name = qualified(relation) if live else sql.Identifier(relation.name)
    match relation:
        case View(body=body):
            yield sql.SQL("CREATE OR REPLACE {} VIEW {} AS {}").format(
                sql.SQL("" if live else "TEMPORARY"), name, body
            )
        case Table():
            yield sql.SQL(
                "CREATE {} TABLE IF NOT EXISTS {} ({}, PRIMARY KEY ({}))"
            ).format(
                sql.SQL("" if live else "TEMPORARY"),
                name,
                sql.SQL(", ").join(_columns(relation)),
                quoted(relation.key),
            )
            serving = relation.indexes if live else ()
            for index in (*relation.found_by, *serving):
                title = sql.Identifier("_".join((relation.name, *index)))
                yield sql.SQL("CREATE INDEX IF NOT EXISTS {} ON {} ({})").format(
                    title, name, quoted(index)
                )
        case _:
            raise TypeError(f"{relation.name} is neither a table nor a view")


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
