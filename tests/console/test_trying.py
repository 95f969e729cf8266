"""What is scarce and what if, on pages: solved beside them, and nothing recorded."""

import re
import threading
import time

import pytest

import matcher
from services.console.labels import phase
from services.console.trials import KEPT, Trials
from services.console.words import words
from services.progress import Stand
from tests.console.whole_office import opened
from tests.matcher.small import home, market, need

LARGE = {"kind": "housing", "persons": 6, "horizon": "acute", "near": "40227"}


@pytest.fixture(scope="module")
def office(server, tmp_path_factory):
    """An office with two large households for one house."""
    with opened(server, tmp_path_factory.mktemp("office")) as found:
        found.do("withdraw-offer", offer="hotel", reason="provider_withdrew")
        for name in ("first", "second"):
            found.do("raise-need", need=name, household=f"h-{name}", details=LARGE)
        found.engine.match()
        found.shown()
        yield found


@pytest.fixture
def desk(office):
    return office.client()


@pytest.fixture
def number(desk):
    return re.findall(r"<h1>(A-\d{4}-\d{4})", desk.get("/offers/house").text)[0]


def tried(desk, **fields):
    return desk.seen(desk.fill("/what-if", "/what-if", what="more", **fields))


def test_what_is_scarce_leads_to_what_one_more_would_bring(desk, number):
    text = desk.get("/scarcity").text

    assert f'href="/what-if?offer_no={number}"' in text
    assert "stufenlos" in text
    assert f'value="{number}"' in desk.get(f"/what-if?offer_no={number}").text


def test_one_more_house_gives_the_other_household_a_home(office, desk, number):
    before = office.desk.position()

    text = tried(desk, offer_no=number.lower()).text

    assert "1 Bedarf gewinnt eine Wohnung" in text
    assert re.search(r'href="/needs/(first|second)"', text)
    assert "<b>+6</b>" in text
    assert office.desk.position() == before


def test_only_the_rules_that_were_changed_are_tried(desk):
    text = tried(desk, max_metres="1").text

    assert "Weitester Weg, in Metern: 1" in text
    assert "Kürzester Aufenthalt" not in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Noch ist nichts geändert"),
        ({"offer_no": "A-1999-0001"}, "keinen Vorgang mit diesem Aktenzeichen"),
        ({"number": "many"}, "Noch ist nichts geändert"),
        ({"max_metres": "weit"}, "So kann das Regelwerk nicht sein"),
    ],
)
def test_what_cannot_be_tried_is_said_at_the_form(desk, fields, said):
    assert said in tried(desk, **fields).text


def test_an_offer_that_is_gone_cannot_be_multiplied(office, desk):
    gone = re.findall(r"<h1>(A-\d{4}-\d{4})", desk.get("/offers/hotel").text)[0]

    assert "ist gerade nicht offen" in tried(desk, offer_no=gone).text


def test_an_answer_is_for_the_seat_that_asked(office, desk, number):
    answer = desk.fill("/what-if", "/what-if", what="more", offer_no=number)

    assert office.client().get(answer.headers["location"]).status_code == 404


def test_a_long_one_says_how_far_it_is_and_waits_for_nobody(
    office, desk, number, monkeypatch
):
    going_on, ready = threading.Event(), threading.Event()
    solve = office.engine.sandbox.compare

    def slow(document, other, *, progress):
        progress("as it is, tier 1: solved", 9, 10)
        ready.set()
        going_on.wait()
        return solve(document, other, progress=progress)

    monkeypatch.setattr(office.engine.sandbox, "compare", slow)
    monkeypatch.setattr("services.console.routes.trying.PATIENCE", 0.0)
    answer = desk.fill("/what-if", "/what-if", what="more", offer_no=number)
    ready.wait()

    text = desk.seen(answer).text
    again = tried(desk, offer_no=number).text
    going_on.set()

    assert "Der Markt, wie er ist: Stufe 1: gelöst" in text
    assert "höchstens 10,00 % fehlen" in text
    assert 'data-hx-trigger="every 2s"' in text
    assert "wird noch gerechnet" in again
    until = time.monotonic() + 30
    while "gewinnt eine Wohnung" not in desk.get(answer.headers["location"]).text:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_run_of_the_matcher_says_how_far_it_is(office, desk, monkeypatch):
    stand = Stand("tier 2: solved", 179, 180, 61.7)
    monkeypatch.setattr(office.desk, "matching", lambda: stand, raising=True)

    for path in ("/plans", "/proposals", "/match/progress"):
        text = desk.get(path).text
        assert "Stufe 2: gelöst" in text
        assert "höchstens 0,56 % fehlen" in text
        assert "61 Sekunden" in text
        assert 'data-hx-get="/match/progress"' in text


def test_when_no_run_goes_on_the_strip_says_so_and_asks_no_more(desk):
    text = desk.get("/match/progress").text

    assert "Die Vermittlung hat gerechnet." in text
    assert "data-hx-get" not in text
    assert 'id="running"' not in desk.get("/plans").text


def test_a_button_whose_run_takes_long_sends_to_the_page_that_says_how_far(
    office, desk, monkeypatch
):
    going_on = threading.Event()
    match_now = office.desk.match_now

    def slow(*, by):
        going_on.wait()
        return match_now(by=by)

    monkeypatch.setattr(office.desk, "match_now", slow)
    monkeypatch.setattr("services.console.routes.doing.PATIENCE", 0.0)

    text = desk.seen(desk.fill("/proposals", "/match")).text
    going_on.set()

    assert "Die Vermittlung rechnet; diese Seite sagt, wie weit sie ist." in text


def test_every_phase_that_the_matcher_tells_is_told_in_german():
    told = []
    document = market(home("o1"), need("n1"))
    matcher.solve(document, progress=lambda name, *_: told.append(name))

    german = words("de")
    assert told
    assert [name for name in told if phase(german, name) == name] == []


def test_work_that_breaks_is_not_waited_for_for_ever(monkeypatch):
    loud: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", loud.append)

    def broken(_: object) -> int:
        raise ZeroDivisionError

    trials: Trials[int] = Trials()
    trial = trials.start("seat", broken)
    assert trial.wait(5)

    assert "broke off" in str(trial.refused)
    assert [one.exc_type for one in loud] == [ZeroDivisionError]


def test_what_was_asked_long_ago_is_forgotten():
    trials: Trials[int] = Trials()

    old = [trials.start(f"seat-{n}", lambda _: 1) for n in range(KEPT + 1)]

    assert trials.of(old[0].ticket, "seat-0") is None
    assert trials.of(old[1].ticket, "seat-1") is old[1]
    assert trials.of(old[1].ticket, "seat-2") is None
