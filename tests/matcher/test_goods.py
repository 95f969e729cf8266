"""Goods: quantities, sizes, days, distances; exact, and proven so."""

from datetime import date
from itertools import product

import pytest

import matcher
from bench.markets import Size, policy
from bench.markets import market as generated
from matcher import Plan
from tests.matcher.small import Doc, held, lot, market, request, solved


def gets(plan: Plan) -> dict[tuple[str, str], int]:
    return {(row.need, row.offer): row.quantity for row in plan.handovers}


def lacks(plan: Plan) -> dict[str, tuple[str, int]]:
    return {row.need: (row.reason, row.missing) for row in plan.unmet}


def item(code: str = "bed-90", **more: object) -> Doc:
    return {"category": "FURNITURE", "code": code} | more


def test_a_request_is_served_from_several_lots():
    plan = solved(lot("l1", quantity=2), lot("l2", quantity=2), request(quantity=3))

    assert sum(gets(plan).values()) == 3
    assert plan.unmet == ()
    assert plan.proven


def test_the_urgent_come_first_and_the_rest_says_what_it_lacks():
    plan = solved(
        lot(quantity=3),
        request("r1", quantity=2),
        request("r2", quantity=2, priority=1),
    )

    assert gets(plan) == {("r2", "l1"): 2, ("r1", "l1"): 1}
    assert lacks(plan) == {"r1": ("outbid", 1)}


def test_of_two_lots_the_nearer_one_is_taken():
    far = lot("l1", location={"postcode": "40211"})

    plan = solved(far, lot("l2"), request())

    assert gets(plan) == {("r1", "l2"): 2}
    assert plan.handovers[0].metres == 0
    assert plan.handovers[0].worth == (2, 2, 0)


@pytest.mark.parametrize(
    ("lot_says", "request_says", "reason"),
    [
        ({"item": item("pram")}, {}, "no_item"),
        ({}, {"item": item(size="L")}, "no_item"),
        ({"item": item(size="M")}, {"item": item(size="L")}, "no_item"),
        ({"best_before": "2022-03-17"}, {}, "best_before"),
        ({"available_from": "2022-04-02"}, {"needed_by": "2022-04-01"}, "best_before"),
        ({"available_to": "2022-03-18"}, {}, "best_before"),
        (
            {"available_from": "2022-04-02", "best_before": "2022-04-01"},
            {},
            "best_before",
        ),
        ({"location": {"postcode": "40599"}}, {}, "distance"),
    ],
)
def test_why_a_lot_does_not_suit(lot_says: Doc, request_says: Doc, reason: str):
    plan = solved(lot(**lot_says), request(**request_says))

    assert lacks(plan) == {"r1": (reason, 2)}


@pytest.mark.parametrize(
    ("lot_says", "request_says", "day"),
    [
        ({"item": item(size="L")}, {}, "2022-03-18"),
        ({"item": item(size="L")}, {"item": item(size="L")}, "2022-03-18"),
        ({"best_before": "2022-03-18"}, {"needed_by": "2022-03-18"}, "2022-03-18"),
        ({"available_from": "2022-04-01"}, {"needed_by": "2022-04-01"}, "2022-04-01"),
        ({"available_to": "2022-03-19"}, {}, "2022-03-18"),
        ({"location": {}}, {}, "2022-03-18"),
    ],
)
def test_what_suits_is_handed_over_on_the_first_day(
    lot_says: Doc, request_says: Doc, day: str
):
    plan = solved(lot(**lot_says), request(**request_says))

    assert [(row.day, row.quantity) for row in plan.handovers] == [
        (date.fromisoformat(day), 2)
    ]


def test_a_place_nobody_knows_counts_as_far_as_a_lot_may_travel():
    plan = solved(lot(location={}), request())

    assert plan.handovers[0].metres is None
    assert plan.handovers[0].worth == (2, 2, -120_000)


def test_pieces_that_were_promised_are_gone():
    taken = held("l1", "2022-03-18", None, quantity=4)

    assert gets(solved(lot(), request(), held=[taken])) == {("r1", "l1"): 1}


def test_what_was_forbidden_is_not_proposed():
    pair = {"offer": "l1", "need": "r1"}

    assert lacks(solved(lot(), request(), forbidden=[pair])) == {"r1": ("forbidden", 2)}


def test_a_pinned_request_takes_its_lot_before_the_urgent_and_no_other():
    pin = {"offer": "l1", "need": "r1"}
    cases = (
        lot("l1", quantity=1),
        lot("l2"),
        request("r1"),
        request("r2", priority=3, quantity=6),
    )

    plan = solved(*cases, pinned=[pin])

    assert gets(plan) == {("r1", "l1"): 1, ("r2", "l2"): 5}
    assert lacks(plan) == {"r1": ("pinned_impossible", 1), "r2": ("outbid", 1)}


def test_likely_duplicates_of_requests_and_lots_wait():
    twins = request("r2", similar_to=["r1"], raised=9)

    plan = solved(lot(), request("r1"), twins)

    assert lacks(plan) == {"r2": ("duplicate_pending", 2)}


