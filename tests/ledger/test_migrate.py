from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql

from projections import checkpoint, schema
from services.database import Role, Server, exists, given
from services.lease import relayed
from services.ledger import migrate
from services.ledger.migrate import (
    Unfit,
    has_ledger,
    prepare,
    prepare_at,
    prepare_site,
    versions,
)
from services.ledger.recorder import Recorded, Recorder
from services.ledger.vault import Vault
from services.settings import load
from tests.ledger.samples import entry


@pytest.fixture
def own_server(server: Server):
    """A server of the user's: one login that may make roles and databases."""
    with server.connect(Role.ADMIN, "postgres") as admin:
        admin.execute("CREATE ROLE office LOGIN CREATEROLE CREATEDB PASSWORD 'geheim'")
        for role in set(Role) - {Role.ADMIN}:
            query = sql.SQL("GRANT {} TO office WITH ADMIN OPTION")
            admin.execute(query.format(sql.Identifier(role)))
        admin.execute("CREATE DATABASE office_own OWNER office")
        folder, port = (
            server.address.split("'")[1],
            server.address.split("port=")[1][:5],
        )
        yield given(f"postgresql://office:geheim@/office_own?host={folder}&port={port}")
        for name in ("office_own", "office_own_keys"):
            query = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            admin.execute(query.format(sql.Identifier(name)))
        admin.execute("DROP OWNED BY office")
        admin.execute("DROP ROLE office")


def test_a_server_of_the_users_works_with_one_login_that_is_no_superuser(
    own_server: Server, tmp_path
):
    prepare(own_server)
    prepare(own_server)

    recorder = Recorder(own_server)
    vault = Vault(own_server, load(tmp_path))

    assert recorder.record([entry("a")]) == (Recorded(1, 1),)
    assert vault.pseudonym("mail", "x").startswith("p-")
    with own_server.connect(Role.WRITER) as db:
        assert db.execute("SELECT current_user, session_user").fetchone() == (
            "beistand_writer",
            "office",
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute("DELETE FROM ledger.facts")
    recorder.close()
    vault.close()


def test_who_starts_while_another_makes_the_databases_waits_for_them(server: Server):
    new = replace(server, assume=True).named("office_new")
    with server.connect(Role.ADMIN, "postgres") as admin:

        def late() -> None:
            while not exists(admin, new.ledger):
                pass
            prepare(new)

        try:
            with ThreadPoolExecutor(2) as pool:
                for done in [pool.submit(late), pool.submit(prepare, new)]:
                    done.result()

            assert has_ledger(new)
        finally:
            for name in (new.ledger, new.keys):
                query = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                admin.execute(query.format(sql.Identifier(name)))


def test_preparing_again_changes_nothing(database: Server, recorder: Recorder):
    recorder.record([entry("a")])

    prepare(database)

    assert recorder.head() == 1


def test_a_database_of_a_newer_release_is_left_alone(database: Server):
    with database.connect(Role.ADMIN) as admin:
        admin.execute("INSERT INTO public.beistand_version VALUES (99)")

    with pytest.raises(Unfit, match="made by a newer Beistand"):
        prepare(database)


def test_what_has_come_further_than_a_copy_is_left_as_it_is(database: Server):
    now = versions(database)

    prepare_at(database, ledger=1, keys=1)

    assert versions(database) == now


def test_a_copy_does_not_go_where_a_newer_release_has_been(database: Server):
    with database.connect(Role.ADMIN) as admin:
        admin.execute("INSERT INTO public.beistand_version VALUES (99)")

    with pytest.raises(Unfit, match="made by a newer Beistand"):
        prepare_at(database, ledger=1, keys=1)


def test_a_new_database_is_brought_to_the_version_of_a_copy(site: Server):
    prepare_at(site, ledger=2, keys=1)

    assert versions(site) == (2, 1)


def test_a_server_that_is_too_old_is_refused(database: Server, monkeypatch):
    monkeypatch.setattr(migrate, "OLDEST", 990_000)

    with pytest.raises(Unfit, match="needs 17 or newer"):
        prepare(database)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN, Role.OWNER}))
def test_every_connection_has_its_limits(database: Server, role: Role):
    with database.connect(role) as db:
        limits = db.execute(
            "SELECT name, setting::int FROM pg_settings WHERE name IN ("
            "'statement_timeout', 'transaction_timeout',"
            "'idle_in_transaction_session_timeout')"
        ).fetchall()

    assert len(limits) == 3
    assert all(0 < milliseconds <= 300_000 for _, milliseconds in limits)


@pytest.fixture
def site(server: Server):
    """A database's name on the worker's server where nothing is yet."""
    own = server.named("site")
    yield own
    with server.connect(Role.ADMIN, "postgres") as admin:
        for name in (own.ledger, own.keys):
            query = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            admin.execute(query.format(sql.Identifier(name)))


def test_a_site_has_read_models_and_no_ledger(site: Server):
    prepare_site(site)
    prepare_site(site)

    assert not has_ledger(site)
    with site.connect(Role.PROJECTOR) as db:
        schema.lay(db)
    with site.connect(Role.DESK) as db:
        assert checkpoint.position(db) == 0
    with site.connect(Role.ADMIN, "postgres") as admin:
        assert not exists(admin, site.keys)


def test_a_site_is_not_taken_for_a_realm(site: Server):
    prepare_site(site)

    with pytest.raises(Unfit, match="it follows a bus"):
        prepare(site)


def test_preparing_a_site_leaves_a_realm_as_it_is(database: Server):
    prepare_site(database)

    assert has_ledger(database)
    prepare(database)


def test_a_realm_of_the_release_before_the_bus_gets_the_relays_mark(
    site: Server, monkeypatch
):
    monkeypatch.setattr(migrate, "LEDGER_STEPS", migrate.LEDGER_STEPS[:1])
    prepare(site)
    monkeypatch.undo()

    prepare(site)

    with site.connect(Role.READER) as db:
        assert relayed(db) == 0
