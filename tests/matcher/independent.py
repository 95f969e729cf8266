"""The best plan and its proof, formulated a second time.

One 0/1 variable for each stay that the oracle allows, one row for each place and
night, tiers solved one after another by CP-SAT in exact integers: neither the
matcher's pairs nor its engines. `bound` is the formula of docs/matching.md.
"""

from collections import defaultdict
from dataclasses import dataclass

from ortools.sat.python import cp_model

from matcher.plan import Tier
from tests.matcher import oracle
from tests.matcher.attributes import metres, suits, told
from tests.matcher.bedrooms import Doc, people, rooms_needed


@dataclass(frozen=True, slots=True)
class Option:
    """A stay that one household could have: rooms of a place for `[start, end)`."""

    need: str
    offer: str
    unit: str | None
    start: int
    end: int
    rooms: int
    worth: tuple[int, int, int]


def options(market: Doc) -> list[Option]:
    """Return every stay that breaks no rule by itself."""
    sides = (("needs", "raised"), ("offers", "listed"))
    needs, offers = (
        [one for one in market[side] if not oracle.is_later_twin(market[side], one, by)]
        for side, by in sides
    )
    found = (
        _option(market, need, offer, unit)
        for need in needs
        for offer in offers
        if oracle.is_open(market, need, offer)
        for unit in oracle.units(offer)
    )
    return [option for option in found if option is not None]


def _option(market: Doc, need: Doc, offer: Doc, unit: str | None) -> Option | None:
    if not suits(market, need, offer, unit):
        return None
    stay = oracle.nights(market, need, offer, unit)
    rooms = rooms_needed(need, offer, unit)
    if stay is None or rooms == 0:
        return None
    if oracle.meets_promise(market, need, offer, stay):
        return None
    if any(oracle.free(market, offer, unit, night) < rooms for night in range(*stay)):
        return None
    earned = worth(market, need, offer, unit, rooms)
    return Option(need["id"], offer["id"], unit, *stay, rooms, earned)


def worth(
    market: Doc, need: Doc, offer: Doc, unit: str | None, rooms: int
) -> tuple[int, int, int]:
    """Return what a stay earns in each tier."""
    rules, persons = market["policy"]["priorities"], len(people(need))
    today = oracle.day(market["today"], 0)
    waited = today - oracle.day(need["waiting_since"], today)
    late = 0 if need["details"].get("horizon") == "acute" else 4
    level = need["priority"] + waited // rules["waiting_step_days"] - late
    weights = [*rules["acute_weights"]]
    weights += [weights[-1] * 2**n for n in range(1, 6)]
    first = persons * weights[min(8, level)] if level >= 0 else 0
    return first, persons, sum(points(market, need, offer, unit, rooms).values())


