"""From the state that 0.1.0 left to today's, and never back."""

import json
import subprocess
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from events.contract import decode
from projections.checkpoint import standing
from services import projecting
from services.assemble import beistand
from services.cli import saving
from services.cluster import _binary
from services.database import Role, create
from services.follow import LedgerFeed
from services.ledger.gateway import sealed_in
from services.ledger.migrate import KEYS_STEPS, LEDGER_STEPS, Unfit, versions
from services.ledger.recorder import Recorder
from services.ledger.tree import fits
from services.ledger.vault import Vault
from services.settings import load
from services.upgrade import Upgraded, upgrade
from tests.journeys.shell import beistand as run

STATE = Path(__file__).parent / "state-0.1.0"
"""Databases as release 0.1.0 made them: four facts of one invented offer."""


@pytest.fixture
def old(server):
    """A server whose ledger and keys are as 0.1.0 left them."""
    found = server.named("of_0_1_0")
    with server.connect(Role.ADMIN, "postgres") as admin:
        for name, file in ((found.ledger, "ledger.sql"), (found.keys, "keys.sql")):
            create(admin, name)
            with server.connect(Role.ADMIN, name) as db:
                db.execute((STATE / file).read_bytes())
        yield found
        for name in (found.ledger, found.keys):
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            admin.execute(drop.format(sql.Identifier(name)))


@pytest.fixture
def settings(tmp_path):
    kek = tmp_path / "keys" / "kek"
    kek.parent.mkdir()
    kek.write_bytes(bytes.fromhex((STATE / "kek.hex").read_text()))
    return load(tmp_path)


def test_upgrading_waits_for_a_server_that_is_being_started(tmp_path, monkeypatch):
    tries = iter([psycopg.OperationalError("starting up")] * 2)

    def starting(_):
        if (no := next(tries, None)) is not None:
            raise no
        return Upgraded(ledger=(1, 1), keys=(1, 1), made_anew=(), position=4)

    monkeypatch.setattr("services.postgres.serve", lambda _: None)
    monkeypatch.setattr("services.upgrade.upgrade", starting)

    saving.upgrade(home=tmp_path)

    assert next(tries, None) is None


def test_what_0_1_0_left_is_read_written_and_opened_by_todays_release(old, settings):
    done = upgrade(old)

    assert done.ledger == (1, len(LEDGER_STEPS))
    assert done.keys == (1, len(KEYS_STEPS))
    assert done.position == 4
    feed, vault = LedgerFeed(old), Vault(old, settings)
    facts = feed.read(0).facts
    opened = [
        vault.open(sealed, fact.command_id)
        for fact in facts
        for sealed in sealed_in(decode(fact.type, fact.data))
    ]
    feed.close()
    vault.close()
    assert [fact.position for fact in facts if fits(fact)] == [1, 2, 3, 4]
    assert any("street" in box for box in opened)
    assert all(one.equal for one in projecting.rebuild(old).values())


def test_an_upgraded_database_is_made_like_a_new_one(old, server):
    upgrade(old)

    for mine, new in ((old.ledger, server.ledger), (old.keys, server.keys)):
        assert shape(server, mine) == shape(server, new)


def shape(server, database):
    """Return a database's definitions, read models left out: those are made anew."""
    with server.connect(Role.ADMIN, database) as db:
        dsn = db.info.dsn
    done = subprocess.run(
        [
            _binary("pg_dump"), "--schema-only", f"--dbname={dsn}",
            "--exclude-table=readmodel.*", "--exclude-table=projection.*",
        ],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = (line for line in done.stdout.splitlines() if line)
    return [line for line in lines if not line.startswith(("--", "\\"))]


def test_upgrading_again_changes_nothing(old):
    upgrade(old)

    again = upgrade(old)

    assert (again.changed, again.made_anew) == (False, ())


def test_there_is_no_way_back_and_the_sentence_says_so(old):
    upgrade(old)
    with old.connect(Role.ADMIN) as db:
        db.execute("INSERT INTO public.beistand_version VALUES (99)")

    with pytest.raises(Unfit, match=r"made by a newer Beistand.*start the newer one"):
        upgrade(old)

    assert versions(old)[0] == 99


@pytest.fixture
def made_by_another(old):
    """The same, with lives that another release has folded."""
    upgrade(old)
    with old.connect(Role.PROJECTOR) as db:
        db.execute(
            "UPDATE readmodel.checkpoint SET shape = 'older' WHERE read_model = 'lives'"
        )
    return old


def test_while_the_older_release_projects_nothing_is_made_anew(
    made_by_another, monkeypatch
):
    monkeypatch.setattr("services.upgrade.ENDS_IN", "100ms")
    with made_by_another.connect(Role.PROJECTOR) as older:
        older.execute("SELECT pg_advisory_lock(%s)", (projecting.LEADER,))

        with pytest.raises(Unfit, match="stop it first, then upgrade again"):
            upgrade(made_by_another)

        shapes = {row.read_model: row.shape for row in standing(older)}
    assert shapes["lives"] == "older"


def test_once_it_ended_the_lives_are_folded_anew(made_by_another):
    done = upgrade(made_by_another)

    assert (done.made_anew, done.position) == (("lives",), 4)


def test_who_projects_for_the_same_release_is_in_nobodys_way(old):
    upgrade(old)
    with projecting.projecting(old) as follower:
        follower.catch_up()
        again = upgrade(old)

    assert again.position == 4


def test_the_ledger_goes_on_after_it(old):
    upgrade(old)
    recorder = Recorder(old)

    head = recorder.head()
    recorder.close()

    assert head == 4


def test_the_command_makes_a_new_home_and_says_what_it_did(homes):
    said = run(homes / "a", "upgrade", "--json").splitlines()

    found = json.loads(said[-1])
    assert found["ledger"] == [0, len(LEDGER_STEPS)]
    assert said[0] == f"Ledger: version 0 to {len(LEDGER_STEPS)}."
    with beistand(load(homes / "a")) as engine:
        assert engine.recorder.head() == 2
