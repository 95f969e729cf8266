"""Many lots and requests: few pairs are carried, and all of them are asked."""

import numpy as np
import pytest

import matcher
from bench.goods import document
from matcher import closing, stock, suiting
from matcher.market import read_market
from tests.matcher.small import Doc, lot, market, request


def region() -> Doc:
    """Return lots and requests enough that pairs must be left out to begin with."""
    return document(400, 300, seed=3)


@pytest.fixture(scope="module")
def reached() -> list[int]:
    return [tier.worth for tier in matcher.solve(region()).part("goods").tiers]


@pytest.mark.parametrize("join", [1, 8])
def test_pairs_that_would_gain_join_until_none_is_left(
    join: int, reached: list[int], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(suiting, "NEAREST", 1)
    monkeypatch.setattr(closing, "JOIN", join)

    tiers = matcher.solve(region()).part("goods").tiers

    assert [tier.worth for tier in tiers] == reached
    assert [tier.bound for tier in tiers] == reached


def test_a_market_looked_at_in_small_blocks_is_the_same_market(
    monkeypatch: pytest.MonkeyPatch,
):
    found = stock.stock(read_market(region()))
    whole = suiting.survey(found)
    monkeypatch.setattr(suiting, "CELLS", 50)

    parts = suiting.survey(found)

    assert (parts.blocked == whole.blocked).all()
    assert (parts.farthest == whole.farthest).all()
    assert parts.edges == whole.edges == whole.blocked[found.asked.of, -1].sum()


def test_like_lots_and_like_requests_are_one_row():
    cases = [lot(f"l{n}", quantity=n) for n in (1, 2, 3)]
    cases += [request("r1"), request("r2", quantity=5), request("r3", priority=1)]
    forbidden = [{"need": "r2", "offer": "l3"}]

    alike = stock.stock(read_market(market(*cases)))
    apart = stock.stock(read_market(market(*cases, forbidden=forbidden)))

    assert (alike.given.cases.tolist(), alike.asked.cases.tolist()) == ([3], [2, 1])
    assert alike.given.pieces(alike.left).tolist() == [6]
    assert len(set(apart.given.of.tolist())) == 2
    assert len(set(apart.asked.of.tolist())) == 3


def test_of_like_requests_the_earlier_is_served_from_the_earlier_lot():
    cases = [lot("l1", quantity=2) | {"listed": 9}, lot("l2", quantity=1)]
    asking = [request(f"r{n}", raised=10 - n) for n in (1, 2)]

    plan = matcher.solve(market(*cases, *asking))

    assert [(h.need, h.offer, h.quantity) for h in plan.handovers] == [
        ("r1", "l1", 1),
        ("r2", "l1", 1),
        ("r2", "l2", 1),
    ]


def test_distances_are_whole_metres_rounded_down():
    places = {"40210": [0, 0], "40211": [46_340, 46_340], "40212": [1, 1]}
    cases = [lot("l1"), request("r1", location={"postcode": "40211"})]
    cases += [request("r2", location={"postcode": "40212"})]
    found = stock.stock(read_market(market(*cases, places=places)))

    metres = suiting.way(found, found.asked.of, np.zeros(2, np.int64))

    assert metres.tolist() == [65_534, 1]
