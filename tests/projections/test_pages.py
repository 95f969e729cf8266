"""Pages: all or none, once, in order, wherever they are cut."""

from dataclasses import asdict, fields, replace
from functools import partial

import psycopg
import pytest

from bench.history import Office
from projections import anew, checkpoint, open_needs, situation, tasks
from projections.anew import fill
from projections.catalogue import MODELS
from projections.checkpoint import Checkpoint
from projections.listing import some
from projections.lives import Lives
from projections.projector import Gap, Poisoned, Projector, park
from projections.rebuild import fingerprint, rebuild
from projections.schema import SHAPES, qualified
from projections.step import ReadModel, Rows
from services.database import Role, create
from tests.projections.facts import began, ledger, listed, opened, proposed, raised

HISTORY = list(Office(7).history(1_500))


def state(db):
    """Return a hash of everything that the read models hold."""
    with db.cursor() as cursor:
        return {
            relation.name: fingerprint(cursor, relation, qualified(relation))
            for model in MODELS
            for relation in model.relations
        }


def sides(db):
    """Return whose lives there are."""
    return [side for (side,) in db.execute("SELECT DISTINCT side FROM lives")]


@pytest.fixture(scope="module")
def whole(laid):
    """What the history leads to, applied in one page."""
    own = laid.named("read_whole")
    with laid.connect(Role.ADMIN, "postgres") as admin:
        create(admin, own.ledger, template=laid.ledger)
    with own.connect(Role.PROJECTOR) as connection:
        connection.execute("SET search_path TO readmodel, projection")
        Projector(connection).apply(HISTORY)
        return state(connection)


@pytest.mark.parametrize("size", [1, 29, 500])
def test_it_does_not_matter_where_pages_are_cut(projector, db, whole, size):
    count = len(HISTORY) if size > 1 else 100

    for start in range(0, count, size):
        projector.apply(HISTORY[start : start + size])
    projector.apply(HISTORY[count:])

    assert state(db) == whole


def test_a_new_projector_for_every_page_leads_to_the_same(db, whole):
    for start in range(0, len(HISTORY), 100):
        Projector(db).apply(HISTORY[start : start + 100])

    assert state(db) == whole


def test_a_memory_of_three_lives_leads_to_the_same(projector, db, whole):
    projector._lives = Lives(kept=3)

    for start in range(0, len(HISTORY), 50):
        projector.apply(HISTORY[start : start + 50])

    assert state(db) == whole


def test_tables_filled_from_nothing_hold_the_same(db, whole, monkeypatch):
    monkeypatch.setattr(anew, "Lives", partial(Lives, kept=3))
    monkeypatch.setattr(anew, "PAGE", 50)

    fill(db, MODELS, lambda after, limit: HISTORY[after : after + limit], upto=1_400)
    Projector(db).apply(HISTORY[1_400:])

    assert state(db) == whole
    assert checkpoint.position(db) == len(HISTORY)


def test_some_read_models_follow_alone_until_a_rebuild_brings_the_others(
    db, whole, readable
):
    alone = Projector(db, [open_needs.MODEL])
    for start in range(0, len(HISTORY), 200):
        alone.apply(HISTORY[start : start + 200])
    folded = sides(db)
    behind = [row.read_model for row in checkpoint.standing(db) if row.position == 0]

    with readable.connect(Role.PROJECTOR) as beside:
        found = rebuild(beside, lambda after, limit: HISTORY[after : after + limit])

    assert sorted(folded) == ["need", "realm"]
    assert len(behind) == len(MODELS) - 1
    assert found["open_needs"].equal
    assert state(db) == whole
    assert sorted(sides(db)) == ["need", "offer", "realm"]


def test_rows_that_are_kept_are_those_that_would_be_written(
    projector, db, whole, monkeypatch
):
    monkeypatch.setattr(Rows, "shows", lambda _rows, _change: True)

    for start in range(0, len(HISTORY), 40):
        projector.apply(HISTORY[start : start + 40])

    assert state(db) == whole


SUMMED = """
SELECT coalesce(area, ''), sum(needs), sum(persons), sum(acute), sum(waited),
    sum(offers), sum(beds), sum(free), sum(proposed), sum(provisional), sum(placed)
FROM (
    SELECT n.postcode_area AS area, 1 AS needs, n.persons,
        CASE WHEN n.horizon = 'acute' THEN n.persons ELSE 0 END AS acute,
        r.today - n.waiting_since AS waited, 0 AS offers, 0 AS beds, 0 AS free,
        0 AS proposed, 0 AS provisional, 0 AS placed
    FROM open_needs n, realm r
    WHERE n.kind = 'housing' AND n.state IN ('new', 'clarify', 'proposed')
    UNION ALL
    SELECT postcode_area, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0 FROM available_offers
    WHERE kind = 'housing' AND state NOT IN ('withdrawn', 'merged')
    UNION ALL
    SELECT c.postcode_area, 0, 0, 0, 0, 0, c.rooms * c.sleeps,
        greatest(c.free, 0) * c.sleeps, 0, 0, 0
    FROM capacity_by_day c, realm r
    WHERE coalesce(c.from_day, r.today) <= r.today
        AND coalesce(c.to_day, r.today + 1) > r.today
    UNION ALL
    SELECT o.postcode_area, 0, 0, 0, 0, 0, 0, 0,
        CASE WHEN p.state IN ('confirmed', 'begun') THEN 0 ELSE p.persons END,
        CASE WHEN p.provisional THEN p.persons ELSE 0 END,
        CASE WHEN p.state IN ('confirmed', 'begun') THEN p.persons ELSE 0 END
    FROM proposals p JOIN available_offers o USING (offer)
    WHERE p.living AND p.kind = 'housing'
) AS parts
GROUP BY 1 ORDER BY 1
"""


