"""The market document read once more, by code that shares nothing with the matcher's.

Days are proleptic ordinals (`date.toordinal`). `Asked` is a household that needs a
home, `Given` a home or a contingent; both keep only what the rules ask for.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeAlias

Doc: TypeAlias = Mapping[str, Any]
OPEN_END = date.max.toordinal()
ADULT, GROWN, TEN, OLD = 18, 14, 10, 65
"""Of age; a man in the eyes of a home for women; no small child any more; elderly."""
LARGEST_HOUSEHOLD = 24
"""Larger households are not laid into known rooms: a person decides."""


def ordinal(text: str | None, otherwise: int) -> int:
    """Return the day's ordinal."""
    return otherwise if text is None else date.fromisoformat(text).toordinal()


def age_from(member: Doc) -> int | None:
    """Return the age that a member has at least; `None` where it is not known."""
    band = member.get("age_band")
    return None if band is None else int(band.rstrip("+").partition("-")[0])


def persons_of(told: Doc) -> int:
    """Return how many a household is; 0: not known, or two members have one ref."""
    refs = [member["ref"] for member in told.get("members") or []]
    if len(set(refs)) < len(refs):
        return 0
    return max(told.get("persons") or 0, len(refs))


class Asked:
    """A need for housing."""

    def __init__(self, doc: Doc, policy: Doc, today: int) -> None:
        told: Doc = doc["details"]
        shelter: Doc = told.get("protection") or {}
        period: Doc = told.get("period") or {}
        self.id: str = doc["id"]
        self.parts = [Asked(part, policy, today) for part in doc.get("parts") or []]
        known = {row.get("household") for row in doc.get("parts") or [doc]}
        self.households = frozenset(known - {None})
        self.raised: int = doc.get("raised") or 0
        self.members: list[Doc] = list(told.get("members") or [])
        self.relations: list[Doc] = list(told.get("relations") or [])
        self.persons = persons_of(told)
        self.unknown = self.persons - len(self.members)
        self.ages = [age_from(member) for member in self.members]
        self.ages += [None] * self.unknown
        self.all_adult = all(age is not None and age >= ADULT for age in self.ages)
        self.earliest = max(today, ordinal(period.get("from"), today))
        self.open_ended = period.get("to") is None
        self.latest = ordinal(period.get("to"), OPEN_END)
        self.asks = {
            need
            for member in self.members
            for need, asked in (member.get("needs") or {}).items()
            if asked
        }
        self.pets = {pet["kind"] for pet in told.get("pets") or [] if pet["count"] > 0}
        self.smokers = bool(told.get("smokers"))
        self.languages = {tag.split("-")[0] for tag in told.get("languages") or []}
        self.payer: str | None = told.get("rent_payer")
        self.near: str | None = told.get("near")
        wishes: list[Doc] = list(told.get("wishes") or [])
        self.districts = [w["value"] for w in wishes if w["kind"] == "district"]
        self.dwellings = {w["value"] for w in wishes if w["kind"] == "dwelling"}
        self.refuge = bool(shelter.get("women_only"))
        self.hidden = bool(shelter.get("confidential_address"))
        self.avoids = frozenset(shelter.get("no_contact") or [])
        self.weight = first_weight(doc, policy, today)
        self.current: Doc | None = doc.get("current")
        self.near_waiting = 0
        self.near_homes: list[Given] = []

    def lacks(self, feature: str) -> bool:
        """Say whether they cannot do without a home that has this."""
        shelter = {"women_only": self.refuge, "protected_address": self.hidden}
        return shelter.get(feature, feature in self.asks)

    @property
    def no_men(self) -> bool:
        """Whoever is fourteen or older is a woman, and this is known of everyone."""
        return not self.unknown and all(
            member.get("sex") == "f" or (age is not None and age < GROWN)
            for member, age in zip(self.members, self.ages, strict=False)
        )


