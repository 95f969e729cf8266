"""A run of one process is seen on the desk of another, and only while it lives."""

import threading
from contextlib import closing, contextmanager

import pytest

from services import heartbeat
from services.database import Role
from services.desk import RealDesk
from services.heartbeat import stand, telling
from services.progress import Stand, Watched
from tests.console.whole_office import opened


@pytest.fixture(scope="module")
def office(server, tmp_path_factory):
    with opened(server, tmp_path_factory.mktemp("office"), peopled=False) as found:
        yield found


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(heartbeat, "EVERY_SECONDS", 0.01)


@contextmanager
def other_process(office):
    """Lend what a process of its own runs and tells, on the same home."""
    watched = Watched()
    with watched.run() as tell, telling(office.engine.server, watched):
        yield tell


def told_elsewhere(desk):
    """Return what other processes hear of the run, once it is told."""
    for _ in range(500):
        with desk.reading() as db:
            if (found := stand(db)) is not None:
                return found
        threading.Event().wait(0.01)
    return None


def seen(office, phase):
    """Return what the desk sees once the phase has come through."""
    for _ in range(500):
        found = office.desk.matching()
        if found is not None and found.phase == phase:
            return found
        threading.Event().wait(0.01)
    raise AssertionError(f"the desk never saw {phase}")


def test_a_run_elsewhere_is_seen_with_phase_gap_and_time(office):
    with other_process(office) as tell:
        tell("tier 1: priced", 150, 200)

        found = seen(office, "tier 1: priced")

    assert (found.worth, found.bound, found.gap) == (150, 200, 0.25)
    assert found.seconds >= 0
    assert office.desk.matching() is None


def test_the_page_of_proposals_shows_it(office):
    with other_process(office) as tell:
        tell("tier 2: rounded", 1, 2**70)
        seen(office, "tier 2: rounded")

        page = office.client().get("/match/progress")

    assert 'id="running"' in page.text
    assert "data-hx-get" in page.text


def test_a_row_of_a_run_that_died_is_old_and_says_nothing(office):
    with office.engine.server.connect(Role.WRITER) as db:
        db.execute(
            "INSERT INTO running.matcher (phase, worth, bound, seconds, told_at)"
            " VALUES ('tier 1', 1, 2, 3, now() - interval '31 seconds')"
        )

        assert stand(db) is None
        db.execute("UPDATE running.matcher SET told_at = now()")
        assert stand(db) == Stand("tier 1", 1, 2, 3.0)
        db.execute("DELETE FROM running.matcher")


def test_two_engines_on_one_home_see_each_others_run(office):
    begun, go_on = threading.Event(), threading.Event()

    def waits(phase, worth, bound):
        begun.set()
        go_on.wait(20)

    with closing(RealDesk(office.engine)) as desk:
        run = threading.Thread(target=office.engine.match, args=(waits,))
        office.do("raise-need", need="n", household="h", details={"kind": "housing"})
        lot = {"kind": "goods", "quantity": 1}
        office.do("list-offer", offer="o", provider="p", details=lot)
        run.start()
        assert begun.wait(20)
        found = told_elsewhere(desk)
        go_on.set()
        run.join()

    assert found is not None
    assert found.seconds >= 0
