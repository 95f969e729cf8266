"""Why needs stay unmet: the reasons that a plan gives, looked at once more."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from matcher.plan import Plan, Unmet
from matcher.referee.funnel import Fallen, funnels
from matcher.referee.hall import Edge, Hall, Place
from matcher.referee.lodging import Lodging
from matcher.referee.reading import Asked
from matcher.referee.rules import RULES, Pair


def unmet_faults(lodging: Lodging, plan: Plan, offers: dict[str, int]) -> Iterator[str]:
    """Yield needs whose reason for staying unmet is not true.

    `offers` is how many offers each household could have had.
    """
    hall = lodging.hall
    placed = {stay.need for stay in plan.stays}
    unmet = {row.need: row for row in plan.unmet if row.part == "housing"}
    if unmet.keys() != hall.asked.keys() - placed:
        odd = sorted(unmet.keys() ^ (hall.asked.keys() - placed))
        yield f"the plan says nothing, or too much, of why {', '.join(odd)} stay unmet"
    blocked = funnels(lodging, [need for need in unmet if need in lodging.row])
    for need, row in unmet.items():
        asked = hall.asked.get(need)
        if asked is None:
            continue
        if not _explains(lodging, asked, row, offers):
            yield f"need {need} does not stay unmet for the reason {row.reason}"
        told = offers.get(need, 0), blocked.get(need, ())
        yield from _count_faults(asked, row, *told)


def twice(plan: Plan) -> Iterator[str]:
    """Yield needs of which it is said more than once why they stay unmet."""
    for (need, part), times in Counter((r.need, r.part) for r in plan.unmet).items():
        if times > 1:
            yield f"{part}: the plan says {times} times why {need} stays unmet"


def _count_faults(
    asked: Asked, row: Unmet, compatible: int, blocked: Fallen
) -> Iterator[str]:
    if row.missing != asked.persons:
        yield f"need {row.need} lacks {asked.persons} places, not {row.missing}"
    if row.compatible != compatible:
        yield f"{compatible} offers suit need {row.need}, not {row.compatible}"
    if row.blocked != blocked:
        yield f"offers fall for need {row.need} at {blocked}, not at {row.blocked}"


def _explains(
    lodging: Lodging, asked: Asked, row: Unmet, offers: dict[str, int]
) -> bool:
    if not asked.persons:
        return row.reason == "incomplete"
    if asked.id in lodging.hall.waiting:
        return row.reason == "duplicate_pending"
    if asked.id in lodging.hall.pinned:
        return row.reason == "pinned_impossible"
    if offers[asked.id]:
        return row.reason == "outbid"
    return _blocks(lodging, row.reason, asked)


def _blocks(lodging: Lodging, code: str, asked: Asked) -> bool:
    """Say whether the rule keeps the household from any offer."""
    if not lodging.places and not lodging.bedless:
        return code == "no_dates"
    if code == "size" and lodging.bedless:
        return True
    return any(_blocks_at(lodging.hall, code, asked, p) for p in lodging.places)


def _blocks_at(hall: Hall, code: str, asked: Asked, place: Place) -> bool:
    edge = Edge(place, *hall.stay(asked, place), rooms=1)
    pair = Pair(hall.court, asked, place.given, place.unit)
    if code in RULES and RULES[code].broken_by(pair):
        return True
    if code == "no_dates":
        short = edge.end - edge.start < place.least
        return short or not hall.can_be_had(asked, edge)
    if code == "no_contact":
        return hall.meets(asked, edge)
    rooms = hall.rooms(asked, place)
    full = Edge(place, edge.start, edge.end, rooms)
    if code == "held_back":
        return hall.is_kept_from(asked, replace(full, rooms=max(1, rooms)))
    return code == "size" and (rooms == 0 or not hall.can_be_had(asked, full))
