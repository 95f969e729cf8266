"""The most that one request can earn when each lot it takes from costs a trip."""

from collections import defaultdict
from collections.abc import Sequence

WEIGHED = 24
"""A request for more pieces pays for trips by the piece, as far as bounds go."""


def most(wanted: int, trip: int, lots: Sequence[tuple[int, int]]) -> int:
    """Return the best sum over lots (pieces there, profit of a piece), trips paid.

    Exact up to `WEIGHED` pieces: of lots that can carry as much, only so many of the
    best are looked at as a request could use. Beyond that an upper bound: a piece pays
    its share, rounded down, of the fullest load that the lot could carry.
    """
    loads = [(min(there, wanted), profit) for there, profit in lots if there > 0]
    if wanted > WEIGHED:
        return wanted * max(0, *(p - trip // load for load, p in loads), 0)
    alike: dict[int, list[int]] = defaultdict(list)
    for load, profit in loads:
        alike[load].append(profit)
    earned = [0] * (wanted + 1)
    for load, profits in alike.items():
        useful = -(-wanted // load)
        for profit in sorted(profits, reverse=True)[:useful]:
            earned = _with(earned, load, profit, trip)
    return max(earned)


def _with(earned: list[int], load: int, profit: int, trip: int) -> list[int]:
    """Return the best sum for each number of pieces, one more lot considered."""
    return [
        max(
            before,
            *(
                earned[pieces - some] + some * profit - trip
                for some in range(1, min(load, pieces) + 1)
            ),
        )
        if pieces
        else before
        for pieces, before in enumerate(earned)
    ]