def test_a_request_that_does_not_say_what_or_how_many_is_incomplete():
    what, many = request("r1"), request("r2")
    del what["details"]["item"], many["details"]["quantity"]

    assert lacks(solved(lot(), what, many)) == {
        "r1": ("incomplete", 2),
        "r2": ("incomplete", 0),
    }


def wider(**rules: object) -> Doc:
    """Return the policy with a wider bed that serves who asks for a narrow one."""
    serves = [{"asked": "bed-90", "given": "bed-140"}]
    return policy() | {"goods": {"max_metres": 60_000, "equivalents": serves} | rules}


def test_a_wider_bed_serves_a_narrow_request_where_the_policy_says_so():
    wide = lot("l1", item=item("bed-140"))

    assert lacks(solved(wide, request())) == {"r1": ("no_item", 2)}
    assert gets(solved(wide, request(), policy=wider())) == {("r1", "l1"): 2}


def test_a_narrow_bed_never_serves_a_wide_request():
    plan = solved(lot(), request(item=item("bed-140")), policy=wider())

    assert lacks(plan) == {"r1": ("no_item", 2)}


def test_a_wider_bed_is_left_to_those_who_need_it_while_there_are_others():
    plan = solved(
        lot("l1", quantity=2, location={"postcode": "40211"}),
        lot("l2", quantity=2, item=item("bed-140")),
        request("r1"),
        request("r2", item=item("bed-140"), location={"postcode": "40211"}),
        policy=wider(),
    )

    assert gets(plan) == {("r1", "l1"): 2, ("r2", "l2"): 2}


def test_what_serves_as_well_keeps_the_size_that_is_asked_for():
    coats = [{"asked": "coat", "given": "winter-coat"}]
    cases = [lot(f"l{n}", item=item("winter-coat", size=n)) for n in ("M", "L")]

    plan = solved(
        *cases,
        request(item=item("coat", size="L")),
        policy=wider(equivalents=coats),
    )

    assert gets(plan) == {("r1", "lL"): 2}


@pytest.mark.parametrize("seed", range(12))
def test_equivalents_are_given_out_as_the_best_of_all_choices(seed: int):
    document: Doc = generated(Size(needs=0, offers=0, goods=30), seed)
    _shrink(document, seed)
    document["policy"] = wider()
    beds = ("bed-90", "bed-140")
    for n, case in enumerate([*document["offers"], *document["needs"]]):
        case["details"]["item"] = item(beds[(3 * n + seed) // 2 % 2])

    plan = matcher.solve(document)

    tiers = plan.part("goods").tiers
    assert matcher.faults(document, plan) == []
    assert tuple(tier.bound for tier in tiers) == _exhaustive(document)


@pytest.mark.parametrize("seed", range(12))
def test_the_flow_is_the_best_of_all_choices_on_tiny_stocks(seed: int):
    document = generated(Size(needs=0, offers=0, goods=30), seed)
    _shrink(document, seed)

    plan = matcher.solve(document)

    tiers = plan.part("goods").tiers
    assert matcher.faults(document, plan) == []
    assert [tier.worth for tier in tiers] == [tier.bound for tier in tiers]
    assert tuple(tier.worth for tier in tiers) == _exhaustive(document)


def _shrink(document: Doc, seed: int) -> None:
    """Keep three lots and three requests of one item, in small numbers."""
    for side in ("offers", "needs"):
        document[side] = document[side][3 * (seed % 5) :][:3]
        for n, case in enumerate(document[side]):
            case["details"]["item"] = item()
            case["details"]["quantity"] = 1 + (seed + n) % 2


def _exhaustive(document: Doc) -> tuple[int, ...]:
    """Try every number of pieces on every pair that the referee calls suitable."""
    lots, requests = document["offers"], document["needs"]
    worths = {}
    for asking, giving in product(requests, lots):
        pair = document | {"offers": [giving], "needs": [asking]}
        found = matcher.solve(pair).handovers
        if found:
            worths[asking["id"], giving["id"]] = tuple(
                worth // found[0].quantity for worth in found[0].worth
            )
    best: tuple[int, ...] = (0, 0, 0)
    for counts in product(range(3), repeat=len(worths)):
        flow = dict(zip(worths, counts, strict=True))
        if _fits(flow, requests, 0) and _fits(flow, lots, 1):
            sums = [sum(worths[k][t] * c for k, c in flow.items()) for t in range(3)]
            best = max(best, tuple(sums))
    return best


def _fits(flow: dict[tuple[str, str], int], cases: list[Doc], side: int) -> bool:
    return all(
        sum(count for pair, count in flow.items() if pair[side] == case["id"])
        <= case["details"]["quantity"]
        for case in cases
    )


def test_goods_and_homes_share_a_market_without_touching():
    document = market(lot(), request())

    plan = matcher.solve(document)

    assert (plan.stays, len(plan.handovers)) == ((), 1)
