"""Why this pair, and why not: codes and numbers, as of one plan and its market.

For a placed household: what the pair earns by preference, what it pays at the plan's
prices, and the runner-up. For an unmet one: the funnel (which rule blocked how many
offers), what the smallest single change would open, or by how much it was outbid.
Nobody else is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.board import Board, board, homes
from matcher.certificate import Prices, cost
from matcher.changes import Change, changes
from matcher.columns import Ints
from matcher.holdcosts import HoldCost, hold_costs
from matcher.instance import SPAN
from matcher.keeping import arrivals_of
from matcher.market import Doc, read_market
from matcher.ownprice import THOUSANDTHS, own_prices
from matcher.pins import settle
from matcher.plan import Plan, Price, Stay, Tier, Unmet
from matcher.problem import Household
from matcher.scarcity import Scarcity, scarcity
from matcher.stays import to_epoch
from matcher.together import parts
from matcher.worth import weight

LOCATING = frozenset({
    "kilometre", "linked_apart", "linked_near", "wished_district",
})  # fmt: skip
"""Points that say where a home is; of a protected one nobody is told."""


@dataclass(frozen=True, slots=True)
class Other:
    """Another stay that the household could have: what it is worth, and pays, by tier.

    Prices are rounded down to whole persons or points.
    """

    offer: str
    unit: str | None
    worth: tuple[int, ...]
    price: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """Why a household goes where it goes.

    `price` is what others would give for the place, by tier; `behind` is how many
    points of the last tier the runner-up would be worse, all prices considered. It has
    `waited` so many days, and each person's `weight` in the first tier is so much.
    """

    need: str
    offer: str
    unit: str | None
    worth: tuple[int, ...]
    points: tuple[tuple[str, int], ...]
    metres: int | None
    due: tuple[str, ...]
    price: tuple[int, ...]
    compatible: int
    runner_up: Other | None
    behind: int
    waited: int
    weight: int


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a need is not served. `changes` begins with the smallest that would help.

    `outbid` is the place that it came closest to: what it is worth there by tier, and
    what that place costs.
    """

    need: str
    reason: str
    offers: int
    blocked: tuple[tuple[str, int], ...]
    compatible: int
    changes: tuple[Change, ...]
    outbid: Other | None
    waited: int = 0
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Served:
    """Where the goods for a request come from: (lot, pieces, price of a piece)."""

    need: str
    lots: tuple[tuple[str, int, int], ...]
    missing: int
    reason: str | None


class Reasons:
    """Everything that can be said of one plan; the market is read once."""

    def __init__(self, document: Doc, plan: Plan) -> None:
        self._market, self._plan = read_market(document), plan
        whole = self._market.households
        self._households = {part.id: one for one in whole for part in parts(one)}
        self._unmet = {row.need: row for row in plan.unmet}
        self._stays = {stay.need: stay for stay in plan.stays}
        self._rest = settle(self._market).rest
        self._homes = homes(self._rest)

    def of(self, need: str) -> Why | WhyNot | Served:
        """Return why a need is served as it is; `LookupError`: the plan is silent."""
        row, stay = self._unmet.get(need), self._stays.get(need)
        household = self._households.get(need)
        if household is not None and stay is not None:
            return _why(self._alone(household), self._plan, stay)
        if (
            household is not None
            and row is not None
            and (row.blocked or row.compatible)
        ):
            return _why_not(self._alone(household), self._plan, row)
        if any(one.need == need for one in self._plan.handovers):
            return _served(self._plan, need, row)
        if row is None:
            raise LookupError(f"the plan says nothing about the need {need}")
        return _told(row)

    def scarcity(self) -> Scarcity:
        """Return what the places of the market are worth at the plan's prices."""
        return scarcity(self._homes.rows, self._plan)

    def holds(self) -> tuple[HoldCost, ...]:
        """Return what a room of each hold would be worth to others."""
        return hold_costs(self._market, self._plan)

    def _alone(self, household: Household) -> Board:
        """Return the board of one household, around what is pinned for others."""
        market = self._market
        others = frozenset(pin for pin in market.pinned if pin[0] != household.id)
        if others == market.pinned:
            return board(replace(self._rest, households=(household,)), self._homes)
        rest = settle(replace(market, pinned=others)).rest
        return board(replace(rest, households=(household,)))


def explain(document: Doc, plan: Plan, need: str) -> Why | WhyNot | Served:
    """Return why one need is served as it is; `LookupError`: the plan is silent."""
    return Reasons(document, plan).of(need)


