"""The referee looks at a place with everyone at once; pair by pair it is the same."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

import matcher
from matcher.plan import Plan, Price, Tier
from matcher.referee import alike, homes
from matcher.referee.funnel import funnels
from matcher.referee.hall import Hall
from matcher.referee.lodging import lodging_of
from matcher.referee.prices import PriceList
from matcher.referee.proof import NAMES
from matcher.referee.rules import RULES
from matcher.referee.tally import Tally
from matcher.referee.together import groups_of, one_document
from matcher.referee.walk import Walk
from tests.matcher import pair_by_pair
from tests.matcher.odd import odd_market
from tests.matcher.small import Doc, home, market, need

EACH = 30
FIRST = date(2022, 3, 10)
WISHES = ("women", "family", "elderly", "single", "couple", "quiet")


def all_sorts(seed: int) -> Mapping[str, Any]:
    """Return an odd market in which whatever a rule or a preference reads occurs."""
    dice = random.Random(f"all sorts {seed}")
    found: Any = odd_market(seed)
    needs = [n for n in found["needs"] if n["details"]["kind"] == "housing"]
    homes = [o for o in found["offers"] if o["details"]["kind"] == "housing"]
    each = found["policy"]["preferences"]
    each["near"] = {"metres": dice.choice([0, 4_000]), "points": 150}
    each["wished_household"] = dice.choice([[], [70], [90, 40]])
    found["policy"]["max_metres"] = dice.choice([5_000, 15_000, 60_000])
    inhabited = {row["offer"] for row in found["held"]}
    for offer in homes:
        told = offer["details"]
        told["wishes"] = [
            {"kind": "household", "value": dice.choice(WISHES)} for _ in range(2)
        ]
        if dice.random() < 0.1:
            told["whole_unit"] = dice.random() < 0.5
        if dice.random() < (0.5 if offer["id"] in inhabited else 0.1):
            told["location"] = {"postcode": "99998"}
        if dice.random() < 0.1:
            told["rent"] = {"kind": "rent", "cold": dice.choice([40_000, None])}
    for offer in homes:
        if dice.random() < 0.1 and offer["details"]["dwelling"] in ("flat", "house"):
            offer["details"] |= {"beds": None, "units": []}
    for asking in needs:
        links = [
            {"ref": dice.choice(needs)["id"], "how": dice.choice(["near", "together"])}
        ]
        links += [{"ref": row["need"], "how": "near"} for row in found["held"][:2]]
        if dice.random() < 0.3:
            asking["details"]["linked_households"] = links
    found["held_back"] = [_hold(dice, n, homes) for n in range(4 if homes else 0)]
    sorts: Doc = found
    return sorts


def _hold(dice: random.Random, n: int, homes: list[Doc]) -> Doc:
    home = dice.choice(homes)
    lines = home["details"].get("capacity") or [{"unit": None}]
    first = FIRST + timedelta(days=dice.randint(0, 60))
    return {
        "hold": f"h-{n}",
        "arrivals": dice.choice(["a-1", "a-2"]),
        "offer": home["id"],
        "unit": dice.choice([None, lines[0]["unit"]]),
        "from": first.isoformat(),
        "to": (first + timedelta(days=dice.randint(1, 90))).isoformat(),
        "count": 1,
        "features": dice.choice([[], ["step_free"], ["women_only"]]),
        "household_min": dice.randint(0, 3),
        "after": dice.randint(0, 40),
    }


def tiers(hall: Hall, seed: int) -> tuple[Tier, ...]:
    """Return three tiers with prices of every kind, at places, and for two by name."""
    dice = random.Random(f"prices {seed}")
    found = []
    for n, name in enumerate(NAMES):
        prices = [
            Price(
                offer,
                unit,
                FIRST + timedelta(days=dice.randint(0, 200)),
                apart,
                dice.randint(0, 900),
            )
            for offer, unit in hall.places
            for apart in _apart(dice, hall, offer, unit)
        ]
        multipliers = tuple(dice.randint(0, 40) for _ in range(n))
        found.append(Tier(name, 0, 0, dice.choice([1, 100]), multipliers, (*prices,)))
    return tuple(found)


def _apart(
    dice: random.Random, hall: Hall, offer: str, unit: str | None
) -> list[tuple[str, str] | None]:
    some: list[tuple[str, str] | None] = [None] * dice.randint(0, 4)
    if len(hall.asked) > 1 and unit is None and dice.random() < 0.3:
        one, other = dice.sample(sorted(hall.asked), 2)
        some.append((one, other))
    if offer in hall.kept and unit is not None:
        groups = sorted({one.group for one in hall.kept[offer]})
        some.append((dice.choice(groups), dice.choice(groups)))
    return some


def differing(seed: int) -> list[str]:
    """Return what the two ways of adding up say differently of a market."""
    document = all_sorts(seed)
    hall = Hall(one_document(document, groups_of(document)))
    asked = tiers(hall, seed)
    lodging = lodging_of(hall)
    slow = pair_by_pair.tally_of(hall, asked)
    fast = Walk(lodging, [PriceList(hall, tier) for tier in asked]).tally()
    funnel = {need: pair_by_pair.fallen(hall, hall.asked[need]) for need in lodging.row}
    said = funnels(lodging, list(lodging.row))
    parts = [name for name in Tally().__dict__ if vars(slow)[name] != vars(fast)[name]]
    return parts + [need for need in funnel if funnel[need] != said[need]]


@pytest.mark.parametrize("first", range(0, 210, EACH))
def test_place_by_place_comes_to_what_pair_by_pair_does(first: int):
    found = {seed: differing(seed) for seed in range(first, first + EACH)}

    assert {seed: names for seed, names in found.items() if names} == {}


@pytest.mark.parametrize("cells", [1, 7])
def test_it_is_the_same_however_small_the_tables_are(
    cells: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(homes, "CELLS", cells)

    assert not any(differing(seed) for seed in range(20))


def test_several_homes_stand_in_one_table():
    found = 0
    for seed in range(EACH):
        document = all_sorts(seed)
        lodging = lodging_of(Hall(one_document(document, groups_of(document))))
        for _, offers in lodging.quarters():
            plain = [n for n, *_ in offers if lodging.is_plain(lodging.places[n])]
            found += len(plain) >= 2

    assert found >= EACH // 3


@pytest.mark.parametrize("code", alike.READS)
def test_a_rule_that_reads_too_little_is_noticed(
    code: str, monkeypatch: pytest.MonkeyPatch
):
    blind = replace(alike.READS[code], asked=lambda *_: None)
    monkeypatch.setitem(alike.READS, code, blind)

    assert any(differing(seed) for seed in range(20))


def test_every_rule_is_read_by_kind_by_name_or_by_postcode():
    assert {*alike.READS, *alike.ONE_BY_ONE, "distance"} == set(RULES)


@pytest.mark.parametrize(
    "wrong",
    [{"scale": 1 << 60}, {"multipliers": (1 << 60, 0)}, {"multipliers": (0, 1 << 70)}],
)
def test_figures_that_would_wrap_round_are_refused(wrong: dict[str, Any]):
    document = market(home(), need())
    plan = matcher.solve(document)

    faults = matcher.faults(document, _last_tier(plan, **wrong))

    assert faults == ["points: its figures are too large to be added up exactly"]


def test_a_price_that_would_wrap_round_is_refused():
    document = market(home(), need())
    price = Price("o1", None, FIRST, None, 1 << 59)
    plan = _last_tier(matcher.solve(document), prices=(price,))

    faults = matcher.faults(document, plan)

    assert faults == ["points: its figures are too large to be added up exactly"]


def test_a_market_whose_figures_would_wrap_round_is_said_aloud():
    document = market(home(), need())
    plan = matcher.solve(document)
    document["policy"]["preferences"]["keep"] = 1 << 60

    with pytest.raises(OverflowError, match="too large"):
        matcher.faults(document, plan)


def _last_tier(plan: Plan, **wrong: Any) -> Plan:
    housing, goods = plan.parts
    tiers = (*housing.tiers[:-1], replace(housing.tiers[-1], **wrong))
    return replace(plan, parts=(replace(housing, tiers=tiers), goods))
