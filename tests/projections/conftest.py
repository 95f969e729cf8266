"""Read models in a database of the test's own, and hands to work with them."""

import itertools
from collections.abc import Iterable, Iterator

import pytest
from psycopg import sql

from events.base import Recorded
from projections import schema
from projections.listing import Db
from projections.projector import Projector
from services.database import Role, Server, create

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def laid(server: Server) -> Server:
    """A database with empty read models: the pattern of the others."""
    own = server.named("pattern_read")
    with server.connect(Role.ADMIN, "postgres") as admin:
        create(admin, own.ledger, template=server.ledger)
    with own.connect(Role.PROJECTOR) as db:
        schema.lay(db)
    return own


@pytest.fixture
def readable(laid: Server) -> Iterator[Server]:
    """A server with an empty ledger and empty read models."""
    own = laid.named(f"read_{next(_NUMBERS)}")
    with laid.connect(Role.ADMIN, "postgres") as admin:
        create(admin, own.ledger, template=laid.ledger)
        yield own
        admin.execute(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(own.ledger))
        )


@pytest.fixture
def db(readable: Server) -> Iterator[Db]:
    """The projector's connection."""
    with readable.connect(Role.PROJECTOR) as connection:
        connection.execute("SET search_path TO readmodel, projection")
        yield connection


@pytest.fixture
def projector(db: Db) -> Projector:
    return Projector(db)


class OneByOne:
    """Applies each fact in a page of its own: what a page hides comes to light."""

    def __init__(self, projector: Projector) -> None:
        self._projector = projector

    def apply(self, facts: Iterable[Recorded]) -> None:
        for recorded in facts:
            self._projector.apply([recorded])


@pytest.fixture
def singly(projector: Projector) -> OneByOne:
    return OneByOne(projector)
