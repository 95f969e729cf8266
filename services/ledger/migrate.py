"""The migration step: roles, databases, tables, each made once.

Services that start at once may all call `prepare`: one makes, the others wait for it
under an advisory lock and find everything made.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files

import psycopg
from psycopg import sql

from services.database import Connection, Role, Server, create, exists

OLDEST = 170_000
LEDGER_STEPS: tuple[tuple[str, ...], ...] = (
    ("reading.sql", "ledger.sql", "record.sql", "grants.sql"),
    ("relay.sql",),
    ("keeping.sql",),
    ("inline.sql",),
    ("running.sql",),
    ("standing.sql",),
)
SITE_STEPS: tuple[tuple[str, ...], ...] = (("reading.sql",),)
KEYS_STEPS: tuple[tuple[str, ...], ...] = (("keys.sql",), ("contacts.sql",))
_SERVER_LOCK, _DATABASE_LOCK = 0x62656973, 0x62656974
_VERSION = """
CREATE TABLE IF NOT EXISTS public.beistand_version (
    version int PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT now())
"""


class Unfit(Exception):
    """The server or the database cannot be used; the text says why."""


def prepare(server: Server) -> None:
    """Bring both databases of the server's realm to this release's version."""
    with _made(server, server.ledger, server.keys):
        if _is_site(server):
            raise Unfit(
                f"The database {server.ledger} is a site's: it follows a bus and has "
                "no ledger. Choose another --home, or project with --from-bus."
            )
        _migrate(server, server.ledger, LEDGER_STEPS)
        _migrate(server, server.keys, KEYS_STEPS)


def prepare_at(server: Server, *, ledger: int, keys: int) -> None:
    """Bring both databases to a version of the past: what was copied then fits in.

    One that has come further is left as it is. Raises `Unfit` for a version to come.
    """
    _no_newer(server.ledger, ledger, len(LEDGER_STEPS))
    _no_newer(server.keys, keys, len(KEYS_STEPS))
    with _made(server, server.ledger, server.keys):
        _migrate(server, server.ledger, LEDGER_STEPS, upto=ledger)
        _migrate(server, server.keys, KEYS_STEPS, upto=keys)


def versions(server: Server) -> tuple[int, int]:
    """Return the versions of the ledger's and the keys' database; 0 where none is."""
    with _first(server) as admin:
        there = [exists(admin, name) for name in (server.ledger, server.keys)]
    found = []
    for name, exist in zip((server.ledger, server.keys), there, strict=True):
        if not exist:
            found.append(0)
            continue
        with server.connect(Role.ADMIN, name) as db:
            found.append(_version(db))
    return found[0], found[1]


def prepare_site(server: Server) -> None:
    """Bring a database without a ledger to this release: read models, and no more.

    Beside a ledger nothing is to be done, for its own migration makes them.
    """
    with _made(server, server.ledger):
        if not has_ledger(server):
            _migrate(server, server.ledger, SITE_STEPS)


def has_ledger(server: Server) -> bool:
    """Say whether the server's database holds a ledger, or read models at most."""
    with server.connect(Role.ADMIN, server.ledger) as db:
        found = db.execute("SELECT to_regnamespace('ledger') IS NOT NULL").fetchone()
    return found == (True,)


def _is_site(server: Server) -> bool:
    with server.connect(Role.ADMIN, server.ledger) as db:
        found = db.execute("SELECT to_regnamespace('readmodel') IS NOT NULL").fetchone()
    return found == (True,) and not has_ledger(server)


@contextmanager
def _made(server: Server, *databases: str) -> Iterator[None]:
    """Make roles and databases where they are missing; others wait meanwhile."""
    with _first(server) as admin:
        _check(admin)
        admin.execute("SELECT pg_advisory_lock(%s)", (_SERVER_LOCK,))
        admin.execute(_sql("roles.sql"))
        if not server.assume:
            _let_log_in(admin)
        for database in databases:
            if not exists(admin, database):
                create(admin, database)
        yield


def _first(server: Server) -> Connection:
    """Connect to `postgres`: all who start at once must meet at one lock.

    An advisory lock holds in one database only. Where a server of the user's lets
    nobody in there, the database that was given is there already.
    """
    try:
        return server.connect(Role.ADMIN, "postgres")
    except psycopg.OperationalError:
        if not server.assume:
            raise
        return server.connect(Role.ADMIN)


def _let_log_in(admin: Connection) -> None:
    """Let our roles log in by themselves: the embedded server has a guarded socket.

    The owner of the tables is nobody's login, so the append-only triggers stay.
    """
    for role in set(Role) - {Role.ADMIN, Role.OWNER}:
        admin.execute(sql.SQL("ALTER ROLE {} LOGIN").format(sql.Identifier(role)))


def _check(admin: Connection) -> None:
    if admin.info.server_version < OLDEST:
        raise Unfit("This PostgreSQL is too old: Beistand needs 17 or newer.")
    if admin.info.parameter_status("server_encoding") != "UTF8":
        raise Unfit("The database's encoding must be UTF8; create it anew.")


def _migrate(
    server: Server,
    database: str,
    steps: Sequence[tuple[str, ...]],
    *,
    upto: int | None = None,
) -> None:
    """Take the steps that are missing, up to a version; by default all of them."""
    with server.connect(Role.ADMIN, database) as db, db.transaction():
        db.execute("SELECT pg_advisory_xact_lock(%s)", (_DATABASE_LOCK,))
        db.execute(_VERSION)
        done = _version(db)
        _no_newer(database, done, len(steps))
        for version, names in enumerate(steps[done:upto], start=done + 1):
            for name in names:
                db.execute(_sql(name))
            db.execute(
                "INSERT INTO public.beistand_version (version) VALUES (%s)", (version,)
            )


def _version(db: Connection) -> int:
    """Return the version that a database was brought to; 0 for a new one."""
    made = db.execute("SELECT to_regclass('public.beistand_version')").fetchone()
    if made is None or made[0] is None:
        return 0
    found = db.execute("SELECT max(version) FROM public.beistand_version").fetchone()
    return int(str(found[0])) if found and found[0] is not None else 0


def _no_newer(database: str, found: int, known: int) -> None:
    if found > known:
        raise Unfit(
            f"The database {database} was made by a newer Beistand "
            f"(version {found}, this one knows {known}): start the newer one."
        )


def _sql(name: str) -> bytes:
    return (files("services.ledger") / "sql" / name).read_bytes()
