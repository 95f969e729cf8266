"""A ledger in memory that answers as the SQL function `ledger.record` does.

It is what the real handlers are run against, thousands of times; that it answers as
PostgreSQL does, word for word, is `test_faithful.py`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from services.follow import Page, StoredFact
from services.ledger.batch import (
    MOST_FACTS,
    Answer,
    Condition,
    Conflicting,
    Entry,
    Item,
    NewFact,
    Overtaken,
    Recorded,
    Repeated,
    distinct,
    told,
)
from services.ledger.recorder import Place, Recorder
from services.ledger.tree import leaf
from tests.model.turns import AFTER_RECORDING, BEFORE_RECORDING, Lost, Turns


@dataclass
class Ledger:
    """All that PostgreSQL would hold, and the time it would take under the lock."""

    facts: list[StoredFact] = field(default_factory=list)
    tags: dict[str, list[int]] = field(default_factory=dict)
    commands: dict[str, tuple[bytes, int, int]] = field(default_factory=dict)
    now_us: int = 0

    @property
    def head(self) -> int:
        return len(self.facts)

    def copy(self) -> "Ledger":
        """Return another that goes on from here."""
        tags = {tag: list(places) for tag, places in self.tags.items()}
        return Ledger(list(self.facts), tags, dict(self.commands), self.now_us)

    def record(self, entries: Sequence[Entry]) -> tuple[Answer, ...]:
        """Answer distinct entries in one go, all of them or (`Conflicting`) none."""
        if sum(len(entry.facts) for entry in entries) > MOST_FACTS:
            raise ValueError("a batch has at most 1000 facts")
        for entry in entries:
            known = self.commands.get(entry.command_id)
            if known is not None and known[0] != entry.digest:
                raise Conflicting(entry.command_id)
        before = self.head
        earlier: list[tuple[Entry, int]] = []
        answers: list[Answer] = []
        for entry in entries:
            answer = self._one(entry, before, earlier)
            if isinstance(answer, Recorded):
                earlier.append((entry, answer.last))
            answers.append(answer)
        return tuple(answers)

    def matching(
        self, items: Iterable[Item], *, after: int, upto: int
    ) -> Iterator[int]:
        """Yield the positions of the facts that match any item, in order."""
        found: set[int] = set()
        for item in items:
            found |= {p for p in self._places(item) if after < p <= upto}
        yield from sorted(found)

    def _one(
        self, entry: Entry, before: int, earlier: Sequence[tuple[Entry, int]]
    ) -> Answer:
        if (known := self.commands.get(entry.command_id)) is not None:
            return Repeated(known[1], known[2])
        if entry.condition is not None:
            by = self._overtaken(entry.condition, before, earlier)
            if by is not None:
                return Overtaken(by)
        return self._append(entry)

    def _overtaken(
        self, condition: Condition, before: int, earlier: Sequence[tuple[Entry, int]]
    ) -> int | None:
        """Return what came in between: in the ledger, or earlier in the same batch.

        Earlier entries of the batch count whatever `after` says: nobody has seen them.
        """
        for other, last in reversed(earlier):
            if any(_fits(f, item) for f in other.facts for item in condition.items):
                return last
        latest = 0
        for item in condition.items:
            for place in self._latest(item):
                if place <= condition.after:
                    break
                if place <= before and self._typed(item, place):
                    latest = max(latest, place)
                    break
        return latest or None

    def _append(self, entry: Entry) -> Recorded:
        first = self.head + 1
        for place, new in enumerate(entry.facts, start=first):
            fact = _stored(entry.command_id, new, place, self.now_us)
            self.facts.append(fact)
            for tag in fact.tags:
                self.tags.setdefault(tag, []).append(place)
        self.commands[entry.command_id] = entry.digest, first, self.head
        return Recorded(first, self.head)

    def _latest(self, item: Item) -> Iterable[int]:
        """Return the places of an item's facts, the last first, types aside."""
        match sorted(item.tags):
            case []:
                return range(self.head, 0, -1)
            case [tag]:
                return reversed(self.tags.get(tag, ()))
            case tags:
                held = [set(self.tags.get(tag, ())) for tag in tags]
                return sorted(set.intersection(*held), reverse=True)

    def _places(self, item: Item) -> Iterator[int]:
        return (p for p in self._latest(item) if self._typed(item, p))

    def _typed(self, item: Item, place: int) -> bool:
        return not item.types or self.facts[place - 1].type in item.types


