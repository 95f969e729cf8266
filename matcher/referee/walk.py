"""All stays that anybody may have, place by place: what they earn and what they pay.

Households are columns, so a place is looked at once with everyone who is near enough;
never more than one row of the table is in memory. All sums are whole numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.referee.alike import Ints, kinds
from matcher.referee.crowd import Atlas, Crowd
from matcher.referee.hall import Place
from matcher.referee.homes import Homes, tables
from matcher.referee.lodging import Lodging, Quarter, Stays, fitting
from matcher.referee.prices import PriceList
from matcher.referee.tally import Tally
from matcher.referee.worths import by_taste, offering, weighed

NOTHING = -(1 << 62)
"""Less than any stay earns."""
POINTS = 2
"""The tier in which a stay counts for where it is; in the others, for who comes."""


@dataclass(frozen=True, slots=True)
class Page:
    """What some households could have, so far: offers, points, and gain by tier.

    `gain` is the most of the last tier's worth less what is paid, in 1/scale.
    """

    offers: Ints
    high: Ints
    low: Ints
    gain: Ints

    @staticmethod
    def blank(tiers: int, households: int) -> "Page":
        zero = np.zeros(households, np.int64)
        gain = np.full((tiers, households), NOTHING)
        return Page(zero, zero.copy(), zero.copy(), gain)

    def add(self, row: Ints, page: "Page") -> None:
        """Add what is written of some of these households."""
        self.offers[row] += page.offers
        self.high[row] = np.maximum(self.high[row], page.high)
        self.low[row] = np.minimum(self.low[row], page.low)
        self.gain[:, row] = np.maximum(self.gain[:, row], page.gain)


class Walk:
    """One walk over all places."""

    def __init__(self, lodging: Lodging, lists: Sequence[PriceList]) -> None:
        self.lodging = lodging
        self.lists = lists
        self.each = lodging.hall.policy["preferences"]
        self.atlas = Atlas(lodging.hall, lodging.asked)
        self._current: dict[tuple[str, str | None], list[int]] = {}
        for n, one in enumerate(lodging.asked):
            if (now := one.current) is not None:
                where = now["offer"], now.get("unit")
                self._current.setdefault(where, []).append(n)
        offered = kinds(offering(place.given) for place in lodging.places)
        self._offering, first = offered
        self._offers = [lodging.places[n].given for n in first.tolist()]
        tastes = np.unique(lodging.all.taste, return_index=True)[1]
        self._tastes = [lodging.asked[n] for n in tastes.tolist()]
        self._liked: dict[int, Ints] = {}

    def tally(self) -> Tally:
        """Return the sums over all stays, without what free rooms cost."""
        whole = Page.blank(len(self.lists), len(self.lodging.asked))
        for quarter in self.lodging.quarters():
            whole.add(*self._quarter(quarter))
        return self._summed(whole)

    def _quarter(self, quarter: Quarter) -> tuple[Ints, Page]:
        """Return who is near enough to a postcode, and what they could have there."""
        postcode, offers = quarter
        near, kilometres = self.atlas.reach(postcode)
        there = np.flatnonzero(near[self.lodging.all.near])
        some = self.lodging.all.only(there)
        earned = self.atlas.earned(postcode, some, kilometres)
        page = Page.blank(len(self.lists), len(there))
        plain, others = self._parted(offers)
        for homes in tables(self.lodging, plain, len(there)):
            self._look_through(homes, some, earned, page)
        for numbers in others:
            seen = np.zeros(len(there), np.bool_)
            for number in numbers:
                seen[self._visit(number, some, earned, page)] = True
            page.offers[seen] += 1
        return there, page

    def _parted(self, offers: list[list[int]]) -> tuple[list[int], list[list[int]]]:
        """Return the plain homes, those that cost something last, and all others."""
        plain: list[int] = []
        others = []
        for numbers in offers:
            if self._is_plain(self.lodging.places[numbers[0]]):
                plain += numbers
            else:
                others.append(numbers)
        return sorted(plain, key=self._costs), others

    def _is_plain(self, place: Place) -> bool:
        """Say whether a home is plain, and neither worth nor price depends on who."""
        return (
            self.lodging.is_plain(place)
            and (place.given.id, None) not in self._current
            and not self.atlas.same_home(place.given)
            and not any(prices.asks_some_at(place) for prices in self.lists)
        )

    def _costs(self, number: int) -> bool:
        place = self.lodging.places[number]
        return any(prices.asks_at(place) for prices in self.lists)

    def _look_through(
        self, homes: Homes, some: Crowd, earned: Ints, page: Page
    ) -> None:
        """Write down what plain homes offer."""
        start, end = homes.stays(some)
        suits = homes.open_to(some, start, end)
        found = np.flatnonzero(suits)
        if not len(found):
            return
        # Each household's homes stand together: what is of one is looked at in a row.
        counts = np.count_nonzero(suits, axis=1)
        at = np.repeat(np.arange(len(counts)), counts)
        home = found - at * len(homes.numbers)
        places = [self.lodging.places[n] for n in homes.numbers.tolist()]
        points = earned[at] + self._suiting(homes, places, some, at, home)
        row = np.flatnonzero(counts)
        first = (np.cumsum(counts) - counts)[row]
        high = np.maximum.reduceat(points, first)
        low = np.minimum.reduceat(points, first)
        gain = np.zeros((len(self.lists), len(row)), np.int64)
        for n, prices in enumerate(self.lists):
            if any(prices.asks_at(place) for place in places):
                earns = points * prices.tier.scale if n == POINTS else 0
                days = start.reshape(-1)[found], end.reshape(-1)[found]
                paid = prices.charged(places, home, *days)
                gain[n] = np.maximum.reduceat(earns - paid, first)
            elif n == POINTS:
                gain[n] = high * prices.tier.scale
        page.add(row, Page(counts[row], high, low, gain))

    def _suiting(
        self, homes: Homes, places: list[Place], some: Crowd, at: Ints, home: Ints
    ) -> Ints:
        """Return the points of stays in plain homes for wishes and spare beds."""
        liking = np.stack([self._liking(n) for n in homes.numbers.tolist()], axis=1)
        beds = np.array([place.given.beds(None) for place in places], np.int64)
        found: Ints = liking[some.taste[at], home]
        spare = beds[home] - some.persons[at]
        found += self.each["wasted_bed"] * np.maximum(spare, 0)
        return found

    def _visit(self, number: int, some: Crowd, earned: Ints, page: Page) -> Ints:
        """Write down what one place offers; return who could have it."""
        at, stays = fitting(self.lodging, number, some)
        if not len(at):
            return at
        place = self.lodging.places[number]
        points = earned[at] + self._liking(number)[some.taste[at]]
        points += self._of_rooms(place, stays, some.persons[at])
        page.high[at] = np.maximum(page.high[at], points)
        page.low[at] = np.minimum(page.low[at], points)
        for n, prices in enumerate(self.lists):
            gain = points * prices.tier.scale if n == POINTS else np.zeros_like(points)
            if prices.asks_at(place):
                gain -= prices.paid(self.lodging, place, stays)
            page.gain[n][at] = np.maximum(page.gain[n][at], gain)
        return at

    def _liking(self, number: int) -> Ints:
        """Return the points of each kind of household for such a home."""
        kind = int(self._offering[number])
        if kind not in self._liked:
            court, given = self.lodging.hall.court, self._offers[kind]
            liked = [sum(by_taste(court, t, given).values()) for t in self._tastes]
            self._liked[kind] = np.array(liked, np.int64)
        return self._liked[kind]

    def _of_rooms(self, place: Place, stays: Stays, persons: Ints) -> Ints:
        """Return the points for beds to spare, for staying, and for being there."""
        spare = place.given.beds(place.unit) * stays.rooms - persons
        found: Ints = self.each["wasted_bed"] * np.maximum(spare, 0)
        current = self._current.get((place.given.id, place.unit))
        if current is not None:
            found += self.each["keep"] * np.isin(stays.who, current)
        beside = self.atlas.same_home(place.given)
        if beside:
            found += self.each["near"]["points"] * np.isin(stays.who, beside)
        return found

    def _summed(self, page: Page) -> Tally:
        asked = self.lodging.asked
        fixed = np.array([weighed(one) for one in asked], np.int64).reshape(-1, 2).T
        worths = [fixed[0], fixed[1], np.zeros(len(asked), np.int64)]
        able = page.offers > 0
        tally = Tally()
        for n, prices in enumerate(self.lists):
            profit = page.gain[n] + prices.tier.scale * worths[n]
            for before, multiplier in enumerate(prices.tier.multipliers):
                profit += multiplier * worths[before]
            tally.best[n] = sum(np.maximum(profit, 0)[able].tolist())
        tally.spread = [sum(np.abs(row)[able].tolist()) for row in fixed]
        tally.spread.append(sum((page.high - page.low).tolist()))
        tally.spread[POINTS] += sum(self.atlas.waiting.tolist())
        offers = page.offers.tolist()
        tally.offers = {one.id: n for one, n in zip(asked, offers, strict=True)}
        return tally
