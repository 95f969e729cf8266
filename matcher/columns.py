"""The market in columns: one row a household, one row a pool.

A pool is what a stay takes from: a home (one household at a time), or the like rooms
of one unit of a contingent, so many of them free from a day on.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.problem import NEVER, Held, Home, Household, Market
from matcher.rooms import Bedroom

Ints: TypeAlias = NDArray[np.int64]
Narrow: TypeAlias = NDArray[np.int32]
"""Days, places and metres of millions of pairs. What they are multiplied with, or
summed up to, has 64 bits."""
Whole: TypeAlias = Ints | Narrow
Bools: TypeAlias = NDArray[np.bool_]
Bits: TypeAlias = NDArray[np.uint64]
Steps: TypeAlias = tuple[tuple[int, int], ...]
"""(day, free from that day on), ascending."""
Row = TypeVar("Row")
PAYERS = {"self": 1, "jobcenter": 2, "sozialamt": 2, "none": 3}
UNLIMITED = FOREVER = 1 << 40
STRETCH = 1 << 18
"""Rows that are worked on at a time where there are millions: it bounds the memory."""


def stretches(count: int) -> Iterator[slice]:
    """Yield the slices that make up `count` rows; one even when there are none."""
    for first in range(0, max(1, count), STRETCH):
        yield slice(first, first + STRETCH)


@dataclass(frozen=True, slots=True)
class Pool:
    """One row of `Pools`. `bedrooms` is empty where only `beds` are known."""

    home: Home
    unit: str | None
    bedrooms: tuple[Bedroom, ...]
    beds: int
    start: int
    end: int
    steps: Steps

    @property
    def offer(self) -> str:
        return self.home.id

    @property
    def step_free(self) -> bool:
        """Someone who needs it can live here, all over or in some of the rooms."""
        some = any(room.step_free for room in self.bedrooms)
        return self.home.step_free == "all" or (self.home.step_free == "some" and some)

    def full(self, today: int) -> Iterator[tuple[int, int]]:
        """Yield (day, day), from today on, between which nothing is free."""
        for (day, free), (until, _) in pairwise((*self.steps, (FOREVER, 0))):
            if free == 0 and until > today:
                yield day, until


def pools_of(home: Home, held: Sequence[Held]) -> tuple[Pool, ...]:
    """Return the home as one pool, or a contingent as one a unit with capacity."""
    if not home.contingent:
        rooms = tuple(room for _, room in home.units)
        whole = Pool(
            home=home,
            unit=None,
            bedrooms=rooms,
            beds=sum(room.sleeps for room in rooms) if rooms else home.beds,
            start=home.start,
            end=home.end,
            steps=_steps([(0, NEVER, 1)], held),
        )
        return (whole,)
    units = tuple(_contingent(home, ref, room, held) for ref, room in home.units)
    found = tuple(unit for unit in units if unit is not None)
    return found or (Pool(home, None, (), 0, home.start, home.end, ((0, 1),)),)


def _contingent(
    home: Home, ref: str, room: Bedroom, held: Sequence[Held]
) -> Pool | None:
    lines = [
        (line.start, line.end, line.free)
        for line in home.lines
        if line.unit == ref and line.free > 0
    ]
    if not lines:
        return None
    return Pool(
        home=home,
        unit=ref,
        bedrooms=(room,),
        beds=room.sleeps,
        start=max(home.start, min(start for start, _, _ in lines)),
        end=min(home.end, max(end for _, end, _ in lines)),
        steps=_steps(lines, [h for h in held if h.unit in {ref, None}]),
    )


def _steps(lines: Iterable[tuple[int, int, int]], held: Iterable[Held]) -> Steps:
    change: dict[int, int] = {0: 0}
    taken = [(h.start, h.end, -max(1, h.count)) for h in held if h.end > h.start]
    for start, end, count in (*lines, *taken):
        change[start] = change.get(start, 0) + count
        change[end] = change.get(end, 0) - count
    free = 0
    steps: list[tuple[int, int]] = []
    for day in sorted(change):
        free += change[day]
        if not steps or max(0, free) != steps[-1][1]:
            steps.append((day, max(0, free)))
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class Pools:
    """All pools; every column has one entry a pool."""

    rows: tuple[Pool, ...]
    hollow: Bools
    start: Ints
    end: Ints
    min_days: Ints
    max_days: Ints
    step_free: Bools
    lift: Bools
    ground_floor: Bools
    medical: Bools
    smokers: Bools
    no_families: Bools
    min_age: Ints
    max_persons: Ints
    women_only: Bools
    men_live_there: Bools
    protected: Bools
    fits_every_payer: Bools
    rent: Ints
    failed: Bools
    failed_for_minors: Bools


@dataclass(frozen=True, slots=True)
class Households:
    """Households; every column has one entry a household."""

    rows: tuple[Household, ...]
    start: Ints
    end: Ints
    persons: Ints
    youngest: Ints
    step_free: Bools
    lift: Bools
    ground_floor: Bools
    medical: Bools
    smokers: Bools
    only_women: Bools
    women_only: Bools
    confidential: Bools
    payer: Ints
    rent_limit: Ints


def pool_columns(market: Market, rows: tuple[Pool, ...]) -> Pools:
    """Lay the pools out in columns."""

    def failed(pool: Pool, kinds: tuple[str, ...]) -> bool:
        checks = pool.home.checks
        return any(c.kind in kinds and c.state == "failed" for c in checks)

    return Pools(
        rows=rows,
        hollow=_bools(rows, lambda p: not p.bedrooms and p.beds == 0),
        start=_ints(rows, lambda p: max(p.start, market.today)),
        end=_ints(rows, lambda p: p.end),
        min_days=_ints(
            rows, lambda p: max(1, p.home.min_days, market.policy.min_stay_days)
        ),
        max_days=_ints(rows, lambda p: p.home.max_days),
        step_free=_bools(rows, lambda p: p.step_free),
        lift=_bools(rows, lambda p: p.home.lift or _floor(p.home) <= 0),
        ground_floor=_bools(rows, lambda p: p.home.floor == 0),
        medical=_bools(rows, lambda p: p.home.medical),
        smokers=_bools(rows, lambda p: p.home.smokers),
        no_families=_bools(rows, lambda p: p.home.no_families),
        min_age=_ints(rows, lambda p: _told(p.home.min_age, -1)),
        max_persons=_ints(rows, lambda p: _told(p.home.max_persons, UNLIMITED)),
        women_only=_bools(rows, lambda p: p.home.women_only),
        men_live_there=_bools(rows, lambda p: p.home.men_live_there),
        protected=_bools(rows, lambda p: p.home.protected),
        fits_every_payer=_bools(rows, lambda p: _fits_every_payer(p.home)),
        rent=_ints(rows, lambda p: _rent(p.home)),
        failed=_bools(rows, lambda p: failed(p, market.policy.confirm)),
        failed_for_minors=_bools(rows, lambda p: failed(p, market.policy.minors)),
    )


def household_columns(market: Market, rows: tuple[Household, ...]) -> Households:
    """Lay households out in columns."""
    return Households(
        rows=rows,
        start=_ints(rows, lambda h: max(h.start, market.today)),
        end=_ints(rows, lambda h: h.end),
        persons=_ints(rows, lambda h: len(h.people)),
        youngest=_ints(rows, lambda h: h.youngest),
        step_free=_bools(rows, lambda h: h.step_free),
        lift=_bools(rows, lambda h: h.lift),
        ground_floor=_bools(rows, lambda h: h.ground_floor),
        medical=_bools(rows, lambda h: h.medical),
        smokers=_bools(rows, lambda h: h.smokers),
        only_women=_bools(rows, lambda h: h.only_women),
        women_only=_bools(rows, lambda h: h.women_only),
        confidential=_bools(rows, lambda h: h.confidential),
        payer=_ints(rows, lambda h: PAYERS.get(h.payer or "", 0)),
        rent_limit=_ints(
            rows, lambda h: _told(market.policy.rent_limit(len(h.people)), -1)
        ),
    )


def _floor(home: Home) -> int:
    return _told(home.floor, UNLIMITED)


def _told(value: int | None, unknown: int) -> int:
    return unknown if value is None else value


def _fits_every_payer(home: Home) -> bool:
    return home.tenant in {"city", "welfare"} or home.rent_kind == "free"


def _rent(home: Home) -> int:
    return _told(home.rent_minor, UNLIMITED) if home.rent_kind == "rent" else UNLIMITED


def _ints(rows: Sequence[Row], value: Callable[[Row], int]) -> Ints:
    return np.fromiter((value(row) for row in rows), np.int64, len(rows))


def _bools(rows: Sequence[Row], value: Callable[[Row], bool]) -> Bools:
    return np.fromiter((value(row) for row in rows), np.bool_, len(rows))
