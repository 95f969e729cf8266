"""What is held back for expected arrivals, and what is left of a pool for the others.

Where rooms of a pool are held back for arrivals a (and b), whoever is of neither takes
from the pool and from what is left of it without the rooms of a, without those of b,
and without those of both: `Closure`s, rows of capacity beside the pool's own. A
promise to someone of the arrivals takes of the rooms that are held back.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import cast

import numpy as np

from matcher.columns import Bools, Ints, Narrow, Pool, Pools, Steps
from matcher.problem import NEVER, Hold, Household, Market
from matcher.sizes import rooms_taken

_EPOCH = date(1970, 1, 1).toordinal()
_FAR = 1 << 40
MOST_GROUPS = 2
"""So many groups of arrivals at one offer; their ids name a price (`Price.apart`)."""


@dataclass(frozen=True, slots=True)
class Closure:
    """What is left of a pool without the rooms held back for `arrivals`."""

    pool: int
    arrivals: frozenset[str]
    steps: Steps

    def least(self, start: Ints, end: Ints) -> Ints:
        """Return how much is left on every day of each stay."""
        least = np.full(np.shape(start), _FAR)
        days = [day for day, _ in self.steps] + [_FAR]
        for n, (day, left) in enumerate(self.steps):
            meets = (start < days[n + 1]) & (end > day)
            least[meets] = np.minimum(least[meets], left)
        return least


@dataclass(frozen=True, slots=True)
class Shut:
    """Closures, and (closures × households) who takes from them."""

    closures: tuple[Closure, ...]
    out: Bools

    def side_by_side(self, pools: Pools) -> "Shut":
        """Return those of contingents: a home held back is blocked as a whole."""
        some = [n for n, one in enumerate(self.closures)
                if pools.rows[one.pool].home.contingent]  # fmt: skip
        return Shut(tuple(self.closures[n] for n in some), self.out[some])

    def edges(self, need: Narrow, pool: Narrow) -> Iterator[list[int]]:
        """Yield the pairs that take from each closure."""
        for one, out in zip(self.closures, self.out, strict=True):
            here = np.nonzero(pool == one.pool)[0]
            yield here[out[need[here]]].tolist()


def closures(market: Market, pools: Pools) -> Iterator[Closure]:
    """Yield what is left of each pool of which something is held back."""
    by_offer: dict[str, list[Hold]] = {}
    for hold in market.holds:
        by_offer.setdefault(hold.offer, []).append(hold)
    for n, pool in enumerate(pools.rows if by_offer else ()):
        here = [h for h in by_offer.get(pool.offer, ()) if h.unit in {None, pool.unit}]
        groups = sorted({hold.arrivals for hold in here})
        for size in range(1, min(MOST_GROUPS, len(groups)) + 1):
            for some in combinations(groups, size):
                kept = [_kept(market, pool, here, group) for group in some]
                yield Closure(n, frozenset(some), _left(pool.steps, kept))


def welcome(household: Household, hold: Hold) -> bool:
    """Say whether the hold is for this household."""
    needs = {
        "step_free": household.step_free,
        "lift": household.lift,
        "ground_floor": household.ground_floor,
        "medical_equipment": household.medical,
        "women_only": household.women_only,
        "protected_address": household.confidential,
    }
    return (
        household.raised > hold.after
        and len(household.people) >= hold.household_min
        and all(needs.get(feature, False) for feature in hold.features)
    )


def arrivals_of(market: Market, household: Household, offer: str) -> frozenset[str]:
    """Return the groups whose held-back rooms of an offer the household may have."""
    return frozenset(
        hold.arrivals
        for hold in market.holds
        if hold.offer == offer and welcome(household, hold)
    )


def kept_from(
    shut: Shut,
    pools: Pools,
    needs: tuple[Household, ...],
    *,
    start: Ints,
    end: Ints,
) -> Bools:
    """Return (households × pools) where held-back rooms would be taken."""
    blocked = np.zeros(start.shape, np.bool_)
    for one, out in zip(shut.closures, shut.out, strict=True):
        pool, there = pools.rows[one.pool], np.nonzero(out)[0]
        rooms = np.array(
            [max(1, rooms_taken(needs[h], pool)) for h in there.tolist()], np.int64
        )
        least = one.least(start[there, one.pool], end[there, one.pool])
        blocked[there, one.pool] |= least < rooms
    return blocked


def used(
    market: Market, household: Household, pool: Pool, *, start: int, end: int
) -> str | None:
    """Return the arrivals whose held-back rooms a stay takes, if it does."""
    found = (
        hold.arrivals
        for hold in market.holds
        if hold.offer == pool.offer
        and hold.unit in {None, pool.unit}
        and hold.start < end
        and hold.end > start
        and welcome(household, hold)
    )
    return min(found, default=None)


def shut_out(market: Market, pools: Pools, needs: tuple[Household, ...]) -> Shut:
    """Return for each closure the households that must leave its rooms alone."""
    return shut_at(tuple(closures(market, pools)), market, pools, needs)


def shut_at(
    found: tuple[Closure, ...],
    market: Market,
    pools: Pools,
    needs: tuple[Household, ...],
) -> Shut:
    """Return the same where the closures are known."""
    guests = _guests(market, needs) if found else {}
    out = np.ones((len(found), len(needs)), np.bool_)
    for n, one in enumerate(found):
        for group in one.arrivals:
            out[n] &= ~guests[pools.rows[one.pool].offer, group]
    return Shut(found, out)


def _guests(
    market: Market, needs: tuple[Household, ...]
) -> dict[tuple[str, str], Bools]:
    """Return who belongs to a group at an offer; each kind of hold is asked once."""
    kinds: dict[tuple[object, ...], Bools] = {}
    found: dict[tuple[str, str], Bools] = {}
    for hold in market.holds:
        kind = (hold.features, hold.household_min, hold.after)
        if kind not in kinds:
            kinds[kind] = np.array([welcome(h, hold) for h in needs], np.bool_)
        before = found.get((hold.offer, hold.arrivals), np.zeros_like(kinds[kind]))
        found[hold.offer, hold.arrivals] = before | kinds[kind]
    return found


def of_few(holds: Iterable[Hold]) -> Iterator[Hold]:
    """Yield all, unless an offer is held back for more groups than a price can name."""
    groups: dict[str, set[str]] = {}
    for hold in holds:
        names = groups.setdefault(hold.offer, set())
        names.add(hold.arrivals)
        if len(names) > MOST_GROUPS:
            raise ValueError(
                f"offer {hold.offer} is held back for more than {MOST_GROUPS} groups "
                "of arrivals"
            )
        yield hold


def read_hold(document: Mapping[str, object]) -> Hold:
    """Read what is held back, and for whom."""
    unit = document.get("unit")
    return Hold(
        id=str(document["hold"]),
        arrivals=str(document["arrivals"]),
        offer=str(document["offer"]),
        unit=None if unit is None else str(unit),
        start=_day(document["from"]),
        end=_day(document["to"]),
        count=cast("int", document["count"]),
        features=frozenset(cast("list[str]", document["features"])),
        household_min=cast("int", document["household_min"]),
        after=cast("int", document["after"]),
    )


def _day(text: object) -> int:
    return date.fromisoformat(str(text)).toordinal() - _EPOCH


def _kept(market: Market, pool: Pool, here: list[Hold], group: str) -> Steps:
    """Return what is still held back for a group, day by day."""
    change: dict[int, int] = {0: 0}
    lines = [(h.start, h.end, h.count) for h in here if h.arrivals == group]
    lines += [
        (one.start, one.end, -max(1, one.count))
        for one in market.held
        if (one.offer, one.arrivals) == (pool.offer, group)
        and one.unit in {None, pool.unit}
        and one.end > one.start
    ]
    for start, end, count in lines:
        change[start] = change.get(start, 0) + count
        change[end] = change.get(end, 0) - count
    kept, steps = 0, []
    for day in sorted(change):
        kept += change[day]
        steps.append((day, max(0, kept)))
    return tuple(steps)


def _left(free: Steps, kept: list[Steps]) -> Steps:
    days = sorted({day for steps in (free, *kept) for day, _ in steps if day < NEVER})
    return tuple(
        (day, max(0, _at(free, day) - sum(_at(steps, day) for steps in kept)))
        for day in days
    )


def _at(steps: Steps, day: int) -> int:
    return [left for since, left in steps if since <= day][-1]
