"""Whose turn it is to relay, and how far the bus has acknowledged.

One process leads by an advisory lock. PostgreSQL itself ends the session of a leader
that has been silent for a few seconds, whether it was killed, stopped, or cut off; so
the clock that takes the lead away is not the clock of the one who loses it.
"""

from contextlib import ExitStack
from dataclasses import dataclass

from services.database import Connection, Role, Server

LEADER = 0x72656C61
"""The advisory lock of the one who relays, in each database its own."""
SILENT_SECONDS = 2.5
"""A leader that has not shown itself for so long is not waited for any longer."""
BEAT_SECONDS = 0.5
_SILENT = "SELECT set_config('idle_session_timeout', %s, false)"
_TAKE = """
UPDATE relay.standing SET turn = turn + 1, stored_at = now()
RETURNING turn, position
"""
_KEEP = """
UPDATE relay.standing SET position = %s, stored_at = now() WHERE turn = %s
"""
_LOOK = "SELECT position FROM relay.standing"


class Superseded(RuntimeError):
    """Somebody else's turn has begun; whoever hears this steps down."""


@dataclass
class Lease:
    """The lead, on a connection that must be heard; for one thread at a time.

    `position` is what the bus had acknowledged when it was stored last, by whom ever.
    """

    turn: int
    position: int
    _db: Connection

    def keep(self, position: int) -> None:
        """Say that the leader lives, and store what the bus has acknowledged.

        Raises `Superseded`, or `OperationalError` when the session was ended.
        """
        if self._db.execute(_KEEP, (position, self.turn)).rowcount != 1:
            raise Superseded(f"turn {self.turn} of the relay is over")
        self.position = position

    def close(self) -> None:
        """Let the next one lead at once."""
        self._db.close()


def take(server: Server) -> Lease | None:
    """Take the lead unless somebody has it."""
    with ExitStack() as undo:
        db = server.connect(Role.RELAY)
        undo.callback(db.close)
        found = db.execute("SELECT pg_try_advisory_lock(%s)", (LEADER,)).fetchone()
        if found != (True,):
            return None
        db.execute(_SILENT, (f"{SILENT_SECONDS * 1000:.0f}",))
        turn, position = _numbers(db)
        undo.pop_all()
        return Lease(turn, position, db)


def relayed(db: Connection) -> int:
    """Return the last position that the bus acknowledged, as it was stored."""
    row = db.execute(_LOOK).fetchone()
    return 0 if row is None else int(str(row[0]))


def _numbers(db: Connection) -> tuple[int, int]:
    row = db.execute(_TAKE).fetchone()
    if row is None:
        raise RuntimeError("relay.standing has no row; was the database prepared?")
    return int(str(row[0])), int(str(row[1]))
