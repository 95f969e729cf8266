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

from bench._copying import Copies
from bench.yardsticks import Figures, Options, percentile
from services.database import Role, Server
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
BATCH, ROUND = 500, 10
_TYPES = frozenset(f"offer.kind{n}.v1" for n in range(30))


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
        options.say(f"batches of {BATCH}, beside COPY of the same rows")
        batched = _beside_copy(server, recorder, dice, options.times(10))
        recorder.close()
    return {"one_writer": one, "four_writers": four, "batches_of_500": batched}


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


def _beside_copy(
    server: Server, recorder: Recorder, dice: random.Random, rounds: int
) -> Figures:
    """Record batches of 500 commands, and COPY the same rows right afterwards.

    In rounds of ten batches, so that whatever else the machine does hits all alike.
    """
    seconds = {"record": 0.0, "copy": 0.0, "ready": 0.0}
    with server.connect(Role.ADMIN) as db:
        values, ready = Copies(db, "from_values"), Copies(db, "ready_bytes")
        for n in range(rounds):
            work = [entries(dice, BATCH, f"b{n}-{m}") for m in range(ROUND)]
            first = head_of(db) + 1
            began = time.perf_counter()
            for batch in work:
                recorder.record(batch)
            seconds["record"] += time.perf_counter() - began
            seconds["copy"] += values.copy_rows(first, BATCH, ROUND)
            seconds["ready"] += ready.copy_bytes(first, BATCH, ROUND)
    facts = rounds * ROUND * BATCH
    return {
        "facts_per_second": round(facts / seconds["record"]),
        "copy_facts_per_second": round(facts / seconds["copy"]),
        "copy_of_ready_bytes_facts_per_second": round(facts / seconds["ready"]),
        "share_of_copy": round(seconds["copy"] / seconds["record"], 3),
        "share_of_copy_of_ready_bytes": round(seconds["ready"] / seconds["record"], 3),
    }
