"""The key that wraps all keys: a file of mode 0400, apart from the database."""

import os
import secrets
from pathlib import Path

from services.database import Connection

BYTES = 32
_LOCK = "SELECT pg_advisory_xact_lock(5)"
_USED = "SELECT EXISTS (SELECT FROM vault.own)"


class WrongKeyFile(Exception):
    """The key file is missing or another's; the text says what to do."""


def key_file(file: Path, vault: Connection) -> bytes:
    """Read the key file; make it for a vault that was never used.

    A lost key file is never replaced silently: everything sealed would be lost.
    """
    with vault.transaction():
        vault.execute(_LOCK)
        if not file.exists():
            row = vault.execute(_USED).fetchone()
            if row is None or row[0]:
                raise WrongKeyFile(
                    f"The key file {file} is missing: put it back from its backup. "
                    "Without it nothing personal can be read."
                )
            _make(file)
    secret = file.read_bytes()
    if len(secret) != BYTES:
        raise WrongKeyFile(f"The key file {file} is damaged; put back its backup.")
    return secret


def _make(file: Path) -> None:
    """Write a new key so that a crash leaves either all of it or nothing."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(file.name + ".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "wb") as out:
        out.write(secrets.token_bytes(BYTES))
        out.flush()
        os.fsync(out.fileno())
    draft.rename(file)
