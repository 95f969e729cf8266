"""The relay: what the ledger recorded leaves on the bus, in the ledger's order.

The one promise: a fact stands on the topic only after all earlier ones. Where a relay
begins is asked of the topic itself; it sends one batch after the other, each only once
the one before was acknowledged. So whatever dies, wakes up or overtakes, facts may be
repeated, and never left out (docs/decisions/0100-a-relay-may-repeat.md).
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, suppress

import structlog
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from services.bus.connection import Bus, BusError, bus_of
from services.bus.names import Names
from services.busfacts import Message, source_of, to_message
from services.busfeed import ANSWER_SECONDS, passing, reading, tip
from services.database import AWAY, Server, waits
from services.follow import POLL_SECONDS, Feed, LedgerFeed, Page, StoredFact
from services.health import Health
from services.lease import BEAT_SECONDS, Lease, Superseded, take
from services.settings import Settings

PART = "relay"
PAGE = 1_000
"""Facts read at a time, and the most that a late repeat can hold."""
BATCH_BYTES = 900_000
"""One batch; a larger fact goes alone (`topics plan` allows for it)."""
STAND_BY_SECONDS = 0.5
AGAIN_SECONDS = 0.3
GIVE_UP_SECONDS = 60.0
"""Without an answer for so long the turn ends: a new producer begins the next."""
APART_SECONDS = 5.0
_PATIENCE = 1.0
_BACK_OFF_MS = 250
STOP_SECONDS = 2.0
_SILENT = "Kafka at {} does not acknowledge; facts wait in the ledger."
log = structlog.get_logger("beistand.relay")


class Diverged(RuntimeError):
    """The bus holds what the ledger does not: nothing may be added to it."""


def relay(
    server: Server,
    settings: Settings,
    stop: threading.Event,
    health: Health | None = None,
) -> None:
    """Lead or stand by until `stop`; survive the loss of PostgreSQL and of the bus."""
    told = health or Health()
    while not stop.is_set():
        try:
            _turn(server, settings, stop, told)
        except Diverged as error:
            log.critical("relay.diverged", reason=str(error))
            told.stuck(PART, str(error))
            stop.wait(APART_SECONDS)
        except (*AWAY, BusError, Superseded) as error:
            reason = waits(PART, error)
            log.warning("relay.lost", reason=reason)
            told.stuck(PART, reason)
            stop.wait(AGAIN_SECONDS)


def _turn(
    server: Server, settings: Settings, stop: threading.Event, health: Health
) -> None:
    """Lead for as long as it lasts, or wait a moment for somebody else's end."""
    bus = bus_of(settings)
    lease = take(server)
    if lease is None:
        health.rest(PART, note="stands by")
        stop.wait(STAND_BY_SECONDS)
        return
    with closing(lease), closing(LedgerFeed(server, patience=_PATIENCE)) as feed:
        leading = Leading(bus, settings.realm, feed, lease, health)
        try:
            asyncio.run(leading.lead(stop))
        except (KafkaError, OSError) as error:
            raise passing(error, bus) from error


