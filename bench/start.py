"""What a start of the matcher takes: by all facts, and by a snapshot of the market.

Both end with the same market. What is left to read after the snapshot are the facts of
one run (`EVERY`); what it holds are cases, so its time grows with them: `--needs` and
`--offers` say how many come over the whole history.
"""

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from bench._buses import record_history
from bench.append import fresh_server
from bench.history import Cases
from bench.yardsticks import Figures, Options
from services.follow import LedgerFeed
from services.ledger.handle import read
from services.market import Market
from services.snapshot import EVERY, Snapshots
from services.snapshot import NAME as FILE
from services.steady import steady

NAME = "start"
SUMMARY = "Seconds until the matcher stands at the head: all facts, or a snapshot"
FACTS = 100_000
PAGE = 2_000
T = TypeVar("T")


def run(options: Options) -> Figures:
    """Measure on a fresh ledger; goal: 10,000,000 facts in 60 s."""
    count = options.times(FACTS)
    with fresh_server() as server, TemporaryDirectory() as folder:
        record_history(server, options.seed, count, _cases(options, count))
        options.say(f"{count} facts recorded")
        with closing(LedgerFeed(server)) as feed:
            return {"facts": count, **_measured(feed, Path(folder), count, options)}


def _cases(options: Options, count: int) -> Cases | None:
    if options.needs is None or options.offers is None:
        return None
    return Cases(options.offers, options.needs, count)


def _measured(feed: LedgerFeed, folder: Path, count: int, options: Options) -> Figures:
    kept, whole = Snapshots(folder, feed), Market()
    early, reading = _timed(lambda: _read(feed, whole, count - EVERY))
    _, writing = _timed(lambda: kept.keep(early))
    whole, rest = _timed(lambda: _read(feed, early.copy(), count))
    options.say(f"all facts read in {reading + rest:.1f} s")
    found, loading = _timed(kept.load)
    again, last = _timed(lambda: _read(feed, found, count))
    cases = len(whole.offers) + len(whole.needs)
    return {
        "cases": cases,
        "from_all_facts_seconds": round(reading + rest, 1),
        "facts_per_second": round(count / (reading + rest)),
        "snapshot_seconds": round(writing, 1),
        "snapshot_mb": round((folder / FILE).stat().st_size / 1e6, 1),
        "from_snapshot_seconds": round(loading + last, 1),
        "cases_per_second": round(cases / loading),
        "equal": again == whole,
    }


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.process_time()
    done = work()
    return done, time.process_time() - began


def _read(feed: LedgerFeed, market: Market, upto: int) -> Market:
    with steady():
        while market.position < upto:
            many = min(PAGE, upto - market.position)
            page = feed.read(market.position, many)
            market.apply(read(stored) for stored in page.facts)
    return market
