"""Why not as of a market that no plan has looked at: the rules, and what would help."""

import pytest

import matcher
from matcher import Afresh, Today, WhyNot
from tests.matcher.small import held, home, market, member, need, request

DOG = [{"kind": "dog", "count": 1}]
TWO = need("n2", raised=3)
WHEELS = [member("a", step_free=True)]


def test_the_rules_say_the_same_as_a_plan_of_this_market():
    document = market(
        home("o1", step_free="none"), home("o2"), need("n1", members=WHEELS, pets=DOG)
    )
    plan = matcher.solve(document)

    why, now = matcher.explain(document, plan, "n1"), Afresh(document).of("n1")

    assert isinstance(why, WhyNot)
    assert (now.reason, now.blocked, now.changes) == (
        why.reason,
        why.blocked,
        why.changes,
    )
    assert (now.offers, now.compatible) == (why.offers, why.compatible) == (2, 0)


def test_an_offer_that_came_since_fits_and_the_next_run_decides():
    document = market(home("o1", accepts={"pets": ["dog"]}), need("n1", pets=DOG))

    assert Afresh(document).of("n1") == Today("n1", "next_run", 1, (), 1, ())


def test_a_home_that_is_promised_meanwhile_has_no_days_left():
    taken = held("o1", "2022-03-18", None)

    now = Afresh(market(home("o1"), need("n1"), held=[taken])).of("n1")

    assert (now.reason, now.blocked) == ("no_dates", (("no_dates", 1),))


def test_without_any_offer_there_are_no_dates():
    assert Afresh(market(need("n1"))).of("n1").reason == "no_dates"


def test_what_comes_before_all_offers_is_said_alone():
    document = market(home("o1"), need("n1", persons=0, members=[]))

    assert Afresh(document).of("n1") == Today("n1", "incomplete", 0, (), 0, ())


def test_a_pin_that_can_be_kept_waits_for_the_next_run():
    pins = [{"need": "n1", "offer": "o1"}]
    document = market(home("o1"), need("n1"), pinned=pins)

    assert Afresh(document).of("n1").reason == "next_run"


def test_a_pin_to_a_home_that_does_not_fit_is_said():
    pins = [{"need": "n1", "offer": "o1"}]
    document = market(home("o1"), need("n1", pets=DOG), pinned=pins)

    assert Afresh(document).of("n1").reason == "pinned_impossible"


@pytest.mark.parametrize("name", ["n1", "n2"])
def test_who_is_to_be_placed_together_is_told_of_both(name):
    together = [{"ref": "n2", "how": "together"}]
    document = market(home("o1", beds=1), need("n1", linked_households=together), TWO)

    now = Afresh(document).of(name)

    assert (now.need, now.reason, now.compatible) == (name, "size", 0)


@pytest.mark.parametrize("name", ["nobody", "r1"])
def test_only_households_that_are_open_are_known(name):
    with pytest.raises(LookupError, match=name):
        Afresh(market(home("o1"), request("r1"))).of(name)
