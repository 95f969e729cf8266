"""given(facts).when(command).then(facts): how every rule is told, without mocks.

A rule sees what the ledger would give it: only facts with a tag that the command
`concerns`, so a command that concerns too little cannot pass.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from events.base import Fact, Recorded, Said, encode
from events.contract import decode
from events.policy import Policy
from events.realm import DayBegan, PolicyAdopted
from services.ledger.rules.base import Command, Past, Refused
from tests.rules.world import SAID, Told, flat

SENTENCE = re.compile(r"[A-Z].*[;.] .+\.")
"""A refusal says what is, and what to do about it."""
_FIRST_US = int(datetime(2022, 3, 10, 9, 0, tzinfo=UTC).timestamp() * 1e6)


@dataclass(frozen=True)
class Given:
    """What has happened so far."""

    facts: tuple[Fact, ...]

    def when(self, command: Command, said: Said = SAID) -> "When":
        return When(self, command, said)

    def past(self, *tags: str) -> Past:
        """Return what a decision about these tags may know."""
        days = [fact.day for fact in self.facts if isinstance(fact, DayBegan)]
        policies = [f.policy for f in self.facts if isinstance(f, PolicyAdopted)]
        wanted = frozenset(tags)
        return Past(
            tuple(r for r in recorded(self.facts) if wanted & {*r.fact.tags()}),
            days[-1] if days else None,
            policies[-1] if policies else Policy(name="default"),
            tags,
        )


@dataclass(frozen=True)
class When:
    """A command that meets what has happened."""

    given: Given
    command: Command
    said: Said

    def then(self, *expected: Told) -> Given:
        """Expect exactly these facts; return what has happened by now."""
        facts = self._decided()
        assert facts == flat(expected)
        return Given((*self.given.facts, *facts))

    def refused(self, why: str) -> None:
        """Expect a no that says `why`, in a sentence that says what to do."""
        with pytest.raises(Refused, match=why) as caught:
            self._decided()
        assert SENTENCE.fullmatch(str(caught.value)), str(caught.value)

    def _decided(self) -> tuple[Fact, ...]:
        past = self.given.past(*self.command.concerns())
        while more := set(self.command.further(past)) - {*past.tags}:
            past = self.given.past(*past.tags, *sorted(more))
        facts = tuple(self.command.decide(past, self.said))
        assert tuple(self.command.decide(past, self.said)) == facts, "not pure"
        for fact in facts:
            assert fact.said == self.said
            assert decode(fact.type, encode(fact)) == fact
        return facts


def given(*facts: Told) -> Given:
    """Start with what has happened; the first day has begun unless it says so."""
    return Given(flat(facts))


def recorded(facts: Iterable[Fact]) -> tuple[Recorded, ...]:
    """Give each fact its place, a second apart, on 10 March 2022."""
    return tuple(
        Recorded(number, f"x-{number}", f"x-{number}", _FIRST_US + number * 10**6, fact)
        for number, fact in enumerate(facts, start=1)
    )
