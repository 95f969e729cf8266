"""The topic of facts as a feed: what a follower reads where no ledger is at hand.

The topic may hold a fact more than once, because a relay that takes over repeats what
it cannot know to be there. It never holds a fact before all earlier ones. So whoever
skips what it has seen sees every position once, in order; a gap means that the bus
lost something, and is healed from the ledger or stops the follower.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from services.bus.connection import Bus, BusError, NotAllowed, bus_of
from services.bus.names import Names
from services.bus.probe import greet
from services.bus.refusals import understood
from services.busfacts import position_of, source_of, to_fact
from services.database import PATIENCE, Unreachable
from services.follow import Feed, Gap, Page, StoredFact
from services.settings import Settings

AGAIN_SECONDS = 0.2
ANSWER_SECONDS = 5.0
"""How long the bus may take for one answer before another connection is tried."""
TAIL = 2_000
"""Records looked at for the highest position: a late repeat may follow it."""
HEALED = 1_000
"""Facts asked of the ledger at a time."""
_FETCHED = 4 * 1024 * 1024
_IDLE_MS = 100
"""How long a fetch waits at the end: other questions wait behind it."""
T = TypeVar("T")
log = structlog.get_logger("beistand.feed")


class NoTopic(BusError):
    """The realm has no topic of facts yet."""


class Silent(BusError):
    """The bus cannot answer at this moment."""


class KafkaFeed:
    """The feed of the facts on the bus. Threads that share it take turns.

    Raises `Unreachable` when the bus stays silent for longer than `patience`, `Gap`
    when a fact is missing and no `ledger` can give it, `Foreign` for what is no fact.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        ledger: Feed | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._settings, self._ledger, self._patience = settings, ledger, patience
        self._turn = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._lent = AsyncExitStack()
        self._stream: Stream | None = None

    def read(self, after: int, limit: int = 1000) -> Page:
        return self._ask(lambda stream: stream.read(after, limit))

    def head(self) -> int:
        return self._ask(lambda stream: stream.head())

    def wait(self, after: int, timeout: float) -> int:
        return self._ask(lambda stream: stream.wait(after, timeout), timeout)

    def close(self) -> None:
        with self._turn:
            self._loop.run_until_complete(self._hang_up())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()
            if self._ledger is not None:
                self._ledger.close()

    def _ask(
        self, question: Callable[["Stream"], Awaitable[T]], allowed: float = 0
    ) -> T:
        """Put a question until the bus can be reached, with a connection that works."""
        until = time.monotonic() + allowed + self._patience
        with self._turn:
            while True:
                try:
                    return self._loop.run_until_complete(
                        self._answer(question, allowed)
                    )
                except BusError as error:
                    if isinstance(error, NotAllowed):
                        raise
                    if time.monotonic() > until:
                        raise Unreachable(str(error)) from error
                    time.sleep(AGAIN_SECONDS)

    async def _answer(
        self, question: Callable[["Stream"], Awaitable[T]], allowed: float
    ) -> T:
        bus = bus_of(self._settings)
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self._hang_up)
            try:
                async with asyncio.timeout(allowed + 2 * ANSWER_SECONDS):
                    answer = await question(await self._connected(bus))
            except (KafkaError, OSError) as error:
                raise passing(error, bus) from error
            undo.pop_all()
        return answer

    async def _connected(self, bus: Bus) -> "Stream":
        if self._stream is None:
            realm = self._settings.realm
            topic = TopicPartition(Names(realm).facts, 0)
            reader = await self._lent.enter_async_context(reading(bus, topic))
            self._stream = Stream(reader, realm, self._ledger)
        return self._stream

    async def _hang_up(self) -> None:
        self._stream = None
        await self._lent.aclose()


