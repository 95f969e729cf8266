"""One number for the worth of all tiers, for as long as numbers stay in their range."""

import numpy as np

from matcher.columns import Ints

ROOM = 64
"""So many times the largest known worth, all moves of an event may add up to."""
LEAST = (1 << 13, 1 << 6, 1 << 14)
"""What pairs to come may be worth at least, by tier."""
LARGEST = 1 << 60


class TooFarApart(ValueError):
    """Tiers whose numbers do not fit beside each other."""


class Scales:
    """Weighs tiers such that no gain below makes up for a loss above."""

    def __init__(self, worth: Ints) -> None:
        known = (2 * int(np.abs(row).max(initial=0)) for row in worth)
        self._most = [max(some) for some in zip(known, LEAST, strict=True)]
        steps, below = [1], 0
        for most in reversed(self._most[1:]):
            below += ROOM * most * steps[0]
            steps.insert(0, below + 1)
        self._steps = np.array(steps, dtype=object)
        if ROOM * steps[0] * self._most[0] > LARGEST:
            raise TooFarApart("the policy's numbers are too large to be added up")

    def take(self, worth: Ints) -> bool:
        """Say whether such worth lies within what is weighed."""
        return all(
            int(np.abs(row).max(initial=0)) <= most
            for row, most in zip(worth, self._most, strict=True)
        )

    def value(self, worth: Ints) -> Ints:
        """Return one number for each column of `worth`."""
        rows = zip(worth, self._steps.tolist(), strict=True)
        total = np.zeros(worth.shape[1], np.int64)
        for row, step in rows:
            total += row * step
        return total
