"""The relay on a real bus: in order, without a gap, whoever dies or wakes up."""

import asyncio
import os
import signal
import time

import pytest
from kafka.errors import TopicAlreadyExistsError

from events.desk import NoteWritten
from events.values import Sealed
from services.busfacts import source_of
from services.busfeed import KafkaFeed
from services.database import Role, Server
from services.health import Health
from services.lease import relayed
from services.relay import batches, producing
from services.settings import load
from tests.live.buses import (
    drop_topic,
    first_seen,
    make_topic,
    positions,
    record,
    relay_process,
    relaying,
    settings_of,
    until,
)
from tests.projections.facts import SAID, opened, raised


@pytest.fixture
def settings(tmp_path, kafka, own_realm):
    make_topic(kafka, own_realm)
    return settings_of(tmp_path, kafka, own_realm)


@pytest.fixture
def mark(database: Server):
    """How far the relay has come, as it is stored."""
    with database.connect(Role.READER) as db:
        yield lambda: relayed(db)


def needs(count: int, first: int = 0):
    return [raised(f"n{n}") for n in range(first, first + count)]


def test_facts_leave_in_the_ledgers_order_as_they_were_recorded(
    recorder, database, settings, mark
):
    record(recorder, [opened(), *needs(1500)])

    with relaying(database, settings):
        until(lambda: mark() == 1501)
        record(recorder, needs(10, 1500), "later")
        until(lambda: mark() == 1511)

    feed = KafkaFeed(settings)
    found = [*feed.read(0, 1000).facts]
    while page := feed.read(found[-1].position).facts:
        found += page
    feed.close()
    assert found == recorder.read()


def test_what_is_on_the_topic_is_not_sent_again(
    recorder, database, settings, kafka, mark
):
    record(recorder, needs(5))
    with relaying(database, settings):
        until(lambda: mark() == 5)
    record(recorder, needs(5, 5), "later")
    with database.connect(Role.ADMIN) as admin:
        admin.execute("UPDATE relay.standing SET position = 0")

    with relaying(database, settings):
        until(lambda: mark() == 10)

    assert positions(kafka, settings.realm) == [*range(1, 11)]


def test_when_the_leader_is_killed_the_next_takes_over_in_time(
    recorder, database, settings, kafka, mark
):
    record(recorder, needs(3))
    with relay_process(database, settings) as leader:
        until(lambda: mark() == 3)
        with relaying(database, settings):
            leader.send_signal(signal.SIGKILL)
            record(recorder, needs(3, 3), "later")
            took = until(lambda: mark() == 6)

    assert took < 5
    assert first_seen(positions(kafka, settings.realm)) == [*range(1, 7)]


def test_a_leader_that_is_stopped_loses_the_lead_and_wakes_up_without_harm(
    recorder, database, settings, kafka, mark
):
    record(recorder, needs(3))
    with relay_process(database, settings) as leader:
        until(lambda: mark() == 3)
        record(recorder, needs(3000, 3), "many")
        os.kill(leader.pid, signal.SIGSTOP)
        with relaying(database, settings):
            took = until(lambda: mark() == 3003)
            os.kill(leader.pid, signal.SIGCONT)
            time.sleep(1)
            record(recorder, needs(3, 3003), "later")
            until(lambda: mark() == 3006)
        record(recorder, needs(3, 3006), "last")
        until(lambda: mark() == 3009)

    assert took < 5
    assert first_seen(positions(kafka, settings.realm)) == [*range(1, 3010)]


def test_a_batch_that_comes_late_repeats_and_the_next_relay_is_not_misled(
    recorder, database, settings, kafka, mark
):
    record(recorder, needs(20))
    source = source_of(settings.realm)

    async def woken():
        async with producing(kafka) as producer:
            with relaying(database, settings):
                await asyncio.to_thread(until, lambda: mark() == 20)
            facts = recorder.read(upto=7)
            for batch, _ in batches(producer, facts, source):
                topic = f"beistand.{settings.realm}.facts"
                await (await producer.send_batch(batch, topic, partition=0))

    asyncio.run(woken())
    record(recorder, needs(1, 20), "later")
    with relaying(database, settings):
        until(lambda: mark() == 21)

    assert positions(kafka, settings.realm) == [*range(1, 21), *range(1, 8), 21]


