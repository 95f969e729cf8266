"""First come, first served: the queue, and that a plan is no worse than it."""

import pytest

import matcher
from bench.markets import Size
from bench.markets import market as generated
from tests.matcher.small import home, lot, market, need, pairs, request


def test_the_queue_is_served_in_its_order_by_the_first_listed_offer():
    document = market(
        home("o1", listed=5),
        home("o2", listed=1),
        need("n1", raised=9, priority=3),
        need("n2", raised=4),
        need("n3", raised=7, horizon="long_term"),
    )

    plan = matcher.first_come(document)

    assert pairs(plan) == {"n2": ("o2", None), "n3": ("o1", None)}
    assert matcher.faults(document, plan) == []


def test_the_queue_takes_goods_in_its_order():
    document = market(
        lot("l1", quantity=1),
        lot("l2", quantity=9),
        request("r1", raised=9, priority=3),
        request("r2", raised=4),
    )

    plan = matcher.first_come(document)

    assert [(h.need, h.offer, h.quantity) for h in plan.handovers] == [
        ("r1", "l2", 2),
        ("r2", "l1", 1),
        ("r2", "l2", 1),
    ]
    assert matcher.faults(document, plan) == []


@pytest.mark.parametrize("seed", range(6))
def test_a_plan_is_never_worse_than_the_queue(seed: int):
    document = generated(Size(needs=40, offers=20, goods=20, held=3), seed)

    plan, queue = matcher.solve(document), matcher.first_come(document)

    assert matcher.faults(document, queue) == []
    for part in ("housing", "goods"):
        ours = [tier.worth for tier in plan.part(part).tiers]
        theirs = [tier.worth for tier in queue.part(part).tiers]
        assert ours >= theirs
        assert plan.part(part).bound >= queue.part(part).worth
