"""A bus in memory: topics, partitions, offsets. What it delivers, it delivers again."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

PARTITIONS = 2


@dataclass(frozen=True)
class Record:
    """A message in its place."""

    topic: str
    partition: int
    offset: int
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass
class Bus:
    """Keeps every message; a group begins where it said last that it was done."""

    topics: dict[str, list[list[Record]]] = field(default_factory=dict)
    done: dict[tuple[str, str, int], int] = field(default_factory=dict)

    def publish(self, topic: str, key: str, value: bytes) -> None:
        """Append a message where its key belongs."""
        parts = self.topics.setdefault(topic, [[] for _ in range(PARTITIONS)])
        number = zlib.crc32(key.encode()) % PARTITIONS
        place = len(parts[number])
        parts[number].append(Record(topic, number, place, value))

    def poll(self, group: str, most: int) -> list[Record]:
        """Return what the group has not said to be done with, a few of each part."""
        return [record for left in self._left(group) for record in left[:most]]

    def commit(self, group: str, upto: Mapping[tuple[str, int], int]) -> None:
        """Say up to where the group is done; an older word is believed as well."""
        for (topic, number), offset in upto.items():
            self.done[group, topic, number] = offset

    @property
    def published(self) -> int:
        """How many messages lie in all topics."""
        return sum(len(part) for parts in self.topics.values() for part in parts)

    def lag(self, group: str) -> int:
        """Return how many messages the group is not done with."""
        return sum(map(len, self._left(group)))

    def _left(self, group: str) -> Iterator[list[Record]]:
        for topic, parts in self.topics.items():
            for number, part in enumerate(parts):
                yield part[self.done.get((group, topic, number), 0) :]
