"""Invented households: who belongs to them, and what they need."""

import random
from datetime import date, timedelta

Json = dict[str, object]
LANGUAGES = ("uk", "ru", "en", "de", "pl")
_CHILD_BANDS = ("0-1", "2-5", "6-9", "10-13", "14-17")


def chance(dice: random.Random, percent: int) -> bool:
    """Return whether something happens that happens in `percent` of cases."""
    return dice.randrange(100) < percent


def household(dice: random.Random, places: list[str], today: date) -> Json:
    """Return the details of a need for housing."""
    count = dice.choices([1, 2, 3, 4, 5, 6, 7, 8], [45, 12, 12, 13, 11, 4, 2, 1])[0]
    members, relations = _family(dice, count)
    details: Json = {
        "kind": "housing",
        "persons": count,
        "horizon": "acute" if chance(dice, 40) else "long_term",
        "period": _period(dice, today),
        "rent_payer": dice.choices(
            ["self", "jobcenter", "sozialamt", "none"], [20, 45, 30, 5]
        )[0],
        "languages": sorted({dice.choice(LANGUAGES[:3]), dice.choice(LANGUAGES)}),
    }
    if chance(dice, 90):
        details |= {"members": members, "relations": relations}
    if chance(dice, 12):
        details["pets"] = [{"kind": dice.choice(["dog", "cat", "small"]), "count": 1}]
    if chance(dice, 20):
        details["smokers"] = True
    if chance(dice, 50):
        details["near"] = dice.choice(places)
    if chance(dice, 30):
        details["wishes"] = _wishes(dice, places)
    protection = _protection(dice, members)
    return details | ({"protection": protection} if protection else {})


def _family(dice: random.Random, count: int) -> tuple[list[Json], list[Json]]:
    couple = count > 1 and chance(dice, 30)
    adults = 2 if couple or (count > 1 and chance(dice, 30)) else 1
    members = [_adult(dice, n) for n in range(adults)]
    members += [_child(dice, n) for n in range(adults, count)]
    refs = [str(member["ref"]) for member in members]
    relations: list[Json] = []
    if adults > 1:
        kind = "couple" if couple else dice.choice(["siblings", "other"])
        relations.append({"a": refs[0], "b": refs[1], "kind": kind})
    parents = refs[: 2 if couple else 1]
    children = refs[adults:]
    relations += [
        {"a": parent, "b": child, "kind": "parent_child"}
        for parent in parents
        for child in children
    ]
    relations += [
        {"a": one, "b": other, "kind": "siblings"}
        for n, one in enumerate(children)
        for other in children[n + 1 :]
    ]
    return members, relations


def _adult(dice: random.Random, n: int) -> Json:
    member: Json = {
        "ref": f"m{n}",
        "age_band": dice.choices(["18-26", "27-64", "65+"], [20, 65, 15])[0],
        "sex": "f" if chance(dice, 80) else "m",
    }
    needs = {
        "step_free": chance(dice, 6),
        "lift": chance(dice, 6),
        "ground_floor": chance(dice, 2),
        "medical_equipment": chance(dice, 1),
    }
    return member | ({"needs": needs} if any(needs.values()) else {})


def _child(dice: random.Random, n: int) -> Json:
    band, sex = dice.choice(_CHILD_BANDS), dice.choice(["f", "m"])
    return {"ref": f"m{n}", "age_band": band, "sex": sex}


def _period(dice: random.Random, today: date) -> Json:
    later = dice.choices([0, 14, 30, 60, 120], [60, 15, 10, 10, 5])[0]
    start = today + timedelta(days=later)
    days = dice.choices([None, 90, 120, 180, 365], [55, 15, 10, 10, 10])[0]
    period: Json = {"from": start.isoformat()}
    if days is not None:
        period["to"] = (start + timedelta(days=days)).isoformat()
    return period


def _wishes(dice: random.Random, places: list[str]) -> list[Json]:
    wishes: list[Json] = [
        {"kind": "district", "value": place[: dice.choice([3, 5])]}
        for place in dice.sample(places, 2)
    ]
    return [*wishes, {"kind": "dwelling", "value": dice.choice(["flat", "room"])}]


def _protection(dice: random.Random, members: list[Json]) -> Json:
    protection: Json = {}
    if chance(dice, 5) and all(m.get("sex") == "f" for m in members):
        protection["women_only"] = True
    if chance(dice, 2):
        protection["confidential_address"] = True
    if chance(dice, 2):
        protection["no_contact"] = [f"p-h{dice.randint(0, 200):06}"]
    return protection
