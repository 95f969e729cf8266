"""Rooms held back for expected arrivals, read and counted once more.

Nothing is laid out in rows: for a day, a place and some groups of arrivals it is
counted how many rooms everyone else may have.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from matcher.referee.reading import Asked, Doc, ordinal


@dataclass(frozen=True, slots=True)
class Reserve:
    """Some rooms of an offer, of one unit or (without) of each, for a group."""

    group: str
    offer: str
    unit: str | None
    first: int
    last: int
    rooms: int
    features: tuple[str, ...]
    smallest: int
    told_before: int

    def is_for(self, asked: Asked) -> bool:
        """Say whether the household is one of those who were expected."""
        late = asked.raised > self.told_before
        large = asked.persons >= self.smallest
        return late and large and all(asked.lacks(one) for one in self.features)

    def concerns(self, unit: str | None) -> bool:
        return self.unit is None or self.unit == unit


def reserves(document: Doc) -> dict[str, list[Reserve]]:
    """Return what is held back, by offer."""
    found: dict[str, list[Reserve]] = {}
    for row in document.get("held_back") or []:
        reserve = Reserve(
            group=row["arrivals"],
            offer=row["offer"],
            unit=row.get("unit"),
            first=ordinal(row["from"], 0),
            last=ordinal(row["to"], 0),
            rooms=row["count"],
            features=tuple(row["features"]),
            smallest=row["household_min"],
            told_before=row["after"],
        )
        found.setdefault(reserve.offer, []).append(reserve)
    return found


def groups_for(kept: list[Reserve], asked: Asked) -> frozenset[str]:
    """Return the groups to which a household belongs."""
    return frozenset(one.group for one in kept if one.is_for(asked))


def all_groups(kept: list[Reserve]) -> frozenset[str]:
    return frozenset(one.group for one in kept)


def strangers(
    kept: list[Reserve], unit: str | None, mine: frozenset[str]
) -> frozenset[str]:
    """Return for whom else something is held back here: none, and nobody is kept out.

    A household too large for what is free would not fit without them either.
    """
    return all_groups([one for one in kept if one.concerns(unit)]) - mine


def combined(groups: frozenset[str]) -> Iterator[frozenset[str]]:
    """Yield every choice of one group or more."""
    names = sorted(groups)
    for size in range(1, len(names) + 1):
        yield from map(frozenset, combinations(names, size))
