"""Where a consumer stands on the bus: what is assigned, done, lost, or left behind.

`auto_offset_reset="earliest"` is for a group's first start. Later it would silently
skip what retention has deleted before it was read; so every first offset that comes is
compared with the one that must come, and a gap that retention made stops the channel.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition

from services import metrics
from services.intake.work import Place
from services.ledger.rules.channels import StopChannel

log = structlog.get_logger("beistand.intake")


@dataclass(frozen=True)
class Lost:
    """Messages that were deleted before they were read: from `since` up to `upto`."""

    place: TopicPartition
    since: int
    upto: int

    def stops(self, channel: str) -> StopChannel:
        """Return what makes the channel stand still until a person lets it go on."""
        count = self.upto - self.since
        return StopChannel(
            channel=channel,
            reason="expired",
            partition=self.place.partition,
            offset=self.upto,
            note=f"{count} messages were deleted by the bus before they were read.",
        )


@dataclass(frozen=True)
class Look:
    """How a consumer stands: what waits for it, and what will never come."""

    lag: int
    lost: tuple[Lost, ...]
    is_placed: bool = True
    """Whether the group has said which places are this consumer's, if any are."""


class Places(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Follows one consumer; to be used within its loop.

    `is_still` says of a topic whether its channel stands still: it stays assigned, and
    is read no further.
    """

    def __init__(self, is_still: Callable[[str], bool]) -> None:
        self._is_still = is_still
        self._due: dict[TopicPartition, int | None] = {}
        self._doubted: dict[TopicPartition, int] = {}
        self._asked: dict[TopicPartition, tuple[int, int]] = {}
        """From where up to where was asked for once more, since nothing came."""
        self._is_placed = False
        self._of: AIOKafkaConsumer | None = None

    def follow(self, consumer: AIOKafkaConsumer) -> None:
        """Say whose places these are, once it is there."""
        self._of = consumer

    @property
    def _consumer(self) -> AIOKafkaConsumer:
        if self._of is None:
            raise RuntimeError("nothing is consumed yet")
        return self._of

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Forget everything: what was committed is asked for again."""
        self._is_placed = False
        self._due.clear()
        self._doubted.clear()
        self._asked.clear()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Read no further where a channel stands still; others take the word of it."""
        self._is_placed = True
        log.info("intake.assigned", count=len(list(assigned)))
        if self._of is not None:
            self._of.pause(*(at for at in assigned if self._is_still(at.topic)))

    async def lost(self, firsts: Mapping[TopicPartition, int]) -> list[Lost]:
        """Return what is missing before the offsets that come now.

        Transactions leave gaps as well; messages are lost only where the bus itself
        begins after the offset that was due.
        """
        await self._ask_due(firsts)
        gaps = {
            at: due
            for at, first in firsts.items()
            if (due := self._due.get(at)) is not None and first > due
        }
        if not gaps:
            return []
        begins = await self._consumer.beginning_offsets(list(gaps))
        return _lost(gaps, begins)

    async def look(self, *, idle: bool = False) -> Look:
        """Look at all places: also where nothing is left that could come.

        `idle`: nothing that was heard is still to be done.
        """
        mine = self._consumer.assignment()
        if not mine:
            metrics.unread(0)
            return Look(0, (), self._is_placed)
        await self._ask_due(mine)
        begins = await self._consumer.beginning_offsets(list(mine))
        ends = await self._consumer.end_offsets(list(mine))
        due = {at: begins[at] if (n := self._due.get(at)) is None else n for at in mine}
        read = mine - self._consumer.paused()
        waits = {at: (due[at], ends[at]) for at in read if ends[at] > due[at]}
        if idle:
            waits = {at: w for at, w in waits.items() if not await self._empty(at, w)}
        lag = sum(end - since for since, end in waits.values())
        metrics.unread(lag)
        return Look(lag, tuple(_lost(due, begins)))

    def stale(self, firsts: Mapping[TopicPartition, int]) -> frozenset[Place]:
        """Return where a batch does not begin with what is due; it is asked for again.

        Perhaps it was fetched before its place was held, perhaps a batch got lost on
        its way to here. When the same comes once more, there is nothing in between.
        """
        found = set()
        for at, first in firsts.items():
            due = self._due.get(at)
            if due is None or first <= due or self._doubted.get(at) == first:
                self._doubted.pop(at, None)
                continue
            self._doubted[at] = first
            if at in self._consumer.assignment():
                self._consumer.seek(at, due)
            found.add((at.topic, at.partition))
        return frozenset(found)

    def done(self, done: Mapping[Place, int]) -> None:
        """Note what was done, before it can be committed."""
        for place, offset in done.items():
            if (at := TopicPartition(*place)) in self._due:
                self._due[at] = offset

    async def commit(self, done: Mapping[Place, int]) -> None:
        """Say that everything before these offsets is done.

        A place that was given to another meanwhile is left to it: what was done is
        done again there, and known again.
        """
        mine = self._consumer.assignment()
        places = {TopicPartition(*place): offset for place, offset in done.items()}
        offsets = {at: offset for at, offset in places.items() if at in mine}
        if offsets:
            await self._consumer.commit(offsets)

    def hold(self, left: Mapping[Place, int]) -> None:
        """Read no further there, and keep what came for later; never skip ahead."""
        mine = self._consumer.assignment()
        for place, offset in left.items():
            if (at := TopicPartition(*place)) in mine:
                due = self._due.get(at)
                self._due[at] = offset if due is None else min(due, offset)
                self._consumer.seek(at, self._due[at])
                self._consumer.pause(at)

    def turn(self) -> None:
        """Stand still, or go on, where the ledger says so by now."""
        consumer = self._consumer
        still = {at for at in consumer.assignment() if self._is_still(at.topic)}
        consumer.resume(*(consumer.paused() - still))
        consumer.pause(*still)

    async def _empty(self, at: TopicPartition, waits: tuple[int, int]) -> bool:
        """Say whether no message is there, but what transactions leave at the end.

        The consumer is past it and nothing came; perhaps something got lost on its way
        to here, so it is asked for once more.
        """
        since, end = waits
        if at not in self._consumer.assignment():
            return False
        if await self._consumer.position(at) < end:
            return False
        if self._asked.get(at) != waits:
            self._asked[at] = waits
            self._consumer.seek(at, since)
            return False
        return True

    async def _ask_due(self, places: Iterable[TopicPartition]) -> None:
        """Ask the bus where the group stands, once after each assignment."""
        for at in places:
            if at not in self._due:
                self._due[at] = await self._consumer.committed(at)


def _lost(
    due: Mapping[TopicPartition, int], begins: Mapping[TopicPartition, int]
) -> list[Lost]:
    return [Lost(at, n, begins[at]) for at, n in due.items() if begins[at] > n]
