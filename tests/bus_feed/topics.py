"""A topic of facts that a test holds in its hand, read as aiokafka reads one."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from events.base import Fact
from services.busfacts import Message, source_of, to_message
from services.follow import StoredFact
from services.ledger.tree import leaf
from tests.projections.facts import began, ledger, listed, opened, raised
from tests.projections.feeds import stored

REALM = "05111000"
SOURCE = source_of(REALM)


def recorded(*facts: Fact) -> list[StoredFact]:
    """Return facts as the ledger keeps them: tags in order, each with its leaf."""
    sorted_tags = (
        replace(one, tags=tuple(sorted(set(one.tags))))
        for one in map(stored, ledger(*facts))
    )
    return [replace(one, leaf=leaf(one)) for one in sorted_tags]


def some(count: int) -> list[StoredFact]:
    """Return the first facts of an office."""
    later = (raised(f"n{n}") for n in range(count))
    return recorded(*[opened(), began(), listed(), *later][:count])


@dataclass
class Record:
    offset: int
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


def record(offset: int, fact: StoredFact) -> Record:
    message: Message = to_message(fact, SOURCE)
    return Record(offset, message.value, tuple(message.headers))


class Topic:
    """A reader of one partition; `cut` records are gone from its beginning."""

    def __init__(self, facts: Iterable[StoredFact], *, cut: int = 0) -> None:
        self.records = [record(offset, fact) for offset, fact in enumerate(facts)]
        self.cut = cut
        self.place = cut
        self.fetched = 0

    def add(self, facts: Sequence[StoredFact]) -> None:
        self.records += [
            record(offset, fact) for offset, fact in enumerate(facts, len(self.records))
        ]

    async def beginning_offsets(self, topics):
        return dict.fromkeys(topics, self.cut)

    async def end_offsets(self, topics):
        return dict.fromkeys(topics, len(self.records))

    def seek(self, topic, offset):
        assert self.cut <= offset <= len(self.records)
        self.place = offset

    async def position(self, topic):
        return self.place

    async def getmany(self, topic, *, timeout_ms=0, max_records=None):
        found = self.records[self.place :][:max_records]
        if not found:
            await asyncio.sleep(min(timeout_ms, 20) / 1000)
        self.place += len(found)
        self.fetched += len(found)
        return {topic: found} if found else {}
