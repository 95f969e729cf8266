"""Whose turn it is to tell how the plan stands, where more than one process matches.

What is told goes on from what was told before, so one process tells, over the
connection that holds an advisory lock: whoever lost its turn, frozen or cut off, has
no way left to tell anything.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from services.database import Connection, Role, Server
from services.standing.following import Told
from services.standing.shown import tell

TELLER = 0x74656C6C
"""The advisory lock of the one who tells, in each database its own."""
SILENT_SECONDS = 300
"""A teller that was silent for so long is not waited for. Whoever lays a market out is
silent meanwhile, and that takes a tenth of this at most."""
_TAKE = "SELECT pg_try_advisory_lock(%s)"
_SILENT = "SELECT set_config('idle_session_timeout', %s, false)"


class Turn:
    """Whether this process tells; for one thread."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._db: Connection | None = None

    @property
    def ours(self) -> bool:
        return self._db is not None

    def begins(self) -> bool:
        """Say whether it begins now: then the whole is to be told, and ever after news.

        Raises `OperationalError` where a turn ended because its connection was lost.
        """
        if self._db is not None:
            with self._or_over():
                self._db.execute("SELECT")
            return False
        self._db = self._taken()
        return self.ours

    def tell(self, told: Told) -> None:
        """Write an answer down where it is our turn; what fails ends the turn."""
        if self._db is not None:
            with self._or_over():
                tell(self._db, told)

    def close(self) -> None:
        """Let another tell."""
        if self._db is not None:
            self._db.close()
        self._db = None

    def _taken(self) -> Connection | None:
        with ExitStack() as undo:
            db = self._server.connect(Role.WRITER)
            undo.callback(db.close)
            if db.execute(_TAKE, (TELLER,)).fetchone() != (True,):
                return None
            db.execute(_SILENT, (f"{SILENT_SECONDS}s",))
            undo.pop_all()
            return db

    @contextmanager
    def _or_over(self) -> Iterator[None]:
        done = False
        try:
            yield
            done = True
        finally:
            if not done:
                self.close()
