"""Goods where every hand-over costs a trip: how few trips, and how far from the bound.

The market is that of `goods`, with a policy by which a trip weighs as much as a piece
that travels `TRIP` metres. `gap_of_metres` is the last tier's, trips and ways together.
"""

from typing import cast

from bench.goods import document, measured
from bench.markets import policy
from bench.yardsticks import Figures, Options

NAME = "trips"
SUMMARY = "Goods where each hand-over costs a trip, 2,000 × 2,000: gap, time"
REQUESTS, LOTS = 2_000, 2_000
TRIP = 5_000


def run(options: Options) -> Figures:
    """Match one market and have it refereed."""
    needs = options.times(options.needs or REQUESTS)
    offers = options.times(options.offers or LOTS)
    rules = {"agrees_below_minor": 0, "max_metres": 60_000, "trip_metres": TRIP}
    made = document(needs, offers, options.seed)
    found = dict(measured(made | {"policy": policy() | {"goods": rules}}, options))
    last = cast("dict[str, dict[str, int]]", found["tiers"])["goods.metres"]
    return found | {"gap_of_metres": last["left"] / max(1, -last["bound"])}