class Stream:
    """One reader of the topic: what was read ahead, and what comes next."""

    def __init__(
        self, reader: AIOKafkaConsumer, realm: str, ledger: Feed | None
    ) -> None:
        self._topic = TopicPartition(Names(realm).facts, 0)
        self._source, self._ledger = source_of(realm), ledger
        self._consumer = reader
        self._ahead: deque[StoredFact] = deque()
        self._after: int | None = None
        self._reached = 0

    async def read(self, after: int, limit: int) -> Page:
        """Return what comes after a position; empty only at the topic's end."""
        if after != self._after:
            await self._seek(after)
        if len(self._ahead) < limit:
            await self._pull(0, limit)
        if not self._ahead:
            await self._pull_to_the_end(limit)
        taken = min(limit, len(self._ahead))
        facts = tuple(self._ahead.popleft() for _ in range(taken))
        self._after = after + taken
        return Page(facts, self._reached)

    async def wait(self, after: int, seconds: float) -> int:
        """Return how far the topic goes once that is beyond `after`."""
        if after != self._after:
            await self._seek(after)
        until = time.monotonic() + seconds
        while self._reached <= after and (left := until - time.monotonic()) > 0:
            await self._pull(left, TAIL)
        return self._reached

    async def head(self) -> int:
        """Return the highest position, seen from where the stream stands or the end."""
        self._after = None
        found = await tip(self._consumer, self._topic, self._source)
        return 0 if found is None else found.fact.position

    async def _seek(self, after: int) -> None:
        """Stand at or before the fact that follows a position.

        On a topic that begins at offset 0, no fact stands at a lower offset than the
        number of facts before it. Where the beginning was cut off, all is read.
        """
        first, end = await _ends(self._consumer, self._topic)
        self._consumer.seek(self._topic, min(end, after) if first == 0 else first)
        self._ahead.clear()
        self._after = self._reached = after

    async def _pull_to_the_end(self, limit: int) -> None:
        _, end = await _ends(self._consumer, self._topic)
        while not self._ahead and await self._consumer.position(self._topic) < end:
            await self._pull(1, limit)

    async def _pull(self, seconds: float, limit: int) -> None:
        got = await self._consumer.getmany(
            self._topic, timeout_ms=round(seconds * 1000), max_records=limit
        )
        for record in got.get(self._topic, ()):
            if (position := position_of(record.headers)) > self._reached:
                fact = to_fact(record.value, record.headers, self._source)
                await self._heal(position)
                self._ahead.append(fact)
                self._reached = position

    async def _heal(self, before: int) -> None:
        """Fetch from the ledger what is missing before a position, or raise `Gap`."""
        first = self._reached + 1
        while (missing := before - 1 - self._reached) > 0:
            facts = await self._from_ledger(min(missing, HEALED))
            if not facts:
                raise Gap(
                    f"the bus holds no fact {self._reached + 1} but {before}, and no "
                    "ledger is at hand that has it"
                )
            self._ahead.extend(facts)
            self._reached = facts[-1].position
        if before > first:
            log.warning("feed.healed", first=first, last=before - 1)

    async def _from_ledger(self, limit: int) -> tuple[StoredFact, ...]:
        if self._ledger is None:
            return ()
        page = await asyncio.to_thread(self._ledger.read, self._reached, limit)
        return page.facts


@asynccontextmanager
async def reading(bus: Bus, topic: TopicPartition) -> AsyncIterator[AIOKafkaConsumer]:
    """Lend a reader without a group; it signs in first, which says why it may not."""
    await greet(bus)
    reader = AIOKafkaConsumer(
        **bus.for_aiokafka(),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        max_partition_fetch_bytes=_FETCHED,
        fetch_max_wait_ms=_IDLE_MS,
        request_timeout_ms=round(ANSWER_SECONDS * 1000),
    )
    try:
        await reader.start()
        if topic.topic not in await reader.topics():
            raise NoTopic(
                f"There is no topic {topic.topic} on the bus: `beistand topics apply` "
                "makes it."
            )
        reader.assign([topic])
        yield reader
    finally:
        await _stopped(reader)


async def _stopped(reader: AIOKafkaConsumer) -> None:
    """Stop a reader and close its connections, also when the broker is gone.

    aiokafka cancels a fetch, and passes that on as if we had been cancelled ourselves.
    """
    stopping = asyncio.create_task(reader.stop())
    await asyncio.wait({stopping}, timeout=ANSWER_SECONDS)
    if not stopping.done() or stopping.cancelled() or stopping.exception():
        stopping.cancel()
        await reader._client.close()  # noqa: SLF001 - nothing else of it closes them


@dataclass(frozen=True)
class Tip:
    """The fact of the highest position on a topic, and the offset where it stands."""

    fact: StoredFact
    offset: int


async def tip(
    reader: AIOKafkaConsumer, topic: TopicPartition, source: str
) -> Tip | None:
    """Return the highest of the last facts on the topic; None for an empty one.

    All facts up to it are on the topic, whatever else repeats there.
    """
    first, end = await _ends(reader, topic)
    if first == end:
        return None
    reader.seek(topic, max(first, end - TAIL))
    last: list[ConsumerRecord] = []
    while await reader.position(topic) < end:
        got = await reader.getmany(topic, timeout_ms=1000)
        last += got.get(topic, ())
    highest = max(last, key=lambda record: position_of(record.headers))
    return Tip(to_fact(highest.value, highest.headers, source), highest.offset)


async def _ends(reader: AIOKafkaConsumer, topic: TopicPartition) -> tuple[int, int]:
    first = await reader.beginning_offsets([topic])
    end = await reader.end_offsets([topic])
    return int(first[topic]), int(end[topic])


def passing(error: KafkaError | OSError, bus: Bus) -> BusError:
    """Return the sentence for an error; what is no refusal is tried again."""
    known = understood(error, bus.told())
    silent = f"Kafka at {bus.told()} cannot answer now: {type(error).__name__}."
    return known or Silent(silent)
