"""How fast the ledger takes facts, beside the bare minimum: COPY of the same rows.

The server is the embedded one with its normal durable settings. Every append is a
command with a condition of its own, as an intake makes them.
"""

import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import sql

from bench.yardsticks import Figures, Options, percentile
from services.database import Connection, Role, Server
from services.follow import head_of
from services.ledger.migrate import prepare
from services.ledger.recorder import (
    Condition,
    Entry,
    Item,
    NewFact,
    Recorded,
    Recorder,
    fact_id,
)
from services.postgres import start, stop

NAME = "append"
SUMMARY = "Appends per second: singly, by four writers, in batches of 500 beside COPY"
BATCH = 500
_TYPES = frozenset(f"offer.kind{n}.v1" for n in range(30))
_TABLES = {"facts": "position", "tags": "position", "commands": "first"}


def run(options: Options) -> Figures:
    """Measure on a fresh server; goals: ≥ 60 % of COPY, ≥ 8,000/s, p99 ≤ 10 ms."""
    with fresh_server() as server:
        recorder = Recorder(server)
        dice = random.Random(options.seed)
        options.say("single appends: 5,000 before, then 2,000 by one writer")
        _singly(recorder, entries(dice, options.times(5000), "warm"))
        one = _writers(recorder, dice, writers=1, each=options.times(2000))
        options.say("then 2,000 by four writers")
        four = _writers(recorder, dice, writers=4, each=options.times(500))
        options.say(f"batches of {BATCH}")
        batched = _batched(recorder, dice, options.times(100))
        options.say("COPY of the same rows into the same tables with their indexes")
        copied = _copied(server, options.times(100))
        recorder.close()
    return {
        "one_writer": one,
        "four_writers": four,
        "batches_of_500": {"facts_per_second": batched},
        "copy": {"facts_per_second": copied},
        "share_of_copy": round(batched / copied, 3),
    }


@contextmanager
def fresh_server() -> Iterator[Server]:
    """Lend a prepared server of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        server = start(Path(folder))
        try:
            prepare(server)
            yield server
        finally:
            stop(Path(folder))


def entries(dice: random.Random, count: int, stem: str) -> list[Entry]:
    """Make commands of one fact of usual size, each guarding what it is about."""
    made = []
    for n in range(count):
        case = f"offer:{dice.getrandbits(64):016x}"
        name = f"{stem}-{n}-{dice.getrandbits(64):016x}"
        fact = NewFact(
            fact_id(name, 0),
            "offer.kind1.v1",
            (case, "channel:sheet"),
            dice.randbytes(450).hex().encode(),
        )
        condition = Condition((Item(_TYPES, frozenset({case})),), after=0)
        made.append(Entry(name, dice.randbytes(32), (fact,), condition))
    return made


def _singly(recorder: Recorder, commands: list[Entry]) -> list[float]:
    """Record one by one; return how many seconds each took."""
    took = []
    for entry in commands:
        began = time.perf_counter()
        (answer,) = recorder.record([entry])
        took.append(time.perf_counter() - began)
        if not isinstance(answer, Recorded):
            raise TypeError(f"{entry.command_id} was answered {answer}")
    return took


def _writers(
    recorder: Recorder, dice: random.Random, *, writers: int, each: int
) -> Figures:
    work = [entries(dice, each, f"w{writers}-{n}") for n in range(writers)]
    took: list[float] = []
    threads = [
        threading.Thread(target=lambda mine=mine: took.extend(_singly(recorder, mine)))
        for mine in work
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    return {
        "appends_per_second": round(len(took) / seconds),
        "p50_ms": percentile(took, 0.5),
        "p99_ms": percentile(took, 0.99),
        "longest_ms": percentile(took, 1),
    }


def _batched(recorder: Recorder, dice: random.Random, batches: int) -> int:
    """Record batches of 500 commands; return facts a second."""
    work = [entries(dice, BATCH, f"b{n}") for n in range(batches)]
    began = time.perf_counter()
    for batch in work:
        recorder.record(batch)
    return round(batches * BATCH / (time.perf_counter() - began))


def _copied(server: Server, batches: int) -> int:
    """Copy the last batches' rows, as ready bytes, into tables of the same make."""
    with server.connect(Role.ADMIN) as db:
        head = head_of(db)
        before = head - batches * BATCH
        db.execute("CREATE SCHEMA bench")
        for table, place in _TABLES.items():
            names = {"table": sql.Identifier(table), "place": sql.Identifier(place)}
            db.execute(sql.SQL(_LIKE).format(**names))
            db.execute(sql.SQL(_EARLIER).format(**names, before=sql.Literal(before)))
        work = [_rows(db, first) for first in range(before + 1, head, BATCH)]
        began = time.perf_counter()
        for batch in work:
            _copy(db, batch)
        return round(batches * BATCH / (time.perf_counter() - began))


_LIKE = "CREATE TABLE bench.{table} (LIKE ledger.{table} INCLUDING ALL)"
_EARLIER = """INSERT INTO bench.{table}
SELECT * FROM ledger.{table} WHERE {place} <= {before}"""
_OUT = """COPY (SELECT * FROM ledger.{table} WHERE {place} BETWEEN {first} AND {last}
ORDER BY {place}) TO STDOUT (FORMAT binary)"""
_INTO = "COPY bench.{table} FROM STDIN (FORMAT binary)"


def _rows(db: Connection, first: int) -> dict[str, bytes]:
    """Return a batch's rows of every table in COPY's own format."""
    rows = {}
    for table, place in _TABLES.items():
        query = sql.SQL(_OUT).format(
            table=sql.Identifier(table),
            place=sql.Identifier(place),
            first=sql.Literal(first),
            last=sql.Literal(first + BATCH - 1),
        )
        with db.cursor().copy(query) as copy:
            rows[table] = b"".join(bytes(block) for block in copy)
    return rows


def _copy(db: Connection, batch: dict[str, bytes]) -> None:
    with db.transaction(), db.cursor() as cursor:
        for table, rows in batch.items():
            query = sql.SQL(_INTO).format(table=sql.Identifier(table))
            with cursor.copy(query) as copy:
                copy.write(rows)
