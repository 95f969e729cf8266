"""What a backup consists of: two archives and a manifest that says what they hold.

An archive is a ZIP with one member a table, as PostgreSQL's binary COPY writes it, and
`tables.json`, which names the columns. It holds no programs and no definitions: those
come from the release that restores.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import psycopg
from psycopg import sql
from pydantic import Field, ValidationError

from events.values import Strict
from services.database import Connection, Role, Server

FORMAT = 1
LEDGER, KEYS, MANIFEST, TABLES = (
    "ledger.zip",
    "keys.zip",
    "manifest.json",
    "tables.json",
)
_PART = 1 << 20
_PATIENT = """
SET statement_timeout = 0; SET transaction_timeout = 0;
SET idle_in_transaction_session_timeout = 0; SET tcp_user_timeout = 0
"""
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_COLUMNS = """
SELECT c.table_name::text, array_agg(c.column_name::text ORDER BY c.ordinal_position)
FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = %s AND t.table_type = 'BASE TABLE'
GROUP BY c.table_name ORDER BY c.table_name
"""


class Unusable(Exception):
    """A copy is missing, damaged or of something else; the text says what to do."""


class Archive(Strict):
    """One archive as it must be found again."""

    file: str
    sha256: _Sha256
    bytes: int
    schema_version: int


class Manifest(Strict):
    """What was copied, when, and by what it is known again."""

    format: int
    name: str
    version: str
    realm: str
    synthetic: bool
    made_at: datetime
    position: int
    root: _Sha256
    """Of the RFC 9162 tree over the leaves of all facts up to `position`."""
    ledger: Archive
    keys: Archive


def patient(server: Server, database: str) -> Connection:
    """Connect for as long as copying takes: a disk may be slow at either end.

    While it writes, a transaction of ours idles, and what was sent is not taken in.
    """
    dsn = server.dsn(Role.ADMIN, database)
    db = psycopg.connect(dsn, autocommit=True, tcp_user_timeout=0)
    db.execute(_PATIENT)
    return db


def pack(db: Connection, schema: str, file: Path, *, version: int) -> Archive:
    """Copy all tables of a schema, as the transaction of `db` sees them, to a file."""
    tables: dict[str, list[str]] = {
        str(name): [str(column) for column in columns]
        for name, columns in db.execute(_COLUMNS, (schema,))
    }
    draft = file.with_suffix(".part")
    with (
        _private(draft) as out,
        ZipFile(out, "w", ZIP_DEFLATED, compresslevel=1) as archive,
    ):
        archive.writestr(TABLES, json.dumps(tables))
        for name, columns in tables.items():
            query = _copy(schema, name, columns, "TO STDOUT")
            with (
                archive.open(name, "w", force_zip64=True) as member,
                db.cursor().copy(query) as rows,
            ):
                for part in rows:
                    member.write(part)
    _settle(draft, file)
    return Archive(
        file=file.name,
        sha256=digest(file),
        bytes=file.stat().st_size,
        schema_version=version,
    )


def unpack(db: Connection, schema: str, file: Path) -> None:
    """Put an archive's rows in the place of what stands in the schema's tables.

    Inside the caller's transaction, as the owner: what keeps the tables append-only
    is lifted until its end and set again.
    """
    try:
        with ZipFile(file) as archive:
            tables: Mapping[str, list[str]] = json.loads(archive.read(TABLES))
            for name, columns in tables.items():
                table = sql.Identifier(schema, name)
                db.execute(_LIFT.format(table))
                db.execute(_EMPTY.format(table))
                query = _copy(schema, name, columns, "FROM STDIN")
                with archive.open(name) as member, db.cursor().copy(query) as rows:
                    while part := member.read(_PART):
                        rows.write(part)
                db.execute(_SET.format(table))
    except (BadZipFile, KeyError) as error:
        raise Unusable(f"{file} is no archive of ours; take another copy.") from error


def digest(file: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest last: a copy without one was never finished."""
    draft = folder / f"{MANIFEST}.part"
    with _private(draft) as out:
        out.write(manifest.model_dump_json(indent=2).encode() + b"\n")
    _settle(draft, folder / MANIFEST)


def read_manifest(place: Path) -> tuple[Path, Manifest]:
    """Return the folder and manifest of a copy, or of the newest one in a folder."""
    found = [place / MANIFEST, *sorted(place.glob(f"*/{MANIFEST}"), reverse=True)]
    for file in found:
        if file.exists():
            return file.parent, _read(file)
    raise Unusable(f"There is no finished copy in {place}: no {MANIFEST} lies there.")


def checked(folder: Path, archive: Archive) -> Path:
    """Return an archive's file when it is whole and the one the manifest names."""
    file = folder / archive.file
    if not file.exists():
        raise Unusable(f"{file} is missing; put it back, or take another copy.")
    if digest(file) != archive.sha256:
        raise Unusable(
            f"{file} is not what was written (its SHA-256 differs); take another copy."
        )
    return file


def _read(file: Path) -> Manifest:
    try:
        found = Manifest.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise Unusable(f"{file} cannot be read; take another copy.") from error
    if found.format != FORMAT:
        raise Unusable(
            f"{file} is of another release; restore it with {found.version}."
        )
    return found


def _copy(schema: str, table: str, columns: list[str], way: str) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    told = sql.SQL("TO STDOUT" if way == "TO STDOUT" else "FROM STDIN")
    return sql.SQL("COPY {} ({}) {} (FORMAT binary)").format(
        sql.Identifier(schema, table), names, told
    )


_LIFT = sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER")
_EMPTY = sql.SQL("DELETE FROM {}")
_SET = sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER")


def _private(file: Path) -> BinaryIO:
    """Make a file anew that nobody else may read, whatever the umask says."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    return os.fdopen(os.open(file, flags, 0o600), "wb")


def _settle(draft: Path, file: Path) -> None:
    """Let a file be there whole or not at all, also after a crash of the machine."""
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.rename(file)
