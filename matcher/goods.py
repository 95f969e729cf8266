"""Goods: which pieces of which lot go to which request, exactly.

Tiers: pieces weighted by the request's priority, pieces, metres travelled (fewer are
better). Quantities divide; a request may be served from several lots.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from matcher.columns import Ints
from matcher.flow import Network, bound, prices, steps
from matcher.plan import Handover, Part, Price, Tier, Unmet
from matcher.problem import Market
from matcher.stays import to_date
from matcher.steps import strict_steps
from matcher.stock import FUNNEL, Stock, stock, waiting_requests

TIERS = ("urgent", "pieces", "metres")


@dataclass(frozen=True, slots=True)
class Goods:
    """Everything the plan says about goods."""

    handovers: tuple[Handover, ...]
    unmet: tuple[Unmet, ...]
    part: Part


Choice: TypeAlias = Callable[[Stock, Network], Ints]


def solve_goods(market: Market, choose: Choice) -> Goods:
    """Return the flow that `choose` picks around the pins, with its proof."""
    found = stock(market)
    settled = _settle(market, found)
    network = _rest(market, found, settled)
    pieces = choose(found, network) + settled
    return Goods(
        _handovers(market, found, pieces),
        _unmet(market, found, pieces),
        _part(found, network, pieces, settled),
    )


def _settle(market: Market, found: Stock) -> Ints:
    """Return what pins take, the earliest request first."""
    network = found.network
    supply, demand = network.supply.copy(), network.demand.copy()
    pieces = np.zeros(len(network.lot), np.int64)
    order = sorted(
        range(len(network.lot)),
        key=lambda arc: (
            found.requests[network.request[arc]].raised,
            found.requests[network.request[arc]].id,
            -network.worth[-1][arc],
            network.lot[arc],
        ),
    )
    for arc in order:
        request, lot = network.request[arc], network.lot[arc]
        if (found.requests[request].id, found.lots[lot].id) in market.pinned:
            pieces[arc] = min(supply[lot], demand[request])
            supply[lot] -= pieces[arc]
            demand[request] -= pieces[arc]
    return pieces


def _rest(market: Market, found: Stock, settled: Ints) -> Network:
    """Return what the pins leave; a pinned request takes nothing else."""
    network = found.network
    supply, demand = network.supply.copy(), network.demand.copy()
    np.subtract.at(supply, network.lot, settled)
    pinned = {need for need, _ in market.pinned}
    for row, request in enumerate(found.requests):
        if request.id in pinned:
            demand[row] = 0
    return replace(network, supply=supply, demand=demand)


def _handovers(market: Market, found: Stock, pieces: Ints) -> tuple[Handover, ...]:
    network = found.network
    rows = []
    for arc in np.nonzero(pieces)[0].tolist():
        lot, request = found.lots[network.lot[arc]], network.request[arc]
        count = int(pieces[arc])
        first, second, third = (network.worth[:, arc] * count).tolist()
        known = lot.postcode in market.places
        known = known and found.requests[request].postcode in market.places
        rows.append(
            Handover(
                need=found.requests[request].id,
                offer=lot.id,
                day=to_date(max(market.today, lot.start)),
                quantity=count,
                metres=-int(network.worth[2, arc]) if known else None,
                worth=(first, second, third),
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.need, row.offer)))


def _unmet(market: Market, found: Stock, pieces: Ints) -> tuple[Unmet, ...]:
    got = np.zeros(len(found.requests), np.int64)
    np.add.at(got, found.network.request, pieces)
    place = {request.id: n for n, request in enumerate(found.requests)}
    waiting = waiting_requests(market)
    pinned = {need for need, _ in market.pinned}
    rows = []
    for request in market.requests:
        row = place.get(request.id)
        if request.id in waiting:
            rows.append(_lacking(request.id, "duplicate_pending", request.quantity))
        elif row is None:
            rows.append(_lacking(request.id, "incomplete", request.quantity))
        elif got[row] < request.quantity:
            counts = tuple(found.blocked[row].tolist())
            reason = "pinned_impossible" if request.id in pinned else _reason(counts)
            missing = request.quantity - int(got[row])
            rows.append(_lacking(request.id, reason, missing, counts))
    return tuple(rows)


def _lacking(
    need: str, reason: str, missing: int, counts: tuple[int, ...] = ()
) -> Unmet:
    blocked = tuple((code, n) for code, n in zip(FUNNEL, counts, strict=False) if n)
    return Unmet(need, "goods", reason, missing, blocked, counts[-1] if counts else 0)


def _reason(counts: tuple[int, ...]) -> str:
    """Return the rule at which the last lots fell; without lots there is no item."""
    if counts[-1]:
        return "outbid"
    fell = [code for code, n in zip(FUNNEL, counts, strict=False) if n]
    return fell[-1] if fell else FUNNEL[0]


def _part(found: Stock, network: Network, pieces: Ints, settled: Ints) -> Part:
    free = pieces - settled
    weights = steps(network)
    reached: list[int] = []
    tiers = []
    for n, name in enumerate(TIERS):
        multipliers = tuple(weights[m] // weights[n] for m in range(n))
        joined = network.worth[n] + sum(
            (m * network.worth[b] for b, m in enumerate(multipliers)),
            np.zeros(len(free), np.int64),
        )
        price = prices(network, free, joined)
        total = bound(network, price, joined)
        before = sum(m * r for m, r in zip(multipliers, reached, strict=True))
        fixed = int(network.worth[n] @ settled)
        reached.append(int(network.worth[n] @ free))
        tiers.append(
            Tier(
                name=name,
                worth=fixed + reached[n],
                bound=fixed + total - before,
                scale=1,
                multipliers=multipliers,
                prices=tuple(
                    Price(found.lots[lot].id, None, None, None, int(price[lot]))
                    for lot in np.nonzero(price)[0].tolist()
                ),
            )
        )
    proven = all(tier.bound == tier.worth for tier in tiers)
    wanted = found.network.demand
    total_weights = strict_steps(network.worth, network.request, wanted)
    return Part("goods", tuple(tiers), total_weights, proven)
