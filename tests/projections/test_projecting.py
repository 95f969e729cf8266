"""The follow loop: at the ledger's head, alone, and after whatever broke."""

import gc
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from psycopg import sql

from events.base import encode
from events.contract import UnknownFact
from projections import cases, checkpoint, open_needs, projector, realm
from projections.catalogue import MODELS
from projections.checkpoint import standing
from projections.listing import some
from projections.step import PerLife
from services import database as database_settings
from services.database import Role, Server
from services.follow import Gap, LedgerFeed, Page, StoredFact
from services.ledger.batch import Entry, NewFact, fact_id
from services.projecting import Projecting, rebuild
from tests.projections.facts import began, ledger, listed, opened, raised
from tests.projections.feeds import ListFeed

START = ledger(opened(), began(), listed(), raised())


@contextmanager
def following(server: Server, feed: ListFeed) -> Iterator[threading.Event]:
    """Follow in a thread until the block ends."""
    stop = threading.Event()
    follower = Projecting(server, feed)
    thread = threading.Thread(target=follower.follow, args=(stop,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(timeout=20)
        follower.close()


def reached(server: Server, position: int) -> bool:
    """Wait until the read models stand there."""
    until = time.monotonic() + 20
    with server.connect(Role.DESK) as db:
        while checkpoint.position(db) < position and time.monotonic() < until:
            time.sleep(0.02)
        return checkpoint.position(db) == position


def needs(server: Server) -> list[str]:
    with server.connect(Role.DESK) as db:
        return [row.need for row in some(db, open_needs.TABLE, {})]


def test_catching_up_ends_at_the_head(readable):
    feed = ListFeed(START)
    with closing(Projecting(readable, feed)) as follower:
        assert follower.catch_up() == 4
        feed.add(raised("n2"))
        assert follower.catch_up() == 5

    assert needs(readable) == ["n1", "n2"]
    assert feed.closed


def test_the_collector_is_held_while_a_page_is_read_and_looks_in_between(readable):
    class Noting(ListFeed):
        held: tuple[bool, ...] = ()

        def read(self, after: int, limit: int = 1000) -> Page:
            self.held += (not gc.isenabled(),)
            return super().read(after, limit)

    feed = Noting(START)

    with closing(Projecting(readable, feed)) as follower:
        follower.catch_up()

    assert feed.held == (True,)
    assert gc.isenabled()


def test_what_is_recorded_meanwhile_is_followed(readable):
    feed = ListFeed(START)

    with following(readable, feed):
        assert reached(readable, 4)
        feed.add(raised("n2"), raised("n3"))
        assert reached(readable, 6)

    assert needs(readable) == ["n1", "n2", "n3"]


def test_of_two_followers_one_leads_and_the_other_takes_over(readable):
    feed = ListFeed(START)
    first, second = Projecting(readable, feed), Projecting(readable, feed)

    first.catch_up()
    led = second._lead()
    feed.add(raised("n2"))
    first.catch_up()
    reports = second.catch_up()
    first.close()
    feed.add(raised("n3"))

    assert (led, reports) == (None, 5)
    assert second.catch_up() == 6
    second.close()


def test_a_connection_that_was_cut_is_opened_again(readable):
    feed = ListFeed(START)

    with following(readable, feed):
        assert reached(readable, 4)
        with readable.connect(Role.ADMIN) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = 'beistand_projector'"
            )
        feed.add(raised("n2"))
        assert reached(readable, 5)

    assert needs(readable) == ["n1", "n2"]


def test_a_read_model_that_cannot_go_on_is_parked_while_the_others_follow(readable):
    with readable.connect(Role.PROJECTOR) as db:
        db.execute("ALTER TABLE readmodel.cases ADD CHECK (side <> 'need')")

    with closing(Projecting(readable, ListFeed(START))) as follower:
        position = follower.catch_up()

    with readable.connect(Role.DESK) as desk:
        parked = {row.read_model: row.parked for row in standing(desk) if row.parked}
    assert position == 4
    assert parked == {"cases": "CheckViolation in facts 1 to 4"}
    assert needs(readable) == ["n1"]


def test_a_process_that_slept_in_the_middle_of_a_page_goes_on(readable, monkeypatch):
    monkeypatch.setitem(database_settings._IDLE_MS, Role.PROJECTOR, 50)
    page, slept = projector.Projector._page, threading.Event()

    def sleeping(self, *rest):
        if not slept.is_set():
            slept.set()
            time.sleep(0.3)
        page(self, *rest)

    monkeypatch.setattr(projector.Projector, "_page", sleeping)

    with following(readable, ListFeed(START)):
        assert reached(readable, 4)
    assert slept.is_set()


def test_a_gap_in_the_ledger_stops_the_follower(readable):
    class Torn(ListFeed):
        def read(self, after: int, limit: int = 1000) -> Page:
            raise Gap("the positions after 0 are not contiguous")

    with (
        closing(Projecting(readable, Torn(START))) as follower,
        pytest.raises(Gap, match="not contiguous"),
    ):
        follower.follow(threading.Event())


@pytest.mark.parametrize("name", ["lives", "open_needs"])
def test_tables_that_another_release_made_anew_stop_the_follower(readable, name):
    feed = ListFeed(START)
    with closing(Projecting(readable, feed)) as follower:
        follower.catch_up()
        with readable.connect(Role.PROJECTOR) as newer:
            newer.execute(
                "UPDATE readmodel.checkpoint SET shape = 'newer', position = 0"
                " WHERE read_model = %s",
                (name,),
            )
            newer.execute("DELETE FROM projection.lives")
        feed.add(raised("n2"))

        with pytest.raises(projector.Outdated, match=f"has made {name} anew"):
            follower.follow(threading.Event())

    with readable.connect(Role.DESK) as db:
        stands = {row.read_model: row.position for row in standing(db)}
    assert stands[name] == 0
    assert needs(readable) == ["n1"]


def test_a_fact_of_a_newer_release_stops_the_follower(readable):
    feed = ListFeed(START)
    feed.facts[3] = StoredFact(4, "c4.0", "c4", "need.sung.v9", (), b"{}", 0, b"")

    with (
        closing(Projecting(readable, feed)) as follower,
        pytest.raises(UnknownFact, match=r"need\.sung\.v9"),
    ):
        follower.follow(threading.Event())

    assert needs(readable) == []


def entry(fact) -> Entry:
    name = f"make {fact.type}"
    tags = tuple(sorted(fact.tags()))
    made = NewFact(fact_id(name, 0), fact.type, tags, encode(fact))
    return Entry(name, bytes(32), (made,), None)


def test_a_read_model_that_is_new_in_a_release_is_built_before_it_follows(
    recorder, database
):
    recorder.record([entry(fact) for fact in (opened(), began(), listed(), raised())])
    with closing(Projecting(database, LedgerFeed(database))) as follower:
        follower.catch_up()
    with database.connect(Role.PROJECTOR) as db:
        db.execute("DELETE FROM readmodel.open_needs")
        db.execute(
            "UPDATE readmodel.checkpoint SET position = 0"
            " WHERE read_model = 'open_needs'"
        )

    with closing(Projecting(database, LedgerFeed(database))) as follower:
        follower.catch_up()

    assert needs(database) == ["n1"]
    assert {c.equal for c in rebuild(database).values()} == {True}


def _new_in_this_release(server: Server, *names: str) -> None:
    """Let read models be as a release lays them that changed their columns."""
    with server.connect(Role.PROJECTOR) as db:
        for name in names:
            db.execute(sql.SQL("DELETE FROM {}").format(_live(name)))
        db.execute(
            "UPDATE readmodel.checkpoint SET position = 0 WHERE read_model = ANY(%s)",
            (list(names),),
        )


def _live(name: str) -> sql.Identifier:
    return sql.Identifier("readmodel", name)


def _places(server: Server) -> dict[str, tuple[int, str | None]]:
    """Return where each read model stands that is not at the fourth fact, and why."""
    with server.connect(Role.DESK) as db:
        rows = {row.read_model: (row.position, row.parked) for row in standing(db)}
    return {name: row for name, row in rows.items() if row != (4, None)}


def test_a_new_read_model_that_a_fact_breaks_is_parked_and_the_others_are_built(
    readable, monkeypatch
):
    feed, fill = ListFeed(START), PerLife.fill
    with closing(Projecting(readable, feed)) as follower:
        follower.catch_up()
    _new_in_this_release(readable, "cases", "open_needs", "tasks")

    def broken(self, *rest):
        if self.table is cases.TABLE:
            raise ValueError("more than it can take")
        fill(self, *rest)

    monkeypatch.setattr(PerLife, "fill", broken)
    with closing(Projecting(readable, feed)) as follower:
        assert follower.catch_up() == 4
        feed.add(raised("n2"))
        assert follower.catch_up() == 5

    with readable.connect(Role.DESK) as db:
        rows = {row.read_model: (row.position, row.parked) for row in standing(db)}
    assert rows.pop("cases") == (0, "ValueError in facts 1 to 4")
    assert set(rows.values()) == {(5, None)}
    assert needs(readable) == ["n1", "n2"]


def test_where_what_all_look_into_cannot_be_made_beside_the_new_ones_are_parked(
    readable, monkeypatch
):
    feed = ListFeed(START)
    with closing(Projecting(readable, feed)) as follower:
        follower.catch_up()
    _new_in_this_release(readable, "open_needs")
    monkeypatch.setattr(realm, "rows", lambda _life: [None])

    with closing(Projecting(readable, feed)) as follower:
        assert follower.catch_up() == 4

    reason = "realm: AttributeError in facts 1 to 4"
    assert _places(readable) == {"open_needs": (0, reason)}


def test_a_rebuild_of_many_facts_is_shared_by_two_processes(
    recorder, database, monkeypatch
):
    recorder.record([entry(fact) for fact in (opened(), began(), listed(), raised())])
    with closing(Projecting(database, LedgerFeed(database))) as follower:
        follower.catch_up()
    with database.connect(Role.PROJECTOR) as db:
        db.execute("DELETE FROM readmodel.open_needs")
        db.execute("DELETE FROM readmodel.case_file")
    monkeypatch.setattr("services.projecting.MANY", 1)

    found, again = rebuild(database), rebuild(database)

    assert list(found) == [model.name for model in MODELS]
    assert [name for name, c in found.items() if not c.equal] == [
        "open_needs",
        "case_file",
    ]
    assert {c.equal for c in again.values()} == {True}
    assert needs(database) == ["n1"]


def test_what_goes_wrong_in_the_second_process_is_said(recorder, database, monkeypatch):
    recorder.record([entry(fact) for fact in (opened(), began())])
    with closing(Projecting(database, LedgerFeed(database))) as follower:
        follower.catch_up()
    with database.connect(Role.PROJECTOR) as db:
        db.execute("UPDATE readmodel.checkpoint SET position = 9")
    monkeypatch.setattr("services.projecting.MANY", 1)

    with pytest.raises(projector.Gap, match="ends at 2, but read models stand at 9"):
        rebuild(database)
