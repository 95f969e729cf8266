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


STEPS: dict[str, Step] = {"policy.adopted.v1": _policy}
"""Old contract name → the step that returns the next name and its bytes."""


def as_today(name: str, data: bytes) -> tuple[str, bytes]:
    """Follow the steps until no older version is left."""
    while step := STEPS.get(name):
        name, data = step(data)
    return name, data
