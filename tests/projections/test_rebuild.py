"""Rebuilding: beside the live ones, compared, swapped in by content."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import psycopg
import pytest

from bench.history import Office
from events.base import Recorded
from events.need import NeedPrioritised
from projections import checkpoint, open_needs
from projections.catalogue import MODELS
from projections.listing import some
from projections.projector import Gap, Poisoned, Projector, park
from projections.rebuild import rebuild
from services.database import Role
from tests.projections.facts import (
    SAID,
    began,
    ledger,
    listed,
    lot,
    opened,
    raised,
    request,
    the,
)

FACTS = ledger(opened(), began(), listed(), lot(), raised(), request(), raised("n2"))
Reader = Callable[[int, int], list[Recorded]]


def reader(facts) -> Reader:
    return lambda after, limit: facts[after : after + limit]


@pytest.fixture
def live(projector, db):
    """Read models that follow the ledger of these tests."""
    projector.apply(FACTS)
    return db


@pytest.fixture
def beside(readable):
    """A connection for a rebuild."""
    with readable.connect(Role.PROJECTOR) as connection:
        yield connection


def test_a_rebuild_finds_every_read_model_as_it_should_be(live, beside):
    found = rebuild(beside, reader(FACTS))

    assert set(found) == {model.name for model in MODELS}
    assert [name for name, compared in found.items() if not compared.equal] == []
    assert len({compared.live for compared in found.values()}) > 10


def test_a_long_history_is_rebuilt_equal(projector, db, beside):
    facts = list(Office(3).history(1_200))
    for start in range(0, len(facts), 90):
        projector.apply(facts[start : start + 90])

    found = rebuild(beside, reader(facts))

    assert {name for name, compared in found.items() if not compared.equal} == set()


def test_each_read_model_can_be_rebuilt_by_itself(projector, db, readable):
    facts = list(Office(3).history(600))
    projector.apply(facts)

    differing = []
    for model in MODELS:
        with readable.connect(Role.PROJECTOR) as own:
            found = rebuild(own, reader(facts), [model.name])
            differing += [name for name, c in found.items() if not c.equal]

    assert differing == []


def test_a_row_that_was_tampered_with_is_found_and_put_right(live, beside):
    row = the(live, open_needs.TABLE, "n1")
    live.execute("UPDATE open_needs SET persons = 99 WHERE need = 'n1'")
    live.execute("DELETE FROM open_needs WHERE need = 'n2'")

    found = rebuild(beside, reader(FACTS))

    assert [name for name, compared in found.items() if not compared.equal] == [
        "open_needs"
    ]
    assert the(live, open_needs.TABLE, "n1") == row
    assert len(some(live, open_needs.TABLE, {})) == 3


def test_a_row_that_nothing_led_to_goes(live, beside):
    live.execute(
        "INSERT INTO goods_lines SELECT 'offer:ghost', item, category, unit,"
        " 1, 0, 0, 0, 0, 0, 0 FROM goods_lines LIMIT 1"
    )

    found = rebuild(beside, reader(FACTS), ["goods_stock"])

    assert list(found) == ["goods_stock"]
    assert not found["goods_stock"].equal
    assert live.execute("SELECT count(*) FROM goods_lines").fetchone() == (2,)


def test_grants_and_other_peoples_views_survive(live, beside, readable):
    live.execute(
        "CREATE VIEW readmodel.theirs AS SELECT need, persons FROM readmodel.open_needs"
    )
    live.execute("GRANT SELECT ON readmodel.theirs TO beistand_tools")
    live.execute("UPDATE open_needs SET persons = 99")

    rebuild(beside, reader(FACTS))

    with readable.connect(Role.TOOLS) as tools:
        theirs = tools.execute(
            "SELECT * FROM readmodel.theirs ORDER BY need"
        ).fetchall()
        own = tools.execute("SELECT count(*) FROM readmodel.open_needs").fetchone()
    assert theirs == [("n1", 3), ("n2", 3), ("r1", None)]
    assert own == (3,)


def test_rows_go_into_a_table_that_was_known_to_be_empty_without_reading_it_anew(
    readable,
):
    facts = list(Office(3).history(1_500))
    with readable.connect(Role.ADMIN) as admin:
        admin.execute("VACUUM ANALYZE readmodel.case_file")

    with readable.connect(Role.PROJECTOR) as own:
        own.execute("UPDATE readmodel.checkpoint SET position = %s", (len(facts),))
        rebuild(own, reader(facts), ["case_file"])
        own.execute("SELECT pg_stat_force_next_flush()")

    with readable.connect(Role.ADMIN) as admin:
        (blocks,) = admin.execute(
            "SELECT heap_blks_hit FROM pg_statio_user_tables"
            " WHERE relname = 'case_file' AND schemaname = 'readmodel'"
        ).fetchone()
        (rows,) = admin.execute("SELECT count(*) FROM readmodel.case_file").fetchone()
    assert rows > 2_000
    assert rows < blocks < 8 * rows


def test_the_live_ones_go_on_while_a_rebuild_reads(live, projector, beside):
    more = ledger(raised("n3"), raised("n4"), after=len(FACTS))
    facts = FACTS + more
    apart = iter([more])

    def read(after, limit):
        if (news := next(apart, None)) is not None:
            projector.apply(news)
        return facts[after : after + limit]

    found = rebuild(beside, read)

    assert {name for name, compared in found.items() if not compared.equal} == set()
    assert len(some(live, open_needs.TABLE, {})) == 5


def test_a_rebuild_and_the_live_ones_never_wait_for_each_other(readable, laid):
    facts = list(Office(5).history(150))
    broken: list[BaseException] = []

    def follow() -> None:
        with readable.connect(Role.PROJECTOR) as own:
            own.execute("SET search_path TO readmodel, projection")
            projector = Projector(own)
            try:
                for fact in facts:
                    projector.apply([fact])
            except psycopg.Error as error:
                broken.append(error)

    thread = threading.Thread(target=follow)
    thread.start()
    differing = set()
    while thread.is_alive():
        with readable.connect(Role.PROJECTOR) as own:
            found = rebuild(own, reader(facts))
            differing |= {name for name, c in found.items() if not c.equal}
    thread.join()

    assert (broken, differing) == ([], set())


def test_a_parked_read_model_follows_again_once_rebuilt(db, beside):
    def broken(_cursor, _step):
        raise ZeroDivisionError

    models = [
        replace(model, apply=broken) if model is open_needs.MODEL else model
        for model in MODELS
    ]
    projector = Projector(db, models)
    with pytest.raises(Poisoned) as no:
        projector.apply(FACTS)
    park(db, no.value)
    projector.apply(FACTS)

    rebuild(beside, reader(FACTS), ["open_needs"])
    Projector(db).apply(ledger(raised("n3"), after=len(FACTS)))

    stands = the(db, checkpoint.TABLE, "open_needs")
    assert (stands.position, stands.parked, stands.rebuilt) == (8, None, 1)
    assert len(some(db, open_needs.TABLE, {})) == 4


def test_a_projector_that_ran_before_trusts_the_rebuilt_lives(live, beside):
    def urgent(priority, position):
        fact = NeedPrioritised(said=SAID, need="n1", priority=priority, reason="cold")
        return ledger(fact, after=position)

    wrong = """replace(state, '"persons":3', '"persons":8')"""
    live.execute(f"UPDATE lives SET state = {wrong}")
    running = Projector(live)
    running.apply(urgent(2, 7))
    before = the(live, open_needs.TABLE, "n1").persons

    rebuild(beside, reader(FACTS + urgent(2, 7)))
    running.apply(urgent(3, 8))

    assert (before, the(live, open_needs.TABLE, "n1").persons) == (8, 3)


def test_a_ledger_that_ends_too_early_is_no_ground_for_a_rebuild(live, beside):
    with pytest.raises(Gap, match="the ledger ends at 4, but read models stand at 7"):
        rebuild(beside, reader(FACTS[:4]))

    assert len(some(live, open_needs.TABLE, {})) == 3


def test_a_wrong_name_is_answered_with_the_right_ones(beside):
    with pytest.raises(LookupError, match="no read model visits; there are: realm, "):
        rebuild(beside, reader(FACTS), ["visits"])


def test_a_rebuild_leaves_no_tables_behind(live, beside):
    def left():
        return live.execute(
            "SELECT count(*) FROM pg_class"
            " WHERE relpersistence = 't' AND relname = 'lives'"
        ).fetchone()

    rebuild(beside, reader(FACTS))
    meanwhile = left()
    beside.close()

    until = time.monotonic() + 20
    while left() != (0,) and time.monotonic() < until:
        time.sleep(0.05)
    assert (meanwhile, left()) == ((1,), (0,))
