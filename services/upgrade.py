"""Bringing a realm to this release: databases forward, read models anew where needed.

Every process does the first half by itself when it starts; this does all of it at one
moment that an operator chose, and says what was done. There is no way back but a
backup: an older release refuses what a newer one made.
"""

from dataclasses import dataclass

import psycopg

from projections import checkpoint, schema
from services.database import Connection, Role, Server
from services.ledger.migrate import Unfit, prepare, versions
from services.projecting import LEADER, projecting

ENDS_IN = "10s"
"""How long another may take to end who projects: a command does so for moments."""


@dataclass(frozen=True)
class Upgraded:
    """Versions before and after, and the read models that were made anew."""

    ledger: tuple[int, int]
    keys: tuple[int, int]
    made_anew: tuple[str, ...]
    position: int

    @property
    def changed(self) -> bool:
        return self.ledger[0] != self.ledger[1] or self.keys[0] != self.keys[1]


def upgrade(server: Server) -> Upgraded:
    """Bring databases and read models forward.

    Raises `Unfit` for a newer one's, and while an older release still projects.
    """
    before = versions(server)
    prepare(server)
    after = versions(server)
    with server.connect(Role.PROJECTOR) as db:
        known = _shapes(db)
        if schema.outdated(known):
            _take_the_lead(db)
        schema.lay(db)
        anew = [name for name, shape in _shapes(db).items() if known.get(name) != shape]
    with projecting(server) as follower:
        position = follower.catch_up()
    return Upgraded(
        ledger=(before[0], after[0]),
        keys=(before[1], after[1]),
        made_anew=tuple(sorted(anew)),
        position=position,
    )


def _take_the_lead(db: Connection) -> None:
    """Let nobody project while the connection lasts; raise `Unfit` if somebody does.

    An older release would fold the ledger its own way into the tables of this one.
    """
    try:
        with db.transaction():
            db.execute("SELECT set_config('lock_timeout', %s, true)", (ENDS_IN,))
            db.execute("SELECT pg_advisory_lock(%s)", (LEADER,))
    except psycopg.errors.LockNotAvailable as error:
        raise Unfit(
            "A process of the older release still projects into tables that this one "
            "makes anew: stop it first, then upgrade again."
        ) from error


def _shapes(db: Connection) -> dict[str, str]:
    """Return what the read models look like now; nothing before the first."""
    made = db.execute("SELECT to_regclass('readmodel.checkpoint')").fetchone()
    if made is None or made[0] is None:
        return {}
    return {one.read_model: one.shape for one in checkpoint.standing(db)}