def test_a_fact_larger_than_a_batch_goes_alone(
    recorder, database, settings, kafka, mark
):
    box = Sealed(
        subject="p", purpose="note", key_id="k", mark="0a1b2c3d", box="A" * 2_000_000
    )
    large = NoteWritten(said=SAID, case="need:n1", note=box)
    record(recorder, [*needs(2), large, *needs(2, 2)])

    with relaying(database, settings):
        until(lambda: mark() == 5)

    assert positions(kafka, settings.realm) == [1, 2, 3, 4, 5]


def test_a_cut_connection_to_postgresql_is_got_over(
    recorder, database, settings, kafka, mark
):
    record(recorder, needs(3))
    with relaying(database, settings):
        until(lambda: mark() == 3)
        with database.connect(Role.ADMIN) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = 'beistand_relay'"
            )
        record(recorder, needs(3, 3), "later")
        until(lambda: mark() == 6)

    assert first_seen(positions(kafka, settings.realm)) == [*range(1, 7)]


def test_a_topic_that_was_lost_is_filled_again_from_the_first_fact(
    recorder, database, settings, kafka, mark
):
    record(recorder, needs(3))
    with relaying(database, settings):
        until(lambda: mark() == 3)
    drop_topic(kafka, settings.realm)
    until(lambda: made_again(kafka, settings.realm))

    with relaying(database, settings):
        record(recorder, needs(1, 3), "later")
        until(lambda: mark() == 4)

    assert positions(kafka, settings.realm) == [1, 2, 3, 4]


def made_again(kafka, realm) -> bool:
    """Make a topic again; it takes a moment until one that was deleted is gone."""
    try:
        make_topic(kafka, realm)
    except TopicAlreadyExistsError:
        return False
    return True


def test_nothing_is_added_to_a_topic_of_another_history(
    recorder, database, settings, kafka, mark, server
):
    record(recorder, needs(3))
    with relaying(database, settings):
        until(lambda: mark() == 3)
    with database.connect(Role.ADMIN) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("DELETE FROM ledger.facts WHERE position = 3")
        admin.execute("UPDATE ledger.head SET position = 2")
    record(recorder, needs(2, 7), "other")
    health = Health()

    with relaying(database, settings, health):
        until(lambda: bool(health.troubles()))
        (trouble,) = health.troubles()

    assert "holds a fact 3 that the ledger does not" in trouble.trouble
    assert positions(kafka, settings.realm) == [1, 2, 3]


@pytest.mark.parametrize("address", ["127.0.0.1:9", None])
def test_a_bus_that_is_not_there_is_said_and_waited_for(
    recorder, database, tmp_path, mark, address
):
    record(recorder, needs(3))
    health = Health()
    absent = load(tmp_path, kafka=address)

    with relaying(database, absent, health):
        until(lambda: bool(health.troubles()))
        (trouble,) = health.troubles()
        began = time.monotonic()

    assert time.monotonic() - began < 5
    assert "Kafka" in trouble.trouble
    assert mark() == 0


def test_a_topic_that_was_never_made_is_said(
    recorder, database, tmp_path, kafka, own_realm
):
    health = Health()

    with relaying(database, settings_of(tmp_path, kafka, own_realm), health):
        until(lambda: bool(health.troubles()))
        (trouble,) = health.troubles()

    assert "beistand topics apply" in trouble.trouble


def test_the_ledger_is_all_that_a_relay_may_read(database):
    with database.connect(Role.RELAY) as db:
        assert db.execute("SELECT count(*) FROM ledger.facts").fetchone() == (0,)
        found = db.execute(
            "SELECT relname::text, verb FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = relnamespace, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE'])"
            " AS verb WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
            " AND relkind IN ('r', 'v') AND has_table_privilege(c.oid, verb)"
        ).fetchall()

    assert found == [("standing", "UPDATE")]
