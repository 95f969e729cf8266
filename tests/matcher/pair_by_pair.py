"""Every stay looked at by itself, with the rules of one pair: slow, and without numpy.

What the referee adds up place by place, for all households at once, is added up here
one pair after the other; the funnels of unmet households too.
"""

from collections import Counter

from matcher.plan import Tier
from matcher.referee.alike import DEPTH, FUNNEL, THROUGH
from matcher.referee.funnel import Fallen
from matcher.referee.hall import Edge, Hall, Place
from matcher.referee.keeping import groups_for
from matcher.referee.reading import Asked
from matcher.referee.rules import RULES, Pair
from matcher.referee.tally import Tally
from matcher.referee.worths import worth


def tally_of(hall: Hall, tiers: tuple[Tier, ...]) -> Tally:
    """Return the sums over all stays; what free rooms cost is left out."""
    tally = Tally()
    near = hall.policy["preferences"].get("near") or {"points": 0}
    for asked in hall.parties():
        if asked.id in hall.pinned:
            continue
        edges = list(hall.edges(asked, hall.places.values()))
        worths = [_worth(hall, asked, edge) for edge in edges]
        for n, tier in enumerate(tiers):
            gains = [
                _gain(hall, asked, edge, tiers=tiers[: n + 1], worths=w)
                for edge, w in zip(edges, worths, strict=True)
            ]
            assert len(tier.multipliers) == n
            tally.best[n] += max(0, *gains, 0)
            earned = [w[n] for w in worths]
            tally.spread[n] += max(0, *earned, 0) - min(0, *earned, 0)
        tally.spread[-1] += near["points"] * asked.near_waiting
        tally.offers[asked.id] = len({edge.place.given.id for edge in edges})
    return tally


def _worth(hall: Hall, asked: Asked, edge: Edge) -> tuple[int, int, int]:
    return worth(hall.court, asked, edge.place.given, edge.place.unit, edge.rooms)


def _gain(
    hall: Hall,
    asked: Asked,
    edge: Edge,
    *,
    tiers: tuple[Tier, ...],
    worths: tuple[int, int, int],
) -> int:
    """Return what a stay earns in the last of `tiers` after paying, in 1/scale."""
    tier, offer = tiers[-1], edge.place.given.id
    earned = tier.scale * worths[len(tiers) - 1]
    earned += sum(m * w for m, w in zip(tier.multipliers, worths, strict=False))
    for row in tier.prices:
        day = 0 if row.day is None else row.day.toordinal()
        if row.offer != offer or not edge.start <= day < edge.end:
            continue
        if row.apart is None:
            earned -= edge.rooms * row.price * (row.unit == edge.place.unit)
        elif row.unit is None:
            earned -= row.price * (asked.id in row.apart)
        elif row.unit == edge.place.unit:
            mine = groups_for(hall.kept[offer], asked)
            earned -= edge.rooms * row.price * mine.isdisjoint(row.apart)
    return earned


def fallen(hall: Hall, asked: Asked) -> Fallen:
    """Return how many offers fell at which rule, in the funnel's order."""
    deepest: dict[str, int] = {}
    for given in hall.given.values():
        if given.id not in hall.idle:
            places = [hall.places[given.id, unit] for unit in given.places]
            depths = [_depth(hall, asked, place) for place in places]
            deepest[given.id] = max(depths, default=DEPTH["size"])
    counts = Counter(deepest.values())
    return tuple((code, counts[n]) for n, code in enumerate(FUNNEL) if n in counts)


def _depth(hall: Hall, asked: Asked, place: Place) -> int:
    if not place.kinds and not place.given.beds(None):
        return DEPTH["size"]
    edge = Edge(place, *hall.stay(asked, place), rooms=hall.rooms(asked, place))
    blocked = (code for code in FUNNEL if _blocks(hall, code, asked, edge))
    return DEPTH.get(next(blocked, ""), THROUGH)


def _blocks(hall: Hall, code: str, asked: Asked, edge: Edge) -> bool:
    place = edge.place
    pair = Pair(hall.court, asked, place.given, place.unit)
    if code in RULES and RULES[code].broken_by(pair):
        return True
    if code == "no_dates":
        return edge.end - edge.start < place.least or hall.least_free(edge) < 1
    if code == "no_contact":
        return hall.meets(asked, edge)
    if code == "held_back":
        one = Edge(place, edge.start, edge.end, max(1, edge.rooms))
        return hall.is_kept_from(asked, one)
    return code == "size" and not 0 < edge.rooms <= hall.least_free(edge)
