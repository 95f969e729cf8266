"""The desk hears at once where a need has a place now, and may propose it."""

from contextlib import closing, contextmanager
from threading import Event
from types import SimpleNamespace

import pytest
from psycopg import OperationalError

from services import watching
from services.database import Role
from services.follow import LedgerFeed
from services.ledger.recorder import Unreachable
from services.matching import Pulse
from services.solver import Unsound
from services.standing.shown import certificate
from services.watching import Look
from tests.console.whole_office import _home, _household, opened

DUE = Pulse.due
MATCHED = SimpleNamespace(plan_id="plan-x", overtaken=0)


@pytest.fixture(scope="module")
def office(server, tmp_path_factory):
    with opened(server, tmp_path_factory.mktemp("office"), peopled=False) as found:
        found.do("list-offer", offer="h-1", provider="p-1", details=_home("flat", 2))
        found.do("raise-need", need="n-1", household="h-n-1", details=_household(2))
        found.engine.match()
        found.shown()
        yield found


@contextmanager
def watched(office):
    feed = LedgerFeed(office.engine.server)
    with closing(feed), Look(office.engine, feed) as look:
        look.once(0)
        yield look


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    monkeypatch.setattr(Pulse, "due", lambda *_: False)


def test_the_page_of_a_need_says_where_it_could_go(office):
    desk = office.client()
    with watched(office) as look:
        office.do("raise-need", need="n-2", household="h-n-2", details=_household(2))
        unseen = desk.get("/needs/n-2").text
        look.once(1)
        none = desk.get("/needs/n-2").text
        office.do("list-offer", offer="h-2", provider="p-2", details=_home("flat", 2))
        look.once(2)

        found = desk.get("/needs/n-2").text
        proposed = desk.seen(desk.fill("/needs/n-2", "/do/propose-match", reason="x"))

    assert "noch nicht darauf geschaut" in unseen
    assert "Der Plan hat keinen Platz dafür." in none
    assert "Stand Ereignis" in none
    assert "Ein Platz ist da:" in found
    assert "Niemand sonst muss dafür umgeplant werden." in found
    match = office.engine.matching.catch_up().needs["n-2"].living[0]
    assert (match.offer, match.origin.how, match.state) == (
        "h-2",
        "by_hand",
        "proposed",
    )
    assert "Wo jetzt ein Platz ist" not in proposed.text


def test_the_page_of_the_plan_says_how_it_stands(office):
    with watched(office) as look:
        office.do("raise-need", need="n-3", household="h-n-3", details=_household(1))
        look.once(1)
        plan = office.engine.matching.catch_up().plan.plan

        page = office.client(language="en").get(f"/plans/{plan}").text

    assert "It goes on with what has happened since: as of event" in page


def stands(office):
    """Return where the last fact stands, and up to which one the plan does."""
    with office.engine.server.connect(Role.DESK) as db:
        told = certificate(db)
    return office.engine.matching.catch_up().position, told and told.position


def ends_connections(office):
    with office.engine.server.connect(Role.ADMIN) as db:
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = %s",
            (f"beistand {Role.WRITER}",),
        )


def test_what_a_crash_emptied_is_told_anew(office):
    with watched(office) as look:
        with office.engine.server.connect(Role.ADMIN) as db:
            db.execute("TRUNCATE running.standing, running.place")
        ends_connections(office)
        office.do("raise-need", need="n-4", household="h-n-4", details=_household(1))
        with pytest.raises(OperationalError):
            look.once(1)
        look.once(2)

        page = office.client(language="en").get("/needs/n-4").text

    assert "Where there is a place now" in page


def test_of_two_that_match_one_tells_and_the_other_takes_over_from_it(office):
    with watched(office) as first, watched(office) as second:
        office.do("raise-need", need="n-5", household="h-5", details=_household(1))
        second.once(1)
        head, untold = stands(office)
        first.once(1)
        told = stands(office)
        office.do("raise-need", need="n-6", household="h-6", details=_household(1))
        second.once(2)
        first.__exit__(None, None, None)
        second.once(3)
        taken_over = stands(office)

    assert untold < head
    assert told == (head, head)
    assert taken_over[0] > head
    assert taken_over[0] == taken_over[1]


