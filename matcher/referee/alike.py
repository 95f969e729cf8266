"""Rules for many pairs at once: what of either side each of them depends on.

Pairs that are alike in what `READS` says of a rule are judged alike by it, so a rule
is asked once for each kind of household and each kind of place. Its answers become
bits: a household has the bit, the place has it, and the rule is broken. Households with
the same bits are one kind: a place knows for each kind the first rule that it breaks.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from matcher.referee.hall import Place
from matcher.referee.reading import Asked, Given
from matcher.referee.rules import RULES, Court, Pair, wanted_checks

Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Words: TypeAlias = NDArray[np.uint64]
Depths: TypeAlias = NDArray[np.int8]
WIDTH = 64
FUNNEL = (
    "no_dates",
    "step_free",
    "lift",
    "ground_floor",
    "medical_equipment",
    "pets",
    "smokers",
    "ages",
    "women_only",
    "protected_address",
    "no_contact",
    "rent",
    "checks_failed",
    "forbidden",
    "held_back",
    "size",
    "distance",
)
"""The order in which an offer is looked at; it falls at the first rule it breaks."""
DEPTH = {code: n for n, code in enumerate(FUNNEL)}
THROUGH = len(FUNNEL)


@dataclass(frozen=True, slots=True)
class Reads:
    """On what a rule depends, of a household and of a home or one unit of it."""

    asked: Callable[[Court, Asked], Hashable]
    given: Callable[[Court, Given, str | None], Hashable]


def _asks(need: str) -> Callable[[Court, Asked], Hashable]:
    return lambda _, asked: need in asked.asks


def _steps(_: Court, given: Given, place: str | None) -> Hashable:
    rooms = given.rooms(place)
    return given.told.get("step_free"), any(room.get("step_free") for room in rooms)


def _ages(_: Court, asked: Asked) -> Hashable:
    known = [age for age in asked.ages if age is not None]
    return asked.all_adult, len(known) < len(asked.ages), min(known, default=None)


def _rent(court: Court, given: Given, _: str | None) -> Hashable:
    told, tenant = given.rent, given.told.get("tenant")
    cold, operating = told.get("cold"), told.get("operating")
    if cold is None or operating is None:
        return tenant, told.get("kind"), None
    return tenant, told.get("kind"), court.within(cold + operating)


READS: dict[str, Reads] = {
    "pets": Reads(
        lambda _, asked: frozenset(asked.pets),
        lambda _, given, __: frozenset(given.pets),
    ),
    "smokers": Reads(
        lambda _, asked: asked.smokers,
        lambda _, given, __: given.accepts.get("smokers"),
    ),
    "rent": Reads(
        lambda court, asked: (asked.payer, court.limit(asked.persons)), _rent
    ),
    "ages": Reads(
        _ages,
        lambda _, given, __: (
            given.accepts.get("families"),
            given.accepts.get("children_min_age"),
        ),
    ),
    "women_only": Reads(
        lambda _, asked: (asked.no_men, asked.refuge),
        lambda _, given, __: (
            given.accepts.get("women_only"),
            (given.told.get("residents") or {}).get("adults_m"),
        ),
    ),
    "step_free": Reads(_asks("step_free"), _steps),
    "lift": Reads(
        _asks("lift"),
        lambda _, given, __: (given.told.get("lift"), given.told.get("floor")),
    ),
    "ground_floor": Reads(
        _asks("ground_floor"), lambda _, given, __: given.told.get("floor")
    ),
    "medical_equipment": Reads(
        _asks("medical_equipment"),
        lambda _, given, __: given.told.get("medical_equipment"),
    ),
    "protected_address": Reads(
        lambda _, asked: asked.hidden,
        lambda _, given, __: given.location.get("disclosure"),
    ),
    "checks_failed": Reads(
        lambda court, asked: wanted_checks(court.policy, asked),
        lambda _, given, __: frozenset(
            kind for kind, check in given.checks.items() if check["state"] == "failed"
        ),
    ),
    "size": Reads(
        lambda _, asked: asked.persons,
        lambda _, given, __: given.accepts.get("max_persons"),
    ),
}
ONE_BY_ONE = ("no_contact", "forbidden")
"""Rules about who the two are: struck out pair by pair. Distance is by postcode."""


@dataclass(frozen=True, slots=True)
class Bars:
    """The bits: `asks` is words × kinds, `lacks` words × places, `mask` words by rule.

    `kind` is the kind of each household.
    """

    kind: Ints
    asks: Words
    lacks: Words
    mask: dict[str, Words]
    known: dict[bytes, Depths] = field(default_factory=dict)

    def first(self, place: int) -> Depths:
        """Return the depth of the first rule that each kind breaks at a place."""
        lacks = self.lacks[:, place]
        found = self.known.get(key := lacks.tobytes())
        if found is None:
            found = np.full(self.asks.shape[1], THROUGH, np.int8)
            for code in reversed([code for code in FUNNEL if code in READS]):
                both = self.asks & (lacks & self.mask[code])[:, None]
                found[both.any(axis=0)] = DEPTH[code]
            self.known[key] = found
        return found


def kinds(keys: Iterable[Hashable]) -> tuple[Ints, Ints]:
    """Return the number of each row's kind, and the first row of each kind."""
    number: dict[Hashable, int] = {}
    of_row = [number.setdefault(key, len(number)) for key in keys]
    found = np.array(of_row, np.int64)
    return found, np.unique(found, return_index=True)[1]


def bars(court: Court, asked: Sequence[Asked], places: Sequence[Place]) -> Bars:
    """Ask every rule once for each two kinds, and write the answers as bits."""
    bits: list[tuple[str, Bools, Bools]] = []
    for code, reads in READS.items():
        mine, first = kinds(reads.asked(court, one) for one in asked)
        theirs, there = kinds(reads.given(court, p.given, p.unit) for p in places)
        seen: dict[bytes, Bools] = {}
        for n, row in enumerate(first.tolist()):
            pairs = (
                Pair(court, asked[row], places[p].given, places[p].unit)
                for p in there.tolist()
            )
            broken = np.array([RULES[code].broken_by(p) for p in pairs], np.bool_)
            if broken.any():
                have = seen.setdefault(broken.tobytes(), np.zeros(len(mine), np.bool_))
                have |= mine == n
        for said, have in seen.items():
            bits.append((code, have, np.frombuffer(said, np.bool_)[theirs]))
    return _packed(bits, len(asked), len(places))


def _packed(bits: list[tuple[str, Bools, Bools]], households: int, places: int) -> Bars:
    words = max(1, -(-len(bits) // WIDTH))
    asks = np.zeros((words, households), np.uint64)
    lacks = np.zeros((words, places), np.uint64)
    mask = {code: np.zeros(words, np.uint64) for code in READS}
    for n, (code, have, lack) in enumerate(bits):
        word, bit = n // WIDTH, np.uint64(1 << n % WIDTH)
        asks[word][have] |= bit
        lacks[word][lack] |= bit
        mask[code][word] |= bit
    asks, kind = np.unique(asks, axis=1, return_inverse=True)
    return Bars(kind.reshape(-1), asks, lacks, mask)
