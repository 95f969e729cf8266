"""The funnel of unmet households, counted once more, offer by offer.

An offer falls at the first rule in the order of `FUNNEL` that blocks it; where it has
several units, at the last of these: that unit came farthest.
"""

from collections.abc import Sequence
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
    for code in reversed(FUNNEL[: DEPTH["distance"]]):
        blocked = _blocked(lodging, number, code, some, stays)
        found[blocked] = DEPTH[code]
    return found


def _blocked(
    lodging: Lodging, number: int, code: str, some: Crowd, stays: Stays
) -> Bools:
    """Say where a rule, or what it stands for, blocks a place."""
    place, one = lodging.places[number], np.ones_like(stays.rooms)
    blocked = np.zeros(len(stays.who), np.bool_)
    if code in READS:
        blocked |= lodging.broken(code, number, some)
    if code in ONE_BY_ONE:
        blocked |= lodging.named(code, place, stays)
    if code == "no_dates":
        blocked |= stays.end - stays.start < place.least
        blocked |= lodging.taken(place, replace(stays, rooms=one))
    if code == "no_contact":
        blocked |= lodging.meeting(place, stays)
    if code == "held_back":
        rooms = np.maximum(stays.rooms, one)
        blocked |= lodging.kept_from(place, replace(stays, rooms=rooms))
    if code == "size":
        blocked |= (stays.rooms == 0) | lodging.taken(place, stays)
    return blocked
