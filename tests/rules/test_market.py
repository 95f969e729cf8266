"""The market document: the open part of all lives, as the matcher reads it."""

import json
from collections.abc import Sequence

import pytest

from events.base import Fact
from events.case import Private
from events.kinds.goods import GoodsNeed
from events.kinds.housing import Available, HousingNeed, HousingOffer, Location, Unit
from events.match import (
    Allocation,
    GoodsDispatched,
    GoodsReceived,
    GoodsReserved,
    MatchEnded,
)
from events.need import NeedMerged, NeedParked, NeedUnmerged, NeedWithdrawn
from events.offer import OfferMerged, OfferWithdrawn
from events.pair import PairForbidden, PairPinned
from events.policy import Policy
from events.realm import PolicyAdopted, RealmOpened
from events.values import Span
from services.market import Market
from tests.rules.given import recorded
from tests.rules.world import (
    APRIL,
    ASKED,
    BED,
    BEDS,
    BEDS_WANTED,
    BEFORE,
    DAY,
    JULY,
    LOTS_PLACED,
    OCTOBER,
    PAIR,
    PLACED,
    PROPOSED,
    SAID,
    TODAY,
    box,
    checked,
    listed,
    moved,
    of,
    proposed,
    raised,
)

REALM = RealmOpened(said=SAID, realm="05111000", name="Düsseldorf", synthetic=True)
HOME = HousingOffer(
    dwelling="flat",
    units=(Unit(ref="r1", type="room", sleeps=2),),
    available=Available(start=BEFORE, end=OCTOBER),
    location=Location(postcode="40210"),
)
PARTY = HousingNeed(persons=2, period=Span(start=APRIL), near="40227")


def market(*facts: Fact) -> Market:
    found = Market()
    found.apply(recorded(facts))
    return found


def part(name: str, facts: Sequence[Fact]) -> list[dict[str, object]]:
    rows = json.loads(json.dumps(market(*facts).document()))[name]
    assert isinstance(rows, list)
    return rows


def ids(name: str, facts: Sequence[Fact]) -> list[object]:
    return [row["id"] for row in part(name, facts)]


def similar(name: str, facts: Sequence[Fact]) -> dict[object, object]:
    return {row["id"]: row["similar_to"] for row in part(name, facts)}


def test_the_document_is_plain_and_says_what_is_open():
    policy = Policy(name="2022", horizon_days=90)

    document = market(
        REALM,
        DAY,
        PolicyAdopted(said=SAID, policy=policy),
        listed("o-1", HOME, private=Private(contact=box())),
        checked("visit", valid_until=OCTOBER),
        raised("n-1", PARTY, priority=2),
        PairPinned(said=SAID, offer="o-1", need="n-1", reason="aunt"),
        listed("o-2", HOME),
        PairForbidden(said=SAID, offer="o-2", need="n-1", reason="no"),
        proposed(line=Allocation(start=APRIL, end=JULY, count=1)),
    ).document()

    assert document == {
        "format": "market.v1",
        "realm": "05111000",
        "position": 10,
        "today": "2022-03-18",
        "policy": policy.model_dump(mode="json", exclude_none=True),
        "places": {"40210": [475_137, 5_695_563], "40227": [476_114, 5_694_632]},
        "offers": [
            {
                "id": "o-1",
                "provider": "p-of-o-1",
                "details": {
                    "kind": "housing",
                    "dwelling": "flat",
                    "units": [{"ref": "r1", "type": "room", "sleeps": 2}],
                    "available": {"from": "2022-03-10", "to": "2022-10-01"},
                    "location": {"postcode": "40210", "disclosure": "area"},
                },
                "checks": [
                    {"kind": "visit", "state": "passed", "valid_until": "2022-10-01"}
                ],
                "similar_to": [],
                "listed": 4,
            },
            {
                "id": "o-2",
                "provider": "p-of-o-2",
                "details": {
                    "kind": "housing",
                    "dwelling": "flat",
                    "units": [{"ref": "r1", "type": "room", "sleeps": 2}],
                    "available": {"from": "2022-03-10", "to": "2022-10-01"},
                    "location": {"postcode": "40210", "disclosure": "area"},
                },
                "checks": [],
                "similar_to": [],
                "listed": 8,
            },
        ],
        "needs": [
            {
                "id": "n-1",
                "household": "p-of-n-1",
                "details": {
                    "kind": "housing",
                    "persons": 2,
                    "period": {"from": "2022-04-01"},
                    "near": "40227",
                },
                "priority": 2,
                "waiting_since": "2022-03-10",
                "similar_to": [],
                "raised": 6,
                "current": {
                    "match": "m-1",
                    "offer": "o-1",
                    "unit": None,
                    "from": "2022-04-01",
                    "to": "2022-07-01",
                },
            }
        ],
        "held": [],
        "pinned": [{"offer": "o-1", "need": "n-1"}],
        "forbidden": [{"offer": "o-2", "need": "n-1"}],
    }


