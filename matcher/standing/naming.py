"""Pools by the names under which a plan gives their prices."""

from collections.abc import Iterator, Mapping

import numpy as np

from matcher.board import Board
from matcher.certificate import Prices
from matcher.instance import SPAN
from matcher.plan import Price, Tier
from matcher.standing.book import Steps
from matcher.stays import to_date, to_epoch

Name = tuple[str, str | None, tuple[str, str] | None]
"""An offer, a unit of it, and whom a pool keeps apart or is kept for."""


def names_of(laid: Board) -> Iterator[Name]:
    """Yield the name of each pool of a board, in their order."""
    for row in laid.pools.rows:
        yield row.offer, row.unit, None
    for offer, one, other in laid.apart:
        yield offer, None, (one, other)
    for kept in laid.kept:
        row, groups = laid.pools.rows[kept.pool], kept.arrivals
        yield row.offer, row.unit, (min(groups), max(groups))


def steps_of(laid: Board) -> Iterator[Steps]:
    """Yield what is free of each pool of a board, in their order."""
    keys, free = laid.instance.free_key, laid.instance.free
    pools = len(laid.pools.rows) + len(laid.apart) + len(laid.kept)
    cuts = np.searchsorted(keys, np.arange(pools + 1) * SPAN)
    for pool in range(pools):
        here = slice(cuts[pool], cuts[pool + 1])
        yield keys[here] - pool * SPAN, free[here]


def prices_of(tier: Tier, place: Mapping[Name, int]) -> Prices:
    """Return a tier's prices where their pools are still there."""
    rows = sorted(
        (place[name] * SPAN + to_epoch(price.day), price.price)
        for price in tier.prices
        if (name := (price.offer, price.unit, price.apart)) in place
        and price.day is not None
    )
    keys, prices = np.array(rows, np.int64).reshape(-1, 2).T
    return Prices(keys, prices, tier.multipliers, tier.scale)


def named(prices: Prices, names: list[Name]) -> Iterator[Price]:
    """Yield prices as a plan gives them."""
    for key, price in zip(prices.key.tolist(), prices.price.tolist(), strict=True):
        pool, day = divmod(key, SPAN)
        offer, unit, apart = names[pool]
        yield Price(offer, unit, to_date(day), apart, price)
