"""Invented offers of homes, contingents and goods, and requests for goods."""

import random
from datetime import date, timedelta

from bench.people import LANGUAGES, chance

Json = dict[str, object]
ITEMS = ("bed-90", "bed-140", "pram", "bedding-set", "school-bag", "winter-coat")
_KINDS = ("room", "flat", "house", "hotel_unit", "shelter")


def housing_offer(dice: random.Random, n: int, places: list[str], today: date) -> Json:
    """Return an offer of a home or a contingent."""
    dwelling = dice.choices(_KINDS, [35, 47, 14, 3, 1])[0]
    contingent = dwelling in {"hotel_unit", "shelter"}
    details: Json = {
        "kind": "housing",
        "dwelling": dwelling,
        "available": _available(dice, today, contingent=contingent),
        "accepts": _accepts(dice),
        "location": _location(dice, places),
        "languages": sorted({"de", dice.choice(LANGUAGES)}),
        "step_free": dice.choices(["all", "some", "none", "unknown"], [8, 4, 48, 40])[
            0
        ],
        "floor": dice.randint(0, 5),
        "lift": chance(dice, 30),
        "medical_equipment": chance(dice, 2),
        "rent": _rent(dice),
        "tenant": "city" if contingent else _tenant(dice),
    }
    details |= _contingent(dice, today) if contingent else _rooms(dice, dwelling)
    return {
        "id": f"offer-{n:06}",
        "provider": f"p-o{n:06}",
        "details": details,
        "checks": _checks(dice, today),
        "similar_to": [f"offer-{n - 1:06}"] if n and chance(dice, 1) else [],
        "listed": 2 * n + 1,
    }


def goods_offer(dice: random.Random, n: int, places: list[str], today: date) -> Json:
    """Return a lot."""
    details: Json = {
        "kind": "goods",
        "item": _item(dice),
        "quantity": dice.choice([1, 1, 1, 2, 5, 20]),
        "location": {"postcode": dice.choice(places)},
    }
    if chance(dice, 30):
        first = today + timedelta(days=dice.randint(-10, 30))
        details["available_from"] = first.isoformat()
    if chance(dice, 20):
        last = today + timedelta(days=dice.randint(-2, 40))
        details["best_before"] = last.isoformat()
    return {
        "id": f"lot-{n:06}",
        "provider": f"p-g{n:06}",
        "details": details,
        "checks": [],
        "similar_to": [],
        "listed": 100_000 + n,
    }


def goods_need(dice: random.Random, n: int, places: list[str], today: date) -> Json:
    """Return a request."""
    details: Json = {
        "kind": "goods",
        "item": _item(dice),
        "quantity": dice.choice([1, 1, 2, 4, 10]),
        "location": {"postcode": dice.choice(places)},
    }
    if chance(dice, 40):
        last = today + timedelta(days=dice.randint(0, 30))
        details["needed_by"] = last.isoformat()
    return {
        "id": f"request-{n:06}",
        "household": f"p-r{n:06}",
        "details": details,
        "priority": dice.choices([0, 1, 2, 3], [60, 25, 10, 5])[0],
        "waiting_since": (today - timedelta(days=dice.randint(0, 50))).isoformat(),
        "similar_to": [],
        "raised": 100_000 + n,
        "current": None,
    }


def _available(dice: random.Random, today: date, *, contingent: bool) -> Json:
    start = today + timedelta(days=dice.choices([-10, 0, 14, 45], [40, 30, 20, 10])[0])
    days = dice.choices([None, 90, 120, 180, 365], [30, 15, 15, 25, 15])[0]
    available: Json = {
        "from": start.isoformat(),
        "min_days": 1 if contingent else dice.choice([30, 90, 90]),
    }
    if days is not None:
        available["to"] = (start + timedelta(days=days)).isoformat()
    if chance(dice, 20):
        available["max_days"] = dice.choice([90, 120, 180])
    return available


def _accepts(dice: random.Random) -> Json:
    accepts: Json = {"smokers": chance(dice, 30)}
    if chance(dice, 50):
        accepts["pets"] = dice.choice([[], ["cat"], ["dog", "cat", "small"]])
    if chance(dice, 10):
        accepts["women_only"] = True
    if chance(dice, 10):
        accepts["families"] = False
    if chance(dice, 8):
        accepts["children_min_age"] = dice.choice([6, 10])
    return accepts


def _location(dice: random.Random, places: list[str]) -> Json:
    protected = chance(dice, 4)
    where: Json = {"disclosure": "protected" if protected else "area"}
    return where | ({"postcode": dice.choice(places)} if chance(dice, 97) else {})


def _rent(dice: random.Random) -> Json:
    if chance(dice, 35):
        return {"kind": "free"}
    cold, operating = dice.randint(250, 1_100) * 100, dice.randint(60, 220) * 100
    return {"kind": "rent", "cold": cold, "operating": operating}


def _tenant(dice: random.Random) -> str:
    return dice.choices(["city", "welfare", "household"], [25, 10, 65])[0]


def _rooms(dice: random.Random, dwelling: str) -> Json:
    count = {"room": 1, "flat": dice.randint(1, 3), "house": dice.randint(2, 4)}
    sleeps = [dice.choice([1, 2, 2, 3]) for _ in range(count[dwelling])]
    if chance(dice, 50):
        return {"beds": sum(sleeps)}
    return {
        "units": [
            {
                "ref": f"r{n}",
                "type": "room",
                "sleeps": beds,
                "cot_possible": chance(dice, 30),
                "step_free": chance(dice, 30),
            }
            for n, beds in enumerate(sleeps)
        ]
    }


def _contingent(dice: random.Random, today: date) -> Json:
    first, change = today - timedelta(days=5), today + timedelta(days=28)
    units = [("single", 1), ("double", 2), ("family", 4)][: dice.randint(1, 3)]
    lines = []
    for ref, _ in units:
        count = dice.randint(1, 6)
        less = max(1, count - dice.randint(0, 2))
        lines += [(ref, first, change, count), (ref, change, None, less)]
    return {
        "units": [
            {"ref": ref, "type": ref, "sleeps": sleeps, "cot_possible": True}
            for ref, sleeps in units
        ],
        "capacity": [
            {
                "unit": ref,
                "span": {"from": start.isoformat()}
                | ({"to": end.isoformat()} if end else {}),
                "count": count,
                "blocked": 0,
            }
            for ref, start, end, count in lines
        ],
    }


def _checks(dice: random.Random, today: date) -> list[Json]:
    checks: list[Json] = []
    for kind in ("identity", "visit", "background"):
        if chance(dice, 60):
            state = dice.choices(["passed", "failed", "expired"], [93, 3, 4])[0]
            until = today + timedelta(days=dice.choice([20, 200, 400]))
            checks.append(
                {"kind": kind, "state": state, "valid_until": until.isoformat()}
            )
    return checks


def _item(dice: random.Random) -> Json:
    item: Json = {"category": "OTHER", "code": dice.choice(ITEMS)}
    if chance(dice, 20):
        item["size"] = dice.choice(["S", "M", "L"])
    return item