class MemoryRecorder(Recorder):
    """A process's door to the ledger; it may be left standing before and after."""

    def __init__(self, ledger: Ledger, turns: Turns | None = None) -> None:
        self.ledger, self._turns = ledger, turns or Turns()

    def record(self, entries: Sequence[Entry]) -> tuple[Answer, ...]:
        """Append at once or not at all; a lost answer is asked for again, or never."""
        asked = distinct(entries)
        if not asked:
            return ()
        self._turns.pause(BEFORE_RECORDING)
        answers = self.ledger.record(list(asked.values()))
        if (loss := self._turns.lost()) is not None:
            if not loss.asked_again:
                raise Lost
            self._turns.pause()
            answers = self.ledger.record(list(asked.values()))
        self._turns.pause(AFTER_RECORDING)
        return told(entries, asked, answers)

    def read(
        self,
        items: Sequence[Item] = (),
        *,
        after: int = 0,
        upto: int | None = None,
        limit: int | None = None,
    ) -> list[StoredFact]:
        self._turns.pause()
        last = self.ledger.head if upto is None else min(upto, self.ledger.head)
        if items:
            places = list(self.ledger.matching(items, after=after, upto=last))
        else:
            places = list(range(after + 1, last + 1))
        return [self.ledger.facts[p - 1] for p in places[:limit]]

    def answered_all(
        self, commands: Sequence[tuple[str, bytes]]
    ) -> dict[str, Repeated]:
        self._turns.pause()
        found: dict[str, Repeated] = {}
        for name, digest in dict(commands).items():
            if (known := self.ledger.commands.get(name)) is not None:
                if known[0] != digest:
                    raise Conflicting(name)
                found[name] = Repeated(known[1], known[2])
        return found

    def led_to(self, command_ids: Sequence[str]) -> dict[str, StoredFact]:
        self._turns.pause()
        known = self.ledger.commands
        return {
            name: self.ledger.facts[known[name][1] - 1]
            for name in command_ids
            if name in known
        }

    def began(self, tags: Sequence[str]) -> dict[str, int]:
        held = self.ledger.tags
        return {tag: held[tag][0] for tag in tags if tag in held}

    def places(self, types: Sequence[str], *, after: int, upto: int) -> list[Place]:
        return [
            Place(fact.position, fact.type, fact.recorded_us)
            for fact in self.ledger.facts[after:upto]
            if fact.type in types
        ]

    def head(self) -> int:
        self._turns.pause()
        return self.ledger.head

    def wait(self, after: int, timeout: float) -> int:
        """Nobody waits here: it is the scheduler's to say who is next."""
        return self.ledger.head

    def close(self) -> None:
        """Nothing is open."""


class MemoryFeed:
    """The feed of the ledger at hand."""

    def __init__(self, ledger: Ledger, turns: Turns) -> None:
        self._ledger, self._turns = ledger, turns

    def read(self, after: int, limit: int = 1000) -> Page:
        self._turns.pause()
        return Page(tuple(self._ledger.facts[after : after + limit]), self._ledger.head)

    def head(self) -> int:
        return self._ledger.head

    def wait(self, after: int, timeout: float) -> int:
        return self._ledger.head

    def close(self) -> None:
        """Nothing is open."""


def _stored(command: str, new: NewFact, place: int, now_us: int) -> StoredFact:
    fact = StoredFact(
        position=place,
        id=new.id,
        command_id=command,
        type=new.type,
        tags=tuple(sorted(set(new.tags))),
        data=new.data,
        recorded_us=now_us,
        leaf=b"",
    )
    return replace(fact, leaf=leaf(fact))


def _fits(fact: NewFact, item: Item) -> bool:
    return (not item.types or fact.type in item.types) and item.tags <= set(fact.tags)
