"""Homes for households: the plan of stays, and its proof."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from matcher.board import Board, board, waiting_needs
from matcher.certificate import Prices
from matcher.feasible import FUNNEL
from matcher.instance import SPAN
from matcher.pins import Pinned, settle
from matcher.plan import Part, Price, Stay, Tier, Unmet
from matcher.problem import Market
from matcher.stays import stays, to_date
from matcher.steps import strict_steps
from matcher.tiers import Solved
from matcher.worth import TIERS


@dataclass(frozen=True, slots=True)
class Housing:
    """Everything the plan says about homes."""

    stays: tuple[Stay, ...]
    unmet: tuple[Unmet, ...]
    part: Part


Choice: TypeAlias = Callable[[Board], Solved]


def solve_housing(market: Market, choose: Choice) -> Housing:
    """Return the stays that `choose` picks around the pinned ones, with their proof."""
    pinned = settle(market)
    table = board(pinned.rest)
    solved = choose(table)
    placed = [
        one for t, edge in pinned.placed for one in stays(t, np.array([edge]))
    ] + list(stays(table, solved.chosen))
    by_need = tuple(sorted(placed, key=lambda one: one.need))
    return Housing(
        by_need,
        _unmet(market, table, pinned, {one.need for one in by_need}),
        _part(table, by_need, solved),
    )


def _unmet(
    market: Market, table: Board, pinned: Pinned, placed: set[str]
) -> tuple[Unmet, ...]:
    place = {household.id: n for n, household in enumerate(table.needs.rows)}
    waiting = waiting_needs(market)
    impossible = {household.id for household in pinned.impossible}
    found = []
    for household in market.households:
        counts: tuple[int, ...] = ()
        if household.id in placed:
            continue
        if not household.people:
            reason = "incomplete"
        elif household.id in waiting:
            reason = "duplicate_pending"
        elif household.id in impossible:
            reason = "pinned_impossible"
        else:
            counts = tuple(table.pairs.blocked[place[household.id]].tolist())
            reason = main_reason(counts)
        blocked = tuple((code, n) for code, n in zip(FUNNEL, counts, strict=False) if n)
        left = counts[-1] if counts else 0
        missing = len(household.people)
        found.append(Unmet(household.id, "housing", reason, missing, blocked, left))
    return tuple(found)


def main_reason(counts: tuple[int, ...]) -> str:
    """Return the rule at which the last offers fell, or that others were served.

    `counts` is a row of the funnel; without any offer at all there are no dates.
    """
    if counts[-1]:
        return "outbid"
    fell = [code for code, count in zip(FUNNEL, counts, strict=False) if count]
    return fell[-1] if fell else FUNNEL[0]


def _part(table: Board, placed: tuple[Stay, ...], solved: Solved) -> Part:
    instance = table.instance
    chosen = instance.worth[:, solved.chosen].sum(axis=1).tolist()
    tiers = []
    for n, (name, reached) in enumerate(zip(TIERS, solved.tiers, strict=True)):
        settled = sum(one.worth[n] for one in placed) - chosen[n]
        tiers.append(
            Tier(
                name=name,
                worth=settled + reached.worth,
                bound=settled + reached.bound,
                scale=reached.prices.scale,
                multipliers=reached.prices.multipliers,
                prices=_prices(table, reached.prices),
            )
        )
    one_each = np.ones(instance.needs, np.int64)
    weights = strict_steps(instance.worth, instance.need, one_each)
    return Part("housing", tuple(tiers), weights, solved.proven)


def _prices(table: Board, prices: Prices) -> tuple[Price, ...]:
    known = len(table.pools.rows)
    found = []
    for key, price in zip(prices.key.tolist(), prices.price.tolist(), strict=True):
        pool, day = divmod(key, SPAN)
        if price == 0:
            continue
        if pool < known:
            row = table.pools.rows[pool]
            found.append(Price(row.offer, row.unit, to_date(day), None, price))
        else:
            offer, a, b = table.apart[pool - known]
            found.append(Price(offer, None, to_date(day), (a, b), price))
    return tuple(found)
