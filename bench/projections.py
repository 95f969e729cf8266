"""How fast read models follow, how fast they are made anew, how fast lists answer.

A seeded year of a made-up office: half of it offers and needs, the rest their checks,
matches, calls and notes. The server is the embedded one with its normal settings.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from bench.append import fresh_server
from bench.history import Office
from bench.yardsticks import Figures, Options, percentile
from events.base import Recorded
from projections import (
    available_offers,
    case_file,
    cases,
    flow,
    goods_stock,
    open_needs,
    open_questions,
    proposals,
    schema,
    situation,
    visits_due,
)
from projections.listing import Ask, Db, Listing, listed
from projections.projector import Projector
from projections.rebuild import rebuild
from services.database import Role, Server

NAME = "projections"
SUMMARY = "Read models: facts per second live and rebuilt, lag of one fact, lists"
FACTS = 100_000
PAGE = 1_000
SINGLY = 300
ASKED = 30
Row = TypeVar("Row")


def run(options: Options) -> Figures:
    """Measure on a fresh server; goals: rebuild ≥ 3,333/s, lists p99 ≤ 100 ms."""
    facts = list(Office(options.seed).history(options.times(FACTS) + SINGLY))
    with fresh_server() as server, server.connect(Role.PROJECTOR) as db:
        schema.lay(db)
        options.say(f"following {len(facts) - SINGLY} facts in pages of {PAGE}")
        projector = Projector(db)
        live = _rate(lambda: _follow(projector, facts[:-SINGLY]), len(facts))
        options.say(f"then {SINGLY} facts one by one")
        singly = [
            _seconds(partial(projector.apply, [fact])) for fact in facts[-SINGLY:]
        ]
        db.execute("ANALYZE")
        options.say("rebuilding all")
        with server.connect(Role.PROJECTOR) as beside:
            made: list[bool] = []
            anew = _rate(lambda: made.extend(_rebuilt(beside, facts)), len(facts))
        options.say("asking the lists")
        return {
            "facts": len(facts),
            "offers": _total(db, available_offers.LISTING),
            "live_facts_per_second": live,
            "one_fact_p50_ms": percentile(singly, 0.5),
            "one_fact_p99_ms": percentile(singly, 0.99),
            "rebuild_facts_per_second": anew,
            "rebuild_equal": all(made),
            "lists": _lists(server, options.times(ASKED)),
        }


def _follow(projector: Projector, facts: Sequence[Recorded]) -> None:
    for start in range(0, len(facts), PAGE):
        projector.apply(facts[start : start + PAGE])


def _rebuilt(db: Db, facts: Sequence[Recorded]) -> list[bool]:
    def read(after: int, limit: int) -> Sequence[Recorded]:
        return facts[after : after + limit]

    return [found.equal for found in rebuild(db, read).values()]


def _lists(server: Server, times: int) -> dict[str, Figures]:
    with server.connect(Role.DESK) as db:
        return {
            "needs": _asked(db, open_needs.LISTING, Ask(), times),
            "needs_filtered": _asked(db, open_needs.LISTING, _NEEDS, times),
            "offers": _asked(db, available_offers.LISTING, Ask(), times),
            "offers_filtered": _asked(db, available_offers.LISTING, _OFFERS, times),
            "offers_last_page": _asked(db, available_offers.LISTING, _LAST, times),
            "proposals": _asked(db, proposals.LISTING, _LIVING, times),
            "visits": _asked(db, visits_due.LISTING, Ask(), times),
            "questions": _asked(db, open_questions.LISTING, Ask(), times),
            "goods": _asked(db, goods_stock.LISTING, Ask(), times),
            "situation_today": _asked(db, situation.LISTING, _TODAY, times),
            "flow": _asked(db, flow.LISTING, Ask(), times),
            "case_by_number": _asked(db, cases.LISTING, _CASE, times),
            "case_file": _asked(db, case_file.LISTING, _FILE, times),
        }


_NEEDS = Ask({"state": "new,clarify", "persons_min": "3"}, "-persons")
_OFFERS = Ask({"state": "new", "beds_min": "4", "pets": "yes"}, "beds")
_LAST = Ask({}, "-m2", 50, 15_000)
_LIVING = Ask({"living": "yes"}, "answer_by")
_TODAY = Ask({"closed": "no"})
_CASE = Ask({"q": "A-2022-0777"})
_FILE = Ask({"case_ref": "need:need-000007"})


def _asked(db: Db, listing: Listing[Row], ask: Ask, times: int) -> Figures:
    took = [_seconds(partial(listed, db, listing, ask)) for _ in range(times)]
    return {"p50_ms": percentile(took, 0.5), "p99_ms": percentile(took, 0.99)}


def _total(db: Db, listing: Listing[Row]) -> int:
    return listed(db, listing, Ask(limit=0)).total


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _rate(work: Callable[[], object], facts: int) -> int:
    return round(facts / _seconds(work))
