"""Trips: what a hand-over costs beside the way of its pieces; fewer where it pays."""

from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest

import matcher
from bench.goods import document as region
from bench.markets import policy
from matcher.referee.hauls import WEIGHED, most
from matcher.trips import MOST, Table
from tests.matcher.small import Doc, lot, market, request, solved

TRIP = 4_000
PLACES = {"40210": [0, 0], "40211": [3_000, 0], "40212": [0, 9_000]}


def rules(trip: int = TRIP) -> Doc:
    return policy() | {"goods": {"max_metres": 60_000, "trip_metres": trip}}


def beds() -> tuple[Doc, ...]:
    """Two single beds next door, two beds farther off, and two that are wanted."""
    far = lot("l3", quantity=2, location={"postcode": "40211"})
    return lot("l1", quantity=1), lot("l2", quantity=1), far, request()


@pytest.mark.parametrize(("trip", "from_lots"), [(0, 2), (5_999, 2), (6_001, 1)])
def test_one_trip_is_made_where_it_saves_more_than_it_goes_farther(
    trip: int, from_lots: int
):
    plan = solved(*beds(), policy=rules(trip), places=PLACES)

    assert len(plan.handovers) == from_lots
    assert plan.proven


def test_a_hand_over_is_worth_its_way_and_one_trip():
    plan = solved(*beds()[2:], policy=rules(), places=PLACES)

    assert [row.worth for row in plan.handovers] == [(2, 2, -2 * 3_000 - TRIP)]
    assert [row.metres for row in plan.handovers] == [3_000]


def test_a_pinned_hand_over_makes_its_trip_too():
    pin = {"offer": "l1", "need": "r1"}

    plan = solved(*beds(), policy=rules(), places=PLACES, pinned=[pin])

    assert [row.worth for row in plan.handovers] == [(1, 1, -TRIP)]


def test_a_trip_that_is_not_counted_is_named():
    document = market(*beds()[2:], policy=rules(), places=PLACES)
    plan = matcher.solve(document)
    first = replace(plan.handovers[0], worth=(2, 2, -6_000))

    faults = matcher.faults(document, replace(plan, handovers=(first,)))

    assert "lot l3 for request r1 has a wrong worth" in faults


def small(seed: int) -> Doc:
    """Return three lots and three requests of few pieces at three places."""
    dice = Random(f"trips {seed}")
    cases = []
    for n in range(3):
        at = {"postcode": dice.choice(sorted(PLACES))}
        cases += [
            lot(f"l{n}", quantity=dice.randint(1, 3), location=at),
            request(
                f"r{n}",
                quantity=dice.randint(1, 3),
                priority=dice.randint(0, 1),
                location={"postcode": dice.choice(sorted(PLACES))},
            ),
        ]
    return market(*cases, policy=rules(), places=PLACES)


def exhaustive(document: Doc) -> tuple[int, ...]:
    """Return the best worth of all ways to hand out the pieces."""
    lots, requests = document["offers"], document["needs"]
    left = [one["details"]["quantity"] for one in lots]
    best = (0, 0, 0)
    for counts in product(*(ways(one, left) for one in requests)):
        if (np.array(counts).sum(axis=0) > left).any():
            continue
        worth = [0, 0, 0]
        for asked, row in zip(requests, counts, strict=True):
            for given, count in zip(lots, row, strict=True):
                weight = 2 if asked["priority"] else 1
                worth[0] += weight * count
                worth[1] += count
                worth[2] -= count * metres(asked, given) + (TRIP if count else 0)
        best = max(best, (worth[0], worth[1], worth[2]))
    return best


def ways(asked: Doc, left: list[int]) -> list[tuple[int, ...]]:
    wanted = asked["details"]["quantity"]
    rows = product(*(range(min(wanted, most) + 1) for most in left))
    return [row for row in rows if sum(row) <= wanted]


def metres(asked: Doc, given: Doc) -> int:
    (x, y), (u, v) = (
        PLACES[c["details"]["location"]["postcode"]] for c in (asked, given)
    )
    return int(((x - u) ** 2 + (y - v) ** 2) ** 0.5)


@pytest.mark.parametrize("seed", range(30))
def test_small_stocks_are_handed_out_in_the_best_of_all_ways(seed: int):
    document = small(seed)

    plan = matcher.solve(document)

    tiers = plan.part("goods").tiers
    best = exhaustive(document)
    assert matcher.faults(document, plan) == []
    assert tuple(tier.worth for tier in tiers) == best
    assert tiers[2].bound >= best[2]
    assert matcher.faults(document, matcher.first_come(document)) == []


def test_a_region_with_trips_is_within_two_hundredths_of_its_bound():
    document = region(150, 150, seed=5) | {"policy": rules(5_000)}

    plan, without = matcher.solve(document), region(150, 150, seed=5)

    first, second, third = plan.part("goods").tiers
    assert matcher.faults(document, plan) == []
    assert (first.worth, second.worth) == (first.bound, second.bound)
    assert third.worth <= third.bound <= third.worth * 0.98
    assert len(plan.handovers) < len(matcher.solve(without).handovers)


@pytest.mark.parametrize("seed", range(40))
def test_what_a_request_can_earn_is_weighed_the_same_by_both(seed: int):
    dice = Random(f"hauls {seed}")
    wanted = dice.choice([1, 2, 5, 9, WEIGHED, WEIGHED + 1, 60])
    lots = [(dice.randint(0, 12), dice.randint(-5, 30)) for _ in range(8)]
    trip = dice.randint(1, 60)
    table = Table(
        gain=np.array([[profit for _, profit in lots]]),
        fits=np.ones((1, len(lots)), np.bool_),
        left=np.array([there for there, _ in lots]),
        wanted=np.array([wanted]),
        trip=trip,
    )

    assert WEIGHED == MOST
    assert table.profit(np.zeros(8, np.int64)) == most(wanted, trip, lots)


@pytest.mark.parametrize("seed", range(20))
def test_what_a_request_can_earn_is_the_best_of_all_choices(seed: int):
    dice = Random(f"choices {seed}")
    wanted, trip = dice.randint(1, 5), dice.randint(1, 40)
    lots = [(dice.randint(1, 4), dice.randint(-5, 30)) for _ in range(4)]
    rows = product(*(range(there + 1) for there, _ in lots))

    best = max(
        sum(n * profit - trip for n, (_, profit) in zip(row, lots, strict=True) if n)
        for row in rows
        if sum(row) <= wanted
    )

    assert most(wanted, trip, lots) == best
