"""A plan's prices as the referee reads them: what a stay pays, what is free at them."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from matcher.plan import Price, Tier
from matcher.referee.hall import Edge, Hall, must_not_meet
from matcher.referee.keeping import all_groups, groups_for
from matcher.referee.reading import Asked

Where = tuple[str, str | None]


class PriceList:
    """The prices of one tier."""

    def __init__(self, hall: Hall, tier: Tier) -> None:
        self.hall = hall
        self.tier = tier
        self.rooms: dict[Where, tuple[list[int], list[int]]] = {}
        self.apart: dict[Where, list[tuple[int, int]]] = {}
        by_place: dict[Where, list[tuple[int, int]]] = {}
        self.kept: dict[Where, list[Price]] = {}
        for row in tier.prices:
            day = _day(row)
            if row.apart is not None and row.unit is not None:
                self.kept.setdefault((row.offer, row.unit), []).append(row)
            elif row.apart is None:
                by_place.setdefault((row.offer, row.unit), []).append((day, row.price))
            else:
                for need in row.apart:
                    there = self.apart.setdefault((row.offer, need), [])
                    there.append((day, row.price))
        for where, rows in by_place.items():
            days = sorted(rows)
            sums = list(accumulate((price for _, price in days), initial=0))
            self.rooms[where] = ([day for day, _ in days], sums)

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

    def profit(self, asked: Asked, edge: Edge, worths: tuple[int, ...]) -> int:
        """Return what a stay earns after paying, in 1/scale."""
        multipliers = self.tier.multipliers
        earned = self.tier.scale * worths[len(multipliers)]
        for before, multiplier in enumerate(multipliers):
            earned += multiplier * worths[before]
        offer, unit = edge.place.given.id, edge.place.unit
        there = self.rooms.get((offer, unit))
        if there is not None:
            days, sums = there
            paid = (
                sums[bisect_left(days, edge.end)] - sums[bisect_left(days, edge.start)]
            )
            earned -= edge.rooms * paid
        if self.apart:
            earned -= self._apart(offer, asked.id, edge)
        if self.kept:
            earned -= self._kept(asked, edge)
        return earned

    def _kept(self, asked: Asked, edge: Edge) -> int:
        """Return what a household pays that is not one of the arrivals."""
        rows = self.kept.get((edge.place.given.id, edge.place.unit), ())
        mine = groups_for(self.hall.kept.get(edge.place.given.id, []), asked)
        return edge.rooms * sum(
            row.price
            for row in rows
            if mine.isdisjoint(row.apart or ()) and edge.start <= _day(row) < edge.end
        )

    def _apart(self, offer: str, need: str, edge: Edge) -> int:
        rows = self.apart.get((offer, need), ())
        return sum(price for day, price in rows if edge.start <= day < edge.end)


def _day(row: Price) -> int:
    return 0 if row.day is None else row.day.toordinal()
