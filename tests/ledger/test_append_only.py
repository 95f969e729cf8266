import psycopg
import pytest
from psycopg import errors

from services.database import Role, Server
from services.ledger.recorder import Recorder
from tests.ledger.samples import entry

CHANGES = [
    "UPDATE ledger.facts SET data = ''",
    "UPDATE ledger.facts SET position = 9",
    "DELETE FROM ledger.facts",
    "TRUNCATE ledger.facts",
    "UPDATE ledger.tags SET tag = 'other'",
    "DELETE FROM ledger.tags",
    "TRUNCATE ledger.tags",
    "UPDATE ledger.commands SET digest = ''",
    "DELETE FROM ledger.commands",
    "TRUNCATE ledger.commands",
    "UPDATE ledger.head SET position = 0",
    "UPDATE ledger.head SET recorded_us = 0, position = position + 1",
    "DELETE FROM ledger.head",
    "TRUNCATE ledger.head",
    "INSERT INTO ledger.head VALUES (false, 1, 1)",
]
INSERTS = [
    "INSERT INTO ledger.facts VALUES (9, 9, 'a', 'a', 't', '{}', '', '')",
    "INSERT INTO ledger.tags VALUES ('x', 9)",
    "INSERT INTO ledger.commands VALUES ('x', '', 9, 9)",
    "UPDATE ledger.head SET position = position + 1",
    "ALTER TABLE ledger.facts DISABLE TRIGGER ALL",
    "DROP TABLE ledger.facts",
]
OURS = [role for role in Role if role not in {Role.ADMIN, Role.OWNER, Role.VAULT}]


@pytest.fixture
def one_fact(recorder: Recorder):
    recorder.record([entry("a")])
    before = recorder.read()
    yield before
    assert recorder.read() == before


@pytest.mark.usefixtures("one_fact")
@pytest.mark.parametrize("role", OURS)
def test_no_role_of_ours_changes_the_ledger(database: Server, role: Role):
    with database.connect(role) as db:
        for statement in CHANGES + INSERTS:
            with pytest.raises(errors.InsufficientPrivilege):
                db.execute(statement)


@pytest.mark.usefixtures("one_fact")
@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_not_even_the_owner_changes_it_without_taking_the_guards_away(
    database: Server, role: Role
):
    with database.connect(Role.ADMIN) as db:
        db.execute(f"SET ROLE {role}")
        for statement in CHANGES:
            with pytest.raises(errors.InsufficientPrivilege):
                db.execute(statement)


def test_the_owner_of_the_tables_is_nobodys_login(database: Server):
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        database.connect(Role.OWNER)


@pytest.mark.parametrize("role", [Role.READER, Role.PROJECTOR, Role.DESK, Role.TOOLS])
def test_only_the_writer_records(database: Server, role: Role):
    recorder = Recorder(database)
    recorder._connections._role = role

    with pytest.raises(errors.InsufficientPrivilege):
        recorder.record([entry("a")])

    recorder.close()


@pytest.mark.parametrize("role", [Role.DESK, Role.TOOLS])
def test_desk_and_tools_read_read_models_and_nothing_else(database: Server, role: Role):
    with database.connect(Role.PROJECTOR) as projector:
        projector.execute("CREATE TABLE readmodel.shown AS SELECT 1 AS a")

    with database.connect(role) as db:
        assert db.execute("SELECT a FROM readmodel.shown").fetchone() == (1,)
        with pytest.raises(errors.InsufficientPrivilege):
            db.execute("DELETE FROM readmodel.shown")
        with pytest.raises(errors.InsufficientPrivilege):
            db.execute("SELECT * FROM ledger.facts")


def test_the_keys_are_out_of_reach_for_everyone_but_the_vault(server: Server):
    for role in OURS:
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            server.connect(role, server.keys)
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        server.connect(Role.VAULT, server.ledger)
