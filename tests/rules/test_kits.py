"""Parts of a kit are proposed in one append, and a part that is left comes alone."""

from collections.abc import Iterable

import matcher
from events.base import Fact
from events.kinds.goods import GoodsNeed, GoodsOffer, Item
from events.match import Allocation, MatchProposed
from events.need import NeedRaised
from services import planning
from services.market import Market
from services.planning import PlanPart, parts
from tests.rules.given import recorded
from tests.rules.world import DAY, SAID, listed, proposed

COT = Item(category="CHILDREN", code="cot")
MATTRESS = Item(category="BEDDING", code="mattress-90")
LOTS = (
    listed("o-c", GoodsOffer(item=COT, quantity=1)),
    listed("o-m", GoodsOffer(item=MATTRESS, quantity=1)),
)


def wanted(need: str, item: Item, kit: str | None = "baby") -> NeedRaised:
    details = GoodsNeed(item=item, quantity=1, kit=kit)
    return NeedRaised(said=SAID, need=need, household="p-1", details=details)


def planned(*history: Fact) -> list[PlanPart]:
    market = Market()
    market.apply(recorded([DAY, *history]))
    document = market.document()
    plan = matcher.solve(document)
    assert matcher.faults(document, plan) == []
    return list(parts(plan, market, SAID))


def pairs(part: PlanPart) -> list[tuple[str, str]]:
    return proposals(part.facts)


def proposals(facts: Iterable[Fact]) -> list[tuple[str, str]]:
    return [(f.need, f.offer) for f in facts if isinstance(f, MatchProposed)]


def test_the_parts_of_a_kit_are_proposed_in_one_append():
    (part,) = planned(*LOTS, wanted("n-c", COT), wanted("n-m", MATTRESS))

    assert pairs(part) == [("n-c", "o-c"), ("n-m", "o-m")]
    assert {"need:n-c", "need:n-m", "offer:o-c", "offer:o-m"} <= set(part.tags)


def test_no_kit_is_torn_apart_where_one_append_does_not_take_all(monkeypatch):
    monkeypatch.setattr(planning, "MOST", 3)
    lots = (
        listed("o-c", GoodsOffer(item=COT, quantity=9)),
        listed("o-m", GoodsOffer(item=MATTRESS, quantity=9)),
    )
    kits = (
        wanted(f"n-{item.code}-{kit}", item, kit)
        for item in (COT, MATTRESS)
        for kit in ("a", "b", "c", "d")
    )

    (part,) = planned(*lots, *kits)

    needs = [[pair[0] for pair in proposals(step)] for step in part.steps]
    assert needs == [[f"n-cot-{k}", f"n-mattress-90-{k}"] for k in ("a", "b", "c", "d")]


def test_requests_of_no_kit_are_proposed_each_by_itself():
    loose = wanted("n-c", COT, None), wanted("n-m", MATTRESS, None)

    assert [pairs(part) for part in planned(*LOTS, *loose)] == [
        [("n-c", "o-c")],
        [("n-m", "o-m")],
    ]


def test_half_a_kit_is_not_proposed():
    assert planned(LOTS[0], wanted("n-c", COT), wanted("n-m", MATTRESS)) == []


def test_the_part_that_is_left_of_a_kit_comes_alone():
    has = proposed("m-1", "o-c", "n-c", line=Allocation(quantity=1), checks=())

    (part,) = planned(*LOTS, wanted("n-c", COT), wanted("n-m", MATTRESS), has)

    assert pairs(part) == [("n-m", "o-m")]
