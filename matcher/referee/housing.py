"""Homes: every stay of a plan against every rule, then the objective and the bound."""

from collections.abc import Iterator

from matcher.plan import Plan, Stay
from matcher.referee import sharing
from matcher.referee.hall import Edge, Hall, Place, Promise, must_not_meet
from matcher.referee.keeping import all_groups, combined, groups_for
from matcher.referee.near import lost_points
from matcher.referee.reading import OPEN_END, Asked, ordinal
from matcher.referee.rules import RULES, Pair, wanted_checks
from matcher.referee.worths import points, worth


def stay_faults(hall: Hall, plan: Plan) -> Iterator[str]:
    """Yield what is wrong with single stays, and with stays side by side."""
    hall.lost = lost_points(hall.court, hall.links, hall.given, plan.stays)
    seen: set[str] = set()
    for stay in plan.stays:
        if stay.need in seen:
            yield f"need {stay.need} is placed twice"
        seen.add(stay.need)
        yield from _party_faults(hall, stay)
    known = [s for s in plan.stays if _place(hall, s) and s.need in hall.asked]
    for stay in known:
        yield from _pair_faults(hall, stay)
    yield from _crowding(hall, known)
    yield from _taken_from_others(hall, known)
    yield from _meetings(hall, known)


def _party_faults(hall: Hall, stay: Stay) -> Iterator[str]:
    asked = hall.asked.get(stay.need)
    if asked is None or not asked.persons:
        yield f"need {stay.need} is not there to be placed"
    elif stay.need in hall.waiting:
        yield f"need {stay.need} may be a duplicate and must wait for a person"
    if _place(hall, stay) is None:
        yield f"offer {stay.offer} has no {stay.unit or 'such home'} to give"
    elif stay.offer in hall.idle:
        yield f"offer {stay.offer} has lapsed or may be a duplicate"
    if stay.offer not in hall.pinned.get(stay.need, {stay.offer}):
        yield f"need {stay.need} is pinned to another offer than {stay.offer}"


def _place(hall: Hall, stay: Stay) -> Place | None:
    return hall.places.get((stay.offer, stay.unit))


def _pair_faults(hall: Hall, stay: Stay) -> Iterator[str]:
    asked, place = hall.asked[stay.need], hall.places[stay.offer, stay.unit]
    pair = f"offer {stay.offer} for need {stay.need}"
    for rule in RULES.values():
        if rule.broken_by(Pair(hall.court, asked, place.given, place.unit)):
            yield f"{pair} {rule.sentence}"
    yield from _date_faults(hall, stay, asked, place)
    yield from _bed_faults(hall, stay, asked, place)
    edge = Edge(place, stay.start.toordinal(), stay.end.toordinal(), stay.count)
    if hall.meets(asked, edge):
        yield f"{pair} brings together people who must not meet"
    if hall.is_kept_from(asked, edge):
        yield f"{pair} takes rooms that are held back for others"
    yield from _figure_faults(hall, stay, asked, place)


def _date_faults(hall: Hall, stay: Stay, asked: Asked, place: Place) -> Iterator[str]:
    pair = f"offer {stay.offer} for need {stay.need}"
    start, end = stay.start.toordinal(), stay.end.toordinal()
    if start < max(place.first, asked.earliest) or end > place.last:
        yield f"{pair} has nights outside what is available"
    if not place.least <= end - start <= place.most:
        yield f"{pair} is shorter or longer than stays there may be"
    if (start, end) != hall.stay(asked, place):
        yield f"{pair} has other days than the two give"
    if stay.open_ended != asked.open_ended:
        yield f"{pair} says wrongly whether the stay has an end"


def _bed_faults(hall: Hall, stay: Stay, asked: Asked, place: Place) -> Iterator[str]:
    pair = f"offer {stay.offer} for need {stay.need}"
    rooms = hall.rooms(asked, place)
    if rooms == 0:
        yield f"{pair} has no bed for everyone in rooms that they may share"
    elif stay.count != rooms:
        yield f"{pair} takes {stay.count} rooms where {rooms} are needed"
    if stay.persons != asked.persons:
        yield f"{pair} counts {stay.persons} persons instead of {asked.persons}"
    told = all(member.get("ref") for member in asked.members) and not asked.unknown
    if not told or not place.given.rooms(place.unit):
        if stay.rooms:
            yield f"{pair} puts people into rooms that nobody knows"
        return
    yield from _room_faults(hall, stay, asked, place)


def _room_faults(hall: Hall, stay: Stay, asked: Asked, place: Place) -> Iterator[str]:
    pair = f"offer {stay.offer} for need {stay.need}"
    number = {member["ref"]: n for n, member in enumerate(asked.members)}
    everyone = sorted(ref for room in stay.rooms for ref in room.members)
    if everyone != sorted(number):
        yield f"{pair} does not give everyone of the household one bed"
        return
    units = place.given.units
    names = [room.unit for room in stay.rooms]
    if place.unit is None:
        if len(set(names)) != len(names) or not set(names) <= set(units):
            yield f"{pair} names rooms that the home does not have"
            return
    elif names != [place.unit] * stay.count:
        yield f"{pair} takes other rooms than those of {place.unit}"
        return
    everywhere = place.unit is not None or place.given.told.get("step_free") != "some"
    for room in stay.rooms:
        if not room.members:
            yield f"{pair} lays nobody into room {room.unit}"
        slept = [number[ref] for ref in room.members]
        group = sharing.several(slept)
        kind = sharing.kind(units[room.unit], step_free_everywhere=everywhere)
        people = hall.bodies[asked.id]
        if not sharing.fits(people, group, kind):
            yield f"{pair} puts too many into room {room.unit}, or the wrong ones"
        if any(group & ~(people[0][n] | 1 << n) for n in slept):
            yield f"{pair} lets people share room {room.unit} who may not"


