"""How every process of ours reaches PostgreSQL: as whom, how long, how alive.

Connections notice a dead peer within seconds, and no statement or transaction of
ours may hold another one up for ever.
"""

import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

Connection = psycopg.Connection[TupleRow]


class Role(StrEnum):
    """Who connects; each may do what it needs and no more.

    `ADMIN` makes databases, roles and tables, and nothing else ever connects as it.
    """

    ADMIN = "postgres"
    OWNER = "beistand_owner"
    WRITER = "beistand_writer"
    READER = "beistand_reader"
    PROJECTOR = "beistand_projector"
    DESK = "beistand_desk"
    TOOLS = "beistand_tools"
    VAULT = "beistand_vault"
    RELAY = "beistand_relay"


ALIVE = {
    "connect_timeout": "5",
    "keepalives": "1",
    "keepalives_idle": "2",
    "keepalives_interval": "1",
    "keepalives_count": "3",
    "tcp_user_timeout": "4000",
    "client_encoding": "utf8",
}
_MISSED = (
    "-c tcp_keepalives_idle=2",
    "-c tcp_keepalives_interval=1",
    "-c tcp_keepalives_count=3",
    "-c tcp_user_timeout=4000",
)
"""The same for the server: what a client held, whose machine lost its power, is free
within seconds, and not after the two hours of the system's own keepalive."""
_SECONDS = {Role.ADMIN: 600, Role.PROJECTOR: 300, Role.READER: 60, Role.DESK: 15}
_LONGEST = 20
_IDLE_MS = {Role.WRITER: 100}
"""A writer holds the ledger's head: one that goes silent inside a transaction of its
own is thrown out before others notice (`record` itself is one statement)."""
_IDLE = 30_000
_PLANS = {Role.VAULT: ("-c plan_cache_mode=force_generic_plan",)}
"""The vault is asked for hundreds of keys or contacts at once. A planner that sees how
many reads and sorts the whole table for them, which takes the longer the more there
are; one that does not see it looks each up in its index."""


PATIENCE = 15.0
"""Seconds that a question goes on trying to reach PostgreSQL."""
_PAUSE = 0.1
T = TypeVar("T")


SILENT = (
    psycopg.OperationalError,
    psycopg.errors.IdleInTransactionSessionTimeout,
    psycopg.errors.TransactionTimeout,
)
"""Raised where PostgreSQL is away or ended a connection: also for a transaction in
which whoever asked was silent too long, or which took too long altogether."""


class Unreachable(RuntimeError):
    """PostgreSQL, or the bus, gave no answer.

    Whether it recorded is known when it is asked again.
    """


AWAY = (*SILENT, Unreachable)
"""What whoever serves outlives: it says so, and goes on when PostgreSQL is back."""


