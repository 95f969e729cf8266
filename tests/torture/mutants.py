"""Faults that would break a promise, each as a patch, with the plan that finds it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """What is put wrong, and which promise it must break."""

    spoil: Callable[[], None]


MUTANTS: Mapping[str, Mutant] = {}
