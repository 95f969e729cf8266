"""The hard rules of one pair, each with the sentence that says what is wrong.

`RULES` maps a code to (test, sentence): the test says whether the pair may be. They
look at what the documents say, never at what the matcher made of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import isqrt
from typing import NamedTuple

from matcher.referee.reading import Asked, Doc, Given


@dataclass(frozen=True, slots=True)
class Court:
    """What the rules need besides the pair: policy, map, what a person forbade."""

    policy: Doc
    places: Doc
    forbidden: frozenset[tuple[str, str]]
    limits: tuple[tuple[int, int], ...]
    known: dict[tuple[str | None, str | None], int | None] = field(default_factory=dict)

    def metres(self, a: str | None, b: str | None) -> int | None:
        """Return the distance; `None` when either end is not on the map."""
        if (a, b) not in self.known:
            self.known[a, b] = self._metres(a, b)
        return self.known[a, b]

    def _metres(self, a: str | None, b: str | None) -> int | None:
        start, end = self.places.get(a or ""), self.places.get(b or "")
        if start is None or end is None:
            return None
        (x, y), (u, v) = start, end
        return isqrt((x - u) ** 2 + (y - v) ** 2)

    def limit(self, persons: int) -> int:
        """Return the rent limit, of the last line not above `persons`; -1 is none."""
        return max((c for n, c in self.limits if n <= persons), default=-1)

    def within(self, rent: int) -> int:
        """Return how many of the limits a rent is above."""
        return sum(limit < rent for limit in {-1, *(c for _, c in self.limits)})


class Pair(NamedTuple):
    """A household and a home, or one unit of a contingent."""

    court: Court
    asked: Asked
    given: Given
    place: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """Whom it concerns, what must then be true of a pair, what is wrong otherwise."""

    concerns: Callable[[Asked], bool]
    holds: Callable[[Pair], bool]
    sentence: str

    def broken_by(self, pair: Pair) -> bool:
        return self.concerns(pair.asked) and not self.holds(pair)


def everyone(_: Asked) -> bool:
    return True


def is_step_free(pair: Pair) -> bool:
    everywhere = pair.given.told.get("step_free")
    rooms = pair.given.rooms(pair.place)
    return everywhere == "all" or (
        everywhere == "some" and any(room.get("step_free") for room in rooms)
    )


def has_lift(pair: Pair) -> bool:
    floor = pair.given.told.get("floor")
    return pair.given.told.get("lift") is True or (floor is not None and floor <= 0)


def takes_ages(pair: Pair) -> bool:
    if pair.given.accepts.get("families") is False and not pair.asked.all_adult:
        return False
    least = pair.given.accepts.get("children_min_age")
    if least is None:
        return True
    return all(age is not None and age >= least for age in pair.asked.ages)


def suits_women(pair: Pair) -> bool:
    if pair.given.accepts.get("women_only") is True:
        men = (pair.given.told.get("residents") or {}).get("adults_m") or 0
        return pair.asked.no_men and not (pair.asked.refuge and men > 0)
    return not pair.asked.refuge


def rent_fits(pair: Pair) -> bool:
    told, tenant = pair.given.rent, pair.given.told.get("tenant")
    if tenant in ("city", "welfare") or told.get("kind") == "free":
        return True
    cold, operating = told.get("cold"), told.get("operating")
    if told.get("kind") != "rent" or cold is None or operating is None:
        return False
    limit = pair.court.limit(pair.asked.persons)
    return pair.asked.payer != "none" and bool(cold + operating <= limit)


def checks_hold(pair: Pair) -> bool:
    if "failed" not in pair.given.verdicts:
        return True
    states = (
        pair.given.checks.get(kind, {}).get("state")
        for kind in wanted_checks(pair.court.policy, pair.asked)
    )
    return "failed" not in states


def not_forbidden(pair: Pair) -> bool:
    return (pair.asked.id, pair.given.id) not in pair.court.forbidden


def takes_so_many(pair: Pair) -> bool:
    most = pair.given.accepts.get("max_persons")
    return most is None or pair.asked.persons <= most


def is_near(pair: Pair) -> bool:
    far = pair.court.metres(pair.asked.near, pair.given.postcode)
    return far is None or bool(far <= pair.court.policy["max_metres"])


def wanted_checks(policy: Doc, asked: Asked) -> tuple[str, ...]:
    """Return the checks that this household's stay asks for."""
    kinds = tuple(policy["checks"]["confirm"])
    if not asked.all_adult:
        kinds += tuple(k for k in policy["checks"]["minors"] if k not in kinds)
    return kinds


RULES: dict[str, Rule] = {
    "pets": Rule(
        lambda asked: bool(asked.pets),
        lambda pair: pair.asked.pets <= pair.given.pets,
        "takes a household's pets where they are not welcome",
    ),
    "smokers": Rule(
        lambda asked: asked.smokers,
        lambda pair: pair.given.accepts.get("smokers") is True,
        "puts smokers where smoking is not accepted",
    ),
    "rent": Rule(
        lambda asked: asked.payer not in (None, "self"),
        rent_fits,
        "has a rent that does not fit who pays it",
    ),
    "ages": Rule(everyone, takes_ages, "puts someone where that age is not taken"),
    "women_only": Rule(everyone, suits_women, "breaks a rule for women only"),
    "step_free": Rule(
        lambda asked: "step_free" in asked.asks,
        is_step_free,
        "is not step-free for a person who needs it",
    ),
    "lift": Rule(
        lambda asked: "lift" in asked.asks,
        has_lift,
        "has no lift for a person who needs one",
    ),
    "ground_floor": Rule(
        lambda asked: "ground_floor" in asked.asks,
        lambda pair: pair.given.told.get("floor") == 0,
        "is not on the ground floor",
    ),
    "medical_equipment": Rule(
        lambda asked: "medical_equipment" in asked.asks,
        lambda pair: pair.given.told.get("medical_equipment") is True,
        "lacks medical equipment that is needed",
    ),
    "protected_address": Rule(
        lambda asked: asked.hidden,
        lambda pair: pair.given.location.get("disclosure") == "protected",
        "has an address that is not protected",
    ),
    "no_contact": Rule(
        lambda asked: bool(asked.avoids),
        lambda pair: pair.given.provider not in pair.asked.avoids,
        "brings together people who must not meet",
    ),
    "checks_failed": Rule(everyone, checks_hold, "has failed a check that is needed"),
    "forbidden": Rule(everyone, not_forbidden, "was forbidden by a person"),
    "size": Rule(everyone, takes_so_many, "takes fewer persons"),
    "distance": Rule(
        lambda asked: asked.near is not None,
        is_near,
        "is farther than the policy allows",
    ),
}
