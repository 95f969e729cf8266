"""Patches of intake and relay, each of which breaks a promise of the bus."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from events.base import Said
from events.receipt import Receipt
from services import relay
from services.bus.connection import Bus
from services.follow import Page
from services.intake.bus_message import Lying
from services.intake.bus_subscriber import Records
from services.intake.consuming import Consuming
from services.intake.draft import Aside, Drafted
from services.intake.report import Report
from services.intake.submit import Intake
from services.intake.work import Done, Told, Work
from services.lease import Lease
from services.relay import Leading

APART = 0.5
"""Seconds between two things that should be one: long enough to be killed in."""


def offset_before_ledger() -> None:
    """Offsets are committed, and then the ledger is asked."""
    right = Consuming._take

    async def take(self: Consuming, records: Records) -> None:
        await self._commit(_all(records))
        await asyncio.sleep(APART)
        await right(self, records)

    Consuming._take = take  # type: ignore[method-assign] # a mutant is a patch


def receipt_before_ledger() -> None:
    """The channel is told “taken” before anything is."""
    right = Consuming._take

    async def take(self: Consuming, records: Records) -> None:
        told = _hoped(self, records)
        await self._bus(lambda: self._receipts.send(told))
        await asyncio.sleep(APART)
        await right(self, records)

    Consuming._take = take  # type: ignore[method-assign] # a mutant is a patch


def dropped_poison() -> None:
    """What cannot be taken is passed over without a word."""
    right = Intake.take

    def take(self: Intake, drafts: Iterable[Drafted], said: Said) -> Report:
        sound = [draft for draft in drafts if not isinstance(draft, Aside)]
        return right(self, sound, said)

    Intake.take = take  # type: ignore[method-assign] # a mutant is a patch


def poison_takes_the_rest() -> None:
    """One unreadable message throws, and its whole batch counts as done."""
    right = Work.take

    def take(self: Work, records: Sequence[Lying]) -> Done:
        if any(_is_unreadable(record.value or b"") for record in records):
            return _all(records)
        return right(self, records)

    Work.take = take  # type: ignore[method-assign] # a mutant is a patch


def shared_group() -> None:
    """Somebody else listens in the group of intake, and keeps nothing."""

    def take(self: Work, records: Sequence[Lying]) -> Done:
        return _all(records)

    Work.take = take  # type: ignore[method-assign] # a mutant is a patch


def position_before_ack() -> None:
    """The relay notes what it is about to send, and begins from its own notes."""
    read, keep = Leading._read, Lease.keep

    def ahead(self: Leading, after: int | None = None) -> asyncio.Task[Page]:
        async def page() -> Page:
            found = await read(self, after)
            if found.facts:
                await asyncio.to_thread(self._lease.keep, found.facts[-1].position)
                await asyncio.sleep(APART)
            return found

        return asyncio.create_task(page())

    def never_back(self: Lease, position: int) -> None:
        keep(self, max(position, self.position))

    async def as_noted(self: Leading) -> int:
        return self._lease.position

    Leading._read = ahead  # type: ignore[method-assign] # a mutant is a patch
    Leading._begin = as_noted  # type: ignore[method-assign] # as above
    Lease.keep = never_back  # type: ignore[method-assign] # as above


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

    relay.producing = careless
    Leading._send = send  # type: ignore[method-assign] # a mutant is a patch


def _all(records: Iterable[Lying]) -> Done:
    """Return a batch of which everything counts as done."""
    done = Done()
    for record in records:
        done.next[record.topic, record.partition] = record.offset + 1
    return done


def _hoped(consuming: Consuming, records: Records) -> dict[str, list[Told]]:
    told: dict[str, list[Told]] = {}
    for record in records:
        if _is_unreadable(record.value):
            continue
        event = json.loads(record.value)
        receipt = Receipt(source=event["source"], id=event["id"], outcome="taken")
        channel = consuming._names.channel_of(record.topic) or ""
        place = Told(receipt, record.partition, record.offset)
        told.setdefault(channel, []).append(place)
    return told


def _is_unreadable(value: bytes) -> bool:
    try:
        return not isinstance(json.loads(value), dict)
    except ValueError:
        return True
