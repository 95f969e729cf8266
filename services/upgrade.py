"""Bringing a realm to this release: databases forward, read models anew where needed.

Every process does the first half by itself when it starts; this does all of it at one
moment that an operator chose, and says what was done. There is no way back but a
backup: an older release refuses what a newer one made.
"""

from dataclasses import dataclass

from projections import checkpoint, schema
from services.database import Connection, Role, Server
from services.ledger.migrate import prepare, versions
from services.projecting import projecting


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
    """Bring databases and read models forward; raise `Unfit` for a newer one's."""
    before = versions(server)
    prepare(server)
    after = versions(server)
    with server.connect(Role.PROJECTOR) as db:
        known = _shapes(db)
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


def _shapes(db: Connection) -> dict[str, str]:
    """Return what the read models look like now; nothing before the first."""
    made = db.execute("SELECT to_regclass('readmodel.checkpoint')").fetchone()
    if made is None or made[0] is None:
        return {}
    return {one.read_model: one.shape for one in checkpoint.standing(db)}
