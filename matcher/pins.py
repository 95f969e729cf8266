"""Pins come first: what a person has decided holds its room before anyone chooses.

A pinned need may only go to an offer that it is pinned to. The earliest raised takes
its best stay there, then the next; the rest of the market is solved around them.
"""

from dataclasses import dataclass, replace

import numpy as np

from matcher.board import Board, board, waiting_needs
from matcher.columns import Ints
from matcher.keeping import used
from matcher.problem import Held, Household, Market


@dataclass(frozen=True, slots=True)
class Pinned:
    """Stays by pin, as edges of boards of their own, and what is left to solve."""

    placed: tuple[tuple[Board, int], ...]
    impossible: tuple[Household, ...]
    rest: Market


def settle(market: Market) -> Pinned:
    """Place the pinned households; the market left over holds their stays."""
    names = {need for need, _ in market.pinned}
    waiting = waiting_needs(market)
    pinned = [
        household
        for household in sorted(market.households, key=lambda h: (h.raised, h.id))
        if household.id in names - waiting and household.people
    ]
    placed, impossible, rest = [], [], market
    for household in pinned:
        table = board(replace(rest, households=(household,)))
        edge = _best(table, {offer for n, offer in market.pinned if n == household.id})
        if edge is None:
            impossible.append(household)
        else:
            placed.append((table, edge))
            rest = replace(rest, held=(*rest.held, as_held(table, edge)))
    settled = waiting | names
    left = tuple(h for h in rest.households if h.id not in settled)
    return Pinned(tuple(placed), tuple(impossible), replace(rest, households=left))


def as_held(table: Board, edge: int) -> Held:
    """Return a stay as a promise that takes its room."""
    pairs = table.pairs
    household = table.needs.rows[pairs.need[edge]]
    pool = table.pools.rows[pairs.pool[edge]]
    start, end = int(pairs.start[edge]), int(pairs.end[edge])
    return Held(
        offer=pool.offer,
        need=household.id,
        ref=household.ref,
        no_contact=household.no_contact,
        unit=pool.unit,
        start=start,
        end=end,
        count=int(pairs.demand[edge]),
        quantity=0,
        arrivals=used(table.market, household, pool, start=start, end=end),
        others=household.refs,
    )


def _best(table: Board, offers: set[str]) -> int | None:
    here: Ints = np.array(
        [
            edge
            for edge, pool in enumerate(table.pairs.pool.tolist())
            if table.pools.rows[pool].offer in offers
        ],
        np.int64,
    )
    if len(here) == 0:
        return None
    return int(here[np.argmax(table.instance.worth[-1][here])])
