"""The database says in comments what the code and the docs say."""

from contextlib import closing

import pytest

from projections.catalogue import MODELS, RELATIONS, SHOWN, named
from projections.checkpoint import standing
from projections.docs import PAGE, page
from projections.schema import InTheWay, lay, qualified
from projections.table import Relation, View
from services.database import Role
from services.projecting import Projecting
from tests.projections.facts import began, ledger, listed, opened, raised
from tests.projections.feeds import ListFeed

SAYS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    col_description(a.attrelid, a.attnum)
FROM pg_attribute a
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""
NEEDS = "SELECT need, persons FROM readmodel.open_needs"
TYPES = {"timestamptz": "timestamp with time zone"}


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.name)
def test_each_column_is_commented_in_the_database(laid, relation):
    name = qualified(relation).as_string()
    with laid.connect(Role.PROJECTOR) as db:
        about = db.execute(
            "SELECT obj_description(%s::regclass, 'pg_class')", (name,)
        ).fetchone()
        columns = db.execute(SAYS, (name,)).fetchall()

    is_view = isinstance(relation, View)
    assert about == (relation.about,)
    assert columns == [
        (
            column.name,
            TYPES.get(column.type, column.type),
            not is_view and not column.nullable,
            column.about,
        )
        for column in relation.columns
    ]
    assert all(len(column.about) > 3 for column in relation.columns)


def test_the_page_is_what_the_code_says():
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "docs/read-models.md drifted: run `python -m projections.docs`"
    )


def test_what_is_there_can_be_laid_again(laid):
    with laid.connect(Role.PROJECTOR) as db:
        lay(db)
        rows = db.execute("SELECT count(*) FROM readmodel.checkpoint").fetchone()

    assert rows == (len(MODELS) + 1,)


def test_what_another_release_made_is_made_anew(readable):
    feed = ListFeed(ledger(opened(), began(), listed(), raised()))
    with closing(Projecting(readable, feed)) as follower:
        follower.catch_up()
    with readable.connect(Role.PROJECTOR) as db:
        db.execute("DROP VIEW readmodel.goods_stock")
        db.execute("ALTER TABLE readmodel.open_needs DROP COLUMN persons")
        db.execute(
            "UPDATE readmodel.checkpoint SET shape = 'old'"
            " WHERE read_model IN ('open_needs', 'goods_stock')"
        )
        lay(db)
        meanwhile = {row.read_model: row.position for row in standing(db)}

    with closing(Projecting(readable, feed)) as follower:
        follower.catch_up()

    with readable.connect(Role.TOOLS) as tools:
        rows = tools.execute(NEEDS).fetchall()
    assert (meanwhile["open_needs"], meanwhile["goods_stock"]) == (0, 0)
    assert (meanwhile["cases"], meanwhile["lives"]) == (4, 4)
    assert rows == [("n1", 3)]


@pytest.mark.parametrize("older", ["lives", "checkpoint"])
def test_lives_of_another_release_are_folded_again(readable, older):
    feed = ListFeed(ledger(opened(), began(), listed(), raised()))
    with closing(Projecting(readable, feed)) as follower:
        follower.catch_up()
    with readable.connect(Role.PROJECTOR) as db:
        if older == "lives":
            db.execute(
                "UPDATE readmodel.checkpoint SET shape = 'old'"
                " WHERE read_model = 'lives'"
            )
        else:
            db.execute("ALTER TABLE readmodel.checkpoint DROP COLUMN shape")
        db.execute("UPDATE projection.lives SET state = '{}'")

    with closing(Projecting(readable, feed)) as follower:
        follower.catch_up()

    with readable.connect(Role.DESK) as desk:
        rows = desk.execute(NEEDS).fetchall()
        places = {row.position for row in standing(desk)}
    assert (rows, places) == ([("n1", 3)], {4})


def test_somebody_elses_view_in_the_way_is_named(laid, readable):
    with readable.connect(Role.PROJECTOR) as db:
        db.execute(
            "CREATE VIEW readmodel.theirs AS SELECT need FROM readmodel.open_needs"
        )
        db.execute("UPDATE readmodel.checkpoint SET shape = 'old'")

        with pytest.raises(InTheWay, match="view theirs depends on table open_needs"):
            lay(db)


def test_a_schema_holds_nothing_that_no_read_model_names(laid):
    with laid.connect(Role.PROJECTOR) as db:
        found = db.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE n.nspname = 'readmodel'"
            " AND c.relkind IN ('r', 'v') ORDER BY 1"
        ).fetchall()

    assert [row[0] for row in found] == [relation.name for relation in SHOWN]


def test_names_are_told_once():
    names = [relation.name for relation in RELATIONS]

    assert len(names) == len(set(names))
    assert [model.name for model in named(("plans", "cases"))] == ["cases", "plans"]
    assert named(()) == MODELS


def test_every_relation_hands_out_its_own_row_class():
    assert all(isinstance(relation, Relation) for relation in RELATIONS)
