"""The funnel of an unmet household, counted once more, offer by offer.

An offer falls at the first rule in the order of `FUNNEL` that blocks it; where it has
several units, at the last of these: that unit came farthest.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from matcher.referee.hall import Edge, Hall, Place
from matcher.referee.reading import Asked
from matcher.referee.rules import RULES, Pair

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


def fallen(hall: Hall, asked: Asked) -> tuple[tuple[str, int], ...]:
    """Return how many offers fell at which rule, in the funnel's order."""
    deepest: dict[str, int] = {}
    for given in hall.given.values():
        if given.id not in hall.idle:
            places = [hall.places[given.id, unit] for unit in given.places]
            depths = [_depth(hall, asked, place) for place in places]
            deepest[given.id] = max(depths, default=DEPTH["size"])
    counts: Mapping[int, int] = Counter(deepest.values())
    return tuple((code, counts[n]) for n, code in enumerate(FUNNEL) if n in counts)


def _depth(hall: Hall, asked: Asked, place: Place) -> int:
    """Return at which rule a place falls; where it has no bed, only size is asked."""
    if not place.kinds and not place.given.beds(None):
        return DEPTH["size"]
    edge = Edge(place, *hall.stay(asked, place), rooms=1)
    pair = Pair(hall.court, asked, place.given, place.unit)
    blocked = (code for code in FUNNEL if _blocks(hall, code, pair, edge))
    return DEPTH.get(next(blocked, ""), THROUGH)


def _blocks(hall: Hall, code: str, pair: Pair, edge: Edge) -> bool:
    if code in RULES and RULES[code].broken_by(pair):
        return True
    if code == "no_dates":
        short = edge.end - edge.start < edge.place.least
        return short or hall.least_free(edge) < 1
    if code == "no_contact":
        return hall.meets(pair.asked, edge)
    if code == "held_back":
        rooms = max(1, hall.rooms(pair.asked, edge.place))
        return hall.is_kept_from(pair.asked, replace(edge, rooms=rooms))
    if code == "size":
        rooms = hall.rooms(pair.asked, edge.place)
        return not 0 < rooms <= hall.least_free(edge)
    return False
