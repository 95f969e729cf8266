"""A country: towns large and small, and who is sent no farther than a train goes.

`--needs` and `--offers` set its size; 100,000 × 90,000 is a scarce one. Each town has
so many places as it is large, and people and homes are drawn from all places alike.
Whoever comes is counted from the place where they arrived.
"""

import random
from datetime import date
from typing import cast

from bench.city import Spread, measured, rows, span, told
from bench.markets import Places, Size, market, policy
from bench.yardsticks import Figures, Options

NAME = "country"
SUMMARY = "A country, 100,000 × 160,000, 290 million pairs: gap by tier, time, memory"
NEEDS, OFFERS = 100_000, 160_000
METRES = 82_000
"""Farther than this nobody is sent."""
WIDE, LONG = 600_000, 800_000
"""Metres from west to east and from south to north."""
TOWNS, LARGEST = 400, 120
"""Towns, and places of the largest; the n-th has a part of 1/n of them."""
APART = 2_500
"""Metres between neighbouring places of a town."""
DAYS = 90
"""Within so many days from today stays begin."""
STAYS: Spread = ((120, 180, 270, 365), (15, 25, 25, 35))
SPANS: Spread = ((90, 120, 180, 270), (25, 30, 25, 20))
SHORTEST = 60

LIMITS = {"max_metres": METRES, "min_stay_days": SHORTEST}


def document(needs: int, offers: int, seed: int) -> dict[str, object]:
    """Return the market document; the same parameters give the same."""
    dice = random.Random(f"country {seed}")
    places = towns(dice)
    names = list(places)
    made = market(Size(needs=needs, offers=offers), seed, places)
    today = date.fromisoformat(str(made["today"]))
    for need in rows(made, "needs"):
        told(need)["period"] = span(dice, today, STAYS, DAYS)
        told(need).setdefault("near", dice.choice(names))
    for offer in rows(made, "offers"):
        available = cast("dict[str, object]", told(offer)["available"])
        told(offer)["available"] = available | span(dice, today, SPANS, DAYS)
        location = cast("dict[str, object]", told(offer)["location"])
        location.setdefault("postcode", dice.choice(names))
    return made | {"policy": policy() | LIMITS}


def towns(dice: random.Random) -> Places:
    """Return the places of all towns, by postcode."""
    found: Places = {}
    for n in range(TOWNS):
        middle = dice.randrange(WIDE), dice.randrange(LONG)
        count = max(1, LARGEST // (n + 1))
        spread = APART * count**0.5
        for _ in range(count):
            x, y = (round(dice.gauss(at, spread / 2)) for at in middle)
            found[f"{10_000 + len(found):05}"] = [x, y]
    return found


def run(options: Options) -> Figures:
    """Match one market and have it refereed."""
    needs = options.times(options.needs or NEEDS)
    offers = options.times(options.offers or OFFERS)
    return measured(document(needs, offers, options.seed), options)
