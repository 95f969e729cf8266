"""Intake from the bus: channels' messages go into the ledger, receipts come back.

A batch is done in this order: the ledger's commit, the receipts' acknowledgement, the
offsets; meanwhile the next is recorded. What dies in between comes again, to the same.
"""

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable
from threading import Event
from typing import TypeVar

import structlog
from aiokafka.errors import IllegalStateError, KafkaError

from services import metrics
from services.bus.connection import Bus, BusError, bus_of
from services.bus.names import Names
from services.bus.probe import greet
from services.bus.refusals import understood
from services.database import AWAY
from services.health import Health
from services.intake.bus_batches import Firsts, Line, Ready
from services.intake.bus_places import Look, Lost, Places
from services.intake.bus_receipts import Receipts, ended
from services.intake.bus_subscriber import (
    REQUEST_MS,
    Records,
    broker_of,
    subscribed,
)
from services.intake.submit import Intake
from services.intake.work import Batch, Done, Work
from services.ledger.handle import Contended
from services.settings import Settings
from services.steady import steady

PART = "intake"
AGAIN_SECONDS = 0.5
LOOK_SECONDS = 2.0
DEAF_SECONDS = 12.0
"""Messages wait and none comes for so long: the consumer is thought dead. Longer than a
session, since nothing comes while a dead member's is waited for."""
PLACES_SECONDS = 30.0
STUCK_SECONDS = 45.0
"""A batch takes a second at most, unless a server is away: then that is said."""
_DEAF = "Messages wait on the bus, and none can be read; intake tries again and again."
_SILENT = (KafkaError, OSError, TimeoutError)
T = TypeVar("T")
log = structlog.get_logger("beistand.intake")


class Deaf(Exception):
    """The consumer hears nothing though something is said; a new one is made."""


def consume(
    intake: Intake, settings: Settings, stop: Event, health: Health | None = None
) -> None:
    """Take in what channels publish until `stop`; blocks its thread.

    Kafka and PostgreSQL may come late, go and come back. Raises whatever is a bug.
    """
    with steady():
        asyncio.run(_consume(intake, settings, stop, health or Health()))


async def _consume(
    intake: Intake, settings: Settings, stop: Event, health: Health
) -> None:
    health.expect(PART)
    bus: Bus | None = None
    while not stop.is_set():
        try:
            # Once: a broker of the home that is killed comes back where it was.
            bus = bus or bus_of(settings)
            # The library would only log that a password is wrong, and try on.
            await greet(bus)
            await Consuming(intake, bus, Names(settings.realm), stop, health).run()
        except Deaf:
            log.warning("intake.deaf", again=True)
            health.stuck(PART, _DEAF)
        except BusError as error:
            log.warning("intake.no_bus", reason=type(error).__name__)
            health.stuck(PART, str(error))
            await asyncio.sleep(AGAIN_SECONDS)
        except _SILENT as error:
            said = understood(error, bus.told()) if bus else None
            log.warning("intake.no_bus", reason=type(error).__name__)
            health.stuck(PART, str(said) if said else f"Kafka: {error}")
            await asyncio.sleep(AGAIN_SECONDS)
    health.leave(PART)


