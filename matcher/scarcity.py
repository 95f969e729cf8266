"""What is scarce, by the prices that prove a plan.

A place's price is what all its days cost in a tier. By weak duality no plan with one
more such place reaches more there than this plan's bound and that price. The price of a
later tier also pays for what the tiers before gain by the place, at the multipliers of
the proof. That share is taken off, so each price is in its own tier's persons or points
and comes on top of those before it. It may bring less: say a number of people only
after solving (`matcher.whatif`). Protected homes are left out: nothing may be told of
one alone.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from matcher.columns import Pool
from matcher.ownprice import own_prices
from matcher.plan import Part, Plan

Row: TypeAlias = tuple[int, ...]
"""A price by tier, in thousandths of its person or point."""
LARGE, VERY_LARGE = 5, 8


@dataclass(frozen=True, slots=True)
class Feature:
    """Mean price of the places that have something, and of those that have not."""

    code: str
    places: int
    price: Row
    others: int
    other_price: Row


@dataclass(frozen=True, slots=True)
class Kind:
    """Places alike: so many, their mean price, the dearest one's, and whose it is."""

    dwelling: str
    beds: int
    step_free: bool
    places: int
    price: Row
    most: Row
    like: str


@dataclass(frozen=True, slots=True)
class Scarcity:
    """`features` in a fixed order; `kinds` begin with the dearest, tier by tier."""

    tiers: tuple[str, ...]
    features: tuple[Feature, ...]
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    pool: Pool
    many: int
    price: Row


FEATURES: Mapping[str, Callable[[Pool], bool]] = {
    "step_free": lambda pool: pool.step_free,
    "lift": lambda pool: pool.home.lift or pool.home.floor == 0,
    "medical_equipment": lambda pool: pool.home.medical,
    "pets": lambda pool: bool(pool.home.pets),
    "smokers": lambda pool: pool.home.smokers,
    "women_only": lambda pool: pool.home.women_only,
    "whole_dwelling": lambda pool: pool.home.whole,
    "beds_5": lambda pool: pool.beds >= LARGE,
    "beds_8": lambda pool: pool.beds >= VERY_LARGE,
}


def scarcity(pools: Iterable[Pool], plan: Plan) -> Scarcity:
    """Return what the places of a plan's market are worth at its prices."""
    part = plan.part("housing")
    places = [one for one in _places(pools, part) if not one.pool.home.protected]
    kinds = defaultdict(list)
    for one in places:
        kinds[_kind(one.pool)].append(one)
    found = (_told(key, rows) for key, rows in kinds.items())
    return Scarcity(
        tiers=tuple(tier.name for tier in part.tiers),
        features=tuple(_feature(code, has, places) for code, has in FEATURES.items()),
        kinds=tuple(sorted(found, key=_dearest)),
    )


def _places(pools: Iterable[Pool], part: Part) -> Iterable[_Place]:
    prices = [_by_place(part, tier) for tier in range(len(part.tiers))]
    for pool in pools:
        many = max((free for _, free in pool.steps), default=0)
        paid = [price.get((pool.offer, pool.unit), 0) for price in prices]
        if many:
            yield _Place(pool, many, own_prices(part.tiers, paid))


def _by_place(part: Part, tier: int) -> dict[tuple[str, str | None], int]:
    found: dict[tuple[str, str | None], int] = defaultdict(int)
    for price in part.tiers[tier].prices:
        if price.apart is None:
            found[price.offer, price.unit] += price.price
    return found


def _feature(
    code: str, has: Callable[[Pool], bool], places: Iterable[_Place]
) -> Feature:
    sides: tuple[list[_Place], list[_Place]] = ([], [])
    for one in places:
        sides[has(one.pool)].append(one)
    without, within = sides
    return Feature(code, _many(within), _mean(within), _many(without), _mean(without))


def _kind(pool: Pool) -> tuple[str, int, bool]:
    return pool.home.dwelling or "", pool.beds, pool.step_free


def _told(key: tuple[str, int, bool], rows: list[_Place]) -> Kind:
    dearest = max(rows, key=lambda one: (one.price, one.pool.offer))
    return Kind(*key, _many(rows), _mean(rows), dearest.price, dearest.pool.offer)


def _dearest(kind: Kind) -> tuple[Row, str, int, bool]:
    return (
        tuple(-price for price in kind.most),
        kind.dwelling,
        kind.beds,
        kind.step_free,
    )


def _many(rows: Iterable[_Place]) -> int:
    return sum(one.many for one in rows)


def _mean(rows: list[_Place]) -> Row:
    """Return the mean over all places of the rows, rounded down; empty without one."""
    many = _many(rows)
    if not many:
        return ()
    columns = zip(
        *(tuple(p * one.many for p in one.price) for one in rows), strict=True
    )
    return tuple(sum(column) // many for column in columns)
