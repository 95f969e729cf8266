"""Facts are read a second time: what the market says otherwise is named."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from events.arrivals import CapacityHeldBack, CapacityReleased
from events.base import Fact, Recorded, encode
from events.kinds.goods import GoodsOffer
from events.kinds.housing import HousingNeed, HousingOffer
from events.match import MatchAnswerCorrected, MatchRefused
from events.need import NeedAmended, NeedMerged, NeedPrioritised
from events.offer import OfferAmended, OfferCapacityChanged
from events.pair import PairForbidden, PairPinned, PairReleased
from services.follow import StoredFact
from services.market import Market
from services.rereading import Rereading
from tests.contract.rich import APRIL, BEDS, BEDS_WANTED, FAMILY, HOTEL, OCTOBER
from tests.rules.given import recorded
from tests.rules.world import DAY, SAID, checked, listed, raised

Doc = dict[str, Any]
PAIR: Doc = {"said": SAID, "offer": "o-1", "need": "n-1"}
ANSWER: Doc = PAIR | {"match": "m-1", "side": "household"}
HELD = CapacityHeldBack(
    said=SAID,
    hold="h-1",
    arrivals="a-1",
    offer="o-1",
    unit="double",
    count=2,
    start=APRIL,
    end=OCTOBER,
    features=("lift",),
    household_min=2,
    after=7,
)
HISTORY: tuple[Fact, ...] = (
    DAY,
    listed("o-1", HOTEL),
    checked("visit", "failed"),
    checked("visit", valid_until=OCTOBER),
    OfferAmended(
        said=SAID,
        offer="o-1",
        changes=HousingOffer(floor=0, furnished=False),
        unset=("m2",),
    ),
    OfferCapacityChanged(said=SAID, offer="o-1", capacity=()),
    listed("o-2", BEDS),
    OfferCapacityChanged(said=SAID, offer="o-2", quantity=9),
    OfferAmended(said=SAID, offer="o-2", changes=GoodsOffer(value_minor=1)),
    raised("n-1", FAMILY, priority=1),
    NeedAmended(
        said=SAID,
        need="n-1",
        changes=HousingNeed(persons=3),
        unset=("expected_birth",),
        priority=2,
    ),
    NeedPrioritised(said=SAID, need="n-1", priority=3, reason="ill"),
    raised("n-2", BEDS_WANTED),
    raised("n-3", HousingNeed(persons=1)),
    NeedMerged(said=SAID, need="n-3", into="n-1", waiting_since=date(2022, 2, 1)),
    raised("n-4", HousingNeed(persons=1)),
    PairPinned(**PAIR, reason="aunt"),
    PairForbidden(said=SAID, offer="o-2", need="n-4", reason="no"),
    PairPinned(said=SAID, offer="o-1", need="n-4", reason="no"),
    PairReleased(said=SAID, offer="o-1", need="n-4", reason="no"),
    HELD,
    HELD.model_copy(update={"hold": "h-2"}),
    CapacityReleased(said=SAID, hold="h-2", arrivals="a-1", offer="o-1", reason="no"),
)


def stored(one: Recorded) -> StoredFact:
    data, tags = encode(one.fact), one.fact.tags()
    return StoredFact(
        one.position,
        one.id,
        one.command_id,
        one.fact.type,
        tags,
        data,
        one.recorded_us,
        b"",
    )


def read(*facts: Fact) -> tuple[Rereading, Doc]:
    """Return these facts read twice, the second time by the market."""
    again, market, told = Rereading(), Market(), recorded(facts)
    again.take(stored(one) for one in told)
    market.apply(told)
    return again, market.document()


def test_a_market_that_says_what_the_facts_say_has_no_fault():
    again, document = read(*HISTORY)

    assert list(again.faults(document)) == []
    assert [row["id"] for row in document["needs"]] == ["n-1", "n-2", "n-4"]


FIELDS = [
    *(("offers", 0, name) for name in HOTEL.model_dump(exclude_none=True)),
    *(("offers", 1, name) for name in BEDS.model_dump(exclude_none=True)),
    *(("needs", 0, name) for name in FAMILY.model_dump(exclude_none=True)),
    *(("needs", 1, name) for name in BEDS_WANTED.model_dump(exclude_none=True)),
]
NOT_TOLD = {"kind", "m2", "expected_birth", "waiting_since"}


@pytest.mark.parametrize(
    ("side", "n", "name"),
    [
        field
        for field in FIELDS
        if field[2] not in NOT_TOLD and field != ("needs", 1, "quantity")
    ],
)
@pytest.mark.parametrize("wrong", [lambda _: None, lambda value: [value]])
def test_an_attribute_mistranslated_is_named(
    side: str, n: int, name: str, wrong: Callable[[object], object]
):
    again, document = read(*HISTORY)
    row = document[side][n]
    row["details"][name] = wrong(row["details"][name])

    faults = list(again.faults(document))

    case = f"{side.removesuffix('s')} {row['id']}"
    assert faults == [f"{case}: the market says {name} otherwise than the facts"]


@pytest.mark.parametrize(
    ("side", "field", "wrong", "name"),
    [
        ("offers", "provider", "p-else", "person"),
        ("offers", "checks", [], "checks"),
        ("needs", "household", "p-else", "person"),
        ("needs", "priority", 0, "priority"),
        ("needs", "waiting_since", "2022-03-18", "waiting_since"),
    ],
)
def test_what_stands_beside_the_details_is_read_again_too(
    side: str, field: str, wrong: object, name: str
):
    again, document = read(*HISTORY)
    document[side][0][field] = wrong

    assert [fault.split(" says ")[1] for fault in again.faults(document)] == [
        f"{name} otherwise than the facts"
    ]


def test_a_case_that_no_fact_tells_of_is_named():
    again, document = read(*HISTORY)
    document["needs"].append(document["needs"][0] | {"id": "n-9"})

    assert list(again.faults(document)) == ["need n-9: no fact tells of it"]


def test_decisions_about_pairs_are_read_again_too():
    again, document = read(*HISTORY)
    document["pinned"], document["forbidden"] = [], [{"need": "n-1", "offer": "o-1"}]

    assert list(again.faults(document)) == [
        "need n-1: the facts say otherwise whether o-1 is pinned",
        "need n-1: the facts say otherwise whether o-1 is forbidden",
        "need n-4: the facts say otherwise whether o-2 is forbidden",
    ]


def test_a_refusal_forbids_until_the_answer_is_corrected():
    reason = {"reason": "unwilling_neighbourhood", "consequence": "none"}
    no = MatchRefused.model_validate(ANSWER | reason)
    told = {"answer": "agreed", "reason": "misheard"}
    back = MatchAnswerCorrected.model_validate(ANSWER | told)

    refused, _ = read(*HISTORY, no)
    corrected, _ = read(*HISTORY, no, back)

    assert ("n-1", "o-1") in refused.forbidden
    assert ("n-1", "o-1") not in corrected.forbidden


def test_who_waits_since_the_day_of_the_fact_waits_since_then():
    again, document = read(DAY, raised("n-1", HousingNeed(persons=1)))
    document["needs"][0]["waiting_since"] = APRIL.isoformat()

    assert list(again.faults(document)) == [
        "need n-1: the market says waiting_since otherwise than the facts"
    ]


@pytest.mark.parametrize(
    "name",
    ["arrivals", "unit", "count", "from", "to", "features", "household_min", "after"],
)
def test_a_hold_that_the_market_tells_otherwise_is_named(name: str):
    again, document = read(*HISTORY)
    (row,) = document["held_back"]
    row[name] = ["step_free"] if name == "features" else "2022-01-01"

    assert set(again.faults(document)) == {
        "offer o-1: the facts say otherwise what h-1 holds back"
    }
    del document["held_back"]
    assert len(list(again.faults(document))) == 1
