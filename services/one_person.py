"""One person under several names: whose cases were merged is the same to a ban.

A case keeps its person's name when it is merged into another's. Whoever must not meet
that person must not meet the one who has the other name either, and the other way
round (docs/decisions/0183-a-ban-knows-all-names.md).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from events.case import CaseState

Refs = tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """The names of everybody who has more than one."""

    known: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, *sides: Mapping[str, CaseState]) -> "Names":
        """Read them from all cases, by side; those merged into one another are one."""
        found: dict[str, frozenset[str]] = {}
        for one, other in (pair for cases in sides for pair in _merged(cases)):
            names = found.get(one, frozenset((one,)))
            names |= found.get(other, frozenset((other,)))
            found |= dict.fromkeys(names, names)
        return cls(found)

    def every(self, refs: Iterable[str], but: str) -> Refs:
        """Return these people and their other names; nobody is to avoid themselves."""
        told = tuple(dict.fromkeys(refs))
        more = {name for ref in told for name in self.known.get(ref, ())}
        return (*told, *sorted(more - {*told, but}))

    def otherwise(self, before: "Names") -> set[str]:
        """Return who has other names than before."""
        both = self.known.keys() | before.known.keys()
        return {name for name in both if self.known.get(name) != before.known.get(name)}


def _merged(cases: Mapping[str, CaseState]) -> Iterator[tuple[str, str]]:
    for case in cases.values():
        into = cases.get(case.merged_into) if case.merged_into else None
        if into is not None and into.person != case.person:
            yield case.person, into.person
