"""Why this pair, and why not: codes and numbers."""

import pytest

import matcher
from matcher import Change, Other, Served, Why, WhyNot
from tests.matcher.small import (
    TODAY,
    Doc,
    home,
    lot,
    market,
    member,
    need,
    request,
)


def explained(document: Doc, name: str) -> Why | WhyNot | Served:
    return matcher.explain(document, matcher.solve(document), name)


def test_a_pair_is_explained_by_points_price_and_runner_up():
    document = market(
        home("o1", languages=["uk"]),
        home("o2"),
        need("n1", languages=["uk"]),
        need("n2", languages=["uk"]),
        need("n3"),
    )
    plan = matcher.solve(document)
    here = next(s for s in plan.stays if s.offer == "o1")

    why = matcher.explain(document, plan, here.need)

    assert isinstance(why, Why)
    assert why.runner_up is not None
    assert why == Why(
        need=here.need,
        offer="o1",
        unit=None,
        worth=(1, 1, 450),
        points=(("language", 300), ("whole_dwelling", 200), ("wasted_bed", -50)),
        metres=None,
        due=(),
        price=why.price,
        compatible=2,
        runner_up=Other("o2", None, (1, 1, 150), why.runner_up.price),
        behind=0,
    )
    assert why.price[2] - why.runner_up.price[2] == 300


def test_the_only_offer_has_no_runner_up():
    why = explained(market(home(), need()), "n1")

    assert isinstance(why, Why)
    assert (why.compatible, why.runner_up, why.behind) == (1, None, 0)


def test_an_unmet_need_is_explained_by_the_funnel_and_the_smallest_change():
    near = {"postcode": "40211"}
    document = market(
        home("o1", location={"postcode": "40599"}),
        home("o2", location=near, accepts={"smokers": False}),
        home("o3", location=near, accepts={"smokers": False}, floor=3),
        home("o4", available={"from": TODAY, "to": "2022-03-19", "min_days": 30}),
        need(near="40211", smokers=True, members=[member("a", lift=True)]),
    )
    for offer in document["offers"][:2]:
        offer["details"]["lift"] = True
    document["offers"][0]["details"]["accepts"] = {"smokers": True}

    why = explained(document, "n1")

    assert why == WhyNot(
        need="n1",
        reason="smokers",
        offers=4,
        blocked=(("no_dates", 1), ("lift", 1), ("smokers", 1), ("distance", 1)),
        compatible=0,
        changes=(Change("distance", 1, 95_000), Change("smokers", 1, 0)),
        outbid=None,
    )


def test_a_rent_above_the_limit_says_by_how_much():
    dear = home(rent={"kind": "rent", "cold": 50_000, "operating": 4_000})

    why = explained(market(dear, need(rent_payer="jobcenter")), "n1")

    assert isinstance(why, WhyNot)
    assert why.changes == (Change("rent", 1, 1_000),)


def test_an_outbid_need_hears_what_the_place_is_worth_to_others():
    document = market(home(), need("n1"), need("n2", priority=2))

    why = explained(document, "n1")

    assert isinstance(why, WhyNot)
    assert (why.reason, why.compatible, why.changes) == ("outbid", 1, ())
    assert why.outbid is not None
    assert why.outbid.worth[:2] == (1, 1)
    assert why.outbid.price[0] >= 1


def test_a_need_that_waits_for_a_person_is_told_without_offers():
    document = market(home(), need("n1"), need("n2", similar_to=["n1"], raised=9))

    assert explained(document, "n2") == WhyNot(
        "n2", "duplicate_pending", 0, (), 0, (), None
    )


def test_a_pinned_household_is_explained_like_any_other():
    pin = {"offer": "o2", "need": "n1"}
    document = market(home("o1", languages=["uk"]), home("o2"), need(), pinned=[pin])

    why = explained(document, "n1")

    assert isinstance(why, Why)
    assert (why.offer, why.compatible) == ("o2", 2)


def test_goods_are_explained_by_lots_and_what_is_missing():
    document = market(lot(quantity=3), request("r1", quantity=5))

    assert explained(document, "r1") == Served("r1", (("l1", 3, 1),), 2, "outbid")


def test_goods_that_nobody_has_are_told():
    why = explained(market(request()), "r1")

    assert why == WhyNot("r1", "no_item", 0, (), 0, (), None)


def test_a_need_the_plan_does_not_know_is_refused():
    document = market(home(), need())
    plan = matcher.solve(document)

    with pytest.raises(LookupError, match="says nothing about the need n9"):
        matcher.explain(document, plan, "n9")