def test_the_situation_adds_up_to_the_rows_of_the_others(projector, db):
    projector.apply(HISTORY)

    rows = some(db, situation.VIEW, {"closed": False})

    told = [tuple(v for n, v in asdict(row).items() if n in SHOWN) for row in rows]
    assert len(told) > 30
    assert told == [tuple(row) for row in db.execute(SUMMED)]


SHOWN = {field.name for field in fields(situation.Situation)} - {"day", "closed"}


def test_facts_that_come_twice_change_nothing(projector, db):
    facts = ledger(opened(), began(), listed(), raised(), proposed())
    projector.apply(facts)
    before = state(db)

    again = [projector.apply(facts), projector.apply(facts[2:4]), projector.apply([])]

    assert again == [5, 5, 5]
    assert state(db) == before


def test_a_page_that_overlaps_what_was_applied_goes_on_after_it(projector, db):
    facts = ledger(opened(), began(), listed(), raised())
    projector.apply(facts[:3])

    assert projector.apply(facts[1:]) == 4
    assert len(some(db, open_needs.TABLE, {})) == 1


@pytest.mark.parametrize("missing", [0, 2])
def test_a_gap_stops_visibly_and_changes_nothing(projector, db, missing):
    facts = ledger(opened(), began(), listed(), raised())
    before = state(db)

    with pytest.raises(Gap, match=f"where {missing + 1} was expected"):
        projector.apply(facts[:missing] + facts[missing + 1 :])

    assert checkpoint.position(db) == 0
    assert state(db) == before


class Interrupted(BaseException):
    """As if the process were killed here."""


def test_a_crash_inside_a_page_leaves_nothing_and_the_next_goes_on(db):
    facts = ledger(opened(), began(), listed(), raised())

    def crash(_cursor, step):
        if len(step.facts) > 2:
            raise Interrupted

    dying = Projector(db, [*MODELS, replace(MODELS[-1], apply=crash)])
    dying.apply(facts[:2])
    with pytest.raises(Interrupted):
        dying.apply(facts[2:] + ledger(raised("n2"), after=4))
    meanwhile = checkpoint.position(db), some(db, open_needs.TABLE, {})

    Projector(db).apply(facts[2:])

    assert meanwhile == (2, ())
    assert len(some(db, open_needs.TABLE, {})) == 1


def test_after_a_crash_the_same_projector_remembers_nothing_wrong(db):
    facts = ledger(opened(), began(), listed(), raised())
    crashes = iter([True])

    def crash_once(_cursor, _step):
        if next(crashes, False):
            raise Interrupted

    projector = Projector(db, [*MODELS, replace(MODELS[-1], apply=crash_once)])
    with pytest.raises(Interrupted):
        projector.apply(facts)

    projector.apply(facts)

    (row,) = some(db, open_needs.TABLE, {})
    assert (row.case_no, row.position) == ("B-2022-0001", 4)


def broken(_cursor, _step):
    raise ZeroDivisionError


TASKS_BROKEN = [
    ReadModel(model.relations, broken) if model is tasks.MODEL else model
    for model in MODELS
]


def test_a_read_model_that_cannot_go_on_is_parked_and_the_others_follow(db):
    facts = ledger(opened(), began(), listed(), raised())
    Projector(db).apply(facts[:2])
    projector = Projector(db, TASKS_BROKEN)

    with pytest.raises(Poisoned, match="tasks cannot go on: ZeroDivisionError") as no:
        projector.apply(facts[2:])
    stopped = checkpoint.position(db)
    park(db, no.value)
    projector.apply(facts[2:])

    rows = {row.read_model: row for row in checkpoint.standing(db)}
    assert stopped == 2
    assert rows["tasks"] == Checkpoint(
        read_model="tasks",
        position=2,
        parked="ZeroDivisionError in facts 3 to 4",
        rebuilt=0,
        shape=SHAPES["tasks"],
    )
    assert {row.position for row in rows.values() if row.read_model != "tasks"} == {4}


def test_a_value_that_the_database_refuses_parks_too(db):
    def too_long(cursor, _step):
        cursor.execute("INSERT INTO tasks (task) VALUES ('without the rest')")

    models = [replace(tasks.MODEL, apply=too_long)]

    with pytest.raises(Poisoned, match="NotNullViolation"):
        Projector(db, models).apply(ledger(opened()))


def test_a_lost_connection_is_no_poison(db):
    def lose(_cursor, _step):
        raise psycopg.OperationalError("gone")

    with pytest.raises(psycopg.OperationalError):
        Projector(db, [replace(tasks.MODEL, apply=lose)]).apply(ledger(opened()))
