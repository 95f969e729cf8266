"""How long the slowest append takes while somebody else is in the way.

One writer appends without a pause while each trouble lasts. Goal: no append takes
longer than 250 ms.
"""

import random
import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial

import psycopg

from bench.append import entries, fresh_server
from bench.yardsticks import Figures, Options
from services.database import Role, Server
from services.ledger import statements
from services.ledger.batch import arrays
from services.ledger.recorder import Recorder

NAME = "stalls"
SUMMARY = "The slowest append during VACUUM, an index build and beside frozen clients"


def run(options: Options) -> Figures:
    """Measure each trouble on a ledger of 50,000 facts."""
    dice = random.Random(options.seed)
    troubles: dict[str, Callable[[Server], None]] = {
        "nothing": _nothing,
        "vacuum": _vacuum,
        "index_build": _index_build,
        "frozen_client": _frozen_client,
    }
    longest = {}
    with fresh_server() as server:
        recorder = Recorder(server)
        for n in range(options.times(100)):
            recorder.record(entries(dice, 500, f"before-{n}"))
        for name, trouble in troubles.items():
            options.say(f"appending, meanwhile: {name}")
            longest[name] = _longest(recorder, dice, partial(trouble, server))
        recorder.close()
    return {"longest_append_ms": longest}


def _longest(
    recorder: Recorder, dice: random.Random, trouble: Callable[[], None]
) -> float:
    """Append while the trouble lasts; return the slowest append's milliseconds."""
    lasting = threading.Thread(target=trouble)
    lasting.start()
    slowest = 0.0
    while lasting.is_alive():
        batch = entries(dice, 1, "meanwhile")
        began = time.perf_counter()
        recorder.record(batch)
        slowest = max(slowest, time.perf_counter() - began)
    return round(slowest * 1000, 1)


def _nothing(_: Server) -> None:
    time.sleep(3)


def _vacuum(server: Server) -> None:
    with server.connect(Role.ADMIN) as admin:
        for _ in range(5):
            admin.execute("VACUUM (FREEZE, ANALYZE) ledger.facts, ledger.tags")
            admin.execute("VACUUM (FREEZE, ANALYZE) ledger.commands, ledger.head")


def _index_build(server: Server) -> None:
    with server.connect(Role.ADMIN) as admin:
        for n in range(3):
            admin.execute(
                f"CREATE INDEX CONCURRENTLY slow_{n} ON ledger.facts (sha512(data))"
            )


def _frozen_client(server: Server) -> None:
    """Ten clients one after the other record, and never come back to commit."""
    dice = random.Random(0)
    for n in range(10):
        with closing(psycopg.connect(server.dsn(Role.WRITER))) as frozen:
            frozen.execute(statements.RECORD, arrays(entries(dice, 1, f"frozen-{n}")))
            time.sleep(0.3)
