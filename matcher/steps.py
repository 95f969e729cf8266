"""One number of several tiers, such that no gain below makes up for a loss above."""

import numpy as np

from matcher.columns import Ints, Whole


def strict_steps(
    worth: Ints, need: Whole, amount: Ints, apart: int = 0
) -> tuple[int, ...]:
    """Return the weight of each tier (rows of `worth`) in one sum.

    A step is one more than all that stands below it can vary by: each need takes at
    most `amount` times one of its edges, or nothing. In the last tier up to `apart` of
    what is counted may not be earned.
    """
    weights: list[int] = []
    spread = 0
    for tier in worth[::-1]:
        weights.insert(0, spread + 1)
        high = np.zeros(len(amount), np.int64)
        low = np.zeros(len(amount), np.int64)
        np.maximum.at(high, need, tier)
        np.minimum.at(low, need, tier)
        spread += weights[0] * int((high - low) @ amount)
        spread += apart if len(weights) == 1 else 0
    return tuple(weights)
