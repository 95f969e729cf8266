"""Tiny markets in which one rule decides, and every plan for them worth judging.

Attributes are named by path and given as lists to choose from; `None` leaves one out.
A path that ends in "|" adds what is chosen to what is there.
What is not named fits, so that the rule at hand is the one that says no.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations, permutations
from random import Random

from matcher.plan import Room, Stay
from tests.matcher import oracle
from tests.matcher.attributes import checks, metres, told
from tests.matcher.bedrooms import Doc, partitions, people, rooms_needed
from tests.matcher.independent import points, worth
from tests.matcher.instances import TODAY, blank, later, policy

Choices = Mapping[str, Sequence[object]]
ADULT = {"ref": "a", "age_band": "27-64", "sex": "f"}
NEED: Doc = {
    "kind": "housing",
    "persons": 1,
    "members": [ADULT],
    "period": {"from": later(1), "to": later(4)},
}
HOME: Doc = {
    "kind": "housing",
    "dwelling": "flat",
    "beds": 3,
    "available": {"from": later(0), "to": later(8)},
}
CHECKS = [
    {"kind": kind, "state": "passed", "valid_until": later(300)}
    for kind in ("identity", "visit", "background")
]


@dataclass(frozen=True)
class Tiny:
    """What may differ in needs, offers and market; `vary` what stays may differ in."""

    need: Choices = field(default_factory=dict)
    offer: Choices = field(default_factory=dict)
    market: Choices = field(default_factory=dict)
    vary: str = ""
    together: int = 1
    markets: int = 20

    def draw(self, seed: int) -> Doc:
        """Return a market of at most three needs before at most three offers."""
        dice = Random(f"tiny {seed}")
        needs = [
            _case(f"n{n}", NEED, raised=n + 1, priority=0, current=None)
            | {"household": f"p-{n}", "waiting_since": later(0)}
            for n in range(dice.randint(1, 3))
        ]
        offers = [
            _case(f"o{n}", HOME, listed=n + 1, checks=CHECKS) | {"provider": f"p-o{n}"}
            for n in range(dice.randint(1, 3))
        ]
        for some, choices in ((needs, self.need), (offers, self.offer)):
            for one in some:
                choose(dice, one, choices)
        places = {"40210": [0, 0], "40211": [9_000, 9_000], "40212": [30_000, 0]}
        found = blank(offers, needs, places=places, policy=policy(horizon_days=6))
        choose(dice, found, self.market)
        return found

    def plans(self, market: Doc) -> Iterator[tuple[Stay, ...]]:
        """Yield every plan of up to `together` stays."""
        stays = list(self.stays(market))
        for size in range(1, self.together + 1):
            yield from combinations(stays, size)

    def stays(self, market: Doc) -> Iterator[Stay]:
        """Yield stays that tell their figures truly, allowed or not."""
        for need in market["needs"]:
            for offer in market["offers"]:
                for unit in {None, *oracle.units(offer)}:
                    for days in self._days(market, need, offer, unit):
                        yield from self._stays(market, need, offer, unit, days)

    def _days(
        self, market: Doc, need: Doc, offer: Doc, unit: str | None
    ) -> Iterator[tuple[int, int]]:
        first = TODAY.toordinal() - 1
        if self.vary == "days":
            yield from combinations(range(first, first + 11), 2)
        elif unit in oracle.units(offer):
            yield oracle.nights(market, need, offer, unit) or (first + 2, first + 5)

    def _stays(
        self,
        market: Doc,
        need: Doc,
        offer: Doc,
        unit: str | None,
        days: tuple[int, int],
    ) -> Iterator[Stay]:
        for rooms in arrangements(need, offer, unit):
            if self.vary != "rooms" and not sleeps(need, offer, unit, rooms):
                continue
            stay = truthful(market, need, offer, unit, days, rooms)
            yield stay
            if self.vary == "due":
                yield from due_otherwise(market, need, stay)
            if self.vary == "figures":
                yield replace(stay, open_ended=not stay.open_ended)
                yield replace(stay, persons=stay.persons + 1)
                yield replace(stay, count=stay.count + 1)


def truthful(
    market: Doc,
    need: Doc,
    offer: Doc,
    unit: str | None,
    days: tuple[int, int],
    rooms: tuple[Room, ...],
) -> Stay:
    """Return a stay whose figures are right, whether it may be or not."""
    count = 1 if unit is None else len(rooms)
    postcode = told(offer, "location").get("postcode")
    stay = Stay(
        need=need["id"],
        offer=offer["id"],
        unit=unit,
        start=date.fromordinal(days[0]),
        end=date.fromordinal(days[1]),
        open_ended=told(need, "period").get("to") is None,
        count=count,
        persons=len(people(need)),
        rooms=rooms,
        due=(),
        metres=metres(market, need["details"].get("near"), postcode),
        worth=worth(market, need, offer, unit, count),
        points=tuple(points(market, need, offer, unit, count).items()),
    )
    return replace(stay, due=oracle.due(market, need, offer, stay))


def arrangements(need: Doc, offer: Doc, unit: str | None) -> list[tuple[Room, ...]]:
    """Return every way to lay people into rooms, and some that leave someone out."""
    names = [room["ref"] for room in offer["details"].get("units") or []]
    refs = [member.get("ref") for member in people(need)]
    if not names or not all(refs):
        return [(), (Room("r", ("a",)),)]
    found: set[tuple[Room, ...]] = {()}
    for groups in partitions(tuple(range(len(refs)))):
        inside = [tuple(str(refs[n]) for n in group) for group in groups]
        ways = permutations(names, len(groups))
        for way in [(unit,) * len(groups)] if unit is not None else ways:
            rooms = tuple(Room(u, m) for u, m in zip(way, inside, strict=True))
            found |= {rooms, rooms[1:], (*rooms, rooms[0])}
    return sorted(found, key=repr)


def sleeps(need: Doc, offer: Doc, unit: str | None, rooms: tuple[Room, ...]) -> bool:
    """Say whether these are the rooms that a household would take there."""
    inside = sorted(ref for room in rooms for ref in room.members)
    told_so = not rooms or inside == sorted(m.get("ref", "") for m in people(need))
    fit = rooms_needed(need, offer, unit) in (0, len(rooms) if unit else 1)
    return told_so and fit and bool(rooms) == bool(offer["details"].get("units"))


def due_otherwise(market: Doc, need: Doc, stay: Stay) -> Iterator[Stay]:
    """Yield the stay with every other set of checks that it could say are due."""
    kinds = checks(market, need)
    for size in range(len(kinds) + 1):
        for due in combinations(kinds, size):
            if due != stay.due:
                yield replace(stay, due=due)


def _case(name: str, details: Doc, **more: object) -> Doc:
    return {"id": name, "details": deepcopy(details), "similar_to": [], **more}


def choose(dice: Random, one: Doc, choices: Choices) -> None:
    """Put into `one`, at each path, one of the values that it may have."""
    for path, values in choices.items():
        *way, last = path.split(".")
        part = one
        for name in way:
            part = part.setdefault(name, {})
        value = deepcopy(dice.choice(values))
        if last.endswith("|"):
            part[last[:-1]] = part[last[:-1]] | value
        elif value is None:
            part.pop(last, None)
        else:
            part[last] = value
