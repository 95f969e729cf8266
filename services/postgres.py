"""The embedded PostgreSQL: found again if it runs, started if it does not.

It comes from a wheel and needs no system user. It runs in a session of its own and
outlives the process that started it; the next process adopts it. Only a socket in a
folder of mode 0700 leads to it, so whoever can open the socket owns the files too.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from services.cluster import adopt, initialise, launch, pid_of, run
from services.cluster_files import Place, unused
from services.database import Connection, Role, Server, given
from services.folder import NotStarted
from services.settings import Settings

LOCALHOST = "127.0.0.1"


@dataclass(frozen=True)
class ToolsAccess:
    """How a tool of the office reaches the read models, over TCP with SCRAM."""

    host: str
    port: int
    database: str
    user: str
    password: str


def serve(settings: Settings) -> Server:
    """Return the server that the settings ask for, started where it is ours."""
    if settings.database_url is not None:
        return given(settings.database_url.get_secret_value())
    return start(settings.home)


def start(home: Path, more: Mapping[str, str] | None = None) -> Server:
    """Adopt or start the home's server; `more` are settings for a fresh start.

    Two processes that start at once find one server. It costs a few milliseconds when
    the server runs, so a service may call it again whenever the server does not
    answer. Raises `NotStarted`.
    """
    place = Place(home)
    place.make()
    with place.locked():
        if not place.data.exists():
            initialise(place)
        if (running := adopt(place)) is not None:
            return running
        place.configure(more or {})
        launch(place)
        return place.server()


def stop(home: Path) -> bool:
    """End the home's server after its running statements; False when none ran."""
    place = Place(home)
    if not place.data.exists():
        return False
    with place.locked():
        return _ended(place)


def open_to_tools(settings: Settings, server: Server) -> ToolsAccess:
    """Let tools read the read models over TCP on this machine, with a new password.

    The embedded server starts anew for it, since it cannot begin to listen otherwise;
    a server of the user's is only told the password. Raises `NotStarted`.
    """
    password = secrets.token_urlsafe(18)
    address = conninfo_to_dict(server.address)
    host = str(address.get("host") or LOCALHOST)
    port = int(str(address.get("port") or 5432))
    if settings.database_url is None:
        host = LOCALHOST
        _listen(Place(settings.home), server.ledger)
    with server.connect(Role.ADMIN) as admin:
        _let_tools_in(admin, password)
    return ToolsAccess(host, port, server.ledger, str(Role.TOOLS), password)


def close_to_tools(settings: Settings, server: Server) -> None:
    """Let no tool in any more, and listen on the socket alone."""
    with server.connect(Role.ADMIN) as admin:
        admin.execute(_SHUT)
    if settings.database_url is None:
        place = Place(settings.home)
        with place.locked():
            place.listen_to_nobody()
            _ended(place)
            launch(place)


_SHUT = "ALTER ROLE beistand_tools PASSWORD NULL"
_OPEN = sql.SQL("ALTER ROLE beistand_tools LOGIN CONNECTION LIMIT 20 PASSWORD {}")
_TIMED = "ALTER ROLE beistand_tools SET statement_timeout = '60s'"
_READ_ONLY = "ALTER ROLE beistand_tools SET default_transaction_read_only = on"


def _ended(place: Place) -> bool:
    if pid_of(place) is None:
        return False
    run(place, "pg_ctl", "stop", "-D", str(place.data), "-m", "fast", "-w")
    return True


def _listen(place: Place, database: str) -> None:
    with place.locked():
        if place.listens():
            return
        if not unused(place.port()):
            raise NotStarted(
                f"Another program uses port {place.port()} on {LOCALHOST}; end it, "
                "then try again."
            )
        place.listen_on(LOCALHOST, database, Role.TOOLS)
        _ended(place)
        launch(place)


def _let_tools_in(admin: Connection, password: str) -> None:
    """Set the password as its SCRAM verifier: no log ever sees the password itself."""
    hidden = admin.pgconn.encrypt_password(
        password.encode(), Role.TOOLS.encode(), b"scram-sha-256"
    )
    admin.execute(_OPEN.format(sql.Literal(hidden.decode())))
    admin.execute(_TIMED)
    admin.execute(_READ_ONLY)


__all__ = [
    "NotStarted",
    "ToolsAccess",
    "close_to_tools",
    "open_to_tools",
    "serve",
    "start",
    "stop",
]
