"""Odd markets: whatever may stand in a document, thrown together by a seed."""

import random
from typing import Any

from bench.markets import Size, market
from tests.matcher.small import Doc


def odd_market(seed: int) -> Doc:
    """Return a small market full of duplicates, pins, promises, gaps and enemies."""
    dice = random.Random(f"odd {seed}")
    homes, households = dice.randint(0, 30), dice.randint(0, 40)
    size = Size(
        needs=households,
        offers=homes,
        goods=dice.choice([0, 12]),
        held=min(homes, dice.randint(0, 6)),
    )
    document: Any = market(size, seed)
    offers, needs = document["offers"], document["needs"]
    for asking in needs[:households]:
        _odd_need(dice, asking, needs[:households], offers[:homes])
    for offer in offers[:homes]:
        _odd_home(dice, offer, offers[:homes])
    _odd_promises(dice, document, [n["household"] for n in needs[:households]])
    _odd_decisions(dice, document, offers[:homes], needs[:households])
    _odd_decisions(dice, document, offers[homes:], needs[households:])
    found: Doc = document
    return found


def _chance(dice: random.Random, percent: int) -> bool:
    return dice.randrange(100) < percent


def _odd_need(
    dice: random.Random, asking: Doc, needs: list[Doc], homes: list[Doc]
) -> None:
    told = asking["details"]
    if _chance(dice, 15):
        others = [
            other["household"] for other in dice.sample(needs, min(4, len(needs)))
        ]
        avoided = [*others, "p-held000001"]
        told["protection"] = told.get("protection", {}) | {"no_contact": avoided}
    if homes and _chance(dice, 20):
        offer = dice.choice(homes)
        lines = offer["details"].get("capacity") or [{"unit": None}]
        asking["current"] = {"offer": offer["id"], "unit": lines[0]["unit"]}
    if _chance(dice, 10):
        asking["similar_to"] = [dice.choice(needs)["id"]]
    if _chance(dice, 5):
        told.pop("persons", None)
        told.pop("members", None)
    if _chance(dice, 5):
        told["persons"] = told.get("persons", 1) + 2
    if _chance(dice, 10):
        told["near"] = "99999"


def _odd_home(dice: random.Random, offer: Doc, homes: list[Doc]) -> None:
    told = offer["details"]
    if _chance(dice, 30):
        told.pop("beds", None)
        told["dwelling"] = dice.choice(["hotel_unit", "shelter", "flat"])
        told["units"] = [_odd_unit(dice, ref) for ref in "abc"]
        told["capacity"] = [_odd_line(dice) for _ in range(dice.randint(0, 4))]
    if _chance(dice, 10):
        told["accepts"]["max_persons"] = dice.randint(1, 4)
    if _chance(dice, 10):
        told["residents"] = {"adults_m": dice.randint(0, 1)}
    if _chance(dice, 10):
        told["step_free"] = "some"
    if _chance(dice, 5):
        told["option_until"] = f"2022-03-{dice.randint(10, 25)}"
    if _chance(dice, 10):
        offer["similar_to"] = [dice.choice(homes)["id"]]


def _odd_unit(dice: random.Random, ref: str) -> Doc:
    return {
        "ref": ref,
        "type": "room",
        "sleeps": dice.randint(0, 4),
        "cot_possible": _chance(dice, 50),
        "step_free": _chance(dice, 50),
    }


def _odd_line(dice: random.Random) -> Doc:
    span = {"from": f"2022-03-{dice.randint(1, 28):02}"}
    if _chance(dice, 60):
        span["to"] = f"2022-0{dice.randint(4, 8)}-01"
    return {
        "unit": dice.choice("abc"),
        "span": span,
        "count": dice.randint(0, 3),
        "blocked": dice.randint(0, 1),
    }


def _odd_promises(dice: random.Random, document: Doc, people: list[str]) -> None:
    for row in document["held"]:
        row["no_contact"] = dice.sample(people, min(2, len(people)))
        row["count"] = dice.randint(1, 2)
        if _chance(dice, 30):
            row["to"] = None
    lots = [o["id"] for o in document["offers"] if o["details"]["kind"] == "goods"]
    for lot in lots[:2]:
        taken = {"offer": lot, "need": f"of {lot}", "unit": None, "from": None}
        document["held"].append(taken | {"to": None, "count": 0, "quantity": 1})


def _odd_decisions(
    dice: random.Random, document: Doc, offers: list[Doc], needs: list[Doc]
) -> None:
    if offers and needs:
        for decision, most in (("pinned", 3), ("forbidden", 5)):
            for _ in range(dice.randint(0, most)):
                pair = {"offer": dice.choice(offers)["id"]}
                document[decision].append(pair | {"need": dice.choice(needs)["id"]})
