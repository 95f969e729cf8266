"""The doctor asks the bus itself: who waits unread, and whose history stands there."""

from contextlib import closing
from dataclasses import replace

import pytest

from services import doctor_bus
from services.doctor_bus import Finding
from services.follow import LedgerFeed
from services.intake.submit import Intake
from services.ledger.handle import Writer
from services.ledger.tree import leaf
from tests.live.buses import make_topic, publish, record, settings_of
from tests.live.intakes import Channel, consuming, event, register
from tests.projections.facts import raised


@pytest.fixture
def settings(tmp_path, kafka, own_realm):
    return settings_of(tmp_path, kafka, own_realm)


@pytest.fixture
def found(database, settings):
    """Ask the doctor about the bus; findings by what was looked at."""
    return lambda: {one.what: one for one in doctor_bus.examine_bus(settings, database)}


@pytest.fixture
def writer(recorder, vault):
    return Writer(recorder, vault)


@pytest.fixture
def web(kafka, own_realm, writer):
    register(writer)
    make_topic(kafka, own_realm)
    return Channel(kafka, own_realm, "web", partitions=2)


def test_messages_that_nobody_reads_are_told_until_intake_has_read_them(
    writer, own_realm, settings, web, found
):
    before = found()["intake"]
    web.publish(event("1"), event("2"), event("3"))

    unread = found()["intake"]
    with consuming(Intake(writer, realm=own_realm), settings):
        web.receipts(3)
        after = found()["intake"]

    assert before == Finding("intake", "0 messages wait on the bus")
    assert unread.found == "3 messages wait, and nobody reads them"
    assert "`beistand run intake`" in unread.advice
    assert after.well


def test_a_bus_of_another_history_is_told_before_the_relay_is_started(
    kafka, recorder, database, own_realm, found
):
    make_topic(kafka, own_realm)
    record(recorder, [raised("n1"), raised("n2")])
    with closing(LedgerFeed(database)) as feed:
        first, second = feed.read(0, 2).facts
    elsewhere = replace(second, command_id="of-another-ledger")

    publish(kafka, own_realm, [first])
    own = found()["facts on the bus"]
    publish(kafka, own_realm, [replace(elsewhere, leaf=leaf(elsewhere))])
    other = found()["facts on the bus"]

    assert own == Finding("facts on the bus", "this ledger's, up to 1")
    assert other.found == "of another history"
    assert "an older backup restored" in other.advice