def points(
    market: Doc, need: Doc, offer: Doc, unit: str | None, rooms: int
) -> dict[str, int]:
    """Return what a stay earns in the third tier, by preference, zeros left out."""
    asked, home = need["details"], offer["details"]
    postcode = told(offer, "location").get("postcode")
    wishes = [(wish["kind"], wish["value"]) for wish in asked.get("wishes") or []]
    districts = [value for kind, value in wishes if kind == "district"]
    here = [
        n for n, d in enumerate(districts) if postcode and d in (postcode, postcode[:3])
    ]
    sleeping = [u for u in home.get("units") or [] if unit in (None, u["ref"])]
    beds = sum(u["sleeps"] for u in sleeping) if sleeping else home.get("beds") or 0
    spare = beds * rooms - len(people(need))
    way = metres(market, asked.get("near"), postcode)
    far = market["policy"]["max_metres"] if way is None else way
    common = set(asked.get("languages") or ()) & set(home.get("languages") or ())
    each = market["policy"]["preferences"]
    earned = {
        "keep": each["keep"]
        * (need["current"] == {"offer": offer["id"], "unit": unit}),
        "wished_district": each["wished_district"][here[0]] if here else 0,
        "wished_dwelling": each["wished_dwelling"]
        * (("dwelling", home["dwelling"]) in wishes),
        "language": each["language"] * bool(common),
        "whole_dwelling": each["whole_dwelling"]
        * (home["dwelling"] in {"flat", "house"}),
        "wasted_bed": each["wasted_bed"] * max(0, spare),
        "kilometre": each["kilometre"] * (far // 1000 if asked.get("near") else 0),
    }
    return {name: value for name, value in earned.items() if value}


def optimum(market: Doc, stays: list[Option]) -> tuple[tuple[int, ...], int]:
    """Return the best worth of each tier in strict order, and how many are placed."""
    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in stays]
    for mine in _grouped(stays):
        model.add_at_most_one(chosen[n] for n in mine)
    for rows, free in _nights(market, stays).items():
        model.add(sum(stays[n].rooms * chosen[n] for n in rows) <= free)
    for a, b in _clashes(market, stays):
        model.add_at_most_one((chosen[a], chosen[b]))
    reached: list[int] = []
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    for tier in range(3):
        total = sum(s.worth[tier] * x for s, x in zip(stays, chosen, strict=True))
        model.maximize(total)
        assert solver.solve(model) == cp_model.OPTIMAL
        reached.append(round(solver.objective_value))
        model.add(total == reached[-1])
        model.clear_hints()
        for x in chosen:
            model.add_hint(x, solver.value(x))
    return tuple(reached), sum(solver.value(x) for x in chosen)


def _grouped(stays: list[Option]) -> list[list[int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for n, stay in enumerate(stays):
        rows[stay.need].append(n)
    return list(rows.values())


def _nights(market: Doc, stays: list[Option]) -> dict[tuple[int, ...], int]:
    """Return who could be in a place on a night, and what is free; like nights once."""
    by_night: dict[tuple[str, str | None, int], list[int]] = defaultdict(list)
    for n, stay in enumerate(stays):
        for night in range(stay.start, stay.end):
            by_night[stay.offer, stay.unit, night].append(n)
    homes = {offer["id"]: offer for offer in market["offers"]}
    rows: dict[tuple[int, ...], int] = {}
    for (offer, unit, night), there in by_night.items():
        free = oracle.free(market, homes[offer], unit, night)
        rows[tuple(there)] = min(free, rows.get(tuple(there), free))
    return rows


def _clashes(market: Doc, stays: list[Option]) -> list[tuple[int, int]]:
    needs = {need["id"]: need for need in market["needs"]}
    angry = {
        (a, b)
        for a in needs
        for b in needs
        if a < b and oracle.enemies(needs[a], needs[b])
    }
    return [
        (n, m)
        for n, a in enumerate(stays)
        for m, b in enumerate(stays)
        if (a.need, b.need) in angry
        and a.offer == b.offer
        and a.start < b.end
        and b.start < a.end
    ]


def bound(market: Doc, stays: list[Option], n: int, tiers: tuple[Tier, ...]) -> int:
    """Return what the prices of tier `n` prove, whoever found them."""
    tier, best = tiers[n], dict.fromkeys((stay.need for stay in stays), 0)
    homes = {offer["id"]: offer for offer in market["offers"]}
    prices = [(p, p.day.toordinal()) for p in tier.prices if p.day is not None]
    assert len(prices) == len(tier.prices)
    for s in stays:
        profit = tier.scale * s.worth[n]
        profit += sum(m * w for m, w in zip(tier.multipliers, s.worth, strict=False))
        for p, night in prices:
            if p.offer == s.offer and s.start <= night < s.end:
                mine = s.rooms * (p.unit == s.unit) if p.apart is None else 0
                profit -= p.price * (s.need in p.apart if p.apart else mine)
        best[s.need] = max(best[s.need], profit)
    total = sum(best.values())
    for p, night in prices:
        rooms = oracle.free(market, homes[p.offer], p.unit, night)
        total += p.price * (rooms if p.apart is None else 1)
    kept = sum(m * t.worth for m, t in zip(tier.multipliers, tiers, strict=False))
    return (total - kept) // tier.scale
