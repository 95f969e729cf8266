"""How fast a follower takes facts in: from the ledger, from the bus, beside raw SQL.

The read model is the list of open needs, with the folded lives that it is made from.
The raw SQL is the least that could be done with the same facts: one statement a page
that picks the needs out of the stored bytes and writes a row each, without any rule of
what may be shown and when. Everything is committed a page at a time with its position.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import closing

from psycopg import sql

from bench._buses import fill, fresh_bus, record_history
from bench.append import fresh_server
from bench.yardsticks import Figures, Options
from projections import schema
from projections.catalogue import named
from projections.collecting import uncollected
from projections.projector import Projector
from services.ahead import Ahead, recorded
from services.busfeed import KafkaFeed
from services.database import Role, Server
from services.follow import Feed, LedgerFeed
from services.ledger.migrate import prepare_site
from services.projecting import PAGE

NAME = "followers"
SUMMARY = "Facts per second into a read model: from the ledger, the bus, by raw SQL"
FACTS = 50_000
_MODEL = "open_needs"
_RAW_TABLE = """
CREATE TABLE raw_needs (need text PRIMARY KEY, persons int, priority int, said jsonb)
"""
_RAW_MARK = "CREATE TABLE raw_mark AS SELECT 0::bigint AS position"
_RAW = """
INSERT INTO raw_needs
SELECT told ->> 'need', (told #>> '{details,persons}')::int,
    (told ->> 'priority')::int, told -> 'details'
FROM (
    SELECT convert_from(data, 'UTF8')::jsonb AS told FROM ledger.facts
    WHERE type LIKE 'need.raised.%%' AND position > %s AND position <= %s
) AS page ON CONFLICT (need) DO UPDATE
SET persons = excluded.persons, priority = excluded.priority, said = excluded.said
"""


def run(options: Options) -> Figures:
    """Measure on a fresh server and bus; goal: ≥ 10,000 facts a second."""
    count = options.times(FACTS)
    with fresh_server() as server, fresh_bus() as settings:
        options.say(f"{count} facts recorded and relayed")
        record_history(server, options.seed, count)
        fill(server, settings, count)
        feeds: dict[str, Callable[[], Feed]] = {
            "ledger": lambda: LedgerFeed(server),
            "bus": lambda: KafkaFeed(settings),
        }
        figures: dict[str, Mapping[str, Figures]] = {}
        for name, feed in feeds.items():
            options.say(f"followed from the {name}")
            figures[f"from_{name}"] = {
                "read_only": _reading(feed, count),
                "one_read_model": _following(server, feed, count, (_MODEL,)),
                "all_read_models": _following(server, feed, count, ()),
            }
        options.say("raw SQL")
        raw = _raw(server, count)
    return {"facts": count, **figures, "raw_sql": raw}


def _reading(made: Callable[[], Feed], count: int) -> Figures:
    with closing(made()) as feed:

        def read() -> None:
            position = 0
            while position < count:
                position = recorded(feed.read(position, PAGE).facts)[-1].position

        return _rate(read, count)


def _following(
    server: Server, made: Callable[[], Feed], count: int, models: tuple[str, ...]
) -> Figures:
    """Follow into a database of its own, which is gone afterwards."""
    site = server.named("bench_site")
    prepare_site(site)
    with closing(Ahead(made())) as feed, site.connect(Role.PROJECTOR) as db:
        schema.lay(db)
        projector = Projector(db, named(models))

        def follow() -> None:
            position = 0
            while position < count:
                with uncollected():
                    position = projector.apply(feed.read(position, PAGE))

        figures = _rate(follow, count)
    with server.connect(Role.ADMIN, "postgres") as admin:
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
        admin.execute(drop.format(sql.Identifier(site.ledger)))
    return figures


def _raw(server: Server, count: int) -> Figures:
    with server.connect(Role.ADMIN) as db:
        db.execute(_RAW_TABLE)
        db.execute(_RAW_MARK)

        def select() -> None:
            for after in range(0, count, PAGE):
                with db.transaction():
                    db.execute(_RAW, (after, after + PAGE))
                    db.execute("UPDATE raw_mark SET position = %s", (after + PAGE,))

        return _rate(select, count)


def _rate(work: Callable[[], None], count: int) -> Figures:
    """Return what a second brings, and what of it the processor did in this process."""
    began, busy = time.perf_counter(), time.process_time()
    work()
    seconds, cpu = time.perf_counter() - began, time.process_time() - busy
    return {
        "facts_per_second": round(count / seconds),
        "cpu_us_a_fact": round(cpu / count * 1e6, 1),
    }
