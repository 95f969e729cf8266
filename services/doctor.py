"""What is wrong with this Beistand, in words, and what to do about it."""

import shutil
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import LiteralString

from psycopg import OperationalError

from projections import checkpoint
from services import postgres
from services.backup import age
from services.cluster_files import Place
from services.database import Connection, Role, Server
from services.doctor_bus import LATE, Finding, examine_bus
from services.follow import LedgerFeed
from services.ledger.migrate import KEYS_STEPS, LEDGER_STEPS, Unfit, versions
from services.ledger.tree import fits
from services.settings import Settings

OLDEST = (3, 11)
BACKUP_SECONDS = 30 * 3600
"""A nightly backup is never older, unless a night was missed."""
FREE_BYTES = 2_000_000_000
PAGE = 2_000


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
        release = _release(server)  # the first to ask it anything
        yield Finding("PostgreSQL", "answers")
        if release is not None:
            yield release
            return
        with closing(LedgerFeed(server)) as feed:
            yield from _ledger(feed)
        yield from _read_models(server)
        yield _backup(server)
        yield from _set_aside(server)
        yield from examine_bus(settings, server)
    except (OperationalError, postgres.NotStarted) as error:
        yield Finding("PostgreSQL", str(error).splitlines()[0], _reach(settings))


def _reach(settings: Settings) -> str:
    if settings.database_url is not None:
        return "Does it run there, and is DATABASE_URL right: who, where, password?"
    log = Place(settings.home).data / "log"
    return f"It is this home's own: `beistand serve` starts it. Its log: {log}."


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


def _release(server: Server) -> Finding | None:
    """Return what is wrong when the databases are of another release."""
    try:
        found = versions(server)
    except Unfit as error:
        return Finding("release", str(error), "Start the newer one.")
    known = len(LEDGER_STEPS), len(KEYS_STEPS)
    if found == known:
        return None
    told = f"databases of version {_two(found)}; this release makes {_two(known)}"
    if any(have > know for have, know in zip(found, known, strict=True)):
        return Finding("release", told, "A newer Beistand made them: start that one.")
    return Finding(
        "release", told, "Make a backup with the old release, then `beistand upgrade`."
    )


def _two(versions: tuple[int, int]) -> str:
    ledger, keys = versions
    return f"{ledger} (ledger) and {keys} (keys)"


def _backup(server: Server) -> Finding:
    with server.connect(Role.READER) as db:
        old, first = age(db), _seconds(db, _FIRST)
        missing = _seconds(db, _MISSING)
    advice = ""
    if (first if old is None else old) > BACKUP_SECONDS and missing:
        advice = "Run `beistand backup FOLDER --keys OTHER-FOLDER`, each night."
    if old is None:
        return Finding("backup", "none yet", advice)
    told = f"{old / 3600:.0f} h old, {missing:.0f} facts are newer"
    return Finding("backup", told, advice)


def _set_aside(server: Server) -> Iterator[Finding]:
    with server.connect(Role.READER) as db:
        if db.execute("SELECT to_regclass('readmodel.set_aside')").fetchone() == (
            None,
        ):
            return
        rows = db.execute(_WAITING).fetchall()
    for channel, count, days in rows:
        advice = ""
        if int(str(days)) >= 1:
            advice = (
                "Look at them on the desk, page “Set aside”: repair them, or give up "
                f"all of them with `beistand set-aside give-up --filter "
                f"channel={channel} --as NAME`."
            )
        told = f"{count} wait, the oldest for {days} days"
        yield Finding(f"set aside from {channel}", told, advice)


def _seconds(db: Connection, query: LiteralString) -> float:
    row = db.execute(query).fetchone()
    return float(str(row[0])) if row is not None and row[0] is not None else 0.0


_FIRST = """
SELECT extract(epoch FROM now()) - recorded_us / 1e6
FROM ledger.facts WHERE position = 1
"""
_MISSING = """
SELECT h.position - coalesce((SELECT max(b.position) FROM keeping.backups b), 0)
FROM ledger.head h
"""
_WAITING = """
SELECT channel, count(*), extract(day FROM now() - min(recorded_at))::int
FROM readmodel.set_aside WHERE state = 'waiting' GROUP BY channel ORDER BY channel
"""


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
        made = db.execute("SELECT to_regclass('readmodel.checkpoint')").fetchone()
        if made == (None,):
            yield Finding("read models", "not made yet; the first start makes them")
            return
        for one in checkpoint.standing(db):
            if one.parked is not None:
                advice = f"Run `beistand rebuild {one.read_model}` after mending it."
                yield Finding(one.read_model, f"parked: {one.parked}", advice)
        behind = head - checkpoint.position(db)
    advice = "Run `beistand serve`; it follows." if behind > LATE else ""
    yield Finding("read models", f"{behind} facts behind the ledger", advice)
