"""The doctor says what is wrong, and each time what to do about it."""

import pytest

from services import doctor, doctor_bus
from services.backup import Places, backup
from services.database import Role
from services.doctor_bus import Finding
from services.ledger.batch import Entry, NewFact, fact_id
from services.ledger.handle import Order, Writer
from services.ledger.rules.channels import StopChannel
from services.projecting import projecting
from services.realm import SYSTEM
from services.settings import load


@pytest.fixture
def settings(tmp_path):
    return load(tmp_path, kafka="127.0.0.1:1")


@pytest.fixture
def projected(database):
    with projecting(database) as follower:
        follower.catch_up()
    return database


def advice(findings):
    return {one.what: one.advice for one in findings if one.advice}


def test_databases_of_the_last_release_are_told_how_they_come_forward(database):
    with database.connect(Role.ADMIN) as db:
        db.execute("DELETE FROM public.beistand_version WHERE version > 1")

    found = doctor._release(database)

    assert found is not None
    assert "beistand upgrade" in found.advice


def test_databases_of_a_newer_release_are_left_alone(database):
    with database.connect(Role.ADMIN) as db:
        db.execute("INSERT INTO public.beistand_version VALUES (99)")

    found = doctor._release(database)

    assert found is not None
    assert "newer" in found.advice


def test_todays_databases_are_well(database):
    assert doctor._release(database) is None


def test_a_ledger_without_a_backup_is_told_after_a_day_not_before(
    database, recorder, monkeypatch
):
    append(recorder)

    assert doctor._backup(database) == Finding("backup", "none yet")

    monkeypatch.setattr(doctor, "BACKUP_SECONDS", -1)

    assert "beistand backup" in doctor._backup(database).advice


def test_an_old_backup_is_well_while_nothing_is_newer(
    database, recorder, settings, tmp_path, monkeypatch
):
    append(recorder)
    places = Places(tmp_path / "ledger", tmp_path / "keys")
    backup(database, settings, places, synthetic=False)
    monkeypatch.setattr(doctor, "BACKUP_SECONDS", -1)

    assert doctor._backup(database) == Finding("backup", "0 h old, 0 facts are newer")

    append(recorder, "c-2")

    assert "beistand backup" in doctor._backup(database).advice


def test_what_waits_for_days_set_aside_is_told(projected):
    with projected.connect(Role.PROJECTOR) as db:
        db.execute(
            "INSERT INTO readmodel.set_aside (submission, state, channel, source,"
            " reason, recorded_at, position) SELECT 's-' || n, 'waiting', channel,"
            " 'x', 'unreadable', now() - n * interval '2 days', n"
            " FROM unnest(ARRAY['mail', 'web']) WITH ORDINALITY AS c (channel, n)"
        )

    found = list(doctor._set_aside(projected))

    assert [(one.what, one.found) for one in found] == [
        ("set aside from mail", "1 wait, the oldest for 2 days"),
        ("set aside from web", "1 wait, the oldest for 4 days"),
    ]
    assert all("desk" in one.advice for one in found)


def test_read_models_that_were_never_made_are_no_fault(database):
    assert advice(doctor._read_models(database)) == {}


def test_without_a_bus_nothing_is_missing(database, tmp_path):
    found = list(doctor_bus.examine_bus(load(tmp_path), database))

    assert found == [Finding("bus", "none; files and HTTP come in without one")]


def test_a_bus_that_is_away_and_a_relay_that_is_behind_are_told(
    database, recorder, settings, monkeypatch
):
    append(recorder)
    monkeypatch.setattr(doctor_bus, "LATE", 0)

    found = advice(doctor_bus.examine_bus(settings, database))

    assert set(found) == {"relay", "bus"}
    assert "beistand run relay" in found["relay"]
    assert "127.0.0.1:1" in found["bus"]


def test_a_channel_that_its_limit_stopped_is_told(database, recorder, vault, settings):
    stop = StopChannel(
        channel="web", reason="set_aside", partition=0, offset=7, note="9 of 10"
    )
    Writer(recorder, vault).do(Order(id="s-1", said=SYSTEM, command=stop))

    found = advice(doctor_bus.examine_bus(settings, database))

    assert "beistand intake-resume web" in found["channel web"]


def append(recorder, command="c-1"):
    """Record something: only that it is there counts."""
    fact = NewFact(fact_id(command, 0), "day.began.v1", ("day",), b"{}")
    recorder.record([Entry(command, b"x" * 32, (fact,), None)])
