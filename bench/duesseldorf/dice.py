"""Chance that falls the same way in every release of Python and on every machine.

`random` promises its bits, not what `choice` or `shuffle` make of them; committed
files must repeat byte for byte for years. So each throw is a SHA-256 of its own.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TypeVar

Face = TypeVar("Face")


class Dice:
    """A row of throws named by seed and purpose: one more throw moves no other row."""

    def __init__(self, *names: str | int) -> None:
        self._name = ":".join(str(name) for name in names)
        self._throws = 0

    def below(self, sides: int) -> int:
        """Return a number from 0 to `sides` − 1; 2**64 is far above any `sides`."""
        self._throws += 1
        digest = sha256(f"{self._name}#{self._throws}".encode()).digest()
        return int.from_bytes(digest[:8]) % sides

    def between(self, low: int, high: int) -> int:
        """Return a number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent

    def pick(self, faces: Sequence[Face]) -> Face:
        return faces[self.below(len(faces))]

    def weighted(self, weights: Mapping[Face, int]) -> Face:
        """Return one of the keys, as often as its weight says."""
        left = self.below(sum(weights.values()))
        for face, weight in weights.items():
            if left < weight:
                return face
            left -= weight
        raise AssertionError("the weights add up to more than was thrown")

    def shuffled(self, faces: Sequence[Face]) -> list[Face]:
        """Return all of them in an order of chance."""
        rest = list(faces)
        return [rest.pop(self.below(len(rest))) for _ in faces]