def _why(table: Board, plan: Plan, stay: Stay) -> Why:
    tiers = plan.part("housing").tiers
    costs = [_costs(table, tier) for tier in tiers]
    profit = _profit(table, tiers[-1], costs[-1])
    pools = [table.pools.rows[pool] for pool in table.pairs.pool.tolist()]
    here = [(pool.offer, pool.unit) == (stay.offer, stay.unit) for pool in pools]
    mine = here.index(True)
    hidden = table.needs.rows[0].confidential or pools[mine].home.protected
    earned = tuple(p for p in stay.points if not (hidden and p[0] in LOCATING))
    shown = () if hidden else _shown(table)
    elsewhere = [n for n in shown if pools[n].offer != stay.offer]
    best = max(elsewhere, key=lambda n: int(profit[n]), default=None)
    behind = 0 if best is None else int(profit[mine] - profit[best]) // tiers[-1].scale
    waited, weighs = _waiting(table)
    return Why(
        need=stay.need,
        offer=stay.offer,
        unit=stay.unit,
        worth=(*stay.worth[:-1], sum(points for _, points in earned)),
        points=earned,
        metres=None if hidden else stay.metres,
        due=stay.due,
        price=_whole(tiers, costs, mine),
        compatible=len({pool.offer for pool in pools}),
        runner_up=None if best is None else _other(table, tiers, costs, best),
        behind=max(0, behind),
        waited=waited,
        weight=weighs,
    )


def _why_not(table: Board, plan: Plan, row: Unmet) -> WhyNot:
    tiers = plan.part("housing").tiers
    costs = [_costs(table, tier) for tier in tiers]
    closest = None
    if row.compatible and (shown := _shown(table)):
        profit = _profit(table, tiers[-1], costs[-1])
        best = max(shown, key=lambda n: int(profit[n]))
        closest = _other(table, tiers, costs, best)
    told = _told(row)
    waited, weighs = _waiting(table)
    return replace(
        told, changes=changes(table), outbid=closest, waited=waited, weight=weighs
    )


def _waiting(table: Board) -> tuple[int, int]:
    """Return how long the household of a board has waited, and what each weighs."""
    household = table.needs.rows[0]
    waited = max(0, table.market.today - household.waiting_since)
    return waited, weight(table.market, household)


def _shown(table: Board) -> Sequence[int]:
    """Return the edges whose worth may be told: it would locate a protected home."""
    if not table.needs.rows or table.needs.rows[0].confidential:
        return ()
    pools = (table.pools.rows[pool] for pool in table.pairs.pool.tolist())
    return [n for n, pool in enumerate(pools) if not pool.home.protected]


def _told(row: Unmet) -> WhyNot:
    offers = row.compatible + sum(count for _, count in row.blocked)
    return WhyNot(
        need=row.need,
        reason=row.reason,
        offers=offers,
        blocked=row.blocked,
        compatible=row.compatible,
        changes=(),
        outbid=None,
    )


def _served(plan: Plan, need: str, row: Unmet | None) -> Served:
    paid = {price.offer: price.price for price in plan.part("goods").tiers[0].prices}
    return Served(
        need,
        tuple(
            (one.offer, one.quantity, paid.get(one.offer, 0))
            for one in plan.handovers
            if one.need == need
        ),
        0 if row is None else row.missing,
        None if row is None else row.reason,
    )


def _costs(table: Board, tier: Tier) -> Ints:
    """Return what each stay of the board pays at the tier's prices."""
    place = {(pool.offer, pool.unit): n for n, pool in enumerate(table.pools.rows)}
    rows = sorted(
        (place[price.offer, price.unit] * SPAN + to_epoch(price.day), price.price)
        for price in tier.prices
        if price.day is not None
        and (price.offer, price.unit) in place
        and _pays(table, price)
    )
    keys = np.array(rows, np.int64).reshape(-1, 2)
    return cost(table.instance, Prices(keys[:, 0], keys[:, 1], (), tier.scale))


def _pays(table: Board, price: Price) -> bool:
    """Whether it is a price for this household, and not of rooms held back for it."""
    if price.apart is None or not table.needs.rows:
        return price.apart is None
    groups = arrivals_of(table.market, table.needs.rows[0], price.offer)
    return groups.isdisjoint(price.apart)


def _profit(table: Board, tier: Tier, costs: Ints) -> Ints:
    worth = table.instance.worth
    before = zip(tier.multipliers, worth, strict=False)
    kept = sum((m * row for m, row in before), np.zeros_like(costs))
    profit: Ints = tier.scale * worth[len(tier.multipliers)] + kept - costs
    return profit


def _other(
    table: Board, tiers: Sequence[Tier], costs: Sequence[Ints], edge: int
) -> Other:
    pool = table.pools.rows[table.pairs.pool[edge]]
    worth = tuple(table.instance.worth[:, edge].tolist())
    return Other(pool.offer, pool.unit, worth, _whole(tiers, costs, edge))


def _whole(tiers: Sequence[Tier], costs: Sequence[Ints], edge: int) -> tuple[int, ...]:
    paid = own_prices(tiers, [int(row[edge]) for row in costs])
    return tuple(price // THOUSANDTHS for price in paid)
