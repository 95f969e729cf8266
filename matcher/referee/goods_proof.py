"""The objective and the bound of goods, over every lot that suits a request.

For each tier: bound = (Σ left · price + Σ over requests of wanted · max(0, the best of
scale · worth + multipliers · worth before - price) - multipliers · reached) / scale.
Where trips cost, a request weighs in the last tier which lots are worth a trip each.
A kit brings what its parts bring together, or nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from matcher.plan import Part, Plan, Tier
from matcher.referee.goods import Store, Wish, sums, wished
from matcher.referee.goods_unmet import unmet_faults
from matcher.referee.hauls import most
from matcher.referee.racks import NOWHERE, Column, Mask, Rack
from matcher.referee.tally import Tally, figure_faults

NAMES = ("urgent", "pieces", "metres")
COUNTABLE = 1 << 61
"""Beyond this a price, or a way in 1/scale metres, is not looked at."""


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
    tally, parts = Tally(), dict[str, list[int]]()
    for shelf in _shelves(store, part, left, parts):
        shelf.visit(tally)
    for kit in store.kits.values():
        if all(need in parts for need in kit):
            for n, earned in enumerate(zip(*map(parts.__getitem__, kit), strict=True)):
                tally.best[n] += max(0, sum(earned))
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


@dataclass
class _Shelf:
    """One article: its requests, its lots, and what these cost by tier."""

    store: Store
    tiers: tuple[Tier, ...]
    needs: list[str]
    rack: Rack
    left: Column
    costs: list[Column]
    parts: dict[str, list[int]]

    def visit(self, tally: Tally) -> None:
        """Add what each request could best get to the tally."""
        for need in self.needs:
            fit = self.store.fit(need, self.rack)
            suits = fit.suits & self.rack.free
            tally.offers[need] = int(suits.sum())
            if not tally.offers[need]:
                continue
            far = np.where(fit.metres == NOWHERE, self.store.most, fit.metres)[suits]
            wanted = self.store.wanted(need)
            weight = self.store.weight(need)
            for n, spread in enumerate((weight, 1, int(far.max()) + self.store.trip)):
                tally.spread[n] += wanted * spread
            if need in self.store.pinned or self.store.halted(need):
                continue
            if need in self.store.set_of:
                self.parts[need] = list(self._part(need, suits, far))
                continue
            for n, best in enumerate(self._bests(need, suits, far)):
                tally.best[n] += best

    def _part(self, need: str, suits: Mask, far: Column) -> Iterator[int]:
        """Yield by tier what a part of a kit brings at best, be it a loss.

        Where trips cost, each piece pays its share of the fullest load there can be.
        """
        wanted, weight = self.store.wanted(need), self.store.weight(need)
        first, second, third = self.tiers
        costs = [cost[suits] for cost in self.costs]
        load = np.maximum(1, np.minimum(self.left[suits], wanted))
        costs[2] = costs[2] + third.scale * far + third.scale * self.store.trip // load
        kept = (
            first.scale * weight,
            second.scale + second.multipliers[0] * weight,
            third.multipliers[0] * weight + third.multipliers[1],
        )
        for value, cost in zip(kept, costs, strict=True):
            yield wanted * (value - int(cost.min()))

    def _bests(self, need: str, suits: Mask, far: Column) -> Iterator[int]:
        """Yield by tier the most that a request can bring at the plan's prices."""
        first, second, third = self.tiers
        wanted, weight = self.store.wanted(need), self.store.weight(need)
        costs = [cost[suits] for cost in self.costs]
        yield wanted * max(0, first.scale * weight - int(costs[0].min()))
        kept = second.multipliers[0] * weight
        yield wanted * max(0, second.scale + kept - int(costs[1].min()))
        kept = third.multipliers[0] * weight + third.multipliers[1]
        paid = third.scale * far + costs[2]
        if not self.store.trip:
            yield wanted * max(0, kept - int(paid.min()))
            return
        lots = zip(self.left[suits].tolist(), paid.tolist(), strict=True)
        profits = [(there, kept - cost) for there, cost in lots]
        yield most(wanted, third.scale * self.store.trip, profits)


def _shelves(
    store: Store, part: Part, left: Counter[str], parts: dict[str, list[int]]
) -> Iterator[_Shelf]:
    needs: dict[Wish, list[str]] = {}
    for need, request in store.requests.items():
        if store.wanted(need):
            needs.setdefault(wished(request), []).append(need)
    paid = [{row.offer: row.price for row in tier.prices} for tier in part.tiers]
    for word in needs.keys() & store.racks.keys():
        rack = store.racks[word]
        yield _Shelf(
            store=store,
            tiers=part.tiers,
            needs=needs[word],
            rack=rack,
            left=_column(left, rack),
            costs=[_column(prices, rack) for prices in paid],
            parts=parts,
        )


def _column(values: Mapping[str, int], rack: Rack) -> Column:
    return np.array([values.get(name, 0) for name in rack.names], np.int64)
