"""Seeded market documents: what a city office might have before it on one morning.

Shares follow published figures where there are any (household sizes of a resettlement
year, 80 % women among adults, hosts' six months); all of it is invented, none of it
is data. The same parameters give the same document, on every machine.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from bench.people import chance, household
from bench.stock import goods_need, goods_offer, housing_offer

TODAY = date(2022, 3, 18)
DISTRICTS = 37
RADIUS = 11_000


@dataclass(frozen=True, slots=True)
class Size:
    """How large a market is. `goods` counts lots, and requests as many again."""

    needs: int
    offers: int
    goods: int = 0
    held: int = 0


Places = dict[str, list[int]]


def market(size: Size, seed: int, towns: Places | None = None) -> dict[str, object]:
    """Return a market document of `size`; in one city, where no `towns` are given."""
    dice = random.Random(f"market {seed}")
    places = towns or _places(dice)
    names = list(places)
    homes = [housing_offer(dice, n, names, TODAY) for n in range(size.offers)]
    needs = [_need(dice, n, names) for n in range(size.needs)]
    lots = [goods_offer(dice, n, names, TODAY) for n in range(size.goods)]
    requests = [goods_need(dice, n, names, TODAY) for n in range(size.goods)]
    return {
        "format": "market.v1",
        "realm": "00000000",
        "position": 10 * (size.needs + size.offers + 2 * size.goods),
        "today": TODAY.isoformat(),
        "policy": policy(),
        "places": places,
        "offers": homes + lots,
        "needs": needs + requests,
        "held": [_held(dice, homes[n], n) for n in range(size.held)],
        "pinned": [],
        "forbidden": _forbidden(dice, homes, needs),
    }


def policy() -> dict[str, object]:
    """Return the default policy with a rent table."""
    limits = [53_000, 66_000, 82_000, 100_000, 118_000]
    return {
        "name": "bench",
        "horizon_days": 180,
        "min_stay_days": 1,
        "max_metres": 60_000,
        "priorities": {"acute_weights": [1, 2, 4, 8], "waiting_step_days": 30},
        "preferences": {
            "keep": 2_000,
            "wished_district": [600, 400, 200],
            "wished_dwelling": 200,
            "language": 300,
            "whole_dwelling": 200,
            "wasted_bed": -50,
            "kilometre": -20,
        },
        "rent_limits": [
            {"persons": n, "limit_minor": limit} for n, limit in enumerate(limits, 1)
        ],
        "source": "invented",
        "checks": {"confirm": ["identity", "visit"], "minors": ["background"]},
        "habits": {"lapse_days": 10, "reconfirm_days": 90},
        "goods": {"agrees_below_minor": 0, "max_metres": 60_000},
    }


def _places(dice: random.Random) -> Places:
    return {
        str(40_210 + 7 * n): [dice.randint(0, 2 * RADIUS), dice.randint(0, 2 * RADIUS)]
        for n in range(DISTRICTS)
    }


def _need(dice: random.Random, n: int, places: list[str]) -> dict[str, object]:
    waiting = dice.choice([0, 1, 3, 7, 14, 21, 40, 70])
    return {
        "id": f"need-{n:06}",
        "household": f"p-h{n:06}",
        "details": household(dice, places, TODAY),
        "priority": dice.choices([0, 1, 2, 3], [60, 25, 10, 5])[0],
        "waiting_since": (TODAY - timedelta(days=waiting)).isoformat(),
        "similar_to": [f"need-{n - 1:06}"] if n and chance(dice, 1) else [],
        "raised": 2 * n + 2,
        "current": None,
    }


def _held(dice: random.Random, home: dict[str, object], n: int) -> dict[str, object]:
    details = cast("dict[str, list[dict[str, object]]]", home["details"])
    units = details.get("capacity") or [{"unit": None}]
    start = TODAY + timedelta(days=dice.choice([-30, -10, 0, 20]))
    return {
        "match": f"match-{n:06}",
        "offer": home["id"],
        "need": f"need-held-{n:06}",
        "household": f"p-held{n:06}",
        "no_contact": [],
        "unit": units[0]["unit"],
        "from": start.isoformat(),
        "to": (start + timedelta(days=dice.choice([60, 120, 180]))).isoformat(),
        "count": 1,
        "quantity": 0,
    }


def _forbidden(
    dice: random.Random, homes: list[dict[str, object]], needs: list[dict[str, object]]
) -> list[dict[str, object]]:
    count = min(len(homes), len(needs)) // 50
    return [
        {"offer": dice.choice(homes)["id"], "need": dice.choice(needs)["id"]}
        for _ in range(count)
    ]
