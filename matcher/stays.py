"""Chosen edges, written out as stays: days, beds, checks still due, points."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from matcher.board import Board
from matcher.columns import Ints, Pool
from matcher.plan import Room, Stay
from matcher.problem import NEVER, Check, Home, Household, Market
from matcher.rooms import Person
from matcher.sizes import beds
from matcher.worth import acute_of, points

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
        stay = Stay(
            need=household.id,
            offer=pool.offer,
            unit=pool.unit,
            start=to_date(start),
            end=to_date(end),
            open_ended=household.end == NEVER,
            count=int(pairs.demand[n]),
            persons=len(household.people),
            rooms=_rooms(household.people, beds(household, pool), pool),
            due=due(table.market, pool.home, household, start, end),
            metres=int(pairs.metres[n]) if known else None,
            worth=(first, second, third),
            points=tuple((k, int(v[n])) for k, v in earned.items() if v[n]),
        )
        yield from _each(table.market, stay, household, pool)


def _each(
    market: Market, stay: Stay, household: Household, pool: Pool
) -> Iterator[Stay]:
    """Yield the stay, or one for each household of a merged need.

    What the whole of it earns and how far it is stands with the first.
    """
    if not household.parts:
        yield stay
        return
    where, before = beds(household, pool) or (), 0
    told = all(person.ref for person in household.people)
    for part in household.parts:
        first, count = part is household.parts[0], len(part.people)
        mine = where[before : before + count]
        before += count
        yield replace(
            stay,
            need=part.id,
            count=len(set(mine)) if pool.home.contingent else 1,
            persons=count,
            rooms=_rooms(part.people, mine, pool) if told else (),
            metres=stay.metres if first else None,
            worth=(acute_of(market, part), count, stay.worth[-1] if first else 0),
            points=stay.points if first else (),
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


def _rooms(
    people: tuple[Person, ...], where: tuple[int, ...] | None, pool: Pool
) -> tuple[Room, ...]:
    """Who sleeps where, as far as people and rooms are known."""
    if not where or not all(person.ref for person in people):
        return ()
    units = pool.home.units if pool.unit is None else ()
    inside: dict[int, list[str]] = {}
    for person, room in zip(people, where, strict=True):
        inside.setdefault(room, []).append(person.ref)
    return tuple(
        Room(units[room][0] if units else str(pool.unit), tuple(sorted(refs)))
        for room, refs in sorted(inside.items())
    )


__all__ = ["due", "on_the_map", "stays", "to_date", "to_epoch"]
