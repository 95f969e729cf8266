"""Old contract names read as today's: a chain of small, pure steps.

A field that is added is a new version of its fact. Its step here turns the stored
JSON of the version before into the next; the golden files of `tests/contract` hold
every version that was ever used.
"""

from collections.abc import Callable

Step = Callable[[bytes], tuple[str, bytes]]


def _policy(data: bytes) -> tuple[str, bytes]:
    """Version 2 may name equivalents, trips, hosts' wishes and near households."""
    return "policy.adopted.v2", data


def _raised(data: bytes) -> tuple[str, bytes]:
    """Version 2 may name articles that serve as well, and a kit."""
    return "need.raised.v2", data


def _amended(data: bytes) -> tuple[str, bytes]:
    """Version 2 may name articles that serve as well, and a kit."""
    return "need.amended.v2", data


STEPS: dict[str, Step] = {
    "need.amended.v1": _amended,
    "need.raised.v1": _raised,
    "policy.adopted.v1": _policy,
}
"""Old contract name → the step that returns the next name and its bytes."""


def versions(name: str) -> frozenset[str]:
    """Return the contract names under which such facts lie in ledgers, today's too."""
    stem = name.rpartition(".v")[0]
    return frozenset({name, *(old for old in STEPS if old.rpartition(".v")[0] == stem)})


def as_today(name: str, data: bytes) -> tuple[str, bytes]:
    """Follow the steps until no older version is left."""
    while step := STEPS.get(name):
        name, data = step(data)
    return name, data
