"""What it costs to hold capacity back: the first-order price of one of its rooms.

With one room more, a household that is kept from it could have it: what that is worth
at the plan's prices, less what the household has now. It is the price of the room in
the plan's own proof, so a first estimate: only solving again says what a release
would really do.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from matcher.board import Board, board
from matcher.certificate import Prices, cost
from matcher.columns import Ints
from matcher.instance import SPAN
from matcher.keeping import welcome
from matcher.ownprice import THOUSANDTHS, own_prices
from matcher.pins import settle
from matcher.plan import Plan, Tier
from matcher.problem import Hold, Market
from matcher.stays import to_epoch
from matcher.together import parts


@dataclass(frozen=True, slots=True)
class HoldCost:
    """What one room of a hold would be worth to others, by tier (whole units)."""

    hold: str
    price: tuple[int, ...]


def hold_costs(market: Market, plan: Plan) -> tuple[HoldCost, ...]:
    """Return the price of a room of each hold, at the plan's prices."""
    rest = settle(market).rest
    offers = {hold.offer for hold in market.holds}
    homes = tuple(home for home in rest.homes if home.id in offers)
    if not homes:
        return tuple(HoldCost(hold.id, (0, 0, 0)) for hold in market.holds)
    table = board(replace(rest, holds=(), homes=homes))
    tiers = plan.part("housing").tiers
    gains = [_gain(table, plan, tier) for tier in tiers]
    found = []
    for hold in market.holds:
        edges = _kept_from(table, hold)
        most = own_prices(tiers, [int(gain[edges].max(initial=0)) for gain in gains])
        found.append(HoldCost(hold.id, tuple(price // THOUSANDTHS for price in most)))
    return tuple(found)


def _kept_from(table: Board, hold: Hold) -> Ints:
    """Return the pairs that the hold stands in the way of."""
    pairs, pools = table.pairs, table.pools.rows
    others = [not welcome(household, hold) for household in table.needs.rows]
    there = [p.offer == hold.offer and hold.unit in {None, p.unit} for p in pools]
    out = np.array(others, np.bool_)[pairs.need] & np.array(there, np.bool_)[pairs.pool]
    out &= (pairs.start < hold.end) & (pairs.end > hold.start)
    return np.nonzero(out)[0]


def _gain(table: Board, plan: Plan, tier: Tier) -> Ints:
    """Return how much more each pair would earn than its household does now."""
    now = _earned(plan, tier)
    before = [sum(now.get(p.id, 0) for p in parts(h)) for h in table.needs.rows]
    place = {(pool.offer, pool.unit): n for n, pool in enumerate(table.pools.rows)}
    rows = sorted(
        (place[price.offer, price.unit] * SPAN + to_epoch(price.day), price.price)
        for price in tier.prices
        if price.day is not None and price.apart is None
        if (price.offer, price.unit) in place
    )
    keys = np.array(rows, np.int64).reshape(-1, 2)
    paid = cost(table.instance, Prices(keys[:, 0], keys[:, 1], (), tier.scale))
    worth = table.instance.worth
    profit = tier.scale * worth[len(tier.multipliers)] - paid
    for multiplier, row in zip(tier.multipliers, worth, strict=False):
        profit = profit + multiplier * row
    gain: Ints = profit - np.array(before, np.int64)[table.pairs.need]
    return gain


def _earned(plan: Plan, tier: Tier) -> Mapping[str, int]:
    """Return what each placed household earns after paying, in 1/scale."""
    prices: dict[tuple[str, str | None], list[tuple[int, int]]] = defaultdict(list)
    for price in tier.prices:
        if price.day is not None and price.apart is None:
            there = prices[price.offer, price.unit]
            there.append((to_epoch(price.day), price.price))
    found = {}
    shared = set()
    for stay in plan.stays:
        start, end = to_epoch(stay.start), to_epoch(stay.end)
        there = prices.get((stay.offer, stay.unit), [])
        paid = stay.count * sum(price for day, price in there if start <= day < end)
        if (home := (stay.offer, stay.unit, stay.start)) in shared:
            paid = 0  # a home is paid once by all households of a merged need
        elif stay.unit is None:
            shared.add(home)
        earned = tier.scale * stay.worth[len(tier.multipliers)] - paid
        kept = zip(tier.multipliers, stay.worth, strict=False)
        found[stay.need] = max(0, earned + sum(m * w for m, w in kept))
    return found
