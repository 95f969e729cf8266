"""One event at a time: each answer stands before the referee, and its bound is true."""

import random
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

import matcher
from bench import city
from bench.events import Happenings, current, proposed
from matcher.standing import Answer, News, Standing, between
from matcher.standing.book import of_one_at_a_time
from tests.matcher.independent import optimum, options
from tests.matcher.small import (
    DOUBLE,
    TODAY,
    family,
    held,
    home,
    hotel,
    line,
    market,
    member,
    need,
)

Doc = dict[str, Any]
FREE = {"from": TODAY, "to": "2022-09-18"}


def standing(document: Doc) -> Standing:
    """Return the plan of a market as it stands."""
    return Standing.of(document, matcher.solve(document))


def told(answer: Answer) -> list[tuple[str, int, int]]:
    return [(tier.name, tier.worth, tier.bound) for tier in answer.tiers]


def verified(plan: Standing, document: Doc) -> matcher.Plan:
    """Return the plan written out: the referee finds what the events left in memory."""
    answer, whole = plan.answer(), plan.written(document)
    part = whole.part("housing")
    assert matcher.faults(document, whole) == []
    assert [(t.name, t.worth, t.bound) for t in part.tiers] == told(answer)
    assert (part.bound - part.worth) / max(1, part.bound) == answer.gap
    return whole


def after(plan: Standing, before: Doc, now: Doc) -> Answer:
    """Return the answer to what is otherwise now."""
    news = between(before, now)
    assert news is not None
    answer = plan.heed(news)
    assert answer is not None
    verified(plan, now)
    return answer


@pytest.mark.parametrize("seed", range(4))
def test_the_referee_finds_nothing_in_any_of_forty_certificates(seed: int):
    document = city.document(60, 40, seed)
    solved = matcher.solve(document)
    document["needs"] = list(proposed(document, solved))
    plan, happenings = Standing.of(document, solved), Happenings(document, seed)

    for _ in range(20):
        _, news = happenings.next()
        answer = plan.heed(news)
        if answer is None:
            plan = plan.again(happenings.document)
            answer = plan.answer()
        verified(plan, happenings.document)
        plan.tidy()
        assert plan.heed(happenings.propose(answer)) is not None
        verified(plan, happenings.document)


@pytest.mark.parametrize("seed", range(10))
def test_no_plan_is_better_than_the_bound_says(seed: int):
    document = city.document(16, 9, seed)
    plan, happenings = standing(document), Happenings(document, seed)

    for _ in range(25):
        if plan.heed(happenings.next()[1]) is None:
            plan = plan.again(happenings.document)

    best, _ = optimum(happenings.document, options(happenings.document))
    reached = tuple(tier.worth for tier in plan.answer().tiers)
    bounds = tuple(tier.bound for tier in plan.answer().tiers)
    assert reached <= best
    for tier in range(3):
        if reached[:tier] == best[:tier]:
            assert bounds[tier] >= best[tier]


def test_a_new_need_gets_the_home_that_is_free():
    before = market(home("o1"), home("o2"), need("n1"))
    plan = standing(before)
    taken = plan.places()["n1"][0]

    answer = after(plan, before, market(home("o1"), home("o2"), need("n1"), need("n2")))

    assert answer.chosen == {"n2": ("o1" if taken == "o2" else "o2", None)}
    assert answer.moved == 0


def test_who_can_live_elsewhere_makes_way_for_who_cannot():
    couple = family(member("a"), member("b", sex="m"), a_b="couple")
    before = market(
        home("large", step_free="all", available=FREE),
        home("small", available=FREE, beds=1, floor=3),
        need("n1", near="40210"),
    )
    plan = standing(before)
    stays = plan.places()["n1"][0]

    answer = after(
        plan, before, before | {"needs": [*before["needs"], need("n2", **couple)]}
    )

    assert plan.places() == {"n1": ("small", None), "n2": ("large", None)}
    assert answer.moved == (stays == "large")


def test_a_home_that_comes_free_goes_to_who_waits():
    before = market(home("o1"), need("n1"), need("n2"))
    plan = standing(before)
    (placed,) = plan.places()
    waits = "n2" if placed == "n1" else "n1"

    answer = after(plan, before, market(home("o1"), need(waits)))

    assert answer.chosen == {placed: None, waits: ("o1", None)}
    assert answer.moved == 0


def test_who_loses_a_home_gets_another():
    before = market(home("o1"), home("o2"), need("n1"))
    plan = standing(before)
    lost = plan.places()["n1"][0]
    left = "o2" if lost == "o1" else "o1"

    answer = after(plan, before, market(home(left), need("n1")))

    assert answer.chosen == {"n1": (left, None)}


def test_a_proposal_that_was_communicated_holds_its_room_and_does_not_move():
    before = market(home("o1"), need("n1"), need("n2"))
    plan = standing(before)
    (placed,) = plan.places()
    waits = "n2" if placed == "n1" else "n1"

    heard = [held("o1", TODAY, None, need=placed)]
    answer = after(plan, before, market(home("o1"), need(waits), held=heard))

    assert plan.places() == {}
    assert answer.tiers[0].bound == 0


def test_a_proposal_moves_only_for_more_than_the_policy_gives_for_keeping_it():
    near = home("near", location={"postcode": "40210", "disclosure": "area"})
    far = home("far", location={"postcode": "40211", "disclosure": "area"})
    stays = need("n1", near="40210", current=current(("far", None)))
    before = market(far, stays)
    plan = standing(before)

    answer = after(plan, before, market(far, near, stays))

    assert answer.chosen == {}
    assert plan.places() == {"n1": ("far", None)}


