"""The funnel of unmet households, counted once more, offer by offer.

An offer falls at the first rule in the order of `FUNNEL` that blocks it; where it has
several units, at the last of these: that unit came farthest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.referee.alike import ONE_BY_ONE, READS, Bools
from matcher.referee.crowd import Atlas, Crowd
from matcher.referee.lodging import Lodging, Stays

Fallen: TypeAlias = tuple[tuple[str, int], ...]
Depths: TypeAlias = NDArray[np.int8]
FUNNEL = (
    "no_dates",
    "step_free",
    "lift",
    "ground_floor",
    "medical_equipment",
    "pets",
    "smokers",
    "ages",
    "women_only",
    "protected_address",
    "no_contact",
    "rent",
    "checks_failed",
    "forbidden",
    "held_back",
    "size",
    "distance",
)
DEPTH = {code: n for n, code in enumerate(FUNNEL)}
THROUGH = len(FUNNEL)


def funnels(lodging: Lodging, needs: Sequence[str]) -> dict[str, Fallen]:
    """Return for each need how many offers fell at which rule, in their order."""
    rows = np.array([lodging.row[need] for need in needs], np.int64)
    some = lodging.all.only(rows)
    counts = np.zeros((len(rows), THROUGH + 1), np.int64)
    every, atlas = np.arange(len(rows)), Atlas(lodging.hall, lodging.asked)
    for postcode, offers in lodging.quarters():
        far = ~atlas.reach(postcode)[0][some.near]
        for numbers in offers:
            depths = [_depths(lodging, n, some, far) for n in numbers]
            counts[every, np.maximum.reduce(depths)] += 1
    hall = lodging.hall
    given = [one for one in hall.given.values() if one.id not in hall.idle]
    counts[:, DEPTH["size"]] += sum(not one.places for one in given)
    return {
        need: tuple((code, row[n]) for n, code in enumerate(FUNNEL) if row[n])
        for need, row in zip(needs, counts.tolist(), strict=True)
    }


def _depths(lodging: Lodging, number: int, some: Crowd, far: Bools) -> Depths:
    """Return at which rule a place falls; where it has no bed, only size is asked."""
    place = lodging.places[number]
    if not place.kinds and not place.given.beds(None):
        return np.full(len(far), DEPTH["size"], np.int8)
    found = np.full(len(far), THROUGH, np.int8)
    start, end = lodging.days(place, some)
    stays = Stays(some.row, start, end, lodging.rooms(place, some.row))
    found[far] = DEPTH["distance"]
    blocked = list(_blocked(lodging, number, some, stays))
    for code, rows in sorted(blocked, key=lambda one: -DEPTH[one[0]]):
        found[rows] = DEPTH[code]
    return found


def _blocked(
    lodging: Lodging, number: int, some: Crowd, stays: Stays
) -> Iterator[tuple[str, Bools]]:
    """Yield where each rule, or what it stands for, blocks a place."""
    place = lodging.places[number]
    yield "no_dates", stays.end - stays.start < place.least
    yield "size", stays.rooms == 0
    for code in READS:
        if (lodging.bars.lacks[:, number] & lodging.bars.mask[code]).any():
            yield code, lodging.broken(code, number, some)
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
