"""Small markets with stays and rooms by the day, too few for everybody; all invented.

The same seed gives the same market. Attributes are drawn so that most pairs fit and
some do not; nothing here knows how either side of a comparison reads them.
"""

from datetime import date, timedelta
from random import Random

from bench import markets
from tests.matcher.bedrooms import Doc

TODAY = date(2022, 3, 18)
_BANDS = ["0-1", "2-5", "6-9", "10-13", "14-17"]
_POSTCODES = [str(40_210 + 9 * n) for n in range(12)]


def policy(**changes: object) -> Doc:
    """Return a policy with short horizons; `changes` replace what they name."""
    return (
        markets.policy()
        | {
            "name": "test",
            "horizon_days": 28,
            "min_stay_days": 2,
            "max_metres": 15_000,
            "rent_limits": [
                {"persons": 1, "limit_minor": 60_000},
                {"persons": 3, "limit_minor": 90_000},
            ],
            "goods": {"agrees_below_minor": 0, "max_metres": 15_000},
        }
        | changes
    )


def blank(offers: list[Doc], needs: list[Doc], **more: object) -> Doc:
    """Return a market of these; `more` replaces what it names."""
    return {
        "format": "market.v1",
        "realm": "00000000",
        "position": 1,
        "today": TODAY.isoformat(),
        "policy": policy(),
        "places": {},
        "offers": offers,
        "needs": needs,
        "held": [],
        "pinned": [],
        "forbidden": [],
    } | more


def market(seed: int) -> Doc:
    """Return 54 to 56 needs before 30 or 31 offers, of which some are hotels."""
    dice = Random(f"instance {seed}")
    hotels = dice.randint(4, 6)
    homes = dice.randint(30, 31) - hotels
    offers = [_offer(dice, n, _home(dice)) for n in range(homes)]
    offers += [_offer(dice, homes + n, _hotel(dice)) for n in range(hotels)]
    needs = [_need(dice, n) for n in range(dice.randint(54, 56))]
    for need in dice.sample(needs, 4):
        home = dice.choice(offers)
        need["current"] = {"offer": home["id"], "unit": _unit(dice, home)}
    held = [_held(dice, n, dice.choice(offers)) for n in range(dice.randint(0, 3))]
    forbidden = [
        {"need": dice.choice(needs)["id"], "offer": dice.choice(offers)["id"]}
        for _ in range(5)
    ]
    places = {p: [dice.randint(0, 15_000), dice.randint(0, 15_000)] for p in _POSTCODES}
    return blank(offers, needs, held=held, forbidden=forbidden, places=places)


def later(days: int) -> str:
    """Return the date so many days from today."""
    return (TODAY + timedelta(days=days)).isoformat()


def _offer(dice: Random, n: int, home: Doc) -> Doc:
    accepts: Doc = {"pets": dice.choice([[], ["cat", "dog"]])}
    accepts |= {"smokers": dice.random() < 0.5}
    accepts |= {"women_only": True} if dice.random() < 0.1 else {}
    accepts |= {"children_min_age": 6} if dice.random() < 0.1 else {}
    first = dice.choice([-9, 0, 0, 3, 6, 10])
    available: Doc = {"from": later(first), "min_days": dice.choice([2, 4, 7])}
    available |= {"to": later(first + dice.randint(12, 26))}
    available |= {"max_days": dice.randint(8, 20)} if dice.random() < 0.3 else {}
    rent: Doc = {"kind": "free"}
    if dice.random() < 0.6:
        rent = {"kind": "rent", "cold": dice.randint(300, 900) * 100}
        rent |= {"operating": 10_000}
    shown = "protected" if dice.random() < 0.2 else "area"
    details: Doc = {"kind": "housing", "accepts": accepts, "available": available}
    details |= {"rent": rent, "tenant": dice.choice(["city", "household"])}
    details |= {"location": {"postcode": dice.choice(_POSTCODES), "disclosure": shown}}
    details |= {"languages": ["de", dice.choice(["uk", "en"])]}
    details |= {"step_free": dice.choice(["all", "some", "none", "unknown"])}
    details |= {"floor": dice.randint(0, 3), "lift": dice.random() < 0.5}
    state = "failed" if dice.random() < 0.04 else "passed"
    check = {"kind": "visit", "state": state, "valid_until": later(30)}
    return _case(f"o{n:03}", "provider", details | home, checks=[check], listed=n + 1)


def _case(name: str, side: str, details: Doc, **more: object) -> Doc:
    return {"id": name, side: f"p-{name}", "details": details, "similar_to": []} | more


