"""One number of several tiers, such that no gain below makes up for a loss above."""

import numpy as np

from matcher.columns import Ints


def strict_steps(worth: Ints, need: Ints, amount: Ints) -> tuple[int, ...]:
    """Return the weight of each tier (rows of `worth`) in one sum.

    A step is one more than all that stands below it can vary by: each need takes at
    most `amount` times one of its edges, or nothing.
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
    return tuple(weights)
