"""Lots and requests that may come together, item by item."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.columns import Bools, Ints
from matcher.distance import metres
from matcher.flow import Network
from matcher.parties import duplicates
from matcher.problem import Lot, Market, Request

FUNNEL = ("no_item", "best_before", "forbidden", "distance")


@dataclass(frozen=True, slots=True)
class Stock:
    """What takes part, the arcs between them, and the funnel.

    `blocked[r, n]` counts the lots that fell at `FUNNEL[n]`; its last column counts
    the compatible ones.
    """

    lots: tuple[Lot, ...]
    requests: tuple[Request, ...]
    network: Network
    blocked: Ints


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
    lot, request, far, blocked = _arcs(market, lots, requests)
    weight = [
        market.policy.acute_weights[
            market.policy.priority(r.priority, market.today - r.waiting_since)
        ]
        for r in requests
    ]
    network = Network(
        supply=np.array([left[t.id] for t in lots], np.int64),
        demand=np.array([r.quantity for r in requests], np.int64),
        lot=lot,
        request=request,
        worth=np.stack(
            [np.array(weight, np.int64)[request], np.ones(len(lot), np.int64), -far]
        ),
    )
    return Stock(lots, requests, network, blocked)


def _left(market: Market) -> dict[str, int]:
    left = {lot.id: lot.quantity for lot in market.lots}
    for one in market.held:
        if one.offer in left:
            left[one.offer] -= one.quantity
    return left


def _arcs(
    market: Market, lots: tuple[Lot, ...], requests: tuple[Request, ...]
) -> tuple[Ints, Ints, Ints, Ints]:
    blocked = np.zeros((len(requests), len(FUNNEL) + 1), np.int64)
    blocked[:, 0] = len(lots)
    found = [np.zeros((3, 0), np.int64)]
    by_item = _by_item(lots)
    for item, rows in _by_item(requests).items():
        columns = by_item.get(item, [])
        if not columns:
            continue
        some, their = [lots[c] for c in columns], [requests[r] for r in rows]
        far = metres(
            [r.postcode or "" for r in their],
            [t.postcode for t in some],
            market.places,
            unknown=market.policy.goods_max_metres,
        )
        depth = _depth(market, some, their, far)
        for n in range(len(FUNNEL) + 1):
            blocked[rows, n] = (depth == n).sum(axis=1)
        blocked[rows, 0] += len(lots) - len(columns)
        r, c = np.nonzero(depth == len(FUNNEL))
        found.append(np.stack([np.array(columns)[c], np.array(rows)[r], far[r, c]]))
    lot, request, distance = np.concatenate(found, axis=1)
    order = np.lexsort((lot, request))
    return lot[order], request[order], distance[order], blocked


def _by_item(cases: Sequence[Lot | Request]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for n, case in enumerate(cases):
        found[case.item or ""].append(n)
    return found


def _depth(market: Market, lots: list[Lot], requests: list[Request], far: Ints) -> Ints:
    """Return how far each pair comes in the funnel."""
    days = np.array([max(market.today, lot.start) for lot in lots], np.int64)
    in_time = np.array(
        [
            day < lot.end and day <= lot.best_before
            for day, lot in zip(days.tolist(), lots, strict=True)
        ],
        np.bool_,
    )
    due = np.array([request.needed_by for request in requests], np.int64)
    tests: tuple[Bools, ...] = (
        np.array([[_fits(r, t) for t in lots] for r in requests], np.bool_),
        in_time & (days <= due[:, None]),
        np.array(
            [[(r.id, t.id) not in market.forbidden for t in lots] for r in requests],
            np.bool_,
        ),
        far <= market.policy.goods_max_metres,
    )
    depth = np.zeros(far.shape, np.int64)
    alive = np.ones(far.shape, np.bool_)
    for test in tests:
        alive = alive & test
        depth += alive
    return depth


def _fits(request: Request, lot: Lot) -> bool:
    return request.size is None or request.size == lot.size


__all__ = ["FUNNEL", "Stock", "stock", "waiting_requests"]
