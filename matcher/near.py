"""Linked households are drawn near each other, once everybody has a place.

Each of two linked households earns `near.points` where their homes are at most
`near.metres` apart. Beside one who has a home already that is known of each pair. Of
two that are both waiting it depends on both: every pair counts it in full, so that the
bound holds, and what was not earned is taken back from the stays (`linked_apart`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from matcher.board import Board
from matcher.columns import Ints
from matcher.instance import fits
from matcher.plan import Stay
from matcher.problem import Market
from matcher.wishes import is_near

MOST_TRIED = 12
"""Places that are tried for one household before it stays where it is."""
Link = tuple[int, int]


def closer(table: Board, chosen: Ints) -> Ints:
    """Move linked households to each other where that is worth more than it costs.

    Nobody gains or loses a home by it: what a household weighs in the tiers above does
    not depend on the home.
    """
    links, moved = _links(table), True
    while moved:
        moved = False
        for one, other in links:
            for mover, anchor in ((one, other), (other, one)):
                better = _moved(table, chosen, links, mover=mover, anchor=anchor)
                if better is not None:
                    chosen, moved = better, True
    return chosen


def told_apart(market: Market, stays: Sequence[Stay]) -> tuple[Stay, ...]:
    """Take back from each stay what it was to earn by links that are not near."""
    near = market.policy.points.near
    if near is None or near.points == 0:
        return tuple(stays)
    place = {stay.need: stay.offer for stay in stays}
    found = []
    for stay in stays:
        lost = sum(
            other not in place or not is_near(market, stay.offer, place[other])
            for other in market.near.get(stay.need, ())
        )
        found.append(_less(stay, near.points * lost) if lost else stay)
    return tuple(found)


def most_apart(table: Board) -> int:
    """Return how much of what is counted for links may not be earned."""
    near, links = table.market.policy.points.near, table.market.near
    count = sum(len(links.get(household.id, ())) for household in table.needs.rows)
    return 0 if near is None else near.points * count


def _less(stay: Stay, points: int) -> Stay:
    acute, persons, third = stay.worth
    return replace(
        stay,
        worth=(acute, persons, third - points),
        points=(*stay.points, ("linked_apart", -points)),
    )


def _links(table: Board) -> list[Link]:
    if table.market.policy.points.near is None:
        return []
    row = {household.id: n for n, household in enumerate(table.needs.rows)}
    return sorted(
        (row[one], row[other])
        for one, others in table.market.near.items()
        for other in others
        if one in row and other in row and row[one] < row[other]
    )


def _moved(
    table: Board, chosen: Ints, links: list[Link], *, mover: int, anchor: int
) -> Ints | None:
    """Return a choice in which `mover` is near `anchor`, if one is worth more."""
    place = _places(table, chosen)
    if mover not in place or anchor not in place:
        return None
    if _near(table, place, (mover, anchor)):
        return None
    rest = chosen[table.instance.need[chosen] != mover]
    before = _worth(table, chosen, links)
    mine = np.nonzero(table.instance.need == mover)[0]
    offers = [table.pools.rows[p].offer for p in table.pairs.pool[mine].tolist()]
    target = place[anchor]
    some = mine[[n for n, o in enumerate(offers) if is_near(table.market, o, target)]]
    order = np.lexsort((some, -table.instance.worth[-1][some]))
    for edge in some[order][:MOST_TRIED].tolist():
        tried = np.sort(np.append(rest, edge))
        if _worth(table, tried, links) > before and fits(table.instance, tried):
            return tried
    return None


def _worth(table: Board, chosen: Ints, links: list[Link]) -> int:
    """Return the last tier's worth: full, and for each link that is near both halves.

    What is not earned by links that are not near is the same for all choices but for
    these, so it is enough to count those that are.
    """
    near, place = table.market.policy.points.near, _places(table, chosen)
    each = 0 if near is None else near.points
    earned = 2 * each * sum(_near(table, place, link) for link in links)
    return int(table.instance.worth[-1][chosen].sum()) + earned


def _places(table: Board, chosen: Ints) -> Mapping[int, str]:
    needs, pools = table.instance.need[chosen], table.pairs.pool[chosen]
    rows = table.pools.rows
    return {
        n: rows[p].offer for n, p in zip(needs.tolist(), pools.tolist(), strict=True)
    }


def _near(table: Board, place: Mapping[int, str], link: Link) -> bool:
    one, other = (place.get(need) for need in link)
    return one is not None and other is not None and is_near(table.market, one, other)
