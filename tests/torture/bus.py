"""Channels that speak on Kafka, and the ear that hears their receipts.

They are plain clients with the habits of good ones: idempotent producers that wait for
all acknowledgements and send again what was not acknowledged. So duplicates happen, as
they do in life.
"""

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError, TopicAlreadyExistsError
from kafka import KafkaAdminClient, KafkaConsumer
from kafka import TopicPartition as Place
from kafka.admin import NewTopic

from services.bus.connection import Bus
from services.bus.names import Names
from tests.torture.journal import Journal
from tests.torture.promises import OnTopic
from tests.torture.said import Message, Voice

PARTITIONS = 3
PATIENCE_MS = 8_000
TOGETHER = 12
"""Messages on their way at once, so that they arrive in any order."""
AGAIN_SECONDS = 0.3
TAIL = 2_000
"""Records among which the highest position is: a late repeat may follow it."""
logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # faults are told already
STRUCTURED = b"application/cloudevents+json"


@dataclass(frozen=True)
class Speaker:
    """One channel on the bus: by which address, for which realm, until when."""

    bus: Bus
    names: Names
    voice: Voice
    journal: Journal
    stop: threading.Event

    def speak(self, pause: float) -> None:
        """Tell the story until the run ends; all that was begun is acknowledged."""
        asyncio.run(self._speak(pause))

    async def _speak(self, pause: float) -> None:
        story = self.voice.story()
        producer = AIOKafkaProducer(
            **self.bus.for_aiokafka(),
            enable_idempotence=True,
            acks="all",
            request_timeout_ms=PATIENCE_MS,
        )
        await producer.start()
        try:
            while not self.stop.is_set():
                some = list(islice(story, TOGETHER))
                await asyncio.gather(*(self._send(producer, each) for each in some))
                await asyncio.sleep(pause)
        finally:
            await producer.stop()

    async def _send(self, producer: AIOKafkaProducer, message: Message) -> None:
        """Send until Kafka has it; after the end of the run nobody insists."""
        self.journal.sent(message.sent)
        topic = self.names.intake(self.voice.channel)
        while True:
            try:
                await producer.send_and_wait(
                    topic,
                    message.body,
                    key=message.sent.row.encode(),
                    headers=[("content-type", STRUCTURED)],
                )
            except KafkaError:
                if self.stop.is_set():
                    return
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                self.journal.acked(message.sent.id)
                return


@dataclass(frozen=True)
class Ear:
    """Hears the receipts of some channels from their beginning on."""

    bus: Bus
    names: Names
    channels: tuple[str, ...]
    journal: Journal
    stop: threading.Event

    def hear(self) -> None:
        """Log every receipt until told to stop; survive the loss of the bus."""
        asyncio.run(self._hear())

    async def _hear(self) -> None:
        places = [TopicPartition(self.names.receipts(c), 0) for c in self.channels]
        heard = dict.fromkeys(places, 0)
        while not self.stop.is_set():
            with contextlib.suppress(KafkaError, OSError):
                async with _listening(self.bus, heard) as consumer:
                    await self._listen(consumer, heard)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _listen(
        self, consumer: AIOKafkaConsumer, heard: dict[TopicPartition, int]
    ) -> None:
        while not self.stop.is_set():
            for place, records in (await consumer.getmany(timeout_ms=300)).items():
                for record in records:
                    self._note(record.value or b"{}")
                    heard[place] = record.offset + 1

    def _note(self, value: bytes) -> None:
        receipt = json.loads(value)
        name, position = receipt.get("id"), receipt.get("position")
        if isinstance(name, str):
            outcome = str(receipt.get("outcome"))
            there = position if isinstance(position, int) else None
            self.journal.accepted(name, outcome, there)


@contextlib.asynccontextmanager
async def _listening(
    bus: Bus, heard: Mapping[TopicPartition, int]
) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(**bus.for_aiokafka(), enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign(list(heard))
        for place, offset in heard.items():
            consumer.seek(place, offset)
        yield consumer
    finally:
        await consumer.stop()


def lay_topics(bus: Bus, names: Names, channels: tuple[str, ...]) -> None:
    """Make the topics of a realm, as the contract has them."""
    wanted = {names.facts: 1}
    for channel in channels:
        wanted |= {names.intake(channel): PARTITIONS, names.receipts(channel): 1}
    admin = KafkaAdminClient(**bus.for_kafka_python())
    try:
        with contextlib.suppress(TopicAlreadyExistsError):
            admin.create_topics([NewTopic(n, p, 1) for n, p in wanted.items()])
    finally:
        admin.close()


T = TypeVar("T")


class Watch:
    """Looks at the bus directly, past all faults."""

    def __init__(self, bus: Bus, names: Names, channels: tuple[str, ...]) -> None:
        self._bus, self._names, self._channels = bus, names, channels

    def unread(self) -> int:
        """Return how many messages of channels intake has not committed yet."""
        return sum(self.unread_at().values())

    def unread_at(self) -> dict[str, int]:
        """Return the same by place, where there are any."""
        with self._consumer() as consumer:
            places = [
                Place(self._names.intake(channel), n)
                for channel in self._channels
                for n in range(PARTITIONS)
            ]
            ends = consumer.end_offsets(places)
        group = self._names.group("intake")
        done = self._asked(lambda admin: admin.list_group_offsets(group)[group])
        read = {place: max(0, told.offset) for place, told in done.items()}
        left = {place: end - read.get(place, 0) for place, end in ends.items()}
        return {f"{at.topic}-{at.partition}": n for at, n in left.items() if n}

    def group(self) -> str:
        """Return what the bus says of intake's group: its state and its members."""
        group = self._names.group("intake")
        return str(self._asked(lambda admin: admin.describe_groups([group])))

    def _asked(self, what: Callable[[KafkaAdminClient], T]) -> T:
        admin = KafkaAdminClient(**self._bus.for_kafka_python())
        try:
            return what(admin)
        finally:
            admin.close()

    def reached(self) -> int:
        """Return the last position on the facts topic; 0 for an empty one."""
        place = Place(self._names.facts, 0)
        with self._consumer() as consumer:
            end = consumer.end_offsets([place])[place]
            consumer.assign([place])
            consumer.seek(place, max(0, end - TAIL))
            found = 0
            while consumer.position(place) < end:
                for record in consumer.poll(timeout_ms=1_000).get(place, ()):
                    found = max(found, int(dict(record.headers)["ce_sequence"]))
        return found

    def facts(self) -> list[OnTopic]:
        """Return all that stands on the facts topic, in its order."""
        place = Place(self._names.facts, 0)
        found: list[OnTopic] = []
        with self._consumer() as consumer:
            end = consumer.end_offsets([place])[place]
            consumer.assign([place])
            consumer.seek(place, 0)
            while consumer.position(place) < end:
                for record in consumer.poll(timeout_ms=1_000).get(place, ()):
                    told = dict(record.headers)
                    found.append(
                        OnTopic(
                            position=int(told["ce_sequence"]),
                            id=told["ce_id"].decode(),
                            data=record.value,
                        )
                    )
        return found

    @contextlib.contextmanager
    def _consumer(self) -> Iterator[KafkaConsumer]:
        consumer = KafkaConsumer(**self._bus.for_kafka_python(), group_id=None)
        try:
            yield consumer
        finally:
            consumer.close(autocommit=False)
