"""Projecting: follow a feed and keep the read models at its head.

Pages of facts, one transaction each, the position inside it. One process leads by an
advisory lock, others stand by. Crash-only: whatever breaks, a new connection begins
where the checkpoint says. The feed is the ledger at hand, or a copy of it on a bus;
what is done with its facts is the same.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing import get_context

import structlog

from projections import checkpoint, schema
from projections.catalogue import named
from projections.collecting import uncollected
from projections.projector import Poisoned, Projector, park
from projections.rebuild import Compared
from projections.rebuild import rebuild as rebuilt
from projections.step import ReadModel
from services.ahead import Ahead
from services.database import AWAY, Connection, Role, Server, waits
from services.follow import Feed, LedgerFeed
from services.health import Health

PART = "projecting"
PAGE = 4_000
"""Facts that are applied in one transaction at most.

Who is behind writes a life once a page, whatever happened to it: of pages four times
shorter a fact costs a quarter more.
"""
MANY = 50_000
"""Facts from which on a rebuild is worth a second process."""
POLL_SECONDS = 1.0
AGAIN_SECONDS = 0.2
LEADER = 0x70726F6A
"""The advisory lock of the one who projects, in each database its own."""
log = structlog.get_logger("beistand.projecting")


class Projecting:
    """One follower on connections of its own; for one thread."""

    def __init__(
        self, server: Server, feed: Feed, health: Health | None = None
    ) -> None:
        self._server, self._feed = server, Ahead(feed)
        self._health = health or Health()
        self._db: Connection | None = None
        self._projector: Projector | None = None

    def follow(self, stop: threading.Event) -> None:
        """Stay at the feed's head until `stop`; survive the loss of connections."""
        while not stop.is_set():
            try:
                position = self._advance()
                self._health.beat(PART, position)
                self._health.clear(PART)
                if position < self._feed.wait(position, POLL_SECONDS):
                    self._stand_by(stop)
            except AWAY as error:
                log.warning("projecting.lost", reason=type(error).__name__)
                self._health.stuck(PART, waits(PART, error))
                self._let_go()
                stop.wait(AGAIN_SECONDS)

    def catch_up(self) -> int:
        """Return once the read models stand where the ledger stood at the call."""
        head = self._feed.head()
        while (position := self._advance()) < head:
            if self._projector is None:
                time.sleep(AGAIN_SECONDS)
        return position

    def close(self) -> None:
        self._let_go()
        self._feed.close()

    def _advance(self) -> int:
        """Apply a page when leading; return how far the read models are."""
        projector = self._projector or self._lead()
        if projector is None:
            return checkpoint.position(self._open())
        position = checkpoint.position(self._open())
        try:
            with uncollected():
                facts = self._feed.read(position, PAGE)
                return projector.apply(facts) if facts else position
        except Poisoned as poison:
            self._park(poison)
            return position

    def _lead(self) -> Projector | None:
        """Take the lead if nobody has it; then bring on what is new in this release."""
        db = self._open()
        found = db.execute("SELECT pg_try_advisory_lock(%s)", (LEADER,)).fetchone()
        if found != (True,):
            return None
        while behind := _behind(db):
            log.info("projecting.rebuilding", models=behind)
            try:
                _rebuild(self._server, self._feed, behind)
            except Poisoned as poison:
                for culprit in _culprits(poison, behind):
                    self._park(culprit)
        self._projector = Projector(db)
        return self._projector

    def _park(self, poison: Poisoned) -> None:
        """Let the others go on; until a rebuild, this one is not tried again."""
        log.critical("projecting.parked", model=poison.model, reason=poison.reason)
        park(self._open(), poison)

    def _stand_by(self, stop: threading.Event) -> None:
        if self._projector is None:
            stop.wait(POLL_SECONDS)

    def _open(self) -> Connection:
        if self._db is None or self._db.closed:
            self._projector = None
            self._db = self._server.connect(Role.PROJECTOR)
            schema.lay(self._db)
        return self._db

    def _let_go(self) -> None:
        self._projector = None
        if self._db is not None:
            self._db.close()
            self._db = None


def _behind(db: Connection) -> list[str]:
    """Return the read models that follow, but do not stand where the others do."""
    return [
        model.read_model
        for model in checkpoint.standing(db)
        if model.parked is None and model.position != checkpoint.position(db)
    ]


def _culprits(poison: Poisoned, behind: Sequence[str]) -> list[Poisoned]:
    """Return whom a rebuild cannot go on with: never nobody, or it had no end.

    What all rebuilds look into is made beside as well, though its live rows are good:
    where that fails, those that look into it wait.
    """
    if poison.model in behind:
        return [poison]
    return [Poisoned(name, f"{poison.model}: {poison.reason}") for name in behind]


@contextmanager
def projecting(
    server: Server, feed: Feed | None = None, health: Health | None = None
) -> Iterator[Projecting]:
    """Lend a follower of a feed, by default of the ledger at hand; closes the feed."""
    given = feed or LedgerFeed(server)
    with closing(Projecting(server, given, health)) as follower:
        yield follower


def rebuild(
    server: Server, names: Sequence[str] = (), feed: Feed | None = None
) -> dict[str, Compared]:
    """Rebuild read models beside the live ones; raise `LookupError` for a wrong name.

    Nothing must be stopped for it. Afterwards the named ones follow, parked or not.
    What they are made from is a feed (which is closed), by default the ledger at hand.
    """
    with server.connect(Role.PROJECTOR) as db:
        schema.lay(db)
        many = checkpoint.position(db) >= MANY
    if feed is None and many:
        return _by_two(server, named(tuple(names)))
    with closing(Ahead(feed or LedgerFeed(server))) as source:
        return _rebuild(server, source, names)


def _by_two(server: Server, models: Sequence[ReadModel]) -> dict[str, Compared]:
    """Let a second process rebuild those that need no lives."""
    of_lives = [model.name for model in models if model.sides]
    apart = [model.name for model in models if not model.sides]
    if not of_lives or not apart:
        return _by_one(server, of_lives or apart)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        other = pool.submit(_by_one, server, apart)
        found = _by_one(server, of_lives) | other.result()
    return {model.name: found[model.name] for model in models}


def _by_one(server: Server, names: Sequence[str]) -> dict[str, Compared]:
    with closing(Ahead(LedgerFeed(server))) as source:
        return _rebuild(server, source, names)


def _rebuild(
    server: Server, source: Ahead, names: Sequence[str]
) -> dict[str, Compared]:
    with server.connect(Role.PROJECTOR) as beside:
        return rebuilt(beside, source.read, names)
