"""A plan's prices as the referee reads them: what a stay pays, what is free at them."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np

from matcher.plan import Price, Tier
from matcher.referee.alike import Ints
from matcher.referee.crowd import NEVER, Days
from matcher.referee.hall import Hall, Place, must_not_meet
from matcher.referee.keeping import all_groups
from matcher.referee.lodging import Lodging, Stays

Where = tuple[str, str | None]


class PriceList:
    """The prices of one tier."""

    def __init__(self, hall: Hall, tier: Tier) -> None:
        self.hall = hall
        self.tier = tier
        self.rooms: dict[Where, list[tuple[int, int]]] = {}
        self.kept: dict[Where, list[Price]] = {}
        self.apart: dict[str, list[Price]] = {}
        for row in tier.prices:
            where = row.offer, row.unit
            if row.apart is None:
                self.rooms.setdefault(where, []).append((_day(row), row.price))
            elif row.unit is not None:
                self.kept.setdefault(where, []).append(row)
            else:
                self.apart.setdefault(row.offer, []).append(row)

    def faults(self) -> Iterator[str]:
        """Yield prices that cannot stand in a proof."""
        name = self.tier.name
        if self.tier.scale < 1 or any(m < 0 for m in self.tier.multipliers):
            yield f"{name}: the scale or a multiplier is negative"
        for row in self.tier.prices:
            if row.price < 0:
                yield f"{name}: a price at offer {row.offer} is negative"
            named = row.apart is None or row.unit is not None
            if named and (row.offer, row.unit) not in self.hall.places:
                yield f"{name}: a price is for a place that is not there: {row.offer}"
            if row.apart is not None and row.unit is not None:
                yield from self._faults_of_kept(row)
            elif row.apart is not None and not self._keeps_apart(row):
                yield f"{name}: a price keeps people apart who may meet: {row.apart}"

    def _keeps_apart(self, row: Price) -> bool:
        found = [self.hall.asked.get(need) for need in row.apart or ()]
        a, b = (*found, None, None)[:2]
        return a is not None and b is not None and must_not_meet(a, b)

    def _faults_of_kept(self, row: Price) -> Iterator[str]:
        groups = all_groups(self.hall.kept.get(row.offer, []))
        if not groups.issuperset(row.apart or ()):
            name = self.tier.name
            yield f"{name}: a price is for arrivals who get nothing: {row.apart}"

    def stock(self) -> int:
        """Return what everything that is free costs."""
        total = 0
        for row in self.tier.prices:
            free = 1
            if row.apart is None or row.unit is not None:
                place = self.hall.places[row.offer, row.unit]
                free = self.hall.left(place, _day(row), frozenset(row.apart or ()))
            total += free * row.price
        return total

    def asks_at(self, place: Place) -> bool:
        """Say whether a stay at a place may have anything to pay."""
        where = place.given.id, place.unit
        return where in self.rooms or self.asks_some_at(place)

    def asks_some_at(self, place: Place) -> bool:
        """Say whether it may be asked of some households more than of others."""
        where = place.given.id, place.unit
        return where in self.kept or where[0] in self.apart

    def charged(
        self, homes: Sequence[Place], home: Ints, start: Days, end: Days
    ) -> Ints:
        """Return what stays in whole homes pay, in 1/scale: each in `homes[home]`."""
        days, prices = [np.zeros(0, np.int64)], [0]
        for n, place in enumerate(homes):
            rows = sorted(self.rooms.get((place.given.id, place.unit), ()))
            days.append(n * NEVER + np.array([day for day, _ in rows], np.int64))
            prices += [price for _, price in rows]
        # Days of one home after those of another: one search finds them in all.
        turns, sums = np.concatenate(days), np.cumsum(prices)
        before, until = (np.searchsorted(turns, home * NEVER + d) for d in (start, end))
        paid: Ints = sums[until] - sums[before]
        return paid

    def paid(self, lodging: Lodging, place: Place, stays: Stays) -> Ints:
        """Return what each stay pays, in 1/scale."""
        paid = np.zeros(len(stays.who), np.int64)
        rows = sorted(self.rooms.get((place.given.id, place.unit), ()))
        if rows:
            days = np.array([day for day, _ in rows], np.int32)
            sums = np.array([0, *accumulate(price for _, price in rows)], np.int64)
            paid += sums[np.searchsorted(days, stays.end)]
            paid -= sums[np.searchsorted(days, stays.start)]
        for row in self.kept.get((place.given.id, place.unit), ()):
            kind, groups = lodging.groups(place.given.id)
            strange = [mine.isdisjoint(row.apart or ()) for mine in groups]
            there = np.array(strange, np.bool_)[kind[stays.who]]
            paid += row.price * (there & stays.within(_day(row), _day(row) + 1))
        paid *= stays.rooms
        for row in self.apart.get(place.given.id, ()):
            two = [lodging.row.get(need, -1) for need in row.apart or ()]
            there = np.isin(stays.who, two) & stays.within(_day(row), _day(row) + 1)
            paid += row.price * there
        return paid


def _day(row: Price) -> int:
    return 0 if row.day is None else row.day.toordinal()
