"""Kits: requests of one requester that are of use together only.

What they still lack comes whole or not at all. A part that is not in the market binds
nobody: it was served, or is not asked for any more. One that is there and cannot be
served, because too little is told of it or it may be a duplicate, halts its kit.
"""

from collections.abc import Sequence

import numpy as np

from matcher.columns import Bools, Ints
from matcher.problem import Lot, Market, Request

NONE = -1
"""The kit of what belongs to none."""


def numbered(requests: Sequence[Request]) -> Ints:
    """Return the number of each request's kit."""
    number: dict[tuple[str, str], int] = {}
    return np.fromiter(
        (
            NONE if one.kit is None else number.setdefault(one.kit, len(number))
            for one in requests
        ),
        np.int64,
    )


def halted(market: Market, requests: Sequence[Request]) -> Bools:
    """Say which of these requests wait for a part that cannot be served."""
    here = {one.id for one in requests}
    stuck = {one.kit for one in market.requests if one.id not in here} - {None}
    return np.array([one.kit in stuck for one in requests], np.bool_)


def settled_pins(market: Market) -> frozenset[tuple[str, str]]:
    """Return the pins that are settled before anything is chosen.

    A part's pin is none of them: it only says which lot the part takes.
    """
    parts = {one.id for one in market.requests if one.kit is not None}
    return frozenset(pin for pin in market.pinned if pin[0] not in parts)


def narrowed(market: Market, lots: Sequence[Lot]) -> frozenset[tuple[str, str]]:
    """Return the pairs that pins of parts rule out."""
    allowed: dict[str, set[str]] = {}
    for need, offer in market.pinned - settled_pins(market):
        allowed.setdefault(need, set()).add(offer)
    return frozenset(
        (need, lot.id)
        for need, some in allowed.items()
        for lot in lots
        if lot.id not in some
    )