def _figure_faults(hall: Hall, stay: Stay, asked: Asked, place: Place) -> Iterator[str]:
    pair = f"offer {stay.offer} for need {stay.need}"
    given, unit = place.given, place.unit
    if stay.due != _due(hall, stay, asked, place):
        yield f"{pair} says wrongly which checks are still due"
    lost = hall.lost.get(stay.need, 0)
    first, persons, third = worth(hall.court, asked, given, unit, stay.count)
    told = first, persons, third - lost
    if stay.worth != told:
        yield f"{pair} is worth {told}, not {stay.worth}"
    earned = points(hall.court, asked, given, unit, stay.count)
    earned |= {"linked_apart": -lost} if lost else {}
    if sorted(stay.points) != sorted(earned.items()):
        yield f"{pair} counts other points than its preferences give"
    near = asked.near
    far = None if near is None else hall.court.metres(near, given.postcode)
    if stay.metres != far:
        yield f"{pair} is {far} metres away, not {stay.metres}"


def _due(hall: Hall, stay: Stay, asked: Asked, place: Place) -> tuple[str, ...]:
    start, end = stay.start.toordinal(), stay.end.toordinal()
    last = start if asked.open_ended else end - 1
    due = []
    for kind in wanted_checks(hall.policy, asked):
        check = place.given.checks.get(kind)
        until = ordinal((check or {}).get("valid_until"), OPEN_END)
        if check is None or check["state"] != "passed" or until < last:
            due.append(kind)
    return tuple(due)


def as_promise(hall: Hall, stay: Stay) -> Promise:
    """Return a stay as what it takes."""
    asked, place = hall.asked[stay.need], hall.places[stay.offer, stay.unit]
    edge = Edge(place, stay.start.toordinal(), stay.end.toordinal(), stay.count)
    return Promise(
        need=stay.need,
        households=asked.households,
        avoids=asked.avoids,
        offer=stay.offer,
        place=stay.unit,
        start=edge.start,
        end=edge.end,
        rooms=edge.rooms,
        group=hall.group_of(asked, edge),
    )


def _crowding(hall: Hall, stays: list[Stay]) -> Iterator[str]:
    """Yield every pool that is promised more often than it is there."""
    by_place: dict[tuple[str, str | None], list[Promise]] = {}
    for stay in stays:
        key = (stay.offer, stay.unit)
        by_place.setdefault(key, []).append(as_promise(hall, stay))
    for (offer, unit), taken in by_place.items():
        place = hall.places[offer, unit]
        first = min(one.start for one in taken)
        last = max(one.end for one in taken)
        days = hall.turns(place, first, last) + [one.start for one in taken]
        for day in sorted(days):
            load = sum(one.rooms for one in taken if one.start <= day < one.end)
            if load > hall.free(place, day):
                where = offer if unit is None else f"{offer}, {unit},"
                yield f"offer {where} is promised more often than it is there"
                break


def _taken_from_others(hall: Hall, stays: list[Stay]) -> Iterator[str]:
    """Yield places where several stays take what is held back for arrivals."""
    by_place: dict[tuple[str, str | None], list[Stay]] = {}
    for stay in stays:
        if stay.offer in hall.kept:
            by_place.setdefault((stay.offer, stay.unit), []).append(stay)
    for (offer, unit), there in by_place.items():
        place, kept = hall.places[offer, unit], hall.kept[offer]
        for groups in combined(all_groups(kept)):
            others = [
                as_promise(hall, stay)
                for stay in there
                if groups.isdisjoint(groups_for(kept, hall.asked[stay.need]))
            ]
            days = {*hall.kept_turns(place), *(one.start for one in others)}
            if any(
                sum(one.rooms for one in others if one.start <= day < one.end)
                > hall.left(place, day, groups)
                for day in days
            ):
                yield (
                    f"offer {offer}, {unit}, is given to more households than what is "
                    f"held back for {', '.join(sorted(groups))} leaves"
                )


def _meetings(hall: Hall, stays: list[Stay]) -> Iterator[str]:
    """Yield households that must not meet and stay at one offer at one time."""
    by_offer: dict[str, list[Promise]] = {}
    for stay in stays:
        by_offer.setdefault(stay.offer, []).append(as_promise(hall, stay))
    for offer, there in by_offer.items():
        for n, a in enumerate(there):
            for b in there[n + 1 :]:
                if a.start < b.end and b.start < a.end and must_not_meet(a, b):
                    yield f"needs {a.need} and {b.need} must not meet at offer {offer}"
