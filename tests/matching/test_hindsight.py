"""Why and why not are told as of the plan, whatever was recorded since."""

from contextlib import closing

import pytest

import matcher
from matcher.changes import EASIEST
from matcher.goods import TIERS as GOODS_TIERS
from matcher.rules import FUNNEL as HOUSING
from matcher.suiting import FUNNEL as GOODS
from matcher.worth import TIERS
from projections import plans
from projections.listing import Ask, listed
from services import hindsight, todays
from services.console.labels import LABELS
from services.console.ports import Help
from services.follow import LedgerFeed
from services.hindsight import Hindsight
from tests.console.whole_office import opened

NEEDS = ("family", "couple", "single", "many", "dog")
DOG = {
    "kind": "housing",
    "persons": 1,
    "horizon": "acute",
    "near": "40210",
    "pets": ({"kind": "dog", "count": 1},),
}


@pytest.fixture(scope="module")
def office(server, tmp_path_factory):
    """An office with a household whose dog nobody takes, as of its second plan."""
    with opened(server, tmp_path_factory.mktemp("office")) as found:
        found.do("raise-need", need="dog", household="h-dog", details=DOG)
        found.engine.match()
        found.shown()
        yield found


@pytest.fixture
def feed(office):
    with closing(LedgerFeed(office.engine.server)) as made:
        yield made


def newest(office):
    with office.desk.reading() as db:
        plan = listed(db, plans.LISTING, Ask(limit=1)).rows[0]
    return plan.plan, plan.position


def test_after_a_restart_the_same_reasons_are_told(office, feed):
    kept, again = office.engine.matching.hindsight, Hindsight(feed)

    told = [kept.reasons(*newest(office)).of(need) for need in NEEDS]
    retold = [again.reasons(*newest(office)).of(need) for need in NEEDS]

    assert retold == told
    assert isinstance(told[0], matcher.Why)
    assert isinstance(told[-1], matcher.WhyNot)


def test_a_ledger_longer_than_a_page_is_read_to_its_place(office, feed, monkeypatch):
    monkeypatch.setattr(hindsight, "PAGE", 3)

    reasons = Hindsight(feed).reasons(*newest(office))

    assert isinstance(reasons.of("dog"), matcher.WhyNot)


def test_what_came_later_changes_nothing_that_is_told(office):
    before = office.desk.helps("dog")

    office.do("withdraw-offer", offer="late", reason="provider_withdrew")

    assert [one.code for one in before] == ["pets"]
    assert office.desk.helps("dog") == before


def test_the_desk_names_the_rule_and_how_many_offers_it_would_open(office):
    reasons = office.engine.matching.hindsight.reasons(*newest(office)).of("dog")

    assert isinstance(reasons, matcher.WhyNot)
    assert office.desk.helps("dog") == tuple(
        Help(change.code, change.value, change.offers) for change in reasons.changes
    )
    assert office.desk.helps("family") == ()
    assert office.desk.helps("nobody") == ()


def test_the_page_says_what_would_help(office):
    page = office.client().get("/needs/dog").text

    assert "Was helfen würde" in page
    assert "wenn der Anbieter den Tieren zustimmt" in page


def test_beside_the_plan_it_is_told_as_of_today(office):
    plan = office.engine.matching.hindsight.reasons(*newest(office)).of("dog")
    takes = {"kind": "housing", "accepts": {"pets": ("dog",)}}

    before = office.desk.today("dog")
    office.do("amend-offer", offer="house", changes=takes)
    now = office.desk.today("dog")

    assert isinstance(plan, matcher.WhyNot)
    assert (before.reason, before.changes[0].code) == ("pets", "pets")
    assert (now.reason, now.compatible) == ("next_run", 1)
    assert office.engine.matching.hindsight.reasons(*newest(office)).of("dog") == plan
    page = office.client().get("/needs/dog/today").text
    assert "1 Angebot passt jetzt" in page
    assert 'data-hx-get="/needs/dog/today"' in office.client().get("/needs/dog").text


def test_today_is_asked_of_one_market_until_a_fact_comes_in(office, monkeypatch):
    read: list[dict[str, object]] = []
    monkeypatch.setattr(todays, "Afresh", read.append)
    asked = todays.Todays(office.engine.matching)

    for _ in range(2):
        with pytest.raises(AttributeError):
            asked.of("dog")

    assert len(read) == 1


def test_while_a_run_goes_on_today_is_told_all_the_same(office):
    with office.engine.one_run:
        found = office.desk.today("dog")

    assert found == office.desk.today("dog")


def test_who_is_not_open_now_is_not_told_about(office):
    assert "gehört jetzt nicht zu den offenen" in (
        office.client().get("/needs/coat/today").text
    )
    assert office.client().get("/needs/nobody/today").status_code == 404


def test_where_there_is_no_plan_nothing_is_told(office, feed):
    with pytest.raises(LookupError, match="no plan stands"):
        Hindsight(feed).reasons("plan-none", 1)


def test_a_market_that_is_read_otherwise_today_is_not_explained(
    office, feed, monkeypatch
):
    monkeypatch.setattr(matcher, "digest", lambda _: "0" * 64)
    monkeypatch.setattr(office.engine.matching, "hindsight", Hindsight(feed))

    with pytest.raises(LookupError, match="read the market otherwise"):
        Hindsight(feed).reasons(*newest(office))
    assert office.desk.helps("dog") == ()


def test_two_plans_are_at_hand_and_no_more(office, feed):
    known = Hindsight(feed)
    document = office.engine.matching.catch_up().document()
    plan = matcher.first_come(document)
    for name in ("plan-1", "plan-2", "plan-3"):
        known.keep(name, document, plan)

    assert known.reasons("plan-3", 0) is known.reasons("plan-3", 0)
    assert known.reasons("plan-2", 0) is not known.reasons("plan-3", 0)
    with pytest.raises(LookupError):
        known.reasons("plan-1", 1)


def test_every_code_of_the_matcher_has_a_word():
    assert {*HOUSING, *GOODS, "outbid"} <= set(LABELS["unmet"])
    assert set(EASIEST) == set(HOUSING) == set(LABELS["help"])
    assert {*TIERS, *GOODS_TIERS} <= set(LABELS["tier"])
