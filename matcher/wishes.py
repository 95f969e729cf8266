"""Preferences that look at both sides: whom hosts wish for, and who lives near."""

from collections.abc import Callable, Mapping

import numpy as np

from matcher.columns import Households, Ints, Pools
from matcher.feasible import Pairs
from matcher.problem import Household, Market

_ADULT, _OLD, _TWO = 18, 65, 2
HOUSEHOLDS: Mapping[str, Callable[[Household], bool]] = {
    "family": lambda h: any(0 <= person.age < _ADULT for person in h.people),
    "single": lambda h: len(h.people) == 1,
    "couple": lambda h: len(h.people) == _TWO and h.youngest >= _ADULT,
    "women": lambda h: h.only_women,
    "elderly": lambda h: any(person.age >= _OLD for person in h.people),
}
"""What a host may wish for, in codes; other words are for people to read."""


def wished_household(
    ranks: tuple[int, ...], needs: Households, pools: Pools, pairs: Pairs
) -> Ints:
    """Return the points of the first wish of the host that the household meets."""
    kinds = sorted(HOUSEHOLDS)
    is_so = np.array([[HOUSEHOLDS[k](h) for k in kinds] for h in needs.rows], np.bool_)
    earned = np.zeros(len(pairs.need), np.int64)
    for rank in reversed(range(len(ranks))):
        wish = np.array([_wish(p.home.wishes, rank, kinds) for p in pools.rows])
        for code in range(len(kinds)):
            there = wish[pairs.pool] == code if len(wish) else np.zeros(0, np.bool_)
            met = there & is_so.reshape(-1, len(kinds))[pairs.need, code]
            earned[met] = ranks[rank]
    return earned


def linked_near(market: Market, needs: Households, pools: Pools, pairs: Pairs) -> Ints:
    """Return by how many links a pair is near; who waits too is counted in full."""
    waiting = [len(market.near.get(h.id, ())) for h in needs.rows]
    links = np.array(waiting, np.int64)[pairs.need]
    homes = [market.anchors.get(household.id, ()) for household in needs.rows]
    anchored = [row for row, offers in enumerate(homes) if offers]
    for pair in np.nonzero(np.isin(pairs.need, anchored))[0].tolist():
        here = pools.rows[pairs.pool[pair]].offer
        offers = homes[pairs.need[pair]]
        links[pair] += sum(is_near(market, here, there) for there in offers)
    return links


def is_near(market: Market, offer: str, other: str) -> bool:
    """Say whether two offers are near: one and the same, or close on the map."""
    near = market.policy.points.near
    if offer == other or near is None:
        return offer == other
    codes = (market.codes.get(name, "") for name in (offer, other))
    a, b = (market.places.get(code) for code in codes)
    if a is None or b is None:
        return False
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 < (near.metres + 1) ** 2


def _wish(wishes: tuple[str, ...], rank: int, kinds: list[str]) -> int:
    known = rank < len(wishes) and wishes[rank] in kinds
    return kinds.index(wishes[rank]) if known else -1