class Leading:
    """One turn at relaying: from what the topic holds to the end of the lead."""

    def __init__(
        self, bus: Bus, realm: str, feed: Feed, lease: Lease, health: Health
    ) -> None:
        self._bus, self._feed, self._lease, self._health = bus, feed, lease, health
        self._realm = realm
        self._topic = TopicPartition(Names(realm).facts, 0)
        self._source = source_of(realm)
        self._acknowledged = lease.position
        self._waits_since: float | None = None

    async def lead(self, stop: threading.Event) -> None:
        """Relay until `stop`, or raise what ended the turn."""
        work = asyncio.create_task(self._relay())
        beat = asyncio.create_task(self._beat(stop))
        await asyncio.wait({work, beat}, return_when=asyncio.FIRST_COMPLETED)
        work.cancel()
        beat.cancel()
        for outcome in await asyncio.gather(work, beat, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome
        self._lease.keep(self._acknowledged)

    async def _relay(self) -> None:
        self._acknowledged = await self._begin()
        log.info("relay.leads", turn=self._lease.turn)
        async with producing(self._bus) as producer:
            page = self._read()
            while True:
                if facts := (await page).facts:
                    page = self._read(facts[-1].position)
                    for batch, last in batches(producer, facts, self._source):
                        await self._send(producer, batch)
                        self._acknowledged = last
                else:
                    after = self._acknowledged
                    await asyncio.to_thread(self._feed.wait, after, POLL_SECONDS)
                    page = self._read()

    async def _begin(self) -> int:
        """Return how far the topic goes; raise `Diverged` unless the ledger agrees."""
        reached = await agreed(self._bus, self._realm, self._feed)
        if reached < self._lease.position:
            log.error("relay.bus_lost", acknowledged=self._lease.position, has=reached)
        return reached

    def _read(self, after: int | None = None) -> asyncio.Task[Page]:
        """Begin to read the next page, while the one before is sent."""
        place = self._acknowledged if after is None else after
        return asyncio.create_task(asyncio.to_thread(self._feed.read, place, PAGE))

    async def _send(self, producer: AIOKafkaProducer, batch: BatchBuilder) -> None:
        """Wait for the acknowledgement: nothing else is on its way meanwhile."""
        self._waits_since = time.monotonic()
        async with asyncio.timeout(GIVE_UP_SECONDS):
            await (
                await producer.send_batch(
                    batch, self._topic.topic, partition=self._topic.partition
                )
            )
        self._waits_since = None

    async def _beat(self, stop: threading.Event) -> None:
        """Show that the leader lives, and store what the bus has acknowledged."""
        while not stop.is_set():
            await asyncio.to_thread(self._lease.keep, self._acknowledged)
            self._health.beat(PART, self._acknowledged)
            since = self._waits_since
            if since is not None and time.monotonic() - since > ANSWER_SECONDS:
                self._health.stuck(PART, _SILENT.format(self._bus.told()))
            else:
                self._health.clear(PART)
            await asyncio.sleep(BEAT_SECONDS)


async def agreed(bus: Bus, realm: str, feed: Feed) -> int:
    """Return how far the topic of facts goes; raise `Diverged` unless `feed` agrees."""
    topic, source = TopicPartition(Names(realm).facts, 0), source_of(realm)
    async with reading(bus, topic) as reader:
        found = await tip(reader, topic, source)
    if found is None:
        return 0
    reached = found.fact.position
    page = await asyncio.to_thread(feed.read, reached - 1, 1)
    if [fact.leaf for fact in page.facts] != [found.fact.leaf]:
        raise Diverged(
            f"{topic.topic} holds a fact {reached} that the ledger does not: was an "
            "older backup restored? See docs/operate.md."
        )
    if found.offset < reached - 1:
        raise Diverged(
            f"{topic.topic} holds fact {reached} and not all before it: was it made "
            "anew meanwhile? See docs/operate.md."
        )
    return reached


@asynccontextmanager
async def producing(bus: Bus) -> AsyncIterator[AIOKafkaProducer]:
    """Lend a producer that repeats a batch until the answer comes, and once only."""
    producer = AIOKafkaProducer(
        **bus.for_aiokafka(),
        enable_idempotence=True,
        acks="all",
        max_batch_size=BATCH_BYTES,
        request_timeout_ms=round(ANSWER_SECONDS * 1000),
        retry_backoff_ms=_BACK_OFF_MS,
    )
    try:
        await producer.start()
        yield producer
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(producer.stop(), STOP_SECONDS)
        await producer.client.close()


def batches(
    producer: AIOKafkaProducer, facts: Sequence[StoredFact], source: str
) -> Iterator[tuple[BatchBuilder, int]]:
    """Cut facts into batches, each with its last position; a large fact goes alone."""
    batch, last = producer.create_batch(), 0
    for fact in facts:
        while not _added(batch, to_message(fact, source)):
            yield batch, last
            batch = producer.create_batch()
        last = fact.position
    yield batch, last


def _added(batch: BatchBuilder, message: Message) -> bool:
    return None is not batch.append(
        timestamp=message.timestamp_ms,
        key=message.key,
        value=message.value,
        headers=message.headers,
    )
