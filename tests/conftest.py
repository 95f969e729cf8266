"""A real PostgreSQL for every test: one server a worker, a fresh ledger a test.

And a real Kafka for those that ask for one: one broker a run, a realm a test.
"""

import itertools
import uuid
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from psycopg import sql

from services.bus.connection import Bus
from services.database import Connection, Role, Server, create
from services.ledger.migrate import prepare
from services.ledger.recorder import Recorder
from services.ledger.vault import Vault
from services.postgres import start, stop
from services.settings import load
from tests.brokers import shared

_HASTE = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "4GB"}
_NUMBERS = itertools.count(1)

# Hypothesis mixes numbers from whatever modules are loaded into what it draws: beside
# other tests, a test would then see other examples than alone.
patch.object(providers, "_get_local_constants", Constants).start()


@pytest.fixture(scope="session")
def servers_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with a running embedded server; it ends with the worker."""
    place = tmp_path_factory.mktemp("home")
    yield place
    stop(place)


@pytest.fixture(scope="session")
def server(servers_home: Path) -> Server:
    """The worker's server, whose own ledger stays empty: the pattern of all others."""
    found = start(servers_home, _HASTE).named("pattern")
    prepare(found)
    return found


@pytest.fixture
def database(server: Server) -> Iterator[Server]:
    """A prepared, empty ledger and vault of the test's own, on the worker's server."""
    own = server.named(f"test_{next(_NUMBERS)}")
    with server.connect(Role.ADMIN, "postgres") as admin:
        create(admin, own.ledger, template=server.ledger)
        create(admin, own.keys, template=server.keys)
        yield own
        _drop(admin, own.ledger)
        _drop(admin, own.keys)


@pytest.fixture
def recorder(database: Server) -> Iterator[Recorder]:
    made = Recorder(database)
    yield made
    made.close()


@pytest.fixture
def vault(database: Server, tmp_path: Path) -> Iterator[Vault]:
    made = Vault(database, load(tmp_path))
    yield made
    made.close()


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Bus]:
    """The run's broker, or the one that BEISTAND_TEST_KAFKA names."""
    base = tmp_path_factory.getbasetemp()
    with shared(base if worker_id == "master" else base.parent) as bus:
        yield bus


@pytest.fixture
def own_realm() -> str:
    """A realm of the test's own, so that its topics meet no other test's."""
    return f"t{uuid.uuid4().hex[:12]}"


def _drop(admin: Connection, database: str) -> None:
    admin.execute(
        sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database))
    )
