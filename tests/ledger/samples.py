"""Short words for entries and conditions."""

import hashlib

from services.ledger.recorder import Condition, Entry, Item, NewFact, fact_id


def entry(
    command: str,
    *tags: str,
    kind: str = "said.v1",
    data: bytes = b"{}",
    count: int = 1,
    unless: Condition | None = None,
) -> Entry:
    """A command whose facts all look the same; its digest follows from its content."""
    facts = tuple(
        NewFact(fact_id(command, n), kind, tags or ("x",), data) for n in range(count)
    )
    told = repr((kind, tags, data, count)).encode()
    return Entry(command, hashlib.sha256(told).digest(), facts, unless)


def since(after: int, *tags: str, kinds: tuple[str, ...] = ()) -> Condition:
    """Unless a fact with all the tags came after the position."""
    return Condition((Item(frozenset(kinds), frozenset(tags)),), after)
