"""How long all read models take to be made anew from a ledger of many facts.

As an operator does it, by `beistand rebuild --all`: the facts are read from the ledger,
folded beside the live tables, compared and swapped in. The live ones stand at the head
already and hold nothing, so that every row is swapped; a second look compares.
"""

import time

from bench._buses import record_history
from bench.append import fresh_server
from bench.yardsticks import Figures, Options
from projections import schema
from services.database import Role
from services.projecting import rebuild

NAME = "rebuild"
SUMMARY = "Facts per second of a rebuild of all read models, of 100,000 facts"
FACTS = 100_000
CHECKED = 200_000
"""Facts up to which a second rebuild compares: the million is measured once."""
_AT_THE_HEAD = "UPDATE readmodel.checkpoint SET position = %s"


def run(options: Options) -> Figures:
    """Measure on a fresh ledger; goal: 1,000,000 facts (`--scale 10`) in 5 minutes."""
    count = options.times(FACTS)
    with fresh_server() as server:
        options.say(f"{count} facts recorded")
        record_history(server, options.seed, count)
        with server.connect(Role.PROJECTOR) as db:
            schema.lay(db)
            db.execute(_AT_THE_HEAD, (count,))
        options.say("all read models made anew")
        began = time.perf_counter()
        found = rebuild(server)
        seconds = time.perf_counter() - began
        equal = None
        if count <= CHECKED:
            options.say("and compared with a second rebuild")
            equal = all(one.equal for one in rebuild(server).values())
    return {
        "facts": count,
        "read_models": len(found),
        "rebuild_seconds": round(seconds, 1),
        "facts_per_second": round(count / seconds),
        "second_rebuild_equal": equal,
    }
