"""One number of several tiers, such that no gain below makes up for a loss above."""

from collections.abc import Sequence

import numpy as np

from matcher.columns import Ints, Whole


def strict_steps(worth: Ints, need: Whole, amount: Ints) -> tuple[int, ...]:
    """Return the weight of each tier (rows of `worth`) in one sum."""
    return steps_between(spreads(worth, need, amount))


def spreads(worth: Ints, need: Whole, amount: Ints) -> list[int]:
    """Return by how much each tier (rows of `worth`) can vary.

    Each need takes at most `amount` times one of its edges, or nothing.
    """
    found = []
    for tier in worth:
        high = np.zeros(len(amount), np.int64)
        low = np.zeros(len(amount), np.int64)
        np.maximum.at(high, need, tier)
        np.minimum.at(low, need, tier)
        found.append(int((high - low) @ amount))
    return found


def steps_between(spreads: Sequence[int], apart: int = 0) -> tuple[int, ...]:
    """Return the weight of each tier, from what each can vary by.

    A step is one more than all that stands below it can vary by. In the last tier up to
    `apart` of what is counted may not be earned.
    """
    weights: list[int] = []
    below = 0
    for spread in reversed(spreads):
        weights.insert(0, below + 1)
        below += weights[0] * spread
        below += apart if len(weights) == 1 else 0
    return tuple(weights)
