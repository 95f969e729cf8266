"""Why a pair, and why not: told from the plan and its market, about nobody else."""

from typing import Any

import pytest

from matcher import Change, Other, Reasons, Served, Why, WhyNot, explain, solve
from tests.matcher.bedrooms import Doc
from tests.matcher.instances import blank, later

ADULT = {"ref": "a", "age_band": "27-64", "sex": "m"}
PLACES = {"40210": [0, 0], "40599": [9_000, 0], "41061": [23_400, 0]}


def home(name: str, *, listed: int = 1, **details: object) -> Doc:
    told = {"kind": "housing", "dwelling": "flat", "beds": 1} | details
    return {
        "id": name,
        "provider": f"p-{name}",
        "details": told,
        "checks": [],
        "similar_to": [],
        "listed": listed,
    }


def household(name: str, *, raised: int = 1, priority: int = 0, **details: object):
    told = {
        "kind": "housing",
        "persons": 1,
        "members": [ADULT],
        "horizon": "acute",
        "near": "40210",
        "period": {"from": later(0), "to": later(20)},
    }
    return {
        "id": name,
        "household": f"h-{name}",
        "details": told | details,
        "priority": priority,
        "waiting_since": later(0),
        "similar_to": [],
        "raised": raised,
        "current": None,
    }


def place(postcode: str, **more: object) -> Doc:
    return {"postcode": postcode} | more


def told(offers: list[Doc], needs: list[Doc], name: str = "n"):
    market = blank(offers, needs, places=PLACES)
    return explain(market, solve(market), name)


def test_a_pair_says_what_it_earns_and_what_the_next_best_would_lose():
    near = home("near", location=place("40210"))
    far = home("far", location=place("40599"))

    why = told([near, far], [household("n")])

    assert isinstance(why, Why)
    assert (why.offer, why.metres, why.compatible) == ("near", 0, 2)
    assert why.due == ("identity", "visit")
    assert why.points == (("whole_dwelling", 200),)
    assert why.runner_up is not None
    assert (why.runner_up.offer, why.runner_up.worth[-1]) == ("far", 200 - 9 * 20)
    assert why.behind == 9 * 20


def test_who_was_outbid_hears_by_how_much_and_of_nobody_else():
    needs = [household("n"), household("m", priority=3, raised=2)]

    why = told([home("only")], needs)

    assert isinstance(why, WhyNot)
    assert (why.reason, why.compatible, why.changes) == ("outbid", 1, ())
    assert isinstance(why.outbid, Other)
    assert why.outbid.offer == "only"
    assert why.outbid.price[0] >= why.outbid.worth[0] > 0
    assert "m" not in {why.need, why.outbid.offer}


def changed(offer: Doc, **needs: Any) -> tuple[Change, ...]:
    why = told([offer], [household("n", **needs)])
    assert isinstance(why, WhyNot)
    assert why.blocked == ((why.reason, 1),)
    assert (why.offers, why.compatible) == (1, 0)
    return why.changes


def test_a_home_too_far_away_says_how_far_is_far_enough():
    assert changed(home("h", location=place("41061"))) == (
        Change("distance", 1, 23_400),
    )


def test_a_home_that_is_free_later_says_how_many_days():
    late = home("h", available={"from": later(24), "to": later(60)})

    assert changed(late) == (Change("no_dates", 1, 6),)


def test_a_home_that_is_never_free_long_enough_says_no_days():
    assert changed(home("h", available={"min_days": 80})) == (Change("no_dates", 1, 0),)


def test_a_home_above_the_limit_says_by_how_much():
    rent = {"kind": "rent", "cold": 55_000, "operating": 12_000}
    dear = home("h", tenant="household", rent=rent)

    assert changed(dear, rent_payer="jobcenter") == (Change("rent", 1, 7_000),)


def test_a_rule_without_a_measure_is_named_alone():
    pets = [{"kind": "dog", "count": 1}]

    assert changed(home("h"), pets=pets) == (Change("pets", 1, 0),)


def test_what_two_rules_block_no_single_change_opens():
    pets = [{"kind": "dog", "count": 1}]
    why = told(
        [home("h", location=place("41061")), home("near")],
        [household("n", pets=pets, smokers=True)],
    )

    assert isinstance(why, WhyNot)
    assert why.changes == ()


def test_the_easiest_change_comes_first():
    welcome = {"women_only": True}
    offers = [home("h1", accepts=welcome), home("h2", location=place("41061"))]

    why = told(offers, [household("n")])

    assert isinstance(why, WhyNot)
    assert [change.code for change in why.changes] == ["distance", "women_only"]


def test_nothing_said_of_a_protected_home_locates_it():
    secret = home("h", location=place("40599", disclosure="protected"))
    remote = home("h", location=place("41061", disclosure="protected"))
    near = home("near", location=place("40210"), beds=3)

    why = told([secret, near], [household("n")])
    taken = told([secret], [household("n"), household("m", priority=3)])

    assert isinstance(why, Why)
    assert isinstance(taken, WhyNot)
    assert (why.offer, why.metres, why.runner_up) == ("near", 0, None)
    assert taken.outbid is None
    assert changed(remote) == (Change("distance", 1, 0),)


def test_who_lives_at_a_protected_address_is_not_located():
    secret = home("h", location=place("40599", disclosure="protected"))
    hidden = household("n", protection={"confidential_address": True})

    why = told([secret, home("other")], [hidden])

    assert isinstance(why, Why)
    assert (why.offer, why.metres, why.runner_up, why.behind) == ("h", None, None, 0)
    assert why.points == (("whole_dwelling", 200),)
    assert why.worth[-1] == 200


def test_goods_say_from_which_lots_they_come_and_what_is_missing():
    item = {"category": "BEDDING", "code": "duvet"}
    lots = [home(f"lot{n}", listed=n) for n in (1, 2)]
    for lot, quantity in zip(lots, (3, 4), strict=True):
        lot["details"] = {"kind": "goods", "item": item, "quantity": quantity}
    request = household("n")
    request["details"] = {"kind": "goods", "item": item, "quantity": 9}

    why = told(lots, [request])

    assert isinstance(why, Served)
    assert {lot: pieces for lot, pieces, _ in why.lots} == {"lot1": 3, "lot2": 4}
    assert (why.missing, why.reason) == (2, "outbid")


def test_of_a_need_that_the_plan_does_not_know_nothing_is_said():
    market = blank([home("h")], [household("n")], places=PLACES)
    reasons = Reasons(market, solve(market))

    assert isinstance(reasons.of("n"), Why)
    with pytest.raises(LookupError, match="unheard-of"):
        reasons.of("unheard-of")


def test_who_is_pinned_is_told_of_the_home_and_the_others_of_what_is_left():
    offers = [home("a", location=place("40599")), home("b", location=place("40210"))]
    needs = [household("n"), household("m", raised=2), household("o", raised=3)]
    pinned = [{"need": "n", "offer": "a"}]
    market = blank(offers, needs, places=PLACES, pinned=pinned)

    reasons = Reasons(market, solve(market))

    told = {name: reasons.of(name) for name in ("n", "m", "o")}
    assert isinstance(told["n"], Why)
    assert told["n"].offer == "a"
    left = {one.offer: one.compatible for one in told.values() if isinstance(one, Why)}
    assert left == {"a": 2, "b": 1}
    outbid = [one for one in told.values() if isinstance(one, WhyNot)]
    assert [(one.blocked, one.compatible) for one in outbid] == [
        ((("no_dates", 1),), 1)
    ]
