"""`beistand audit bus` on a real bus."""

import json
import subprocess
import sys
from contextlib import closing

import pytest

from services import postgres
from services.audit import bus as auditing
from services.audit.bus import Compared, audit
from services.bus.connection import BusError
from services.follow import LedgerFeed
from services.settings import load
from tests.live.buses import make_topic, publish, record, relaying, until
from tests.projections.facts import raised


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(auditing, "SETTLE_SECONDS", 1.0)


@pytest.fixture
def feed(database):
    with closing(LedgerFeed(database)) as made:
        yield made


def test_what_a_relay_sent_is_the_same(
    recorder, database, feed, kafka, own_realm, tmp_path
):
    make_topic(kafka, own_realm)
    record(recorder, [raised(f"n{n}") for n in range(1200)])

    with relaying(database, load(tmp_path, kafka=kafka.servers, realm=own_realm)):
        found = until_audited(kafka, own_realm, feed)

    assert found.same
    assert (found.ledger, found.records, found.facts) == (1200, 1200, 1200)


def until_audited(kafka, realm, feed):
    """Audit until the relay has sent all; the relay only just began."""
    last: list[Compared] = []

    def same() -> bool:
        last[:] = [audit(kafka, realm, feed)]
        return last[0].same

    until(same)
    return last[0]


def test_what_is_missing_is_found(recorder, feed, kafka, own_realm):
    make_topic(kafka, own_realm)
    record(recorder, [raised(f"n{n}") for n in range(6)])
    facts = recorder.read()
    publish(kafka, own_realm, [*facts[:2], facts[4]])

    found = audit(kafka, own_realm, feed)

    assert (found.missing, found.behind, found.same) == (((3, 4),), 1, False)


def test_a_topic_that_is_not_there_is_said(feed, kafka, own_realm):
    with pytest.raises(BusError, match="topics apply"):
        audit(kafka, own_realm, feed)


def test_the_command_ends_with_one_when_bus_and_ledger_differ(
    kafka, own_realm, tmp_path
):
    make_topic(kafka, own_realm)
    program = "from services.cli import main; main()"
    command = [sys.executable, "-c", program, "audit", "bus", "--json"]
    given = {"BEISTAND_KAFKA": kafka.servers, "BEISTAND_REALM": own_realm}
    home = {"BEISTAND_HOME": str(tmp_path), "PATH": ""}

    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=given | home
    )
    postgres.stop(tmp_path)

    assert done.stdout, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, told["same"], told["behind"]) == (1, False, 2)
    assert "2 facts wait for the relay" in done.stdout
