"""Chosen edges, written out as stays: days, beds, checks still due, points."""

from collections.abc import Iterator
from datetime import date

from matcher.board import Board
from matcher.columns import Ints, Pool
from matcher.plan import Room, Stay
from matcher.problem import NEVER, Check, Home, Household, Market
from matcher.sizes import beds
from matcher.worth import points

EPOCH = date(1970, 1, 1).toordinal()
ADULT = 18


def stays(table: Board, edges: Ints) -> Iterator[Stay]:
    """Write `edges` of the board out in the market's words."""
    pairs = table.pairs.only(edges)
    earned = points(table.market, table.needs, table.pools, pairs)
    for n, edge in enumerate(edges.tolist()):
        household = table.needs.rows[pairs.need[n]]
        pool = table.pools.rows[pairs.pool[n]]
        first, second, third = table.instance.worth[:, edge].tolist()
        start, end = int(pairs.start[n]), int(pairs.end[n])
        known = on_the_map(table.market, household, pool)
        yield Stay(
            need=household.id,
            offer=pool.offer,
            unit=pool.unit,
            start=to_date(start),
            end=to_date(end),
            open_ended=household.end == NEVER,
            count=int(pairs.demand[n]),
            persons=len(household.people),
            rooms=_rooms(household, pool),
            due=due(table.market, pool.home, household, start, end),
            metres=int(pairs.metres[n]) if known else None,
            worth=(first, second, third),
            points=tuple((k, int(v[n])) for k, v in earned.items() if v[n]),
        )


def to_date(epoch_day: int) -> date:
    """Return the date of an epoch day."""
    return date.fromordinal(EPOCH + epoch_day)


def to_epoch(day: date) -> int:
    """Return the epoch day of a date."""
    return day.toordinal() - EPOCH


def on_the_map(market: Market, household: Household, pool: Pool) -> bool:
    """Say whether both ends of the distance are known."""
    both = (household.near, pool.home.postcode)
    return all(place is not None and place in market.places for place in both)


def due(
    market: Market, home: Home, household: Household, start: int, end: int
) -> tuple[str, ...]:
    """Return the checks without which the stay is not to be confirmed.

    Minors, and people whose age is not known, ask for more of them. A check must stand
    on every day of the stay; of an open-ended one, on its first.
    """
    wanted = market.policy.confirm
    if household.youngest < ADULT:
        wanted = (*wanted, *market.policy.minors)
    last = start if household.end == NEVER else end - 1
    standing = {check.kind for check in home.checks if _stands(check, last)}
    return tuple(kind for kind in dict.fromkeys(wanted) if kind not in standing)


def _stands(check: Check, day: int) -> bool:
    return check.state == "passed" and check.until >= day


def _rooms(household: Household, pool: Pool) -> tuple[Room, ...]:
    """Who sleeps where, as far as people and rooms are known."""
    where = beds(household, pool)
    if not where or not all(person.ref for person in household.people):
        return ()
    units = pool.home.units if pool.unit is None else ()
    inside: dict[int, list[str]] = {}
    for person, room in zip(household.people, where, strict=True):
        inside.setdefault(room, []).append(person.ref)
    return tuple(
        Room(units[room][0] if units else str(pool.unit), tuple(sorted(refs)))
        for room, refs in sorted(inside.items())
    )


__all__ = ["due", "on_the_map", "stays", "to_date", "to_epoch"]
