"""How fast the desk's pages come, over HTTP, at 20,000 offers.

The same made-up office as for the read models; every page is asked for again and
again on one connection, as a person who works through a list does.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from typing import cast

import uvicorn

from bench.append import fresh_server
from bench.history import Office
from bench.yardsticks import Figures, Options, percentile
from projections import available_offers, schema
from projections.listing import Ask, listed
from projections.projector import Projector
from services.console import ports
from services.console.app import desk_app
from services.database import Connection, Connections, Role, Server
from services.progress import Stand

NAME = "pages"
SUMMARY = "The desk's pages at 20,000 offers: p50 and p99 of each over HTTP"
FACTS = 145_000
PAGE = 1_000
ASKED = 200
PAGES = (
    "/", "/needs", "/needs?state=new&persons_min=3&sort=-persons", "/offers",
    "/offers?kind=housing&beds_min=4&sort=-beds", "/offers?page=200", "/proposals",
    "/visits", "/questions", "/set-aside", "/duplicates", "/tasks", "/goods",
    "/plans", "/placements", "/unmet", "/upload", "/new/need", "/needs/need-000007",
    "/needs/need-000007/edit", "/api/open_needs", "/api/available_offers?size=200",
)  # fmt: skip


class BenchDesk:
    """As much of the desk's port as pages read."""

    office = ports.Office("00000000", "Bench", synthetic=True)
    secret = b"bench"

    def __init__(self, server: Server) -> None:
        self._reading = Connections(server, Role.DESK)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self._reading.one() as db:
            db.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield db
            db.execute("ROLLBACK")

    def position(self) -> int:
        return 0

    def profiles(self) -> tuple[ports.Profile, ...]:
        return ()

    def matching(self) -> Stand | None:
        return None

    def helps(self, _: str) -> tuple[ports.Help, ...]:
        return ()

    def close(self) -> None:
        self._reading.close()


def run(options: Options) -> Figures:
    """Measure on a fresh server; the goal is p99 ≤ 100 ms for every page."""
    with fresh_server() as server:
        options.say(f"following {options.times(FACTS)} facts")
        offers = _projected(server, Office(options.seed), options.times(FACTS))
        with closing(BenchDesk(server)) as desk, _served(desk) as port:
            options.say(f"asking for {len(PAGES)} pages, each {options.times(ASKED)} ×")
            with closing(HTTPConnection("127.0.0.1", port)) as browser:
                pages = {p: _asked(browser, p, options.times(ASKED)) for p in PAGES}
    slowest = max(pages.values(), key=lambda page: cast("float", page["p99_ms"]))
    return {"offers": offers, "slowest_p99_ms": slowest["p99_ms"], "pages": pages}


def _projected(server: Server, office: Office, count: int) -> int:
    """Follow the office's facts; they are gone again when the pages are asked for."""
    facts = list(office.history(count))
    with server.connect(Role.PROJECTOR) as db:
        schema.lay(db)
        projector = Projector(db)
        for start in range(0, len(facts), PAGE):
            projector.apply(facts[start : start + PAGE])
        db.execute("ANALYZE")
        return listed(db, available_offers.LISTING, Ask(limit=0)).total


@contextmanager
def _served(desk: BenchDesk) -> Iterator[int]:
    app = desk_app(cast("ports.Desk", desk))
    web = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error")
    )
    thread = threading.Thread(target=web.run)
    thread.start()
    while not web.started:
        time.sleep(0.02)
    try:
        yield web.servers[0].sockets[0].getsockname()[1]
    finally:
        web.should_exit = True
        thread.join()


def _asked(browser: HTTPConnection, path: str, times: int) -> Figures:
    took = [_once(browser, path) for _ in range(times + 1)][1:]
    return {"p50_ms": percentile(took, 0.5), "p99_ms": percentile(took, 0.99)}


def _once(browser: HTTPConnection, path: str) -> float:
    began = time.perf_counter()
    browser.request("GET", path, headers={"Accept-Language": "de"})
    answer = browser.getresponse()
    answer.read()
    if answer.status != HTTPStatus.OK:
        raise LookupError(f"{path} answered {answer.status}")
    return time.perf_counter() - began