def test_a_need_that_looks_like_another_waits_for_a_person():
    before = market(home("o1"), home("o2"), need("n1"))
    plan = standing(before)

    twin = need("n2", similar_to=["n1"], raised=9)
    answer = after(plan, before, market(home("o1"), home("o2"), need("n1"), twin))

    assert answer.chosen == {}
    assert [tier.bound for tier in answer.tiers[:2]] == [1, 1]


def test_households_that_must_not_meet_do_not_come_into_one_hotel():
    hostel = hotel(units=[DOUBLE], lines=[line("double", 2)])
    avoids = need("n2", protection={"no_contact": ["p-n1"]})
    before = market(hostel, need("n1"))
    plan = standing(before)

    answer = after(plan, before, market(hostel, need("n1"), avoids))
    alone = after(plan, market(hostel, need("n1"), avoids), market(hostel, avoids))

    assert answer.chosen == {}
    assert alone.chosen == {"n1": None, "n2": ("h1", "double")}


def test_a_new_hotel_keeps_apart_who_must_not_meet():
    avoids = need("n2", protection={"no_contact": ["p-n1"]})
    before = market(need("n1"), avoids)
    plan = standing(before)

    hostel = hotel(units=[DOUBLE], lines=[line("double", 5)])
    answer = after(plan, before, market(hostel, need("n1"), avoids))

    assert len(answer.chosen) == 1


def test_a_pair_that_a_person_forbids_is_no_longer_chosen():
    before = market(home("o1"), home("o2"), need("n1"))
    plan = standing(before)
    had = plan.places()["n1"][0]

    no = [{"need": "n1", "offer": had}]
    answer = after(
        plan, before, market(home("o1"), home("o2"), need("n1"), forbidden=no)
    )

    assert answer.chosen == {"n1": ("o2" if had == "o1" else "o1", None)}


@pytest.mark.parametrize(
    "news",
    [
        {"needs": {"n1": need("n1", priority=2)}},
        {"offers": {"o1": None}},
        {
            "needs": {
                "n9": need("n9", linked_households=[{"ref": "n2", "how": "together"}])
            }
        },
    ],
)
def test_what_depends_on_others_is_laid_out_anew(news: Doc):
    pinned = [{"need": "n1", "offer": "o1"}]
    plan = standing(
        market(home("o1"), home("o2"), need("n1"), need("n2"), pinned=pinned)
    )

    assert plan.heed(News(**news)) is None


@pytest.mark.parametrize("part", [{"today": "2022-03-19"}, {"pinned": [{}]}])
def test_more_than_rows_is_no_news(part: Doc):
    document = market(home(), need())

    assert between(document, document | part) is None


def test_the_same_prices_and_places_stand_after_a_restart():
    document = city.document(60, 40, seed=2)
    plan, happenings = standing(document), Happenings(document, seed=2)
    for _ in range(20):
        plan = (
            plan if plan.heed(happenings.next()[1]) else plan.again(happenings.document)
        )

    again = Standing.of(happenings.document, plan.written(happenings.document))

    assert again.places() == plan.places()
    assert told(again.answer()) == told(plan.answer())


def test_the_drift_is_how_much_the_gap_has_grown():
    document = city.document(80, 50, seed=3)
    plan, happenings = standing(document), Happenings(document, seed=3)
    begun = plan.answer().gap
    assert plan.drift == 0

    answers = [plan.heed(happenings.next()[1]) for _ in range(20)]

    last = answers[-1]
    assert last is not None
    assert plan.drift == last.gap - begun


def test_the_referee_refuses_a_plan_whose_price_was_changed():
    document = city.document(60, 40, seed=1)
    plan, happenings = standing(document), Happenings(document, seed=1)
    for _ in range(10):
        plan.heed(happenings.next()[1])
    whole = verified(plan, happenings.document)
    part = whole.part("housing")
    tier = part.tiers[-1]
    dearer = replace(tier.prices[0], price=tier.prices[0].price + tier.scale * 1_000)

    changed = replace(tier, prices=(dearer, *tier.prices[1:]))
    housing = replace(part, tiers=(*part.tiers[:-1], changed))

    assert matcher.faults(
        happenings.document, replace(whole, parts=(housing, whole.parts[1]))
    )


@pytest.mark.parametrize("seed", range(20))
def test_prices_of_a_home_add_up_to_the_best_stays_that_do_not_overlap(seed: int):
    dice = random.Random(seed)
    start = [dice.randrange(20) for _ in range(9)]
    stays = [(s, s + dice.randint(1, 9), dice.randint(1, 50)) for s in start]

    days, prices = of_one_at_a_time(*np.array(stays, np.int64).T)

    paid = [
        sum(p for d, p in zip(days, prices, strict=True) if s <= d < e)
        for s, e, _ in stays
    ]
    assert all(cost >= gain for cost, (_, _, gain) in zip(paid, stays, strict=True))
    assert prices.sum() == max(
        sum(gain for _, _, gain in some)
        for count in range(len(stays) + 1)
        for some in combinations(stays, count)
        if all(a[1] <= b[0] or b[1] <= a[0] for a, b in combinations(some, 2))
    )
