"""A copy comes back on a server of the user's, by a login that is no superuser."""

import shutil
from contextlib import closing

import pytest
from psycopg import sql

from services import projecting
from services.assemble import beistand
from services.backup import Places, backup
from services.copies import Unusable
from services.database import Role
from services.restoring import restore
from services.settings import load


@pytest.fixture
def urls(server):
    """Two databases of an office that owns no more than them."""
    folder = server.address.split("'")[1]
    port = server.address.split("port=")[1].split()[0]
    names = ("ours_a", "ours_b")
    with server.connect(Role.ADMIN, "postgres") as admin:
        admin.execute("CREATE ROLE ours LOGIN CREATEROLE CREATEDB PASSWORD 'geheim'")
        for role in set(Role) - {Role.ADMIN}:
            grant = sql.SQL("GRANT {} TO ours WITH ADMIN OPTION")
            admin.execute(grant.format(sql.Identifier(role)))
        for name in names:
            create = sql.SQL("CREATE DATABASE {} OWNER ours")
            admin.execute(create.format(sql.Identifier(name)))
        yield [
            f"postgresql://ours:geheim@/{name}?host={folder}&port={port}"
            for name in names
        ]
        for name in (*names, *(f"{name}_keys" for name in names)):
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            admin.execute(drop.format(sql.Identifier(name)))
        admin.execute("DROP OWNED BY ours")
        admin.execute("DROP ROLE ours")


def test_it_comes_back_on_a_server_of_the_users_and_only_once(urls, tmp_path):
    here = load(tmp_path / "a", database_url=urls[0])
    there = load(tmp_path / "b", database_url=urls[1])
    places = Places(tmp_path / "ledger", tmp_path / "keys")
    with beistand(here) as engine:
        engine.begin_today()
        facts = [fact.leaf for fact in engine.recorder.read()]
        taken = backup(engine.server, here, places, synthetic=False)
    there.kek.parent.mkdir(parents=True)
    shutil.copy2(here.kek, there.kek)

    found = restore(there, places.ledger, places.keys)

    assert (found.manifest, found.read_models) == (taken.manifest, len(facts))
    with beistand(there) as engine:
        assert [fact.leaf for fact in engine.recorder.read()] == facts
        engine.begin_today()
        engine.project()
        assert all(one.equal for one in projecting.rebuild(engine.server).values())
        with closing(engine.server.connect(Role.WRITER)) as db:
            triggers = db.execute(_LIFTED).fetchone()
    assert triggers == (0,)
    with pytest.raises(Unusable, match="never written over"):
        restore(there, places.ledger, places.keys)


_LIFTED = """
SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'ledger'::regnamespace AND t.tgenabled = 'D'
"""
