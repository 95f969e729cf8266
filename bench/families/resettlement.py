"""Refugee resettlement: families to localities that take so many persons in all.

The published studies score each family at each locality (say, the chance that someone
finds work) and give capacities in persons. A table of either kind is one JSON file:

    {"format": "resettlement.v1",
     "localities": [{"id": "L1", "capacity": 40}],
     "families": [{"id": "F1", "size": 4, "scores": {"L1": 120}}]}

Scores are whole numbers; a locality that is not named cannot take the family (language,
kin, medical care). There is one dimension of capacity: `assignment-instance.v1` has no
more.
"""

import json
import random
from collections.abc import Mapping
from typing import Any, TypeAlias

Document: TypeAlias = dict[str, object]
SIZES = ((1, 2, 3, 4, 5, 6, 7, 8), (45, 11, 12, 13, 11, 4, 3, 1))
"""Sizes of families, and how often each out of a hundred: a published year."""
SUITING = 70
"""Percent of localities that can take a family."""
ROOM = 90
"""Percent of all persons for whom there is room."""


def read(text: str) -> Document:
    """Return a file as assignment-instance.v1; `ValueError`: it is none."""
    told: Mapping[str, Any] = json.loads(text)
    if told.get("format") != "resettlement.v1":
        raise ValueError(f"format is {told.get('format')!r}, not resettlement.v1")
    try:
        return {
            "format": "assignment-instance.v1",
            "needs": [family["id"] for family in told["families"]],
            "offers": [
                {"id": place["id"], "capacity": place["capacity"]}
                for place in told["localities"]
            ],
            "edges": [
                [family["id"], place, 0, 1, family["size"], score]
                for family in told["families"]
                for place, score in family["scores"].items()
            ],
        }
    except (KeyError, TypeError) as error:
        raise ValueError(f"a resettlement file without {error}") from error


def generated(families: int, localities: int, seed: int) -> Document:
    """Return what a file could tell; the same words give the same."""
    dice = random.Random(f"resettlement {families} {localities} {seed}")
    places = [f"L{n:02}" for n in range(localities)]
    sizes = dice.choices(*SIZES, k=families)
    shares = [dice.randint(1, 6) for _ in places]
    room = sum(sizes) * ROOM // 100
    good = {place: dice.randint(0, 200) for place in places}
    return {
        "format": "resettlement.v1",
        "localities": [
            {"id": place, "capacity": max(1, room * share // sum(shares))}
            for place, share in zip(places, shares, strict=True)
        ],
        "families": [
            {
                "id": f"F{n:03}",
                "size": size,
                "scores": {
                    place: size * (300 + good[place] + dice.randint(0, 500))
                    for place in places
                    if dice.randrange(100) < SUITING
                },
            }
            for n, size in enumerate(sizes)
        ],
    }
