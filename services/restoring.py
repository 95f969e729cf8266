"""Restoring: both halves back into an empty place, and proof that they are whole.

Nothing counts before it is proven: the archives' hashes, then positions from 1 without
a gap, every leaf computed anew from its fact, and the root over all of them. Only then
is the transaction committed, brought to this release, and read models are made of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from services import copies, postgres, realm
from services.copies import Manifest, Unusable
from services.database import Connection, Role, Server
from services.follow import StoredFact, stored
from services.ledger.migrate import prepare, prepare_at
from services.ledger.tree import fits, root
from services.ledger.vault import Vault
from services.projecting import projecting
from services.settings import Settings

_FACTS = """
SELECT position, id, command_id, type, tags, data, recorded_us, leaf
FROM ledger.facts ORDER BY position
"""
_HEAD = "SELECT position FROM ledger.head"


@dataclass(frozen=True)
class Restored:
    """What stands again: the copy it came from, and how far read models are."""

    manifest: Manifest
    read_models: int


def restore(
    settings: Settings, ledger: Path, keys: Path | None, *, demo: bool = False
) -> Restored:
    """Bring a copy back where no ledger is; raise `Unusable` and leave no half of it.

    `keys` is where the other half lies; by default beside the first.
    """
    if demo:
        settings = realm.demo_settings(settings)
    folder, manifest = copies.read_manifest(ledger)
    _fits(manifest, settings, demo=demo)
    ledger_file = copies.checked(folder, manifest.ledger)
    keys_file = copies.checked(_keys_folder(keys or folder, manifest), manifest.keys)
    if not settings.kek.exists():
        raise Unusable(
            f"The key file {settings.kek} is missing: put its copy there first. "
            "Without it nothing personal can be read."
        )
    server = postgres.serve(settings)
    if demo:
        server = realm.demo_server(server, settings)
    schemas = manifest.ledger.schema_version, manifest.keys.schema_version
    prepare_at(server, ledger=schemas[0], keys=schemas[1])
    _refuse_to_overwrite(server)
    with copies.patient(server, server.keys) as db, db.transaction():
        copies.unpack(db, "vault", keys_file)
    Vault(server, settings, synthetic=demo).close()
    with copies.patient(server, server.ledger) as db, db.transaction():
        copies.unpack(db, "ledger", ledger_file)
        prove(db, manifest)
    prepare(server)
    with projecting(server) as follower:
        return Restored(manifest, follower.catch_up())


def prove(db: Connection, manifest: Manifest) -> None:
    """Raise `Unusable` unless the ledger is the copied one, whole and in order."""
    found = root(fact.leaf for fact in _proven(db))
    head = db.execute(_HEAD).fetchone()
    if head != (manifest.position,) or found.hex() != manifest.root:
        raise Unusable(
            f"The restored ledger is not the one that was copied: it ends at "
            f"{head and head[0]} and not at {manifest.position}, or its root differs. "
            "Nothing was kept of it; take another copy."
        )


def _proven(db: Connection) -> Iterator[StoredFact]:
    """Yield the facts; raise at the first that is missing or was changed."""
    with db.cursor(name="facts", binary=True) as cursor:
        cursor.itersize = 2_000
        cursor.execute(_FACTS)
        for expected, row in enumerate(cursor, start=1):
            fact = stored(row)
            if fact.position != expected or not fits(fact):
                raise Unusable(
                    f"Fact {expected} is missing or was changed. Nothing was kept of "
                    "this copy; take another one."
                )
            yield fact


def _fits(manifest: Manifest, settings: Settings, *, demo: bool) -> None:
    if manifest.realm != settings.realm:
        raise Unusable(
            f"This copy is of the realm {manifest.realm}, not {settings.realm}; set "
            "BEISTAND_REALM to bring it back."
        )
    if manifest.synthetic and not demo:
        raise Unusable("This copy is of an invented realm; add --demo to look at it.")


def _keys_folder(place: Path, manifest: Manifest) -> Path:
    own = place / manifest.name
    return own if own.is_dir() else place


def _refuse_to_overwrite(server: Server) -> None:
    with server.connect(Role.READER) as db:
        row = db.execute(_HEAD).fetchone()
    if row is not None and row[0]:
        raise Unusable(
            f"A ledger of {row[0]} facts stands here already and is never written "
            "over. Restore into an empty --home, or an empty database."
        )
