"""Small markets, told in a few words: what is not said is harmless."""

from typing import Any

import matcher
from bench.markets import policy
from matcher import Plan

Doc = dict[str, Any]
TODAY = "2022-03-18"
PLACES = {"40210": [0, 0], "40211": [3_000, 4_000], "40599": [60_000, 80_000]}


def home(name: str = "o1", **details: Any) -> Doc:
    """A flat for two that takes everybody, from today on; `checks` all stand."""
    outer = {key: details.pop(key) for key in _OFFER & details.keys()}
    told = {
        "kind": "housing",
        "dwelling": "flat",
        "beds": 2,
        "available": {"from": TODAY},
        "accepts": {},
        "location": {"postcode": "40210", "disclosure": "area"},
        "rent": {"kind": "free"},
    }
    checks = [
        {"kind": kind, "state": "passed", "valid_until": None}
        for kind in ("identity", "visit", "background")
    ]
    return {
        "id": name,
        "provider": f"p-{name}",
        "details": told | details,
        "checks": checks,
        "similar_to": [],
        "listed": 1,
    } | outer


_OFFER = {"provider", "checks", "similar_to", "listed"}
_NEED = {
    "household",
    "priority",
    "waiting_since",
    "similar_to",
    "raised",
    "current",
}


def hotel(name: str = "h1", *, units: list[Doc], lines: list[Doc], **more: Any) -> Doc:
    """A contingent of rooms."""
    return home(
        name,
        dwelling="hotel_unit",
        units=units,
        capacity=lines,
        tenant="city",
        **more,
    )


def unit(ref: str, sleeps: int, **more: Any) -> Doc:
    return {"ref": ref, "type": "double", "sleeps": sleeps} | more


DOUBLE = unit("double", 2)


def line(ref: str, count: int, start: str = TODAY, end: str | None = None) -> Doc:
    span = {"from": start} | ({"to": end} if end else {})
    return {"unit": ref, "span": span, "count": count, "blocked": 0}


def need(name: str = "n1", **details: Any) -> Doc:
    """One woman of thirty who needs a home now, for an open time."""
    outer = {key: details.pop(key) for key in _NEED & details.keys()}
    told = {
        "kind": "housing",
        "persons": 1,
        "members": [member("a")],
        "horizon": "acute",
        "period": {"from": TODAY},
    }
    return {
        "id": name,
        "household": f"p-{name}",
        "details": told | details,
        "priority": 0,
        "waiting_since": TODAY,
        "similar_to": [],
        "raised": 2,
        "current": None,
    } | outer


def member(ref: str, band: str = "27-64", sex: str = "f", **needs: bool) -> Doc:
    one = {"ref": ref, "age_band": band, "sex": sex}
    return one | ({"needs": needs} if needs else {})


def family(*members: Doc, **relations: str) -> Doc:
    """Return persons, members and relations; `a_b="couple"` says what a is to b."""
    told = [
        {"a": pair.split("_")[0], "b": pair.split("_")[1], "kind": kind}
        for pair, kind in relations.items()
    ]
    return {"persons": len(members), "members": list(members), "relations": told}


def lot(name: str = "l1", *, quantity: int = 5, **details: Any) -> Doc:
    """Beds, five of them."""
    return home(name) | {
        "details": {
            "kind": "goods",
            "item": {"category": "FURNITURE", "code": "bed-90"},
            "quantity": quantity,
            "location": {"postcode": "40210"},
        }
        | details
    }


def request(name: str = "r1", *, quantity: int = 2, **details: Any) -> Doc:
    """Two beds, wanted."""
    outer = {key: details.pop(key) for key in _NEED & details.keys()}
    told = {
        "kind": "goods",
        "item": {"category": "FURNITURE", "code": "bed-90"},
        "quantity": quantity,
        "location": {"postcode": "40210"},
    }
    return need(name) | {"details": told | details} | outer


def market(*cases: Doc, **parts: Any) -> Doc:
    """Return the market of these offers and needs; `parts` replaces other fields."""
    offers = [case for case in cases if "provider" in case]
    needs = [case for case in cases if "household" in case]
    return {
        "format": "market.v1",
        "realm": "05111000",
        "position": 7,
        "today": TODAY,
        "policy": policy(),
        "places": PLACES,
        "offers": offers,
        "needs": needs,
        "held": [],
        "pinned": [],
        "forbidden": [],
    } | parts


def held(offer: str, start: str, end: str | None, **more: Any) -> Doc:
    """A promise that stays."""
    return {
        "match": "m-held",
        "offer": offer,
        "need": "n-held",
        "household": "p-held",
        "no_contact": [],
        "unit": None,
        "from": start,
        "to": end,
        "count": 1,
        "quantity": 0,
    } | more


def reasons(plan: Plan) -> dict[str, str]:
    """Return why each household is not placed."""
    return {row.need: row.reason for row in plan.unmet}


def pairs(plan: Plan) -> dict[str, tuple[str, str | None]]:
    """Return where each household goes."""
    return {stay.need: (stay.offer, stay.unit) for stay in plan.stays}


def solved(*cases: Doc, **parts: Any) -> Plan:
    """Return the plan of a market; the referee had nothing against it."""
    document = market(*cases, **parts)
    plan = matcher.solve(document)
    assert matcher.faults(document, plan) == []
    return plan
