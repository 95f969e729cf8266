"""The folder of one embedded server in a home: whose it is, and one hand at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotStarted(Exception):
    """An embedded server does not run; the text says what to do."""


class Folder:
    """A server's own folder in a home, which nobody else can read."""

    def __init__(self, home: Path, name: str) -> None:
        self.home = home.expanduser().resolve()
        self.root = self.home / name

    def make(self) -> None:
        """Make it; raise `NotStarted` in a home of somebody else's."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.home.stat().st_uid != os.geteuid():
            raise NotStarted(
                f"{self.home} belongs to another user: run Beistand as that user, or "
                "choose a home of your own with --home."
            )
        self.root.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from starting or ending the same server meanwhile."""
        with (self.root / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
