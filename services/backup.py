"""Backing up: the ledger as of one moment, and the keys apart from it.

The ledger is copied first: what it holds was sealed with keys that were there before,
so the keys, copied after it, open all of it. Who is forgotten in between stays so.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from services import copies
from services.copies import Manifest
from services.database import Connection, Role, Server
from services.follow import head_of
from services.ledger.migrate import versions
from services.ledger.tree import root
from services.settings import Settings

_AT_ONE_MOMENT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_LEAVES = "SELECT leaf FROM ledger.facts ORDER BY position"
_NOTE = "INSERT INTO keeping.backups (position, root) VALUES (%s, decode(%s, 'hex'))"
_LAST = """
SELECT extract(epoch FROM now() - max(made_at))::float8 FROM keeping.backups
"""


class Together(Exception):
    """Ledger and keys would lie in one place; the text says what to do."""


@dataclass(frozen=True)
class Places:
    """Where the two halves go. Whoever has both, and the key file, can read names."""

    ledger: Path
    keys: Path

    @staticmethod
    def of(ledger: Path, keys: Path | None, *, together: bool, kek: Path) -> "Places":
        """Return the places, when the keys lie apart or it was said that they may not.

        Raises `Together`.
        """
        ledger = ledger.expanduser().resolve()
        if kek.resolve().is_relative_to(ledger):
            raise Together(
                f"The key file {kek} lies in {ledger}. A copy of the ledger does not "
                "belong there; choose another folder."
            )
        if together:
            return Places(ledger, keys or ledger)
        if keys is None:
            raise Together(
                "Say with --keys where the keys go: on another disk or machine, kept "
                "for days only. Beside the ledger they would let whoever finds the "
                "copy read every name, and bring back who was forgotten. If you mean "
                "it, say --together."
            )
        keys = keys.expanduser().resolve()
        if keys.is_relative_to(ledger) or ledger.is_relative_to(keys):
            raise Together(
                f"{keys} is no other place than {ledger}. Choose one on another disk "
                "or machine, or say --together if you mean it."
            )
        return Places(ledger, keys)


@dataclass(frozen=True)
class Taken:
    """A finished copy, and where its halves lie."""

    manifest: Manifest
    ledger: Path
    keys: Path


def backup(
    server: Server, settings: Settings, places: Places, *, synthetic: bool
) -> Taken:
    """Copy ledger and keys while everything goes on; return what was taken."""
    now = datetime.now(UTC)
    name = f"beistand-{settings.realm}-{now:%Y%m%dT%H%M%SZ}"
    ledger_folder, keys_folder = _made(places.ledger / name), _made(places.keys / name)
    ledger_version, keys_version = versions(server)
    with _at_one_moment(server, server.ledger) as db:
        position, top = head_of(db), _root(db)
        file = ledger_folder / copies.LEDGER
        ledger = copies.pack(db, "ledger", file, version=ledger_version)
    with _at_one_moment(server, server.keys) as db:
        keys = copies.pack(db, "vault", keys_folder / copies.KEYS, version=keys_version)
    manifest = Manifest(
        format=copies.FORMAT,
        name=name,
        version=version("beistand"),
        realm=settings.realm,
        synthetic=synthetic,
        made_at=now,
        position=position,
        root=top.hex(),
        ledger=ledger,
        keys=keys,
    )
    copies.write_manifest(ledger_folder, manifest)
    with server.connect(Role.ADMIN) as db:
        db.execute(_NOTE, (position, manifest.root))
    return Taken(manifest, ledger_folder, keys_folder)


def age(db: Connection) -> float | None:
    """Return the seconds since the last backup; None when there never was one."""
    row = db.execute(_LAST).fetchone()
    return None if row is None or row[0] is None else float(str(row[0]))


@contextmanager
def _at_one_moment(server: Server, database: str) -> Iterator[Connection]:
    """Lend a connection that sees one moment, however long copying takes."""
    with copies.patient(server, database) as db:
        db.execute(_AT_ONE_MOMENT)
        yield db
        db.execute("COMMIT")


def _root(db: Connection) -> bytes:
    with db.cursor(name="leaves") as cursor:
        cursor.itersize = 10_000
        cursor.execute(_LEAVES)
        return root(bytes(row[0]) for row in cursor)


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