def _home(dice: Random) -> Doc:
    dwelling = dice.choice(["room", "flat", "flat", "house"])
    sleeps = [dice.choice([1, 2, 2, 3]) for _ in range(dice.randint(1, 3))]
    if dice.random() < 0.4:
        return {"dwelling": dwelling, "beds": sum(sleeps)}
    return {
        "dwelling": dwelling,
        "units": [_room(dice, f"r{n}", beds) for n, beds in enumerate(sleeps)],
    }


def _room(dice: Random, ref: str, sleeps: int) -> Doc:
    room: Doc = {"ref": ref, "type": "room", "sleeps": sleeps}
    cot, flat = dice.random() < 0.3, dice.random() < 0.4
    return room | {"cot_possible": cot, "step_free": flat}


def _hotel(dice: Random) -> Doc:
    """Room types of which more or fewer can be had from a later day on."""
    types = dice.sample(
        [("single", 1), ("double", 2), ("family", 4)], dice.randint(1, 2)
    )
    lines = []
    for ref, _ in types:
        change = dice.randint(4, 16)
        for start, end in ((-5, change), (change, 60)):
            count = dice.choice([1, 1, 1, 2, 3])
            span = {"from": later(start), "to": later(end)}
            blocked = dice.randint(0, count - 1)
            line = {"unit": ref, "span": span, "count": count, "blocked": blocked}
            lines.append(line)
    units = [_room(dice, ref, sleeps) for ref, sleeps in types]
    return {"dwelling": "hotel_unit", "units": units, "capacity": lines}


def _unit(dice: Random, offer: Doc) -> str | None:
    lines = offer["details"].get("capacity")
    return str(dice.choice(lines)["unit"]) if lines else None


def _held(dice: Random, n: int, offer: Doc) -> Doc:
    start = dice.randint(-5, 5)
    return {
        "match": f"m{n}",
        "offer": offer["id"],
        "need": f"held{n}",
        "household": f"p-held{n}",
        "no_contact": [],
        "unit": _unit(dice, offer),
        "from": later(start),
        "to": later(start + dice.randint(5, 15)),
        "count": 1,
        "quantity": 0,
    }


def _need(dice: Random, n: int) -> Doc:
    count = dice.choices([1, 2, 3, 4, 5], [40, 20, 15, 15, 10])[0]
    start = dice.choice([0, 0, 0, 2, 5, 9])
    period: Doc = {"from": later(start)}
    period |= {"to": later(start + dice.randint(10, 30))} if dice.random() < 0.6 else {}
    details: Doc = {"kind": "housing", "persons": count, "period": period}
    details |= {"horizon": dice.choice(["acute", "long_term"])}
    details |= {"rent_payer": dice.choice(["self", "jobcenter", "sozialamt"])}
    details |= {"languages": [dice.choice(["uk", "ru", "en"])]}
    details |= {"near": dice.choice(_POSTCODES)} if dice.random() < 0.6 else {}
    details |= _family(dice, count) if dice.random() < 0.9 else {}
    details |= {"pets": [{"kind": "cat", "count": 1}]} if dice.random() < 0.1 else {}
    details |= {"smokers": True} if dice.random() < 0.1 else {}
    protection: Doc = {"confidential_address": dice.random() < 0.05}
    if dice.random() < 0.15:
        protection |= {"no_contact": [f"p-n{dice.randrange(40):03}"]}
    wish = {"kind": "district", "value": dice.choice([*_POSTCODES, "402"])}
    details |= {"wishes": [wish, {"kind": "dwelling", "value": "flat"}]}
    return _case(
        f"n{n:03}",
        "household",
        details | {"protection": protection},
        priority=dice.choice([0, 0, 1, 2, 3]),
        waiting_since=later(-dice.randint(0, 70)),
        raised=n + 1,
        current=None,
    )


def _family(dice: Random, count: int) -> Doc:
    """A couple or one parent with children; the parents' children are siblings."""
    parents = 2 if count > 1 and dice.random() < 0.4 else 1
    refs = [f"m{k}" for k in range(count)]
    members: list[Doc] = [
        {"ref": ref, "age_band": dice.choice(["18-26", "27-64"]), "sex": "f"}
        if k < parents
        else {"ref": ref, "age_band": dice.choice(_BANDS), "sex": dice.choice("fm")}
        for k, ref in enumerate(refs)
    ]
    members[0]["sex"] = dice.choice("ffm")
    if dice.random() < 0.15:
        asked = dice.choice(["step_free", "lift", "ground_floor"])
        members[0]["needs"] = {asked: True}
    relations = []
    for k, a in enumerate(refs):
        for m in range(k + 1, count):
            kind = "parent_child" if k < parents <= m else "siblings"
            kind = "couple" if m < parents else kind
            relations.append({"a": a, "b": refs[m], "kind": kind})
    return {"members": members, "relations": relations}
