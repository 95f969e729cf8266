"""Which engine solves which instance; whatever it does, the certificate is ours.

Where every place is given once, a min-cost flow is exact. Where every offer is one
knapsack, whole fillings say what is worth a search. Where all edges fit into one
search, tier after tier is searched until it is proven. Beyond that, prices come from a
first-order method and the choice from many searches.
"""

from matcher.instance import Instance
from matcher.knapsacks import is_one_knapsack_each
from matcher.large import solve_large
from matcher.packing import solve_knapsacks
from matcher.patience import Patience, Progress
from matcher.shots import seats, solve_shots
from matcher.tiers import SCALE, Solved, solve_tiers

PACKED = 100
"""Needs from which on knapsacks are packed; with fewer, one search soon ends."""
LARGE = 1_500
"""Needs from which on an instance is a large one: one search no longer ends."""


def best_choice(
    instance: Instance,
    progress: Progress,
    *,
    seed: int = 1,
    scale: int = SCALE,
    effort: int = 1,
) -> Solved:
    """Return the best choice that the engine for this instance finds, with bounds."""
    patience = Patience.of(progress)
    places = seats(instance)
    if places is not None:
        solved = solve_shots(instance, places, patience, seed=seed)
        if solved is not None:
            return solved
    if instance.needs >= PACKED and is_one_knapsack_each(instance):
        return solve_knapsacks(
            instance, patience, seed=seed, scale=scale, effort=effort
        )
    if instance.needs >= LARGE and instance.tiers > 1:
        return solve_large(instance, patience, seed=seed, effort=effort)
    return solve_tiers(instance, patience, seed=seed, scale=scale, effort=effort)
