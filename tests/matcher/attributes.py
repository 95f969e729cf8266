"""Whether a household's attributes and a home's go together, in plain Python."""

from math import isqrt

from tests.matcher.bedrooms import Doc, age, people


def told(document: Doc, *path: str) -> Doc:
    """Return a part of the details; empty where nothing is told."""
    part: Doc = document["details"]
    for name in path:
        part = part.get(name) or {}
    return part


def suits(market: Doc, need: Doc, offer: Doc, unit: str | None) -> bool:
    """Say whether the attributes of household and home go together."""
    pair = {"need": need["id"], "offer": offer["id"]}
    most = told(offer, "accepts").get("max_persons")
    near, postcode = (
        need["details"].get("near"),
        told(offer, "location").get("postcode"),
    )
    far = metres(market, near, postcode) or 0
    return (
        is_accessible(need, offer, unit)
        and is_welcome(need, offer)
        and takes_ages(need, offer)
        and keeps_women_safe(need, offer)
        and keeps_secrets(need, offer)
        and is_affordable(market, need, offer)
        and passed(market, need, offer)
        and pair not in market["forbidden"]
        and (most is None or len(people(need)) <= most)
        and far <= market["policy"]["max_metres"]
    )


def is_accessible(need: Doc, offer: Doc, unit: str | None) -> bool:
    asks = {
        name
        for member in people(need)
        for name, wanted in (member.get("needs") or {}).items()
        if wanted
    }
    home = offer["details"]
    floor = 99 if home.get("floor") is None else home["floor"]
    return (
        ("step_free" not in asks or is_step_free(offer, unit))
        and ("lift" not in asks or home.get("lift") is True or floor <= 0)
        and ("ground_floor" not in asks or floor == 0)
        and ("medical_equipment" not in asks or bool(home.get("medical_equipment")))
    )


def is_step_free(offer: Doc, unit: str | None) -> bool:
    rooms = [r for r in offer["details"].get("units") or [] if unit in (None, r["ref"])]
    told_so = offer["details"].get("step_free")
    some = any(room.get("step_free") for room in rooms)
    return told_so == "all" or (told_so == "some" and some)


def is_welcome(need: Doc, offer: Doc) -> bool:
    accepts, pets = told(offer, "accepts"), need["details"].get("pets") or []
    kinds = {pet["kind"] for pet in pets if pet["count"] > 0}
    smokes = bool(need["details"].get("smokers"))
    welcome = set(accepts.get("pets") or ())
    return kinds <= welcome and not (smokes and not accepts.get("smokers"))


def takes_ages(need: Doc, offer: Doc) -> bool:
    accepts, youngest = told(offer, "accepts"), min(age(m) for m in people(need))
    least = accepts.get("children_min_age")
    families = accepts.get("families") is not False or youngest >= 18
    return families and (least is None or youngest >= least)


def keeps_women_safe(need: Doc, offer: Doc) -> bool:
    asked = bool(told(need, "protection").get("women_only"))
    if not told(offer, "accepts").get("women_only"):
        return not asked
    if asked and told(offer, "residents").get("adults_m"):
        return False
    return all(p.get("sex") == "f" or 0 <= age(p) < 14 for p in people(need))


def keeps_secrets(need: Doc, offer: Doc) -> bool:
    hidden = told(need, "protection").get("confidential_address")
    protected = told(offer, "location").get("disclosure") == "protected"
    return offer["provider"] not in avoided(need) and (protected or not hidden)


def avoided(need: Doc) -> set[str]:
    return set(told(need, "protection").get("no_contact") or ())


def is_affordable(market: Doc, need: Doc, offer: Doc) -> bool:
    payer, rent = need["details"].get("rent_payer"), told(offer, "rent")
    by_others = offer["details"].get("tenant") in {"city", "welfare"}
    if payer in {None, "self"} or by_others or rent.get("kind") == "free":
        return True
    known = rent.get("kind") == "rent" and {"cold", "operating"} <= rent.keys()
    if payer == "none" or not known:
        return False
    table = {
        row["persons"]: row["limit_minor"] for row in market["policy"]["rent_limits"]
    }
    lines = [persons for persons in table if persons <= len(people(need))]
    most = table[max(lines)] if lines else -1
    return bool(rent["cold"] + rent["operating"] <= most)


def passed(market: Doc, need: Doc, offer: Doc) -> bool:
    failed = {row["kind"] for row in offer["checks"] if row["state"] == "failed"}
    return failed.isdisjoint(checks(market, need))


def checks(market: Doc, need: Doc) -> list[str]:
    """Return the checks that a home for this household needs."""
    policy = market["policy"]["checks"]
    minors = any(age(member) < 18 for member in people(need))
    return list(dict.fromkeys(policy["confirm"] + policy["minors"] * minors))


def metres(market: Doc, a: str | None, b: str | None) -> int | None:
    start, end = market["places"].get(a), market["places"].get(b)
    if start is None or end is None:
        return None
    return isqrt((start[0] - end[0]) ** 2 + (start[1] - end[1]) ** 2)
