"""What would help a household that no plan can place: each rule left out by itself."""

from dataclasses import dataclass, fields, replace

import numpy as np

from matcher.board import Board
from matcher.columns import UNLIMITED, Ints, Pools
from matcher.feasible import blocks, verdicts
from matcher.problem import NEVER
from matcher.rules import Block


@dataclass(frozen=True, slots=True)
class Change:
    """What one change alone would open: without the rule `code`, so many offers.

    `value` says how much is enough where the rule knows a measure: metres for
    distance, euro cents above the limit for rent, days later for dates; 0 where it
    knows none, may not say (what is protected is not located), or finds none.
    """

    code: str
    offers: int
    value: int


EASIEST = (
    "distance",
    "rent",
    "no_dates",
    "checks_failed",
    "forbidden",
    "held_back",
    "size",
    "pets",
    "smokers",
    "ages",
    "lift",
    "ground_floor",
    "step_free",
    "medical_equipment",
    "women_only",
    "protected_address",
    "no_contact",
)
"""What a person can most easily do something about comes first, protection last."""


LATER: tuple[int, ...] = (*range(1, 14), *range(14, 92, 7))
"""Days by which a stay is tried later: by the day for two weeks, then by the week."""
MOST_MOVED = 50


def changes(table: Board) -> tuple[Change, ...]:
    """Return the rules that alone keep the household from some offer."""
    if not table.needs.rows or not table.pools.rows:
        return ()
    block = next(blocks(table.market, table.needs, table.pools))
    blocked = {code: matrix[0] for code, matrix in verdicts(block).items()}
    times = sum((row.astype(np.int64) for row in blocked.values()), np.int64(0))
    found = []
    for code in EASIEST:
        alone = np.nonzero(blocked[code] & (times == 1))[0]
        if len(alone):
            offers = {table.pools.rows[pool].offer for pool in alone.tolist()}
            found.append(Change(code, len(offers), _measure(block, code, alone)))
    return tuple(found)


def _measure(block: Block, code: str, pools: Ints) -> int:
    if code == "distance":
        told = pools[~(block.pools.protected[pools] | block.needs.confidential[0])]
        return int(block.metres[0, told].min(initial=UNLIMITED)) % UNLIMITED
    if code == "rent":
        above = block.pools.rent[pools] - block.needs.rent_limit[0]
        known = above[(block.pools.rent[pools] < UNLIMITED) & (above > 0)]
        return int(known.min(initial=UNLIMITED)) % UNLIMITED
    if code == "no_dates":
        return _days_later(block, pools[:MOST_MOVED])
    return 0


def _days_later(block: Block, columns: Ints) -> int:
    """Return how much later the stay could begin there; 0: not within `LATER`."""
    needs, pools = block.needs, block.pools
    columns_of = {f.name: getattr(pools, f.name) for f in fields(pools)}
    some = {k: v[columns] for k, v in columns_of.items() if k != "rows"}
    rows = tuple(pools.rows[column] for column in columns.tolist())
    for days in LATER:
        end = np.where(needs.end < NEVER, needs.end + days, needs.end)
        later = replace(needs, start=needs.start + days, end=end)
        moved = next(blocks(block.market, later, Pools(rows=rows, **some)))
        if not np.logical_or.reduce(list(verdicts(moved).values())).all():
            return days
    return 0
