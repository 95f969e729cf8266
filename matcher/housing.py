"""Homes for households: the plan of stays, and its proof."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from matcher.board import Board, waiting_needs
from matcher.certificate import Prices
from matcher.columns import household_columns
from matcher.feasible import blocks, verdicts
from matcher.instance import SPAN
from matcher.near import closer, linked, most_apart, told_apart
from matcher.pins import Pinned, settle
from matcher.plan import Part, Price, Stay, Tier, Unmet
from matcher.problem import Market
from matcher.rules import FUNNEL
from matcher.stays import stays, to_date
from matcher.steps import steps_between
from matcher.tiers import Solved
from matcher.together import parts
from matcher.wide import Wide
from matcher.worth import TIERS


@dataclass(frozen=True, slots=True)
class Housing:
    """Everything the plan says about homes."""

    stays: tuple[Stay, ...]
    unmet: tuple[Unmet, ...]
    part: Part
    engine: str


Table = TypeVar("Table", bound="Board | Wide")


def solve_housing(
    market: Market, lay: Callable[[Market], Table], choose: Callable[[Table], Solved]
) -> Housing:
    """Return the stays that `choose` picks around the pinned ones, with their proof.

    `lay` lays the market out for it.
    """
    pinned = settle(market)
    table = lay(pinned.rest)
    solved = choose(table)
    settled = [one for t, edge in pinned.placed for one in stays(t, np.array([edge]))]
    around, found = table.chosen(solved.chosen, linked(table))
    chosen = [*stays(around, closer(around, found))]
    placed = sorted((*settled, *chosen), key=lambda one: one.need)
    by_need = told_apart(market, placed)
    return Housing(
        by_need,
        _unmet(market, table, pinned, {one.need for one in by_need}),
        _part(table, settled, by_need, solved),
        solved.engine,
    )


def _unmet(
    market: Market, table: Board | Wide, pinned: Pinned, placed: set[str]
) -> tuple[Unmet, ...]:
    early = early_reasons(market, pinned)
    hopeless = table.hopeless()
    reasons = dict(zip(hopeless, main_reasons(table, hopeless), strict=True))
    fell = _funnels(table, placed)
    found = []
    for household in market.households:
        if parts(household)[0].id in placed:
            continue
        counts: tuple[int, ...] = (0,)
        reason = early.get(household.id)
        if reason is None:
            counts = fell[household.id]
            reason = reasons.get(household.id, "outbid")
        blocked = tuple((code, n) for code, n in zip(FUNNEL, counts, strict=False) if n)
        found += [
            Unmet(part.id, "housing", reason, missing, blocked, counts[-1])
            for part in parts(household)
            for missing in [len(part.people) if household.people else 0]
        ]
    return tuple(found)


def _funnels(table: Board | Wide, placed: set[str]) -> dict[str, tuple[int, ...]]:
    """Return the funnel of each household of the table that has no place."""
    rows = table.needs.rows
    unmet = [n for n, h in enumerate(rows) if parts(h)[0].id not in placed]
    counts = table.funnels(np.array(unmet, np.int64)).tolist()
    return {rows[n].id: tuple(each) for n, each in zip(unmet, counts, strict=True)}


def early_reasons(market: Market, pinned: Pinned) -> dict[str, str]:
    """Reasons that come before any offer is looked at."""
    early = {household.id: "pinned_impossible" for household in pinned.impossible}
    early |= dict.fromkeys(waiting_needs(market), "duplicate_pending")
    return early | {h.id: "incomplete" for h in market.households if not h.people}


def main_reasons(table: Board | Wide, hopeless: list[str]) -> list[str]:
    """Return for each household without any offer the rule that matters most.

    That is the rule that alone keeps the most offers from it; where no rule does it
    alone, the one at which most fell in the funnel; without offers there are no dates.
    """
    names = set(hopeless)
    rows = tuple(h for h in table.needs.rows if h.id in names)
    columns = household_columns(table.market, rows)
    reasons = []
    for block in blocks(table.market, columns, table.pools):
        blocked = np.stack(list(verdicts(block, few=1).values()))
        alone = (blocked & (blocked.sum(axis=0) == 1)).sum(axis=2)
        first = np.cumsum(blocked, axis=0, dtype=np.int8) == 1
        fell = (first & blocked).sum(axis=2)
        weight = np.where(alone.any(axis=0), alone, fell)
        best = weight.argmax(axis=0)[: len(block.needs.rows)].tolist()
        reasons += [FUNNEL[n] for n in best]
    return reasons


def _part(
    table: Board | Wide, settled: list[Stay], placed: tuple[Stay, ...], solved: Solved
) -> Part:
    """Return the tiers: what is worth, and what is settled with what is proven.

    Stays are worth less than was counted for them where linked households are apart.
    """
    tiers, kept = [], True
    for n, (name, reached) in enumerate(zip(TIERS, solved.tiers, strict=True)):
        fixed = sum(one.worth[n] for one in settled)
        worth = sum(one.worth[n] for one in placed)
        kept = kept and worth >= fixed + reached.worth
        tiers.append(
            Tier(
                name=name,
                worth=worth,
                bound=fixed + reached.bound,
                scale=reached.prices.scale,
                multipliers=reached.prices.multipliers,
                prices=_prices(table, reached.prices),
            )
        )
    weights = steps_between(table.spreads(), most_apart(table))
    return Part("housing", tuple(tiers), weights, solved.proven and kept)


def _prices(table: Board | Wide, prices: Prices) -> tuple[Price, ...]:
    known = len(table.pools.rows)
    found = []
    for key, price in zip(prices.key.tolist(), prices.price.tolist(), strict=True):
        pool, day = divmod(key, SPAN)
        if price == 0:
            continue
        if pool < known:
            row = table.pools.rows[pool]
            found.append(Price(row.offer, row.unit, to_date(day), None, price))
        elif pool < known + len(table.apart):
            offer, a, b = table.apart[pool - known]
            found.append(Price(offer, None, to_date(day), (a, b), price))
        else:
            kept = table.kept[pool - known - len(table.apart)]
            row, groups = table.pools.rows[kept.pool], kept.arrivals
            pair = (min(groups), max(groups))
            found.append(Price(row.offer, row.unit, to_date(day), pair, price))
    return tuple(found)
