"""Mutants of stays: nights, beds, figures, and who goes where."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from matcher import Plan
from matcher.plan import Room
from tests.matcher.changing import Change, Mutant, both, stay, tier, told

DAY = timedelta(days=1)
FIRST = date(2022, 3, 18)
TIERS = ("acute", "persons", "points")


def days() -> Iterator[Mutant]:
    for need in ("party", "calm", "friends", "bound"):
        yield (
            f"{need}: a night too long",
            stay(need, lambda s: replace(s, end=s.end + DAY)),
            "other days than the two give",
        )
        yield (
            f"{need}: a night too short",
            stay(need, lambda s: replace(s, end=s.end - DAY)),
            "other days than the two give",
        )
        yield (
            f"{need}: moved by a week",
            stay(need, lambda s: replace(s, start=s.start + 7 * DAY)),
            "other days than the two give",
        )
        yield (
            f"{need}: before today",
            stay(need, lambda s: replace(s, start=s.start - DAY)),
            "nights outside what is available",
        )
        yield (
            f"{need}: the other end",
            stay(need, lambda s: replace(s, open_ended=not s.open_ended)),
            "says wrongly whether the stay has an end",
        )
    yield (
        "beyond the longest",
        told("party", end=FIRST + 171 * DAY),
        "shorter or longer",
    )
    yield "under the shortest", told("party", end=FIRST + 29 * DAY), "shorter or longer"
    yield "after the last line", told("friends", end=date(2022, 8, 3)), "nights outside"


def beds() -> Iterator[Mutant]:
    a, b, c = "a", "b", "c"
    laid: dict[str, tuple[str, tuple[Room, ...], str]] = {
        "nobody in bed": ("party", (), "one bed"),
        "one left out": ("party", (Room("r2", (a, b)),), "one bed"),
        "one in two beds": ("party", (Room("r1", (a,)), Room("r2", (a, b))), "one bed"),
        "a stranger": ("party", (Room("r1", ("x",)), Room("r2", (a, b))), "one bed"),
        "child with uncle": (
            "party",
            (Room("r1", (a,)), Room("r2", (b, c))),
            "may not",
        ),
        "a bed too many": ("party", (Room("r1", (a, b)), Room("r2", (c,))), "too many"),
        "no such room": ("party", (Room("r9", (c,)), Room("r2", (a, b))), "not have"),
        "one room twice": ("party", (Room("r1", (c,)), Room("r1", (a, b))), "not have"),
        "an empty room": (
            "party",
            (Room("r1", (c,)), Room("r2", (a, b)), Room("r3", ())),
            "lays nobody into room r3",
        ),
        "friends in one room": ("friends", (Room("single", (a, b)),), "other rooms"),
        "a room of another kind": (
            "friends",
            (Room("single", (a,)), Room("double", (b,))),
            "other rooms than those of single",
        ),
        "a room nobody knows": ("alone", (Room("r1", (a,)),), "that nobody knows"),
    }
    for name, (need, rooms, words) in laid.items():
        yield name, told(need, rooms=rooms), words
    yield (
        "friends in one single",
        told("friends", count=1, rooms=(Room("single", (a, b)),)),
        "takes 1 rooms where 2 are needed",
    )
    yield "a room too many", told("friends", count=3), "takes 3 rooms where 2"
    yield "a home twice", told("party", count=2), "takes 2 rooms where 1"
    yield "a person too few", told("party", persons=2), "counts 2 persons instead of 3"
    yield "a person too many", told("calm", persons=2), "counts 2 persons instead of 1"


def figures() -> Iterator[Mutant]:
    for n, name in enumerate(TIERS):
        yield (
            f"one more in {name}",
            _more(n),
            "is worth (3, 3, 350), not",
        )
        yield (
            f"one more in {name}, all the way up",
            both(
                _more(n),
                tier("housing", n, lambda t: replace(t, worth=t.worth + 1)),
            ),
            "is worth (3, 3, 350), not",
        )
    points = (("language", 300), ("whole_dwelling", 200), ("kilometre", -100))
    yield "points left out", told("party", points=points), "counts other points"
    yield "a point invented", told("alone", points=(("keep", 2_000),)), "other points"
    yield (
        "a point twice",
        told("friends", points=(("kilometre", -100),) * 2),
        "counts other points",
    )
    yield "nearer than it is", told("party", metres=4_000), "is 5000 metres away"
    yield "a way to nowhere", told("alone", metres=0), "is None metres away, not 0"
    yield "a way forgotten", told("friends", metres=None), "metres away, not None"
    yield "a check forgotten", told("party", due=("identity", "visit")), "still due"
    yield "all checks forgotten", told("party", due=()), "checks are still due"
    yield "a check invented", told("calm", due=("visit",)), "checks are still due"


def _more(n: int) -> Change:
    """Return what makes the family's stay worth one more in tier `n`."""

    def more(worth: tuple[int, int, int]) -> tuple[int, int, int]:
        first, second, third = (w + (m == n) for m, w in enumerate(worth))
        return first, second, third

    return stay("party", lambda s: replace(s, worth=more(s.worth)))


def crowds() -> Iterator[Mutant]:
    yield "a need twice", _again("party"), "need party is placed twice"
    yield "a split household", _split, "need friends is placed twice"
    yield "a need lost", _without("calm"), "of why calm stay unmet"
    yield "a pinned need lost", _without("bound"), "that it could have"
    yield "somebody unknown", told("calm", need="nobody"), "is not there to be placed"
    yield "a twin", told("calm", need="twin"), "must wait for a person"
    yield "a wheelchair up the stairs", _swapped, "is not step-free"
    moves = {
        "to a home that is none": ("calm", "x", None, "no such home to give"),
        "to a unit that is none": ("calm", "h1", "attic", "has no attic to give"),
        "to a whole hotel": ("calm", "h1", None, "no such home to give"),
        "to a unit of a flat": ("party", "flat", "r1", "has no r1 to give"),
        "to a lapsed home": ("calm", "gone", None, "gone has lapsed"),
        "past the pin": ("bound", "room", None, "is pinned to another offer"),
        "to a taken home": ("calm", "room", None, "offer room is promised more often"),
        "to who must not meet": ("alone", "h1", "double", "must not meet at offer h1"),
        "to a taken unit": ("friends", "h1", "double", "h1, double, is promised more"),
        "into too few beds": ("party", "room", None, "no bed for everyone"),
    }
    for name, (need, offer, place, words) in moves.items():
        yield name, told(need, offer=offer, unit=place), words
    yield "to a forbidden home", told("alone", need="late"), "forbidden by a person"


def _again(need: str) -> Change:
    return lambda plan: replace(
        plan, stays=(*plan.stays, next(s for s in plan.stays if s.need == need))
    )


def _without(need: str) -> Change:
    return lambda p: replace(p, stays=tuple(s for s in p.stays if s.need != need))


def _split(plan: Plan) -> Plan:
    one = next(s for s in plan.stays if s.need == "friends")
    halves = tuple(
        replace(one, count=1, persons=1, rooms=(room,), worth=(1, 1, -50))
        for room in one.rooms
    )
    return replace(plan, stays=(*(s for s in plan.stays if s != one), *halves))


def _swapped(plan: Plan) -> Plan:
    """Give the place of one household to another, sums and reasons and all."""
    other = {"calm": "wheels", "wheels": "calm"}
    stays = tuple(replace(s, need=other.get(s.need, s.need)) for s in plan.stays)
    rows = tuple(replace(r, need=other.get(r.need, r.need)) for r in plan.unmet)
    return replace(plan, stays=stays, unmet=rows)
