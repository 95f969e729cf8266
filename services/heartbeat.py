"""How far the matcher is, told to other processes: one row, once a second.

With a bus the desk and the matcher are two processes. No decision looks at the row, and
a run goes on when it cannot be told.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from services.database import SILENT, Connection, Role, Server
from services.progress import Stand, Watched

EVERY_SECONDS = 1.0
STALE_SECONDS = 30
"""Who was silent for so long has died: a row is told every second of a run."""
_TELL = """
INSERT INTO running.matcher (phase, worth, bound, seconds) VALUES (%s, %s, %s, %s)
ON CONFLICT (one) DO UPDATE SET phase = excluded.phase, worth = excluded.worth,
    bound = excluded.bound, seconds = excluded.seconds, told_at = now()
"""
_FORGET = "DELETE FROM running.matcher"
_LOOK = """
SELECT phase, worth::text, bound::text, seconds FROM running.matcher
WHERE told_at > now() - make_interval(secs => %s)
"""
log = structlog.get_logger("beistand.matching")


@contextmanager
def telling(server: Server, watched: Watched) -> Iterator[None]:
    """Tell what is watched until the end of the run, then that nothing runs."""
    over = threading.Event()
    beat = threading.Thread(target=_beat, args=(server, watched, over), daemon=True)
    beat.start()
    try:
        yield
    finally:
        over.set()
        beat.join()


def stand(db: Connection) -> Stand | None:
    """Return how far a run is that any process told of lately."""
    row = db.execute(_LOOK, (STALE_SECONDS,)).fetchone()
    if row is None:
        return None
    phase, worth, bound, seconds = row
    return Stand(str(phase), int(str(worth)), int(str(bound)), float(str(seconds)))


def _beat(server: Server, watched: Watched, over: threading.Event) -> None:
    try:
        with server.connect(Role.WRITER) as db:
            while True:
                if (now := watched.stand()) is not None:
                    told = now.phase, now.worth, now.bound, now.seconds
                    db.execute(_TELL, told)
                if over.wait(EVERY_SECONDS):
                    break
            db.execute(_FORGET)
    except SILENT as error:
        log.warning("matching.not_told", reason=str(error))