class Given:
    """An offer of housing; `places` are its pools: a unit's ref, or `None`."""

    def __init__(self, doc: Doc, today: int) -> None:
        told: Doc = doc["details"]
        self.id: str = doc["id"]
        self.told = told
        self.provider: str | None = doc.get("provider")
        self.side_by_side = told.get("dwelling") in ("hotel_unit", "shelter")
        self.units = {unit["ref"]: unit for unit in told.get("units") or []}
        self.accepts: Doc = told.get("accepts") or {}
        self.available: Doc = told.get("available") or {}
        self.rent: Doc = told.get("rent") or {}
        self.location: Doc = told.get("location") or {}
        self.from_day = max(today, ordinal(self.available.get("from"), today))
        self.to_day = ordinal(self.available.get("to"), OPEN_END)
        self.pets = set(self.accepts.get("pets") or [])
        self.languages = {tag.split("-")[0] for tag in told.get("languages") or []}
        self.checks = {check["kind"]: check for check in doc.get("checks") or []}
        self.verdicts = {check["state"] for check in self.checks.values()}
        self.postcode: str | None = self.location.get("postcode")
        hoped: list[Doc] = list(told.get("wishes") or [])
        self.wishes = [w["value"] for w in hoped if w["kind"] == "household"]
        self.places = self._places()

    def _places(self) -> tuple[str | None, ...]:
        if not self.side_by_side:
            return (None,)
        return tuple(ref for ref in self.units if self.lines(ref))

    def lines(self, unit: str) -> list[tuple[int, int, int]]:
        """Return (from, to, rooms) of a contingent's unit, where there are any."""
        found = []
        for line in self.told.get("capacity") or []:
            rooms = line["count"] - (line.get("blocked") or 0)
            if line["unit"] == unit and rooms > 0:
                first = ordinal(line["span"]["from"], 0)
                last = ordinal(line["span"].get("to"), OPEN_END)
                found += [(first, last, rooms)] if first < last else []
        return found

    def rooms(self, place: str | None) -> list[Doc]:
        """Return the rooms of a home, or the one kind of room of a unit."""
        return list(self.units.values()) if place is None else [self.units[place]]

    def beds(self, place: str | None) -> int:
        """Return the beds of a home, or of one room of a unit."""
        rooms = self.rooms(place)
        told = sum(room["sleeps"] for room in rooms)
        return told if rooms else self.told.get("beds") or 0


def raised_priority(doc: Doc, policy: Doc, today: int) -> int:
    """Return the priority after waiting: one step every so many days, 3 at most."""
    step = policy["priorities"]["waiting_step_days"]
    waited = max(0, today - ordinal(doc.get("waiting_since"), today))
    told: int = doc.get("priority") or 0
    return min(3, told + (waited // step if step else 0))


def first_weight(doc: Doc, policy: Doc, today: int) -> int:
    """Return what a person of a household weighs in the first tier.

    Waiting goes on beyond priority 3 and doubles the weight with each step, five times
    at most; who is not acute comes four steps later.
    """
    rules = policy["priorities"]
    days, table = rules["waiting_step_days"], rules["acute_weights"]
    since = ordinal(doc.get("waiting_since"), today)
    steps = max(0, today - since) // days if days else 0
    place = (doc.get("priority") or 0) + steps
    if doc["details"].get("horizon") != "acute":
        place -= 4
        if place < 0 or not days:
            return 0
    known: int = table[place] if place < len(table) else table[3]
    return int(known * 2 ** max(0, min(8, place) - 3))


def waiting_twins(cases: Iterable[Doc], order: str, promised: set[str]) -> set[str]:
    """Return the ids that must not take part: later twins, or twins of a promise."""
    rows = list(cases)
    links: dict[str, set[str]] = {}
    for case in rows:
        for other in case.get("similar_to") or []:
            links.setdefault(case["id"], set()).add(other)
            links.setdefault(other, set()).add(case["id"])
    place = {case["id"]: (case.get(order) or 0, case["id"]) for case in rows}
    waiting = set()
    for case in rows:
        group = _reach(case["id"], links)
        first = min(place[name] for name in group if name in place)
        taken = group & promised
        if case["id"] not in taken and (taken or place[case["id"]] != first):
            waiting.add(case["id"])
    return waiting


def _reach(start: str, links: Mapping[str, set[str]]) -> set[str]:
    seen, todo = {start}, [start]
    while todo:
        for other in links.get(todo.pop(), ()):
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return seen
