"""Which engine solves which instance; whatever it does, the certificate is ours.

Where every place is given once, a min-cost flow is exact. Where every offer is one
knapsack, whole fillings say what is worth a search. Where all edges fit into one
search, tier after tier is searched until it is proven. Beyond that, prices come from a
first-order method and the choice from many searches.
"""

import numpy as np

from matcher.board import Board, board
from matcher.instance import Instance, Source
from matcher.knapsacks import is_one_knapsack_each
from matcher.large import solve_large
from matcher.packing import solve_knapsacks
from matcher.patience import Patience, Progress
from matcher.problem import Market
from matcher.shots import may_be_seats, seats, solve_shots
from matcher.tiers import SCALE, Solved, solve_tiers
from matcher.wide import Wide

PACKED = 100
"""Needs from which on knapsacks are packed; with fewer, one search soon ends."""
SEATED = 5_000_000
"""Edges up to which a market of seats is one flow, all of them in memory at once."""
LARGE = 1_500
"""Needs from which on an instance is a large one: one search no longer ends."""


def table_of(market: Market) -> Board | Wide:
    """Return a market laid out: all pairs at once, or on shelves where it is large."""
    return board(market) if len(market.households) < LARGE else Wide(market)


def _can_be_one(source: Source) -> bool:
    """Say whether all edges of a large market are looked at together."""
    return not source.edges or (source.edges <= SEATED and may_be_seats(source))


def best_choice(
    source: Source,
    progress: Progress,
    *,
    seed: int = 1,
    scale: int = SCALE,
    effort: int = 1,
) -> Solved:
    """Return the best choice that the engine for this instance finds, with bounds."""
    patience = Patience.of(progress)
    if not isinstance(source, Instance) and not _can_be_one(source):
        return solve_large(source, patience, seed=seed, effort=effort)
    instance = (
        source if isinstance(source, Instance) else source.only(np.arange(source.edges))
    )
    places = seats(instance)
    if places is not None:
        solved = solve_shots(instance, places, patience, seed=seed)
        if solved is not None:
            return solved
    if instance.needs >= PACKED and is_one_knapsack_each(instance):
        return solve_knapsacks(
            instance, patience, seed=seed, scale=scale, effort=effort
        )
    if instance.needs >= LARGE and instance.tiers > 1 and instance.edges:
        return solve_large(instance, patience, seed=seed, effort=effort)
    return solve_tiers(instance, patience, seed=seed, scale=scale, effort=effort)
