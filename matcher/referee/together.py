"""Linked households, once more: documents and stays are put together before judging.

The matcher merges what it has read; here the raw documents become one, and the stays
of a plan one stay, so that every rule and every sum is looked at as of one household.
What does not fit together is said first.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from matcher.plan import Plan, Stay, Unmet
from matcher.referee.reading import Doc, persons_of

Groups = dict[str, list[Doc]]
"""The earliest need of each group → the documents of all of it, in order."""
STRICT = {"self": 1, "jobcenter": 2, "sozialamt": 3, "none": 4}
OURS = {"parts", "doubtful"}
"""What is said here of a merged need; in a market that was told it means nothing."""


def groups_of(document: Doc) -> Groups:
    """Return the groups of two or more that are to be placed together."""
    asked = {
        need["id"]: need
        for need in document["needs"]
        if need["details"]["kind"] == "housing"
    }
    group = {name: {name} for name in asked}
    for name, need in asked.items():
        for other in sorted(linked(need, "together") & asked.keys()):
            both = group[other] | group[name]
            group |= dict.fromkeys(both, both)
    found: Groups = {}
    for names in {id(one): one for one in group.values()}.values():
        rows = sorted((asked[n] for n in names), key=lambda n: (n["raised"], n["id"]))
        if len(rows) > 1 and not _enemies(rows):
            found[rows[0]["id"]] = rows
    return found


def linked(need: Doc, how: str) -> set[str]:
    """Return the needs to which one says that it is linked in this way."""
    told = need["details"].get("linked_households") or []
    return {link["ref"] for link in told if link["how"] == how}


def one_document(document: Doc, groups: Groups) -> Doc:
    """Return the market in which each group is one need."""
    if not groups and not any(n.keys() & OURS for n in document["needs"]):
        return document
    name = {part["id"]: lead for lead, rows in groups.items() for part in rows}
    needs = [{k: n[k] for k in n.keys() - OURS} for n in document["needs"]]
    whole = [
        _without_twins(_one(groups[n["id"]]) if n["id"] in groups else n, name)
        for n in needs
        if name.get(n["id"], n["id"]) == n["id"]
    ]
    forbidden = [
        {**row, "need": name.get(row["need"], row["need"])}
        for row in document["forbidden"]
    ]
    pinned = list(_pins(document["pinned"], name))
    return {**document, "needs": whole, "forbidden": forbidden, "pinned": pinned}


def one_plan(plan: Plan, groups: Groups) -> Plan:
    """Return the plan in which the stays of each group are one."""
    if not groups:
        return plan
    name = {part["id"]: lead for lead, rows in groups.items() for part in rows}
    stays: dict[str, list[Stay]] = {}
    unmet: dict[str, list[Unmet]] = {}
    for stay in plan.stays:
        stays.setdefault(name.get(stay.need, stay.need), []).append(stay)
    for row in plan.unmet:
        unmet.setdefault(name.get(row.need, row.need), []).append(row)
    return replace(
        plan,
        stays=tuple(
            one
            for lead, some in stays.items()
            for one in ([_one_stay(lead, some)] if lead in groups else some)
        ),
        unmet=tuple(
            one
            for lead, some in unmet.items()
            for one in ([_one_row(lead, some)] if lead in groups else some)
        ),
    )


def group_faults(plan: Plan, groups: Groups) -> Iterator[str]:
    """Yield groups that are torn apart, or whose parts tell different things."""
    stays = {stay.need: stay for stay in plan.stays}
    unmet = {row.need: row for row in plan.unmet}
    for rows in groups.values():
        names = [need["id"] for need in rows]
        placed = [stays[name] for name in names if name in stays]
        said = f"needs {', '.join(names)} are to be placed together"
        if placed and len(placed) < len(names):
            yield f"{said}, and only some of them are"
        if len({(s.offer, s.unit, s.start, s.end, s.due) for s in placed}) > 1:
            yield f"{said}, and are at different places or times"
        reasons = {
            (row.reason, row.blocked, row.compatible)
            for row in (unmet[name] for name in names if name in unmet)
        }
        if len(reasons) > 1:
            yield f"{said}, and stay unmet for different reasons"
        yield from _part_faults(placed, rows)


def _part_faults(placed: list[Stay], rows: list[Doc]) -> Iterator[str]:
    """Yield parts that count other people, rooms or points than their own."""
    details = {need["id"]: need["details"] for need in rows}
    for stay in placed:
        told = details[stay.need]
        people = {member["ref"] for member in told.get("members") or []}
        slept = [ref for room in stay.rooms for ref in room.members]
        persons = persons_of(told)
        if (stay.persons, stay.worth[1]) != (persons, persons):
            yield f"need {stay.need} counts people of another household"
        if not people.issuperset(slept):
            yield f"need {stay.need} is given rooms of another household"
        if stay.count != (1 if stay.unit is None else len(stay.rooms) or stay.count):
            yield f"need {stay.need} takes {stay.count} rooms, not those it sleeps in"
        once = stay.points, stay.worth[2], stay.metres
        if stay.need != rows[0]["id"] and once != ((), 0, None):
            yield f"need {stay.need} counts points that the whole group has once"


def _one_stay(lead: str, some: list[Stay]) -> Stay:
    first = next((stay for stay in some if stay.need == lead), some[0])
    worth = [sum(stay.worth[n] for stay in some) for n in range(3)]
    return replace(
        first,
        need=lead,
        count=1 if first.unit is None else sum(stay.count for stay in some),
        persons=sum(stay.persons for stay in some),
        worth=(worth[0], worth[1], worth[2]),
        rooms=tuple(
            replace(room, members=tuple(f"{stay.need}/{ref}" for ref in room.members))
            for stay in some
            for room in stay.rooms
        ),
    )


def _one_row(lead: str, some: list[Unmet]) -> Unmet:
    return replace(some[0], need=lead, missing=sum(row.missing for row in some))


def _one(rows: list[Doc]) -> Doc:
    told = [need["details"] for need in rows]
    near = [one["near"] for one in told if one.get("near") is not None]
    wishes = [one["wishes"] for one in told if _wishes(one)]
    payers = [one["rent_payer"] for one in told if one.get("rent_payer")]
    currents = [need.get("current") for need in rows]
    places = {(c["offer"], c.get("unit")) if c else None for c in currents}
    persons = _persons(told)
    members = [_named(n, m) for n in rows for m in _all(n, "members")]
    details: dict[str, Any] = {
        "kind": "housing",
        "persons": persons,
        "members": members if persons else [],
        "relations": [
            {**r, "a": f"{n['id']}/{r['a']}", "b": f"{n['id']}/{r['b']}"}
            for n in rows
            for r in _all(n, "relations")
        ],
        "pets": [pet for n in rows for pet in _all(n, "pets")],
        "smokers": any(one.get("smokers") for one in told),
        "languages": sorted(set.intersection(*(_tongues(one) for one in told))),
        "period": _period(told),
        "rent_payer": max(payers, key=STRICT.__getitem__, default=None),
        "near": near[0] if near else None,
        "wishes": wishes[0] if wishes else [],
        "protection": _protection(told),
    }
    return {
        **rows[0],
        "details": details,
        "parts": rows,
        "current": currents[0] if len(places) == 1 else None,
        "similar_to": [twin for need in rows for twin in need.get("similar_to") or []],
    }


def _without_twins(need: Doc, name: dict[str, str]) -> Doc:
    """Name twins by their groups; a group that holds two of them waits for a person."""
    similar = {name.get(twin, twin) for twin in need.get("similar_to") or []}
    doubtful = "parts" in need and need["id"] in similar
    rest = sorted(similar - {need["id"]})
    return {**need, "similar_to": rest, "doubtful": doubtful}


def _persons(told: list[Doc]) -> int:
    """Return how many they are; none where of one household it is not known."""
    counts = [persons_of(one) for one in told]
    return sum(counts) if all(counts) else 0


def _named(need: Doc, member: Doc) -> Doc:
    return {**member, "ref": f"{need['id']}/{member['ref']}"}


def _all(need: Doc, name: str) -> list[Doc]:
    return list(need["details"].get(name) or [])


def _wishes(told: Doc) -> bool:
    kinds = {wish["kind"] for wish in told.get("wishes") or []}
    return bool(kinds & {"district", "dwelling"})


def _tongues(told: Doc) -> set[str]:
    return {tag.split("-")[0] for tag in told.get("languages") or []}


def _period(told: list[Doc]) -> Mapping[str, str]:
    periods = [one.get("period") or {} for one in told]
    first = [period.get("from") for period in periods]
    last = [period.get("to") for period in periods]
    found = {}
    if None not in first:
        found["from"] = min(str(day) for day in first)
    if None not in last:
        found["to"] = max(str(day) for day in last)
    return found


def _protection(told: list[Doc]) -> Doc:
    parts = [one.get("protection") or {} for one in told]
    return {
        "women_only": any(part.get("women_only") for part in parts),
        "confidential_address": any(p.get("confidential_address") for p in parts),
        "no_contact": [ref for part in parts for ref in part.get("no_contact") or []],
    }


def _enemies(rows: list[Doc]) -> bool:
    avoided = {
        ref
        for need in rows
        for ref in (need["details"].get("protection") or {}).get("no_contact") or []
    }
    return any(need.get("household") in avoided for need in rows)


def _pins(rows: Iterable[Doc], name: dict[str, str]) -> Iterator[Doc]:
    """Yield for each group what all its pins allow; a group of one keeps its own."""
    allowed: dict[str, dict[str, set[str]]] = {}
    for row in rows:
        need = str(row["need"])
        mine = allowed.setdefault(name.get(need, need), {})
        mine.setdefault(need, set()).add(row["offer"])
    for lead, pins in allowed.items():
        for offer in set.intersection(*pins.values()) or {""}:
            yield {"need": lead, "offer": offer}
