"""The hard rules of one pair, each with the sentence that says what is wrong.

`RULES` maps a code to (test, sentence): the test says whether the pair may be. They
look at what the documents say, never at what the matcher made of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import isqrt
from typing import NamedTuple, TypeAlias

from matcher.referee.reading import Asked, Doc, Given


@dataclass(frozen=True, slots=True)
class Court:
    """What the rules need besides the pair: policy, map, what a person forbade."""

    policy: Doc
    places: Doc
    forbidden: frozenset[tuple[str, str]]
    limits: tuple[tuple[int, int], ...]

    def metres(self, a: str | None, b: str | None) -> int | None:
        """Return the distance; `None` when either end is not on the map."""
        start, end = self.places.get(a or ""), self.places.get(b or "")
        if start is None or end is None:
            return None
        (x, y), (u, v) = start, end
        return isqrt((x - u) ** 2 + (y - v) ** 2)

    def limit(self, persons: int) -> int:
        """Return the rent limit, of the last line not above `persons`; -1 is none."""
        return max((c for n, c in self.limits if n <= persons), default=-1)


class Pair(NamedTuple):
    """A household and a home, or one unit of a contingent."""

    court: Court
    asked: Asked
    given: Given
    place: str | None


Test: TypeAlias = Callable[[Pair], bool]


def step_free(pair: Pair) -> bool:
    if "step_free" not in pair.asked.asks:
        return True
    everywhere = pair.given.told.get("step_free")
    rooms = pair.given.rooms(pair.place)
    return everywhere == "all" or (
        everywhere == "some" and any(room.get("step_free") for room in rooms)
    )


def lift(pair: Pair) -> bool:
    if "lift" not in pair.asked.asks:
        return True
    floor = pair.given.told.get("floor")
    return pair.given.told.get("lift") is True or (floor is not None and floor <= 0)


def ground_floor(pair: Pair) -> bool:
    return "ground_floor" not in pair.asked.asks or pair.given.told.get("floor") == 0


def medical(pair: Pair) -> bool:
    equipped = pair.given.told.get("medical_equipment") is True
    return equipped or "medical_equipment" not in pair.asked.asks


def pets(pair: Pair) -> bool:
    return not pair.asked.pets or pair.asked.pets <= pair.given.pets


def smokers(pair: Pair) -> bool:
    return not pair.asked.smokers or pair.given.accepts.get("smokers") is True


def ages(pair: Pair) -> bool:
    if pair.given.accepts.get("families") is False and not pair.asked.all_adult:
        return False
    least = pair.given.accepts.get("children_min_age")
    return least is None or all(
        age is not None and age >= least for age in pair.asked.ages
    )


def women_only(pair: Pair) -> bool:
    if pair.given.accepts.get("women_only") is True:
        men = (pair.given.told.get("residents") or {}).get("adults_m") or 0
        return pair.asked.no_men and not (pair.asked.refuge and men > 0)
    return not pair.asked.refuge


def protected(pair: Pair) -> bool:
    return not pair.asked.hidden or pair.given.location.get("disclosure") == "protected"


def provider(pair: Pair) -> bool:
    return pair.given.provider is None or pair.given.provider not in pair.asked.avoids


def rent(pair: Pair) -> bool:
    if pair.asked.payer is None or pair.given.told.get("tenant") in ("city", "welfare"):
        return True
    if pair.given.rent.get("kind") == "free" or pair.asked.payer == "self":
        return True
    if pair.asked.payer == "none" or pair.given.rent.get("kind") != "rent":
        return False
    cold, operating = pair.given.rent.get("cold"), pair.given.rent.get("operating")
    if cold is None or operating is None:
        return False
    return bool(cold + operating <= pair.court.limit(pair.asked.persons))


def checks(pair: Pair) -> bool:
    return not any(
        pair.given.checks.get(kind, {}).get("state") == "failed"
        for kind in wanted_checks(pair.court.policy, pair.asked)
    )


def forbidden(pair: Pair) -> bool:
    return (pair.asked.id, pair.given.id) not in pair.court.forbidden


def persons(pair: Pair) -> bool:
    most = pair.given.accepts.get("max_persons")
    return most is None or pair.asked.persons <= most


def near(pair: Pair) -> bool:
    if pair.asked.near is None:
        return True
    far = pair.court.metres(pair.asked.near, pair.given.postcode)
    return far is None or bool(far <= pair.court.policy["max_metres"])


def wanted_checks(policy: Doc, asked: Asked) -> tuple[str, ...]:
    """Return the checks that this household's stay asks for."""
    kinds = tuple(policy["checks"]["confirm"])
    if not asked.all_adult:
        kinds += tuple(k for k in policy["checks"]["minors"] if k not in kinds)
    return kinds


RULES: dict[str, tuple[Test, str]] = {
    "pets": (pets, "takes a household's pets where they are not welcome"),
    "smokers": (smokers, "puts smokers where smoking is not accepted"),
    "rent": (rent, "has a rent that does not fit who pays it"),
    "ages": (ages, "puts someone where that age is not taken"),
    "women_only": (women_only, "breaks a rule for women only"),
    "step_free": (step_free, "is not step-free for a person who needs it"),
    "lift": (lift, "has no lift for a person who needs one"),
    "ground_floor": (ground_floor, "is not on the ground floor"),
    "medical_equipment": (medical, "lacks medical equipment that is needed"),
    "protected_address": (protected, "has an address that is not protected"),
    "no_contact": (provider, "brings together people who must not meet"),
    "checks_failed": (checks, "has failed a check that is needed"),
    "forbidden": (forbidden, "was forbidden by a person"),
    "size": (persons, "takes fewer persons"),
    "distance": (near, "is farther than the policy allows"),
}
