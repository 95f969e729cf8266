"""The referee of goods against an exhaustive oracle: each of its rules is needed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from random import Random

import pytest

from matcher.plan import Handover
from matcher.referee import goods
from tests.matcher.attributes import metres, told
from tests.matcher.bedrooms import Doc
from tests.matcher.breaking import EMPTY
from tests.matcher.instances import TODAY, blank, later
from tests.matcher.oracle import FOREVER, case, day, is_later_twin
from tests.matcher.tiny import Choices, choose

LOT = {"kind": "goods", "item": {"code": "bed"}, "quantity": 2}
HELD = {"need": "x", "offer": "o0", "quantity": 1}


@dataclass(frozen=True)
class Few:
    """What may differ in requests, lots and market; `sentence` is the rule's own."""

    sentence: str
    need: Choices = field(default_factory=dict)
    offer: Choices = field(default_factory=dict)
    market: Choices = field(default_factory=dict)

    def draw(self, seed: int) -> Doc:
        dice = Random(f"few {seed}")
        needs, offers = (
            [
                {"id": f"{side}{n}", "details": dict(LOT), "similar_to": [], by: n}
                for n in range(dice.randint(1, 2))
            ]
            for side, by in (("n", "raised"), ("o", "listed"))
        )
        for some, choices in ((needs, self.need), (offers, self.offer)):
            for one in some:
                choose(dice, one, choices)
        places = {"40210": [0, 0], "40211": [9_000, 0], "40212": [30_000, 0]}
        found = blank(offers, needs, places=places)
        choose(dice, found, self.market)
        return found


def rows(market: Doc) -> Iterator[Handover]:
    """Yield hand-overs that tell their way and worth truly, allowed or not."""
    most = market["policy"]["goods"]["max_metres"]
    for need in market["needs"]:
        for offer in market["offers"]:
            ends = (told(one, "location").get("postcode") for one in (need, offer))
            way = metres(market, *ends)
            far = most if way is None else way
            for count in range(4):
                for night in range(TODAY.toordinal() - 1, TODAY.toordinal() + 3):
                    yield Handover(
                        need=need["id"],
                        offer=offer["id"],
                        day=date.fromordinal(night),
                        quantity=count,
                        metres=way,
                        worth=(count, count, -far * count),
                    )


def allows(market: Doc, plan: Sequence[Handover]) -> bool:
    """Say whether each may be, and nothing is given twice or without need."""
    return all(may_be(market, row) for row in plan) and all(
        sum(row.quantity for row in plan if name in (row.offer, row.need)) <= limit
        for name, limit in limits(market).items()
    )


def limits(market: Doc) -> dict[str, int]:
    """Return the pieces that are left of each lot, and that each request lacks."""
    found = {}
    for one in (*market["offers"], *market["needs"]):
        taken = [row["quantity"] for row in market["held"] if row["offer"] == one["id"]]
        found[one["id"]] = one["details"].get("quantity", 0) - sum(taken)
    return found


def may_be(market: Doc, row: Handover) -> bool:
    need, lot = case(market, "needs", row.need), case(market, "offers", row.offer)
    assert need is not None
    assert lot is not None
    asked, given = need["details"], lot["details"]
    item, size = told(need, "item").get("code"), told(need, "item").get("size")
    first = max(TODAY.toordinal(), day(given.get("available_from"), 0))
    pins = [pin["offer"] for pin in market["pinned"] if pin["need"] == row.need]
    return (
        row.quantity > 0
        and item is not None
        and serves(market, item, told(lot, "item").get("code"))
        and size in (None, told(lot, "item").get("size"))
        and row.day.toordinal() == first
        and first < day(given.get("available_to"), FOREVER)
        and first <= day(given.get("best_before"), FOREVER)
        and first <= day(asked.get("needed_by"), FOREVER)
        and (row.metres or 0) <= market["policy"]["goods"]["max_metres"]
        and {"need": row.need, "offer": row.offer} not in market["forbidden"]
        and (not pins or row.offer in pins)
        and not is_later_twin(market["needs"], need, "raised")
        and not is_later_twin(market["offers"], lot, "listed")
    )


def serves(market: Doc, asked: str, given: str | None) -> bool:
    pair = {"asked": asked, "given": given}
    return asked == given or pair in market["policy"]["goods"].get("equivalents", [])


def verdicts(few: Few, unsaid: str | None = None) -> set[tuple[bool, bool]]:
    """Return which (oracle, referee) verdicts there are; one sentence may be unsaid."""
    found = set()
    for seed in range(12):
        market = few.draw(seed)
        store = goods.Store(market)
        given = list(rows(market))
        pairs = combinations([row for row in given if may_be(market, row)], 2)
        for plan in (*((row,) for row in given), *pairs):
            faults = goods.handover_faults(store, replace(EMPTY, handovers=plan))
            said = [f for f in faults if unsaid is None or unsaid not in f]
            found.add((allows(market, plan), not said))
    return found


SUITS = "does not suit"
ITEMS = [{}, {"code": "bed"}, {"code": "pram"}, {"code": "bed", "size": "L"}]
DAYS = [None, later(-1), later(0), later(1)]
CASES = {
    "an item is the one that is asked for": Few(
        SUITS, {"details.item": ITEMS}, {"details.item": ITEMS}
    ),
    "an item is one that serves as well": Few(
        SUITS,
        {"details.item": ITEMS},
        {"details.item": ITEMS},
        {"policy.goods.equivalents": [[], [{"asked": "pram", "given": "bed"}]]},
    ),
    "an item comes in time, and is still good": Few(
        SUITS,
        {"details.needed_by": DAYS},
        {
            "details.available_from": DAYS,
            "details.available_to": [None, later(0), later(2)],
            "details.best_before": DAYS,
        },
    ),
    "an item has the day on which it can be had": Few(
        "has a wrong day or quantity", {}, {"details.available_from": DAYS}
    ),
    "an item travels no farther than the policy allows": Few(
        SUITS,
        {"details.location": [None, {"postcode": "40210"}]},
        {"details.location": [None, {"postcode": "40211"}, {"postcode": "40212"}]},
    ),
    "a forbidden pair stays forbidden": Few(
        SUITS, market={"forbidden": [[], [{"need": "n0", "offer": "o0"}]]}
    ),
    "a pinned request goes where it is pinned": Few(
        "goes past a pin", market={"pinned": [[], [{"need": "n0", "offer": "o1"}]]}
    ),
    "a likely duplicate waits for a person": Few(
        "may be a duplicate", {"similar_to": [[], ["n0"]]}, {"similar_to": [[], ["o1"]]}
    ),
    "an item is never promised twice": Few(
        "is promised more often",
        {"details.quantity": [2, 3]},
        {"details.quantity": [0, 1, 2]},
        {"held": [[], [HELD]]},
    ),
    "a request gets no more than it lacks": Few(
        "gets more than it lacks",
        {"details.quantity": [None, 1, 2]},
        {"details.quantity": [3, 4]},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_referee_of_goods_says_what_the_oracle_says(name: str):
    assert verdicts(CASES[name]) == {(True, True), (False, False)}


@pytest.mark.parametrize("name", CASES)
def test_a_referee_of_goods_without_this_rule_is_caught(name: str):
    few = CASES[name]

    found = verdicts(few, unsaid=few.sentence)

    assert (False, True) in found
