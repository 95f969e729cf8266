"""What was read of the bus and waits for its turn.

While one batch is taken in, others are read; a few messages each, where few come. They
are taken in as one then: what a batch costs by itself, its questions and commits, is
paid once for all that wait, and nobody waits for several batches that came before.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from aiokafka import ConsumerRecord, TopicPartition

from services.intake.bus_subscriber import BATCH
from services.intake.work import Batch

Firsts = dict[TopicPartition, int]
"""The first offset of a batch in each place."""


@dataclass(frozen=True)
class Ready:
    """Messages that were read; `heard` is in how many batches they came."""

    batch: Batch
    firsts: Firsts
    nexts: Firsts
    """In each place the offset after the last."""
    heard: int = 1

    @classmethod
    def of(cls, records: Sequence[ConsumerRecord], batch: Batch) -> Self:
        """Return what was read of these records."""
        firsts: Firsts = {}
        nexts: Firsts = {}
        for record in records:
            place = TopicPartition(record.topic, record.partition)
            firsts.setdefault(place, record.offset)
            nexts[place] = record.offset + 1
        return cls(batch, firsts, nexts)

    def __len__(self) -> int:
        return sum(map(len, self.batch.values()))

    def goes_on(self, after: "Ready") -> bool:
        """Say whether this is what comes next, wherever both are of one place.

        A gap between two batches must be seen, and a batch is looked at from its
        beginning only.
        """
        both = self.firsts.keys() & after.nexts.keys()
        return all(self.firsts[place] == after.nexts[place] for place in both)

    def then(self, after: "Ready") -> "Ready":
        """Return both as one, in their order."""
        batch = {channel: [*read] for channel, read in self.batch.items()}
        for channel, read in after.batch.items():
            batch.setdefault(channel, []).extend(read)
        return Ready(
            batch,
            after.firsts | self.firsts,
            self.nexts | after.nexts,
            self.heard + after.heard,
        )


class Line:
    """Batches in the order in which they were read; whoever puts waits for room."""

    def __init__(self) -> None:
        self._waiting: deque[Ready] = deque()
        self._changed = asyncio.Condition()

    async def put(self, ready: Ready) -> None:
        """Let a batch wait once less than a whole one does."""
        async with self._changed:
            await self._changed.wait_for(lambda: sum(map(len, self._waiting)) < BATCH)
            self._waiting.append(ready)
            self._changed.notify_all()

    async def get(self) -> Ready:
        """Return what waits as one batch, up to where something lies between."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._waiting)
            ready = self._waiting.popleft()
            while self._waiting and self._fits(ready):
                ready = ready.then(self._waiting.popleft())
            self._changed.notify_all()
            return ready

    def _fits(self, ready: Ready) -> bool:
        following = self._waiting[0]
        return following.goes_on(ready) and len(ready) + len(following) <= BATCH
