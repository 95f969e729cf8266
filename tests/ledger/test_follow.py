import threading
import time

import psycopg
import pytest

from services import follow
from services.database import Connection, Role, Server
from services.follow import Gap, LedgerFeed, Page
from services.ledger.recorder import Recorder
from tests.ledger.samples import entry


@pytest.fixture
def feed(database: Server):
    made = LedgerFeed(database)
    yield made
    made.close()


def test_pages_follow_each_other_without_a_gap(recorder: Recorder, feed: LedgerFeed):
    recorder.record([entry("a", count=5)])

    first = feed.read(0, limit=2)
    rest = feed.read(2)

    assert [fact.id for fact in first.facts + rest.facts] == [
        "a.0",
        "a.1",
        "a.2",
        "a.3",
        "a.4",
    ]
    assert (first.head, rest.head, feed.head()) == (5, 5, 5)
    assert feed.read(5) == Page((), 5)


def test_a_feed_reads_the_same_facts_as_the_recorder(
    recorder: Recorder, feed: LedgerFeed
):
    recorder.record([entry("a", "ä", "b", data=b"\0\xff", count=3)])

    assert list(feed.read(0).facts) == recorder.read()


def test_a_fact_that_is_missing_stops_the_follower(
    database: Server, recorder: Recorder, feed: LedgerFeed
):
    recorder.record([entry("a", count=5)])
    with database.connect(Role.ADMIN) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("DELETE FROM ledger.facts WHERE position = 3")

    assert len(feed.read(0, limit=2).facts) == 2
    with pytest.raises(Gap, match="position 3"):
        feed.read(0)


def test_a_waiting_follower_wakes_with_the_next_fact_before_it_looks_by_itself(
    recorder: Recorder, feed: LedgerFeed, monkeypatch
):
    monkeypatch.setattr(follow, "POLL_SECONDS", 60.0)
    recorded = threading.Timer(0.2, lambda: recorder.record([entry("a")]))
    recorded.start()
    began = time.monotonic()

    head = feed.wait(0, timeout=60)

    assert head == 1
    assert time.monotonic() - began < 30
    recorded.join()


def test_a_follower_that_is_not_woken_looks_by_itself(
    recorder: Recorder, feed: LedgerFeed, monkeypatch
):
    monkeypatch.setattr(psycopg.Connection, "notifies", _deaf)
    recorded = threading.Timer(0.2, lambda: recorder.record([entry("a")]))
    recorded.start()

    assert feed.wait(0, timeout=60) == 1

    recorded.join()


def _deaf(_: Connection, timeout: float, **__: object) -> tuple[()]:
    time.sleep(timeout)
    return ()


def test_a_follower_whose_connection_is_cut_while_it_waits_goes_on(
    database: Server, recorder: Recorder, feed: LedgerFeed
):
    def trouble() -> None:
        with database.connect(Role.ADMIN) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'beistand beistand_reader'"
            )
        recorder.record([entry("a")])

    cut = threading.Timer(0.2, trouble)
    cut.start()

    assert feed.wait(0, timeout=30) == 1
    cut.join()