class Consuming:
    """One consumer, from its start until it is stopped, or found dead."""

    def __init__(
        self, intake: Intake, bus: Bus, names: Names, stop: Event, health: Health
    ) -> None:
        self._work = Work(intake, names)
        self._names, self._stop, self._health = names, stop, health
        self._receipts = Receipts(bus, names)
        self._places = Places(self._is_still)
        self._broker = broker_of(bus)
        self._subscriber = subscribed(
            self._broker, names, listener=self._places, handler=self._hear
        )
        self._heard: asyncio.Queue[Records] = asyncio.Queue(1)
        self._read = Line()
        self._recorded: asyncio.Queue[tuple[Done, int]] = asyncio.Queue(1)
        """What is in the ledger and is still to be told; heard in how many batches."""
        self._at_work = 0
        """Batches that were heard and are not done."""
        self._is_heard = False
        """Whether a batch was done: until then another's trouble may be this one's."""
        self._taking, self._telling = "", ""
        """At which step of a batch it is."""
        self._troubled_at = float("-inf")
        self._last = time.monotonic()

    async def run(self) -> None:
        """Consume; a bug in any task ends them all."""
        await self._ledger(self._work.register.refresh)
        try:
            await self._receipts.start()
            await self._broker.start()
            if self._subscriber.consumer is None:
                raise Deaf
            self._places.follow(self._subscriber.consumer)
            await self._until_stopped()
        finally:
            await ended(self._broker.stop())
            await ended(self._receipts.stop())

    async def _until_stopped(self) -> None:
        parts = (self._read_all, self._take_all, self._tell_all)
        tasks = [
            asyncio.create_task(part()) for part in (self._stopped, *parts, self._watch)
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _stopped(self) -> None:
        while not self._stop.is_set():  # noqa: ASYNC110 - it is the event of threads
            await asyncio.sleep(0.1)

    async def _hear(self, records: Records) -> None:
        """Hand a batch over: while one is taken others are read, and wait.

        The work is not done in here, because the library logs what a handler raises
        and goes on to the next batch; a bug of ours must end the process instead.
        """
        self._at_work += 1
        await self._heard.put(records)

    async def _read_all(self) -> None:
        while True:
            records = await self._heard.get()
            read = functools.partial(self._work.read, records)
            await self._read.put(Ready.of(records, await self._ledger(read)))

    async def _take_all(self) -> None:
        while True:
            ready = await self._read.get()
            done = await self._take(ready.firsts, ready.batch)
            await self._recorded.put((done, ready.heard))

    async def _take(self, firsts: Firsts, batch: Batch) -> Done:
        """Record what comes of one batch, however long the ledger is away."""
        self._taking = "places"
        async with asyncio.timeout(PLACES_SECONDS):
            found = await self._places.lost(firsts)
        for lost in found:
            await self._expired(lost)
        stale = self._places.stale(firsts)
        self._taking = "ledger"
        done = await self._ledger(lambda: self._work.settle(batch, stale))
        self._places.done(done.next)
        self._places.hold(done.held)
        self._taking = ""
        return done

    async def _tell_all(self) -> None:
        while True:
            done, heard = await self._recorded.get()
            await self._tell(done)
            self._at_work -= heard
            self._is_heard = True
            self._last = time.monotonic()

    async def _tell(self, done: Done) -> None:
        """Tell the channels, then the bus, however long it is away."""
        self._telling = "receipts"
        await self._bus(lambda: self._receipts.send(done.receipts))
        self._telling = "offsets"
        await self._commit(done)
        self._telling = ""

    async def _commit(self, done: Done) -> None:
        """Commit offsets; without an answer they are committed with a later batch."""
        try:
            async with asyncio.timeout(REQUEST_MS / 1000):
                await self._places.commit(done.next)
        except (*_SILENT, IllegalStateError) as error:
            log.warning("intake.not_committed", reason=type(error).__name__)

    async def _expired(self, lost: Lost) -> None:
        """Stop a channel of which messages were deleted before they were read."""
        at = lost.place
        channel = self._names.channel_of(at.topic) or at.topic[:100]
        await self._ledger(self._work.register.refresh)
        if self._work.register.let_go(channel, at.partition) >= lost.upto:
            return
        await self._ledger(lambda: self._work.stop(channel, lost.stops(channel)))

    async def _ledger(self, work: Callable[[], T]) -> T:
        """Do something with the ledger, in a thread, until it answers."""
        while True:
            try:
                return await asyncio.to_thread(work)
            except (*AWAY, Contended) as error:
                log.warning("intake.no_ledger", reason=type(error).__name__)
                await self._wait("PostgreSQL does not answer; intake waits.")

    async def _bus(self, send: Callable[[], Awaitable[None]]) -> None:
        """Send something until the bus has it."""
        while True:
            try:
                return await send()
            except _SILENT as error:
                log.warning("intake.no_receipts", reason=type(error).__name__)
                await self._wait("Kafka takes no receipts; intake waits.")

    async def _wait(self, why: str) -> None:
        """Say what is waited for, and wait a little; how much waits nobody knows."""
        metrics.unread(float("nan"))
        self._troubled_at = time.monotonic()
        self._health.stuck(PART, why)
        await asyncio.sleep(AGAIN_SECONDS)

    async def _watch(self) -> None:
        """Look after the consumer: what lags, what is lost, what a person let go on."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self._ledger(self._work.register.refresh)
            self._places.turn()
            idle = not self._at_work
            try:
                async with asyncio.timeout(REQUEST_MS / 1000):
                    look = await self._places.look(idle=idle)
            except _SILENT as error:
                log.warning("intake.no_bus", reason=type(error).__name__)
                self._health.beat(PART)
                await self._wait("Kafka does not answer; intake waits.")
                self._last = time.monotonic()
                continue
            for lost in look.lost:
                if idle and not self._at_work:
                    await self._expired(lost)
            self._say(look)
            if self._is_stuck():
                log.error("intake.stuck", why=f"{self._taking} {self._telling}")
                raise Deaf
            if not look.lag and not self._at_work:
                self._last = time.monotonic()
            elif not self._at_work and time.monotonic() - self._last > DEAF_SECONDS:
                raise Deaf

    def _is_stuck(self) -> bool:
        """Say whether a batch is at work for too long, and nobody knows why."""
        now = time.monotonic()
        knows_why = now - self._troubled_at < STUCK_SECONDS
        return bool(
            self._at_work and now - self._last > STUCK_SECONDS and not knows_why
        )

    def _say(self, look: Look) -> None:
        self._health.beat(PART, note=f"{look.lag} messages wait")
        if time.monotonic() - self._troubled_at < LOOK_SECONDS:
            return
        if stands := self._work.register.stands_still:
            self._health.stuck(PART, stands)
        elif self._is_heard or (look.is_placed and not look.lag):
            self._health.clear(PART)

    def _is_still(self, topic: str) -> bool:
        channel = self._names.channel_of(topic) or topic[:100]
        return self._work.register.is_stopped(channel)
