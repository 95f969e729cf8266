"""The people of the scenario: they answer always the same to the same question.

An answer depends on seed, need, offer and side alone, so the same files give the same
answers whatever else happens, in whatever order. That 70 % of households and 80 % of
providers agree is a GUESS, as all figures here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol, TypeVar

from events.match import Consequence, ReasonCode, Side

T = TypeVar("T")

AGREE: Mapping[Side, int] = {"household": 70, "provider": 80}
"""Percent of each side that say yes."""
PASSES: Mapping[str, int] = {
    "identity": 98,
    "documents": 95,
    "visit": 88,
    "background": 94,
}
"""Percent of checks that are passed."""


@dataclass(frozen=True)
class No:
    """Why somebody refuses, and what follows from it."""

    reason: ReasonCode
    consequence: Consequence


_HOUSEHOLD: Mapping[No, int] = {
    No("unwilling_neighbourhood", "requeue"): 30,
    No("refused_offer", "requeue"): 30,
    No("found_other_housing", "none"): 20,
    No("household_changed", "recheck"): 8,
    No("disengaged", "park"): 12,
}
_PROVIDER: Mapping[No, int] = {
    No("filled_by_other", "none"): 35,
    No("provider_withdrew", "none"): 30,
    No("refused_offer", "requeue"): 20,
    No("landlord_refused", "none"): 15,
}
GONE: frozenset[str] = frozenset(
    ("filled_by_other", "provider_withdrew", "landlord_refused")
)
"""Reasons after which a home is no longer to be had by anybody."""
_PATIENCE = {0: 72, 2: 18, 5: 10}
"""Days until an answer: most at once, some after a weekend."""


class Answering(Protocol):
    """Whoever can be asked: the people of the scenario, or invented ones of a test."""

    def refuses(self, need: str, offer: str, side: Side) -> No | None:
        """Return why this side says no to this pair; None when it agrees."""
        ...

    def takes_days(self, need: str, offer: str, side: Side) -> int:
        """Return how many days this side takes to answer."""
        ...

    def passes(self, offer: str, check: str) -> bool:
        """Say whether a check of a home turns out well."""
        ...


@dataclass(frozen=True)
class People:
    """Everybody in the scenario that `seed` made."""

    seed: int

    def refuses(self, need: str, offer: str, side: Side) -> No | None:
        if self._percent("answer", need, offer, side) < AGREE[side]:
            return None
        reasons = _HOUSEHOLD if side == "household" else _PROVIDER
        return self._weighted(reasons, "reason", need, offer, side)

    def takes_days(self, need: str, offer: str, side: Side) -> int:
        return self._weighted(_PATIENCE, "when", need, offer, side)

    def passes(self, offer: str, check: str) -> bool:
        return self._percent("check", offer, check) < PASSES[check]

    def _percent(self, *question: str) -> int:
        return self._number(*question) % 100

    def _weighted(self, weights: Mapping[T, int], *question: str) -> T:
        left = self._number(*question) % sum(weights.values())
        for face, weight in weights.items():
            if left < weight:
                return face
            left -= weight
        raise AssertionError("the weights add up to more than was asked")

    def _number(self, *question: str) -> int:
        text = "\n".join((str(self.seed), *question))
        return int.from_bytes(sha256(text.encode()).digest()[:8])
