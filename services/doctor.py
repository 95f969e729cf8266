"""What is wrong with this Beistand, in words, and what to do about it."""

import shutil
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from psycopg import OperationalError

from projections import checkpoint
from services import postgres
from services.database import Role, Server
from services.follow import LedgerFeed
from services.ledger.tree import fits
from services.settings import Settings

OLDEST = (3, 11)
FREE_BYTES = 2_000_000_000
PAGE = 2_000
LATE = 1_000
"""Facts that read models may be behind before it is said."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `advice` is empty when it is well."""

    what: str
    found: str
    advice: str = ""

    @property
    def well(self) -> bool:
        return not self.advice


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, from the outside in; stop where nothing further is there."""
    yield _python()
    yield _disk(settings)
    yield _keys(settings)
    yield _port(settings)
    if not settings.home.exists() and settings.database_url is None:
        yield Finding("home", "not there yet", "Run `beistand serve`; it makes it.")
        return
    try:
        server = postgres.serve(settings)
        with closing(LedgerFeed(server)) as feed:
            yield Finding("PostgreSQL", "answers")
            yield from _ledger(feed)
        yield from _read_models(server)
    except (OperationalError, postgres.NotStarted) as error:
        advice = "Is it running, and may we log in? `beistand serve` starts ours."
        yield Finding("PostgreSQL", str(error).splitlines()[0], advice)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info[:2] < OLDEST
    return Finding("Python", version, "Install Python 3.11 or newer." if old else "")


def _disk(settings: Settings) -> Finding:
    place = settings.home
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    advice = "Make room: below 2 GB the ledger may stop." if free < FREE_BYTES else ""
    return Finding("disk", f"{free // 1_000_000_000} GB free", advice)


def _keys(settings: Settings) -> Finding:
    if not settings.kek.exists():
        return Finding("key file", "not there yet; the first start makes it")
    mode = stat.S_IMODE(settings.kek.stat().st_mode)
    open_to_others = mode & 0o077
    advice = f"Run `chmod 400 {settings.kek}`." if open_to_others else ""
    return Finding("key file", f"mode {mode:04o}", advice)


def _port(settings: Settings) -> Finding:
    with socket.socket() as probe:
        taken = probe.connect_ex(("127.0.0.1", settings.port)) == 0
    where = f"port {settings.port}"
    return Finding(where, "in use: a desk may be running" if taken else "free")


def _ledger(feed: LedgerFeed) -> Iterator[Finding]:
    position, bad = 0, []
    while facts := feed.read(position, PAGE).facts:
        bad += [fact.position for fact in facts if not fits(fact)]
        position = facts[-1].position
    advice = ""
    if bad:
        advice = f"Fact {bad[0]} was changed in the database; restore a backup."
    yield Finding("ledger", f"{position} facts, every leaf looked at", advice)


def _read_models(server: Server) -> Iterator[Finding]:
    with closing(LedgerFeed(server)) as feed, server.connect(Role.DESK) as db:
        head = feed.head()
        for one in checkpoint.standing(db):
            if one.parked is not None:
                advice = f"Run `beistand rebuild {one.read_model}` after mending it."
                yield Finding(one.read_model, f"parked: {one.parked}", advice)
        behind = head - checkpoint.position(db)
    advice = "Run `beistand serve`; it follows." if behind > LATE else ""
    yield Finding("read models", f"{behind} facts behind the ledger", advice)
