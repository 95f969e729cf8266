"""The funnel of unmet households, counted once more, offer by offer.

An offer falls at the first rule in the order of `FUNNEL` that blocks it; where it has
several units, at the last of these: that unit came farthest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from matcher.referee.alike import (
    DEPTH,
    FUNNEL,
    ONE_BY_ONE,
    THROUGH,
    Bools,
    Depths,
    Ints,
)
from matcher.referee.crowd import Atlas, Crowd
from matcher.referee.hall import Place
from matcher.referee.homes import Homes, tables
from matcher.referee.lodging import Lodging, Stays

Fallen: TypeAlias = tuple[tuple[str, int], ...]


def funnels(lodging: Lodging, needs: Sequence[str]) -> dict[str, Fallen]:
    """Return for each need how many offers fell at which rule, in their order."""
    rows = np.array([lodging.row[need] for need in needs], np.int64)
    some = lodging.all.only(rows)
    counts = np.zeros((len(rows), THROUGH + 1), np.int64)
    every, atlas = np.arange(len(rows)), Atlas(lodging.hall, lodging.asked)
    for postcode, offers in lodging.quarters():
        far = ~atlas.reach(postcode)[0][some.near]
        plain = [n for n, *_ in offers if lodging.is_plain(lodging.places[n])]
        for columns in tables(lodging, plain, len(rows)):
            counts += _counted(_depths_of_all(lodging, columns, some, far))
        looked_at = set(plain)
        for numbers in offers:
            if numbers[0] not in looked_at:
                depths = [_depths(lodging, n, some, far) for n in numbers]
                counts[every, np.maximum.reduce(depths)] += 1
    counts[:, DEPTH["size"]] += lodging.bedless
    return {
        need: tuple((code, row[n]) for n, code in enumerate(FUNNEL) if row[n])
        for need, row in zip(needs, counts.tolist(), strict=True)
    }


def _counted(depths: Depths) -> Ints:
    """Return how many homes fall at which depth: households × depths."""
    wide = THROUGH + 1
    row = np.arange(len(depths))[:, None] * wide
    found = np.bincount((row + depths).reshape(-1), minlength=len(depths) * wide)
    return found.reshape(-1, wide)


def _depths_of_all(lodging: Lodging, columns: Homes, some: Crowd, far: Bools) -> Depths:
    """Return at which rule plain homes fall: households × homes."""
    found = columns.depth[some.kind]
    blocked = {
        "no_dates": columns.short(*columns.stays(some)),
        "size": ~columns.fits[some.body],
        "distance": far[:, None],
    }
    for code, there in blocked.items():
        np.minimum(found, DEPTH[code], out=found, where=there)
    places = [lodging.places[n] for n in columns.numbers.tolist()]
    bedless = [not place.kinds and not place.given.beds(None) for place in places]
    found[:, bedless] = DEPTH["size"]
    return found


def _depths(lodging: Lodging, number: int, some: Crowd, far: Bools) -> Depths:
    """Return at which rule a place falls; where it has no bed, only size is asked."""
    place = lodging.places[number]
    if not place.kinds and not place.given.beds(None):
        return np.full(len(far), DEPTH["size"], np.int8)
    found = lodging.bars.first(number)[some.kind]
    start, end = lodging.days(place, some)
    stays = Stays(some.row, start, end, lodging.rooms(place, some.row))
    for code, blocked in _blocked(lodging, place, stays, far):
        np.minimum(found, DEPTH[code], out=found, where=blocked)
    return found


def _blocked(
    lodging: Lodging, place: Place, stays: Stays, far: Bools
) -> Iterator[tuple[str, Bools]]:
    """Yield where a place is blocked by what is no rule of kind."""
    yield "no_dates", stays.end - stays.start < place.least
    yield "size", stays.rooms == 0
    yield "distance", far
    if lodging.is_plain(place):
        return
    for code in ONE_BY_ONE:
        yield code, lodging.named(code, place, stays)
    one = np.ones_like(stays.rooms)
    yield "no_dates", lodging.taken(place, replace(stays, rooms=one))
    yield "size", lodging.taken(place, stays)
    yield "no_contact", lodging.meeting(place, stays)
    rooms = np.maximum(stays.rooms, one)
    yield "held_back", lodging.kept_from(place, replace(stays, rooms=rooms))
