"""Why this pair, and why not: codes and numbers, as of one plan and its market.

For a placed household: what the pair earns by preference, what it pays at the plan's
prices, and the runner-up. For an unmet one: the funnel (which rule blocked how many
offers), what the smallest single change would open, or by how much it was outbid.
Nobody else is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.board import Board, board
from matcher.certificate import Prices, cost
from matcher.columns import UNLIMITED, Ints
from matcher.feasible import Block, blocks, verdicts
from matcher.instance import SPAN
from matcher.market import Doc, read_market
from matcher.pins import settle
from matcher.plan import Plan, Stay, Tier, Unmet
from matcher.problem import Household, Market
from matcher.stays import to_epoch


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
    points of the last tier the runner-up would be worse, all prices considered.
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


@dataclass(frozen=True, slots=True)
class Change:
    """What one change alone would open: without the rule `code`, so many offers.

    `value` says how much is enough where the rule knows a measure: metres for
    distance, euro cents above the limit for rent, days later for dates; else 0.
    """

    code: str
    offers: int
    value: int


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


@dataclass(frozen=True, slots=True)
class Served:
    """Where the goods for a request come from: (lot, pieces, price of a piece)."""

    need: str
    lots: tuple[tuple[str, int, int], ...]
    missing: int
    reason: str | None


def explain(document: Doc, plan: Plan, need: str) -> Why | WhyNot | Served:
    """Return why a need is served as it is; `LookupError` where the plan is silent."""
    market = read_market(document)
    row = next((one for one in plan.unmet if one.need == need), None)
    stay = next((one for one in plan.stays if one.need == need), None)
    household = next((one for one in market.households if one.id == need), None)
    if household is not None and stay is not None:
        return _why(_alone(market, household), plan, stay)
    if household is not None and row is not None and (row.blocked or row.compatible):
        return _why_not(_alone(market, household), plan, row)
    if any(one.need == need for one in plan.handovers):
        return _served(plan, need, row)
    if row is None:
        raise LookupError(f"the plan says nothing about the need {need}")
    return _told(row)


def _alone(market: Market, household: Household) -> Board:
    """Return the board of one household, around what is pinned for others."""
    others = frozenset(pin for pin in market.pinned if pin[0] != household.id)
    rest = settle(replace(market, pinned=others)).rest
    return board(replace(rest, households=(household,)))


def _why(table: Board, plan: Plan, stay: Stay) -> Why:
    tiers = plan.part("housing").tiers
    costs = [_costs(table, tier) for tier in tiers]
    profit = _profit(table, tiers[-1], costs[-1])
    pools = [table.pools.rows[pool] for pool in table.pairs.pool.tolist()]
    here = [(pool.offer, pool.unit) == (stay.offer, stay.unit) for pool in pools]
    mine = here.index(True)
    elsewhere = [n for n, pool in enumerate(pools) if pool.offer != stay.offer]
    best = max(elsewhere, key=lambda n: int(profit[n]), default=None)
    behind = 0 if best is None else int(profit[mine] - profit[best]) // tiers[-1].scale
    return Why(
        need=stay.need,
        offer=stay.offer,
        unit=stay.unit,
        worth=stay.worth,
        points=stay.points,
        metres=stay.metres,
        due=stay.due,
        price=_whole(tiers, costs, mine),
        compatible=len({pool.offer for pool in pools}),
        runner_up=None if best is None else _other(table, tiers, costs, best),
        behind=max(0, behind),
    )


def _why_not(table: Board, plan: Plan, row: Unmet) -> WhyNot:
    tiers = plan.part("housing").tiers
    costs = [_costs(table, tier) for tier in tiers]
    closest = None
    if row.compatible and table.instance.edges:
        profit = _profit(table, tiers[-1], costs[-1])
        closest = _other(table, tiers, costs, int(np.argmax(profit)))
    told = _told(row)
    return replace(told, changes=_changes(table), outbid=closest)


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


_EASIEST = (
    "distance",
    "rent",
    "no_dates",
    "checks_failed",
    "forbidden",
    "size",
    "pets",
    "smokers",
    "ages",
    "lift",
    "ground_floor",
    "step_free",
    "medical_equipment",
    "women_only",
    "protected_address",
    "no_contact",
)
"""What a person can most easily do something about comes first, protection last."""


def _changes(table: Board) -> tuple[Change, ...]:
    """Return the rules that alone keep the household from some offer."""
    if not table.needs.rows or not table.pools.rows:
        return ()
    block = next(blocks(table.market, table.needs, table.pools))
    blocked = {code: matrix[0] for code, matrix in verdicts(block).items()}
    times = sum((row.astype(np.int64) for row in blocked.values()), np.int64(0))
    found = []
    for code in _EASIEST:
        alone = np.nonzero(blocked[code] & (times == 1))[0]
        if len(alone):
            offers = {table.pools.rows[pool].offer for pool in alone.tolist()}
            found.append(Change(code, len(offers), _measure(block, code, alone)))
    return tuple(found)


def _measure(block: Block, code: str, pools: Ints) -> int:
    if code == "distance":
        return int(block.metres[0, pools].min())
    if code == "rent":
        above = block.pools.rent[pools] - block.needs.rent_limit[0]
        known = above[(block.pools.rent[pools] < UNLIMITED) & (above > 0)]
        return int(known.min(initial=UNLIMITED)) % UNLIMITED
    return 0


def _costs(table: Board, tier: Tier) -> Ints:
    """Return what each stay of the board pays at the tier's prices."""
    place = {(pool.offer, pool.unit): n for n, pool in enumerate(table.pools.rows)}
    rows = sorted(
        (place[price.offer, price.unit] * SPAN + to_epoch(price.day), price.price)
        for price in tier.prices
        if price.day is not None and (price.offer, price.unit) in place
    )
    keys = np.array(rows, np.int64).reshape(-1, 2)
    return cost(table.instance, Prices(keys[:, 0], keys[:, 1], (), tier.scale))


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
    pairs = zip(tiers, costs, strict=True)
    return tuple(int(row[edge]) // tier.scale for tier, row in pairs)
