"""Lots and requests in columns, and like ones as one row.

Lots of one item, size, place and day are alike to everybody, and so are requests that
differ in nothing: what is asked of all pairs is asked of pairs of rows. Where trips are
counted, each case is a row.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.columns import Bools, Ints
from matcher.kits import NONE, halted, narrowed, numbered, settled_pins
from matcher.parties import duplicates
from matcher.problem import NEVER, Lot, Market, Request

UNTOLD = -1
"""The code of what is not told."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Like cases; every column but `of` has one entry a row.

    `of` is the row of each case, `cases` how many stand in a row. `day` is the first
    on which a lot can be had, or the last on which a request is served; a lot that is
    not handed out any more has a day after the last. `weight` is a request's.
    """

    of: Ints
    cases: Ints
    item: Ints
    size: Ints
    day: Ints
    weight: Ints
    known: Bools
    x: NDArray[np.float64]
    y: NDArray[np.float64]

    def pieces(self, of_cases: Ints) -> Ints:
        """Return the sum over the cases of each row."""
        total = np.zeros(len(self.cases), np.int64)
        np.add.at(total, self.of, of_cases)
        return total


@dataclass(frozen=True, slots=True)
class Shelf:
    """Rows that have to do with each other, and with no others."""

    asked: Ints
    given: Ints


@dataclass(frozen=True, slots=True)
class Stock:
    """What takes part: `left` pieces of each lot, `wanted` by each request.

    `forbidden` are pairs of rows as `asked` · rows of `given` + `given`, ascending.
    `serves[a, g]` says that item g serves who asks for a; the last serves nobody, it
    is the one that is not told. `trip` is what each hand-over costs, in metres. `kit`
    is the kit of each row of requests, `halted` the requests whose kit cannot be whole.
    """

    lots: tuple[Lot, ...]
    requests: tuple[Request, ...]
    left: Ints
    wanted: Ints
    given: Rows
    asked: Rows
    forbidden: Ints
    serves: Bools
    most_metres: int
    trip: int
    kit: Ints
    halted: Bools

    def shelves(self) -> Iterator[Shelf]:
        """Yield the rows of items that serve each other, given and asked for.

        The items of a kit have to do with each other too.
        """
        group = _groups(self.serves, self._kitted())
        asked, given = group[self.asked.item], group[self.given.item]
        for one in np.intersect1d(asked, given).tolist():
            yield Shelf(np.nonzero(asked == one)[0], np.nonzero(given == one)[0])

    def _kitted(self) -> tuple[Ints, Ints]:
        """Return pairs of items that stand in one kit, each part with the first."""
        part = np.nonzero(self.kit != NONE)[0]
        _, first, of = np.unique(self.kit[part], return_index=True, return_inverse=True)
        return self.asked.item[part], self.asked.item[part[first[of.reshape(-1)]]]


def waiting_requests(market: Market) -> frozenset[str]:
    """Return the requests that wait for a person to say whether they are duplicates."""
    return duplicates(
        market.requests,
        [request.raised for request in market.requests],
        (one.need for one in market.held),
    )


def stock(market: Market) -> Stock:
    """Return every lot that has pieces left, every request that lacks some."""
    left = _left(market)
    idle = duplicates(
        market.lots,
        [lot.listed for lot in market.lots],
        (one.offer for one in market.held),
    )
    waiting = waiting_requests(market)
    lots = tuple(t for t in market.lots if left[t.id] > 0 and t.id not in idle)
    requests = tuple(
        request
        for request in market.requests
        if request.item and request.quantity > 0 and request.id not in waiting
    )
    asked, given = _rows(market, requests, lots)
    kit = np.full(len(asked.cases), NONE)
    kit[asked.of] = numbered(requests)
    return Stock(
        lots=lots,
        requests=requests,
        left=_column(left[t.id] for t in lots),
        wanted=_column(r.quantity for r in requests),
        given=given,
        asked=asked,
        forbidden=_forbidden(market, requests, lots, asked, given),
        serves=_serves(market, requests, lots),
        most_metres=market.policy.goods_max_metres,
        trip=market.policy.goods_trip_metres,
        kit=kit,
        halted=halted(market, requests),
    )


def _left(market: Market) -> dict[str, int]:
    left = {lot.id: lot.quantity for lot in market.lots}
    for one in market.held:
        if one.offer in left:
            left[one.offer] -= one.quantity
    return left


def _rows(
    market: Market, requests: Sequence[Request], lots: Sequence[Lot]
) -> tuple[Rows, Rows]:
    both: tuple[Request | Lot, ...] = (*requests, *lots)
    spoken = market.forbidden | (market.pinned - settled_pins(market))
    parts = (request.id for request in requests if request.kit is not None)
    columns = (
        _codes((*map(_wish, requests), *(lot.item for lot in lots))),
        _codes(case.size for case in both),
        _codes(case.postcode for case in both),
    )
    places = sorted({case.postcode for case in both if case.postcode is not None})
    at = [market.places.get(place) for place in (*places, "")]
    asked = (
        *(column[: len(requests)] for column in columns),
        _column(request.needed_by for request in requests),
        _column(_weight(market, request) for request in requests),
        _apart(market, (*parts, *(need for need, _ in spoken)), requests),
    )
    given = (
        *(column[len(requests) :] for column in columns),
        _column(_day(market, lot) for lot in lots),
        np.zeros(len(lots), np.int64),
        _apart(market, (offer for _, offer in spoken), lots),
    )
    return _alike(asked, at), _alike(given, at)


def _alike(columns: Sequence[Ints], places: Sequence[tuple[int, int] | None]) -> Rows:
    """Return equal lines of (item, size, place, day, weight, apart) as one row."""
    table = np.stack(columns, axis=1)
    rows, of, cases = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    known = np.array([at is not None for at in places], np.bool_)
    xy = np.array([at or (0, 0) for at in places], np.float64)
    item, size, place, day, weight, _ = rows.T.reshape(6, -1)
    return Rows(
        of=of.reshape(-1).astype(np.int64),
        cases=cases.astype(np.int64),
        item=item,
        size=size,
        day=day,
        weight=weight,
        known=known[place],
        x=xy[place, 0],
        y=xy[place, 1],
    )


def _weight(market: Market, request: Request) -> int:
    waited = market.today - request.waiting_since
    priority = market.policy.priority(request.priority, waited)
    return market.policy.acute_weights[priority]


def _day(market: Market, lot: Lot) -> int:
    first = max(market.today, lot.start)
    in_time = first < lot.end and first <= lot.best_before
    return first if in_time else NEVER + 1


def _wish(request: Request) -> str | None:
    """Return what is asked for; with what serves too, it is an item of its own."""
    if request.item is None or not request.also:
        return request.item
    return "\n".join((request.item, *sorted(request.also)))


def _serves(market: Market, requests: Sequence[Request], lots: Sequence[Lot]) -> Bools:
    items = _numbers([*map(_wish, requests), *(lot.item for lot in lots)])
    serves = np.eye(len(items) + 1, dtype=np.bool_)
    serves[UNTOLD, UNTOLD] = False
    wishes = {(_wish(one), one.item, one.also) for one in requests}
    for wish, item, also in wishes:
        serving = {g for a, g in market.policy.goods_equivalents if a == item}
        some = [items[one] for one in {item} | also | serving if one in items]
        serves[items[wish], some] = True
    return serves


def _groups(serves: Bools, kitted: tuple[Ints, Ints]) -> Ints:
    """Return the group of each item: the least item that it hangs together with."""
    group = np.arange(len(serves))
    one, other = map(np.concatenate, zip(np.nonzero(serves), kitted, strict=True))
    while (group[one] != group[other]).any():
        np.minimum.at(group, one, group[other])
        np.minimum.at(group, other, group[one])
    return group


def _numbers(words: Iterable[str | None]) -> dict[str | None, int]:
    told = sorted({word for word in words if word is not None})
    return {word: n for n, word in enumerate(told)}


def _codes(words: Iterable[str | None]) -> Ints:
    """Return the place of each word among the words, `UNTOLD` for none."""
    told = list(words)
    number = _numbers(told)
    return _column(number.get(word, UNTOLD) for word in told)


def _apart(
    market: Market, forbidden: Iterable[str], cases: Sequence[Lot] | Sequence[Request]
) -> Ints:
    """Return a number for each case that stands in a row of its own, 0 for others.

    A forbidden pair speaks of one case and not of its like; and where trips are
    counted, one lot for one request is another thing than two for two.
    """
    spoken = set(forbidden)
    every = market.policy.goods_trip_metres > 0
    names = [case.id for case in cases]
    return _column(
        n if every or name in spoken else 0 for n, name in enumerate(names, start=1)
    )


def _forbidden(
    market: Market,
    requests: Sequence[Request],
    lots: Sequence[Lot],
    asked: Rows,
    given: Rows,
) -> Ints:
    need = {request.id: n for n, request in enumerate(requests)}
    offer = {lot.id: n for n, lot in enumerate(lots)}
    pairs = [
        int(asked.of[need[n]]) * len(given.cases) + int(given.of[offer[o]])
        for n, o in market.forbidden | narrowed(market, lots)
        if n in need and o in offer
    ]
    return np.array(sorted(pairs), np.int64)


def _column(values: Iterable[Mapping[str, int] | int]) -> Ints:
    return np.fromiter(values, np.int64)
