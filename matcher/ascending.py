"""Sets of whole numbers, as arrays that ascend.

numpy's own `unique`, `union1d` and `isin` count by a table of hashes, which takes up to
seventy times as long where numbers are millions, and ascend already for the most part.
"""

import numpy as np

from matcher.columns import Bools, Ints, Whole


def once(*numbers: Whole) -> Ints:
    """Return each of all these numbers once, ascending."""
    order = np.sort(np.concatenate(numbers), kind="stable")
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = order[1:] != order[:-1]
    found: Ints = order[fresh]
    return found


def within(some: Whole, numbers: Whole) -> Bools:
    """Say which are among `numbers`, which ascend."""
    place = np.searchsorted(numbers, some)
    there = place < len(numbers)
    there[there] = numbers[place[there]] == some[there]
    return there
