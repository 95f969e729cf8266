"""Patches of intake and relay, each of which breaks a promise of the bus."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from events.base import Said
from events.receipt import Receipt
from services import relay
from services.bus.connection import Bus
from services.follow import Page
from services.intake.bus_batches import Firsts
from services.intake.consuming import Consuming
from services.intake.draft import Aside, Drafted
from services.intake.report import Report
from services.intake.submit import Intake
from services.intake.work import Batch, Done, Told
from services.lease import Lease
from services.relay import Leading
from tests.torture.patch import put

APART = 0.5
"""Seconds between two things that should be one: long enough to be killed in."""
AHEAD = 2.0
"""The same where the moment is not the fault's own: longer than all else of a round."""


def offset_before_ledger() -> None:
    """Offsets are committed, and then the ledger is asked."""
    right = Consuming._take

    async def take(self: Consuming, firsts: Firsts, batch: Batch) -> Done:
        await self._commit(_all(batch))
        await asyncio.sleep(APART)
        return await right(self, firsts, batch)

    async def tell(self: Consuming, done: Done) -> None:
        await self._bus(lambda: self._receipts.send(done.receipts))

    put(Consuming, "_take", take)
    put(Consuming, "_tell", tell)


def receipt_before_ledger() -> None:
    """The channel is told “taken” before anything is."""
    right = Consuming._take

    async def take(self: Consuming, firsts: Firsts, batch: Batch) -> Done:
        told = _hoped(batch)
        await self._bus(lambda: self._receipts.send(told))
        await asyncio.sleep(APART)
        return await right(self, firsts, batch)

    put(Consuming, "_take", take)


def dropped_poison() -> None:
    """What cannot be taken is passed over without a word."""
    right = Intake.take

    def take(self: Intake, drafts: Iterable[Drafted], said: Said) -> Report:
        sound = [draft for draft in drafts if not isinstance(draft, Aside)]
        return right(self, sound, said)

    put(Intake, "take", take)


def poison_takes_the_rest() -> None:
    """One unreadable message, and its whole batch counts as done."""
    right = Intake.take

    def take(self: Intake, drafts: Iterable[Drafted], said: Said) -> Report:
        every = list(drafts)
        spoilt = any(isinstance(draft, Aside) for draft in every)
        return Report() if spoilt else right(self, every, said)

    put(Intake, "take", take)


def shared_group() -> None:
    """Somebody else listens in the group of intake, and keeps nothing."""

    def take(self: Intake, drafts: Iterable[Drafted], said: Said) -> Report:
        return Report()

    put(Intake, "take", take)


def position_before_ack() -> None:
    """The relay notes what it is about to send, and begins from its own notes."""
    read, keep = Leading._read, Lease.keep

    def ahead(self: Leading, after: int | None = None) -> asyncio.Task[Page]:
        async def page() -> Page:
            found = await read(self, after)
            if found.facts:
                await asyncio.to_thread(self._lease.keep, found.facts[-1].position)
                await asyncio.sleep(AHEAD)
            return found

        return asyncio.create_task(page())

    def never_back(self: Lease, position: int) -> None:
        keep(self, max(position, self.position))

    async def as_noted(self: Leading) -> int:
        return self._lease.position

    put(Leading, "_read", ahead)
    put(Leading, "_begin", as_noted)
    put(Lease, "keep", never_back)


def at_most_once() -> None:
    """The relay sends each fact once and waits for no answer."""

    @asynccontextmanager
    async def careless(bus: Bus) -> AsyncIterator[AIOKafkaProducer]:
        producer = AIOKafkaProducer(**bus.for_aiokafka(), acks=0)
        await producer.start()
        try:
            yield producer
        finally:
            await producer.stop()

    async def send(
        self: Leading, producer: AIOKafkaProducer, batch: BatchBuilder
    ) -> None:
        topic, partition = self._topic
        await producer.send_batch(batch, topic, partition=partition)

    put(relay, "producing", careless)
    put(Leading, "_send", send)


def _all(batch: Batch) -> Done:
    """Return a batch of which everything counts as done."""
    done = Done()
    for record, _ in itertools.chain.from_iterable(batch.values()):
        done.next[record.topic, record.partition] = record.offset + 1
    return done


def _hoped(batch: Batch) -> dict[str, list[Told]]:
    return {
        channel: [
            Told(
                Receipt(source=heard.source, id=heard.id, outcome="taken"),
                record.partition,
                record.offset,
            )
            for record, heard in every
        ]
        for channel, every in batch.items()
    }