def waits(part: str, error: Exception) -> str:
    """Say in a sentence what a part waits for; a driver's own words help nobody."""
    if isinstance(error, SILENT):
        return f"PostgreSQL does not answer ({type(error).__name__}); {part} waits."
    return f"{part} waits: {error}".splitlines()[0]


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server and the names of our two databases on it.

    `address` is a conninfo of the server's administrator. With `assume`, all roles
    share that login and step down with `-c role=`; the embedded server lets each
    role of ours log in by itself, because only its owner reaches the socket.
    """

    address: str
    assume: bool = False
    ledger: str = "beistand"
    keys: str = "beistand_keys"

    def named(self, ledger: str) -> "Server":
        """Return the same server with another ledger and its `<ledger>_keys`."""
        return replace(self, ledger=ledger, keys=f"{ledger}_keys")

    def dsn(self, role: Role, database: str | None = None) -> str:
        """Say how to connect as `role`, by default to the database it works in."""
        home = self.keys if role is Role.VAULT else self.ledger
        longest = _SECONDS.get(role, _LONGEST) * 1000
        options = [
            f"-c statement_timeout={longest}",
            f"-c transaction_timeout={longest}",
            f"-c idle_in_transaction_session_timeout={_IDLE_MS.get(role, _IDLE)}",
            "-c timezone=UTC",
            *_MISSED,
            *_PLANS.get(role, ()),
            *([f"-c role={role}"] if self.assume and role is not Role.ADMIN else []),
        ]
        login = {} if self.assume else {"user": str(role)}
        return make_conninfo(
            self.address,
            **ALIVE,
            **login,
            dbname=database or home,
            application_name=f"beistand {role}",
            options=" ".join(options),
        )

    def connect(self, role: Role, database: str | None = None) -> Connection:
        """Open a connection that commits each statement by itself."""
        return psycopg.connect(self.dsn(role, database), autocommit=True)


def given(url: str) -> Server:
    """Return the server behind a `DATABASE_URL`; its path names the ledger."""
    ledger = str(conninfo_to_dict(url).get("dbname") or "beistand")
    return Server(make_conninfo(url, dbname=ledger), assume=True).named(ledger)


def patiently(
    work: Callable[[], T],
    patience: float = PATIENCE,
    *,
    between: Callable[[], None] = lambda: None,
) -> T:
    """Do what may be done twice, again and again until PostgreSQL can be reached.

    Raises `Unreachable` when patience ends.
    """
    until, pause = time.monotonic() + patience, 0.0
    while True:
        try:
            return work()
        except SILENT as error:
            if not _lost(error):
                raise
            between()
            if time.monotonic() > until:
                raise Unreachable(f"No answer from PostgreSQL: {error}") from error
            time.sleep(pause)
            pause = _PAUSE


class Connections:
    """A few open connections of one role, shared by threads.

    A broken one is thrown away and the next is opened at once: after PostgreSQL came
    back, the first question is answered without a back-off (`psycopg_pool` waits
    longer the longer the server was gone).
    """

    def __init__(
        self, server: Server, role: Role, *, most: int = 8, patience: float = PATIENCE
    ) -> None:
        self._server, self._role, self._patience = server, role, patience
        self._free: list[Connection] = []
        self._places = threading.BoundedSemaphore(most)
        self._closed = False

    @contextmanager
    def one(self) -> Iterator[Connection]:
        """Lend a connection; waits while `most` are lent."""
        with self._places:
            connection = self._take()
            try:
                yield connection
            finally:
                self._give(connection)

    def ask(self, question: Callable[[Connection], T]) -> T:
        """Put a question that may be put twice, until PostgreSQL can be reached.

        Each statement commits by itself. Raises `Unreachable` when patience ends.
        """

        def once() -> T:
            with self.one() as connection:
                return question(connection)

        return patiently(once, self._patience, between=self._drop_idle)

    def close(self) -> None:
        self._closed = True
        self._drop_idle()

    def _drop_idle(self) -> None:
        """Close what is not lent: after one broke, the others are likely broken too."""
        while self._free:
            self._free.pop().close()

    def _take(self) -> Connection:
        while True:
            try:
                connection = self._free.pop()
            except IndexError:
                return self._server.connect(self._role)
            if not _has_news(connection):
                return connection
            connection.close()

    def _give(self, connection: Connection) -> None:
        idle = psycopg.pq.TransactionStatus.IDLE
        if (
            self._closed
            or connection.closed
            or connection.info.transaction_status != idle
        ):
            connection.close()
        else:
            self._free.append(connection)


def _has_news(connection: Connection) -> bool:
    """Say whether something came on an idle connection: only its end can come."""
    return bool(select.select([connection.fileno()], [], [], 0)[0])


_LOST = {"53300", "57P01", "57P02", "57P03", "57P05", "25P03", "25P04"}


def _lost(error: psycopg.Error) -> bool:
    """Say whether the connection is gone (or never came), not the statement wrong."""
    return (
        error.sqlstate is None or error.sqlstate in _LOST or error.sqlstate[:2] == "08"
    )


def exists(connection: Connection, database: str) -> bool:
    """Say whether the server has a database of this name."""
    found = connection.execute(
        "SELECT 1 FROM pg_database WHERE datname = %s", (database,)
    )
    return found.fetchone() is not None


def create(connection: Connection, database: str, template: str = "template0") -> None:
    """Make a database as a copy of another."""
    connection.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(database), sql.Identifier(template)
        )
    )