def test_postgres_may_come_after_the_watch(office, monkeypatch):
    def away(*_):
        raise Unreachable("not there yet")

    feed = LedgerFeed(office.engine.server)
    with closing(feed), monkeypatch.context() as early:
        early.setattr(LedgerFeed, "read", away)
        with Look(office.engine, feed) as look:
            with pytest.raises(Unreachable):
                look.once(0)
            early.undo()
            look.once(1)

    head, told = stands(office)
    assert head == told


def ran(look):
    """Let a run that is due begin, and be looked at when it has ended."""
    look.once(1)
    look._beside.submit(lambda: None).result()
    look.once(2)


def test_a_run_goes_on_beside_and_its_bug_ends_the_watch(office, monkeypatch):
    monkeypatch.setattr(Pulse, "due", lambda *_: True)
    monkeypatch.setattr(office.engine, "match", lambda: 1 / 0)
    feed = LedgerFeed(office.engine.server)

    look = Look(office.engine, feed)
    with closing(feed), look, pytest.raises(ZeroDivisionError):
        ran(look)


def test_a_plan_that_does_not_hold_is_said_and_the_watch_goes_on(
    office, monkeypatch, capsys
):
    def unsound():
        raise Unsound("a fault")

    monkeypatch.setattr(Pulse, "due", lambda *_: True)
    monkeypatch.setattr(office.engine, "match", unsound)

    with watched(office) as look:
        ran(look)
        failed = trouble(office)
        monkeypatch.undo()
        monkeypatch.setattr(Pulse, "due", lambda *_: True)
        ran(look)
        well = trouble(office)

    assert "matching.failed" in capsys.readouterr().out
    assert "without a plan that may be recorded" in failed
    assert well == ""


def trouble(office):
    """Return what readiness says of matching."""
    known = {one.part: one.trouble for one in office.engine.health.standings()}
    return known.get("matching", "")


def test_a_server_that_goes_away_behind_a_plan_does_not_end_matching(
    office, monkeypatch
):
    def away():
        raise Unreachable("gone again")

    monkeypatch.setattr(Pulse, "due", lambda *_: True)
    matched = []

    def match():
        matched.append(1)
        return MATCHED

    monkeypatch.setattr(office.engine, "match", match)
    monkeypatch.setattr(office.engine.matching, "keep", away)

    with watched(office) as look:
        ran(look)
        ran(look)

    assert len(matched) > 2


@pytest.mark.parametrize(
    ("error", "pause"), [(Unreachable, 0), (OperationalError, 0), (Unsound, 300)]
)
def test_a_run_that_failed_is_done_again(office, monkeypatch, error, pause):
    def failing():
        raise error("no")

    monkeypatch.setattr(office.engine, "match", failing)
    with watched(office) as look:
        monkeypatch.setattr(Pulse, "due", lambda *_: True)
        look.once(1)
        look._beside.submit(lambda: None).result()
        monkeypatch.setattr(Pulse, "due", DUE)
        look.once(2)
        again = [seconds for seconds in (33, 299, 302) if look._pulse.due(seconds)]

    assert again == [seconds for seconds in (33, 299, 302) if seconds > pause]


def test_what_came_while_nobody_watched_is_matched(office, monkeypatch):
    office.engine.match()
    with watched(office) as look:
        monkeypatch.setattr(Pulse, "due", DUE)
        nothing = look._pulse.due(40)
    office.do("raise-need", need="n-7", household="h-7", details=_household(1))
    monkeypatch.setattr(Pulse, "due", lambda *_: False)

    with watched(office) as look:
        look.once(1)
        monkeypatch.setattr(Pulse, "due", DUE)
        assert (nothing, look._pulse.due(40)) == (False, True)


def test_a_part_that_waits_for_a_server_is_not_ready(office, monkeypatch):
    stop, seen = Event(), []

    def away(look, now):
        seen.append(trouble(office))
        if len(seen) == 2:
            stop.set()
        raise Unreachable("No answer from PostgreSQL: away\nand more")

    monkeypatch.setattr(Look, "once", away)
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.01)

    watching.watch(office.engine, stop)
    office.engine.health.clear("matching")

    assert seen == ["", "matching waits: No answer from PostgreSQL: away"]