def test_what_somebody_has_heard_of_is_held_and_its_need_is_not_in_the_market():
    for history in (ASKED, PLACED):
        assert ids("needs", history) == []
        assert part("held", history) == [
            {
                "match": "m-1",
                "offer": "o-1",
                "need": "n-1",
                "household": "p-of-n-1",
                "no_contact": [],
                "unit": None,
                "from": "2022-04-01",
                "to": "2022-07-01",
                "count": 1,
                "quantity": 0,
            }
        ]


def test_only_a_plan_s_own_proposal_may_be_moved():
    by_hand = (*PAIR, proposed(by_hand=True))

    assert (ids("needs", PROPOSED), part("held", PROPOSED)) == (["n-1"], [])
    assert (ids("needs", by_hand), len(part("held", by_hand))) == ([], 1)


@pytest.mark.parametrize(
    "gone",
    [
        NeedParked(said=SAID, need="n-1", until=APRIL, reason="ill"),
        NeedWithdrawn(said=SAID, need="n-1", reason="other"),
        NeedMerged(said=SAID, need="n-1", into="n-2"),
    ],
)
def test_a_need_that_is_not_open_is_not_in_the_market(gone: Fact):
    assert ids("needs", [*PAIR, gone]) == []


@pytest.mark.parametrize(
    "gone",
    [
        OfferWithdrawn(said=SAID, offer="o-1", reason="other"),
        OfferMerged(said=SAID, offer="o-1", into="o-2"),
    ],
)
def test_an_offer_that_is_not_open_is_not_in_the_market(gone: Fact):
    assert ids("offers", [*PAIR, gone]) == []


def test_pieces_that_are_promised_are_held_and_the_need_lacks_the_rest():
    (row,) = part("held", LOTS_PLACED)
    (need,) = part("needs", LOTS_PLACED)

    assert (row["quantity"], row["count"]) == (4, 0)
    assert need["details"] == {
        "kind": "goods",
        "item": {"category": "FURNITURE", "code": "bed-140", "unit": "piece"},
        "quantity": 2,
    }
    assert need["current"] is None


def test_what_arrived_short_is_lacking_and_what_never_left_is_there_again():
    goods = of("m-g", "o-g", "n-g")
    history = [
        *LOTS_PLACED,
        moved(GoodsReserved, 4),
        moved(GoodsDispatched, 3),
        GoodsReceived(said=SAID, **goods, quantity=1),
        MatchEnded(said=SAID, **goods, on=TODAY, side="office", reason="moved_out"),
    ]

    (row,) = part("held", history)
    (need,) = part("needs", history)

    assert row["quantity"] == 3
    assert isinstance(need["details"], dict)
    assert need["details"]["quantity"] == 5


def test_a_request_that_is_served_leaves_the_market():
    all_of_it = proposed("m-g", "o-g", "n-g", line=Allocation(quantity=6), checks=())
    history = [DAY, listed("o-g", BEDS), raised("n-g", BEDS_WANTED), all_of_it]
    unknown = raised("n-2", GoodsNeed(item=BED))

    assert ids("needs", [*history, unknown]) == ["n-2"]


def test_likely_duplicates_know_of_each_other_whoever_came_first():
    twins = [DAY, raised(), raised("n-2", similar_to=("n-1", "n-9"))]

    assert similar("needs", twins) == {"n-1": ["n-2"], "n-2": ["n-1"]}


def test_twins_kept_apart_are_none():
    apart = NeedUnmerged(said=SAID, need="n-1", other="n-2")
    twins = [DAY, raised(), raised("n-2", similar_to=("n-1",)), apart]

    assert similar("needs", twins) == {"n-1": [], "n-2": []}


def test_a_twin_of_what_was_merged_is_a_twin_of_what_it_was_merged_into():
    three = [
        DAY,
        listed(),
        listed("o-2", similar_to=("o-1",)),
        listed("o-3", similar_to=("o-1",)),
    ]
    merged = [*three, OfferMerged(said=SAID, offer="o-1", into="o-2")]

    assert similar("offers", three) == {
        "o-1": ["o-2", "o-3"],
        "o-2": ["o-1"],
        "o-3": ["o-1"],
    }
    assert similar("offers", merged) == {"o-2": ["o-3"], "o-3": ["o-2"]}


def test_a_twin_that_has_a_home_already_is_still_named():
    twin = raised("n-2", similar_to=("n-1",))

    assert similar("needs", [*PLACED, twin]) == {"n-2": ["n-1"]}


def test_nothing_sealed_is_in_the_market():
    secret = listed("o-1", HOME, private=Private(contact=box(), address=box("address")))

    text = json.dumps(market(DAY, secret).document())

    assert "AAEC" not in text
    assert "m-1" not in text


def test_without_a_day_there_is_no_market():
    with pytest.raises(LookupError, match="begin-day"):
        market(listed()).document()


def test_a_gap_in_the_facts_stops_the_market():
    late = recorded([DAY, listed()])[1:]

    with pytest.raises(LookupError, match="fact 2 came after 0: a gap"):
        Market().apply(late)


def test_facts_taken_one_by_one_make_the_same_market():
    whole, bit_by_bit = market(*PLACED), Market()

    for fact in recorded(PLACED):
        bit_by_bit.apply([fact])

    assert bit_by_bit == whole
