"""The objective and the bound of goods, over every lot that suits a request.

For each tier: bound = (Σ left · price + Σ over requests of wanted · max(0, the best of
scale · worth + multipliers · worth before - price) - multipliers · reached) / scale.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from matcher.plan import Part, Plan, Tier
from matcher.referee.goods import Store, code, sums
from matcher.referee.goods_unmet import unmet_faults
from matcher.referee.racks import NOWHERE, Column, Rack
from matcher.referee.tally import Tally, figure_faults

NAMES = ("urgent", "pieces", "metres")
COUNTABLE = 1 << 61
"""Beyond this a price, or a way in 1/scale metres, is not looked at."""

_LOT = (None, None, None)
"""A lot's price has no unit, no day, and keeps nobody apart."""


def goods_proof_faults(store: Store, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with the figures of goods, and with what stays unmet."""
    part = plan.part("goods")
    wrong = list(_shape_faults(store, part))
    yield from wrong
    if wrong:
        return
    settled = [row for row in plan.handovers if row.need in store.pinned]
    left = Counter(store.left)
    left.subtract(sums(settled, "offer"))
    tally = Tally()
    for shelf in _shelves(store, part):
        shelf.visit(tally)
    for n, tier in enumerate(part.tiers):
        tally.stock[n] = sum(max(0, left[row.offer]) * row.price for row in tier.prices)
    yield from figure_faults(
        part,
        tally,
        reached=[sum(row.worth[n] for row in plan.handovers) for n in range(3)],
        fixed=[sum(row.worth[n] for row in settled) for n in range(3)],
    )
    yield from unmet_faults(store, plan, tally.offers)


def _shape_faults(store: Store, part: Part) -> Iterator[str]:
    if tuple(tier.name for tier in part.tiers) != NAMES:
        yield "goods: the tiers are not urgent, pieces, metres"
        return
    for n, tier in enumerate(part.tiers):
        if len(tier.multipliers) != n:
            yield f"{tier.name}: there is not one multiplier for each tier before"
        yield from _price_faults(store, tier)
        prices = [row.price for row in tier.prices]
        if min((*prices, *tier.multipliers, tier.scale - 1)) < 0:
            yield "goods: a price, a scale or a multiplier is negative"
        if max((*prices, tier.scale * store.most)) >= COUNTABLE:
            yield "goods: a price or a scale is too large to be looked at"


def _price_faults(store: Store, tier: Tier) -> Iterator[str]:
    for row in tier.prices:
        if (row.unit, row.day, row.apart) != (None, None, None):
            yield f"{tier.name}: the price of lot {row.offer} is not one of a lot"
        if row.offer not in store.lots:
            yield f"{tier.name}: a price is for a lot that is not there"
    if len({row.offer for row in tier.prices}) < len(tier.prices):
        yield f"{tier.name}: a lot has two prices"


class _Shelf:
    """One article: its requests, its lots, and what these cost by tier."""

    def __init__(self, store: Store, part: Part, needs: list[str], rack: Rack) -> None:
        self._store, self._part, self._needs, self._rack = store, part, needs, rack
        paid = [{row.offer: row.price for row in tier.prices} for tier in part.tiers]
        self._cost = [
            np.array([row.get(name, 0) for name in rack.names], np.int64)
            for row in paid
        ]

    def visit(self, tally: Tally) -> None:
        """Add what each request could best get to the tally."""
        for need in self._needs:
            fit = self._store.fit(need, self._rack)
            suits = fit.suits & self._rack.free
            tally.offers[need] = int(suits.sum())
            if not tally.offers[need]:
                continue
            far = np.where(fit.metres == NOWHERE, self._store.most, fit.metres)[suits]
            costs = [cost[suits] for cost in self._cost]
            wanted = self._store.wanted(need)
            weight = self._store.weight(need)
            for n, spread in enumerate((weight, 1, int(far.max()))):
                tally.spread[n] += wanted * spread
            if need not in self._store.pinned:
                for n, profit in enumerate(self._profits(weight, far, costs)):
                    tally.best[n] += wanted * max(0, profit)

    def _profits(
        self, weight: int, far: Column, costs: Sequence[Column]
    ) -> Iterator[int]:
        """Yield by tier the best that one piece can bring at the plan's prices."""
        first, second, third = self._part.tiers
        yield first.scale * weight - int(costs[0].min())
        kept = second.multipliers[0] * weight
        yield second.scale + kept - int(costs[1].min())
        kept = third.multipliers[0] * weight + third.multipliers[1]
        yield kept - int((third.scale * far + costs[2]).min())


def _shelves(store: Store, part: Part) -> Iterator[_Shelf]:
    needs: dict[str, list[str]] = {}
    for need, request in store.requests.items():
        if store.wanted(need):
            needs.setdefault(code(request), []).append(need)
    for word, some in needs.items():
        if word in store.racks:
            yield _Shelf(store, part, some, store.racks[word])
