"""A desk for the API's tests: the real ledger and read models, no matcher, no files."""

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from psycopg import sql
from starlette.testclient import TestClient

from events.base import Said
from events.values import Actor, Via
from services.console.app import desk_app
from services.console.ports import Desk, Done, Office
from services.database import Connection, Role, Server, create
from services.ledger.handle import Order, Writer
from services.ledger.recorder import Recorder
from services.ledger.rules.base import Command
from services.ledger.vault import Vault
from services.projecting import projecting
from services.settings import load

BASE = "http://127.0.0.1"
WHO = {"Beistand-Actor": "K. Muster"}
_NUMBERS = itertools.count(1)


@dataclass
class ApiOffice:
    """As much of the desk's port as the API uses."""

    server: Server
    recorder: Recorder
    writer: Writer
    office: Office
    secret: bytes = b"of the test"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.server.connect(Role.DESK) as db:
            db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield db
            db.execute("ROLLBACK")

    def position(self) -> int:
        return self.recorder.head()

    def handle(
        self, command: Command, *, by: str, order: str, via: Via = "desk"
    ) -> Done:
        said = Said(actor=Actor(ref=by, role="coordinator"), via=via)
        outcome = self.writer.do(Order(id=order, said=said, command=command))
        if not outcome.positions:
            return Done()
        first, last = outcome.positions.start, outcome.positions.stop - 1
        stored = self.recorder.read(after=first - 1, upto=last)
        return Done(first, last, tuple(fact.type for fact in stored), outcome.repeated)

    def project(self) -> int:
        """Bring the read models to the ledger's head."""
        with projecting(self.server) as follower:
            return follower.catch_up()

    def client(self) -> TestClient:
        return TestClient(desk_app(cast("Desk", self)), base_url=BASE)


@contextmanager
def opened(server: Server, folder: Path) -> Iterator[ApiOffice]:
    """Lend an office with an empty ledger of its own on the worker's server."""
    own = server.named(f"api_{next(_NUMBERS)}")
    with ExitStack() as stack:
        admin = stack.enter_context(server.connect(Role.ADMIN, "postgres"))
        for name, pattern in ((own.ledger, server.ledger), (own.keys, server.keys)):
            create(admin, name, template=pattern)
            stack.callback(_drop, admin, name)
        recorder = stack.enter_context(closing(Recorder(own)))
        vault = stack.enter_context(closing(Vault(own, load(folder))))
        desk = Office("05111000", "Koordinierungsstelle", synthetic=True)
        office = ApiOffice(own, recorder, Writer(recorder, vault), desk)
        office.project()
        yield office


def told(
    client: TestClient, name: str, body: object, **headers: str
) -> dict[str, object]:
    """Give a command that is taken, and return what was answered."""
    answer = client.post(f"/api/commands/{name}", json=body, headers={**WHO, **headers})
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def _drop(admin: Connection, database: str) -> None:
    admin.execute(
        sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database))
    )
