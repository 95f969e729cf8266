"""Receipts on the bus: one short event a message, to the channel that it came by.

They are sent after the ledger's commit and before the offsets', so that each is sent at
least once. A topic of receipts that does not exist stops nobody: the same answer stands
under `GET /intake/{source}/{id}`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping, Sequence

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import UnknownTopicOrPartitionError
from aiokafka.producer.message_accumulator import BatchBuilder

from events.envelope import JSON
from events.receipt import Receipt
from services.bus.connection import Bus
from services.bus.names import Names
from services.intake.work import Told

LARGEST = 900_000
"""Bytes of one batch of receipts; a broker takes a little more by default."""
REQUEST_MS = 15_000
SEND_SECONDS = 30.0
"""Longer than a request and the library's own second one."""
STOP_SECONDS = 3.0
MISSING_SECONDS = 30.0
"""So long until a topic that was not there is looked for again."""
log = structlog.get_logger("beistand.intake")
Headers = list[tuple[str, bytes]]


async def ended(stopping: Awaitable[None]) -> None:
    """Let a client stop, and leave it when it waits for a broker that is gone.

    aiokafka also passes on what it cancels of itself as if we had been cancelled.
    """
    task = asyncio.ensure_future(stopping)
    await asyncio.wait({task}, timeout=STOP_SECONDS)
    if not task.cancel() and not task.cancelled():
        task.result()


class Receipts:
    """Sends receipts; to be used within the loop that `start` was called in."""

    def __init__(self, bus: Bus, names: Names) -> None:
        self._bus, self._names = bus, names
        self._missing: dict[str, float] = {}
        self._producer = self._made()
        self._is_fit = False

    def _made(self) -> AIOKafkaProducer:
        return AIOKafkaProducer(
            **self._bus.for_aiokafka(),
            acks="all",
            max_batch_size=LARGEST,
            request_timeout_ms=REQUEST_MS,
        )

    async def start(self) -> None:
        await self._producer.start()
        self._is_fit = True

    async def stop(self) -> None:
        await self._producer.stop()

    async def send(self, told: Mapping[str, Sequence[Told]]) -> None:
        """Send all of them and return when the bus has them.

        Raises `KafkaError`, or `TimeoutError` when nothing comes back. Then the next
        try has a producer of its own: one that has lost an answer may wait for ever.
        """
        if not self._is_fit:
            await ended(self._producer.stop())
            self._producer = self._made()
            await self.start()
        self._is_fit = False
        async with asyncio.timeout(SEND_SECONDS):
            await self._send(told)
        self._is_fit = True

    async def _send(self, told: Mapping[str, Sequence[Told]]) -> None:
        waiting: list[asyncio.Future[object]] = []
        for channel, receipts in told.items():
            topic, partitions = self._topic(channel), await self._partitions(channel)
            if topic is None or not partitions:
                continue
            one = partitions == {0}
            sent = self._together if one else self._each
            waiting += [future async for future in sent(topic, receipts)]
        if waiting:
            await asyncio.gather(*waiting)

    async def _together(
        self, topic: str, receipts: Sequence[Told]
    ) -> AsyncIterator[asyncio.Future[object]]:
        """Hand receipts over in batches: the contract's topic has one partition."""
        for batch in self._batches(topic, receipts):
            yield await self._producer.send_batch(batch, topic, partition=0)

    async def _each(
        self, topic: str, receipts: Sequence[Told]
    ) -> AsyncIterator[asyncio.Future[object]]:
        """Hand them over one by one, where somebody has widened the topic."""
        for told in receipts:
            key, value, headers = self._message(topic, told)
            yield await self._producer.send(
                topic, value=value, key=key, headers=headers
            )

    def _topic(self, channel: str) -> str | None:
        try:
            return self._names.receipts(channel)
        except ValueError:
            return None

    async def _partitions(self, channel: str) -> set[int]:
        """Return the partitions of the channel's receipts; none: there is no topic."""
        topic = self._topic(channel)
        if topic is None or self._missing.get(topic, 0.0) > time.monotonic():
            return set()
        client = self._producer.client
        if not client.cluster.partitions_for_topic(topic):
            cluster = await client.fetch_all_metadata()
            if cluster.partitions_for_topic(topic):
                return set(await self._known(topic))
        else:
            return set(await self._known(topic))
        self._missing[topic] = time.monotonic() + MISSING_SECONDS
        log.error("receipts.no_topic", topic=topic, channel=channel)
        return set()

    async def _known(self, topic: str) -> Iterable[int]:
        try:
            found: Iterable[int] = await self._producer.partitions_for(topic)
        except UnknownTopicOrPartitionError:
            return ()
        return found

    def _batches(self, topic: str, receipts: Sequence[Told]) -> list[BatchBuilder]:
        """Put the receipts together; to hand over each by itself takes longer."""
        batches: list[BatchBuilder] = []
        batch = self._producer.create_batch()
        for one in receipts:
            key, value, headers = self._message(topic, one)
            said = {"key": key, "value": value, "headers": headers}
            if batch.append(timestamp=None, **said) is None:
                batches.append(batch)
                batch = self._producer.create_batch()
                batch.append(timestamp=None, **said)
        return [*batches, batch]

    def _message(self, topic: str, told: Told) -> tuple[bytes, bytes, Headers]:
        """Return a receipt in binary mode. Its id is its message's place on the bus."""
        receipt, channel = told.receipt, topic.rpartition(".")[2]
        place = f"{channel}-{told.partition}-{told.offset}"
        headers = [
            ("content-type", JSON.encode()),
            ("ce_specversion", b"1.0"),
            ("ce_id", place.encode()),
            ("ce_source", f"/beistand/{self._names.realm}".encode()),
            ("ce_type", Receipt.type.encode()),
        ]
        value = receipt.model_dump_json(exclude_none=True, exclude_defaults=True)
        return receipt.id.encode(), value.encode(), headers
