"""What is recorded is told in its order; what comes next is taken in meanwhile."""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

from aiokafka import TopicPartition

from services.bus.connection import Bus
from services.bus.names import Names
from services.health import Health
from services.intake.bus_batches import Ready
from services.intake.consuming import Consuming
from services.intake.submit import Intake
from services.intake.work import Batch, Done, Place

WEB = "beistand.05111000.intake.web"


class Traced:
    """A ledger, a bus and its places that write down what is asked of them."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.heard = asyncio.Event()
        """Until then the bus does not acknowledge."""

    def settle(self, batch: Batch, _: object) -> Done:
        ((record, _),) = batch["web"]
        self.log.append(f"ledger {record.offset}")
        place = (record.topic, record.partition)
        return Done(cast("Any", {"web": [record]}), {place: record.offset + 1})

    async def send(self, told: Mapping[str, Sequence[Any]]) -> None:
        await self.heard.wait()
        self.log.append(f"receipts {told['web'][0].offset}")

    async def commit(self, done: Mapping[Place, int]) -> None:
        (offset,) = done.values()
        self.log.append(f"offsets {offset - 1}")

    async def lost(self, _: object) -> tuple[()]:
        return ()

    def stale(self, _: object) -> frozenset[Place]:
        return frozenset()

    def done(self, _: object) -> None: ...

    def hold(self, _: object) -> None: ...


def _ready(offset: int) -> Ready:
    record = SimpleNamespace(topic=WEB, partition=0, offset=offset)
    at = TopicPartition(WEB, 0)
    batch = cast("Batch", {"web": [(record, None)]})
    return Ready(batch, {at: offset}, {at: offset + 1})


async def _until(log: list[str], count: int) -> list[str]:
    async with asyncio.timeout(10):
        while len(log) < count:  # noqa: ASYNC110 - a list tells nobody
            await asyncio.sleep(0.01)
    return list(log)


async def _traced() -> tuple[list[str], list[str]]:
    """Return what happens while the bus is silent, and all in all."""
    intake = SimpleNamespace(writer=SimpleNamespace(recorder=None))
    bus, names = Bus("127.0.0.1:9"), Names("05111000")
    one = Consuming(cast("Intake", intake), bus, names, threading.Event(), Health())
    await one._receipts.stop()  # a client that was made wants to be closed
    traced = cast("Any", Traced())
    one._work, one._receipts, one._places = traced, traced, traced
    parts = [asyncio.create_task(part()) for part in (one._take_all, one._tell_all)]
    for offset in (1, 3):  # something lies between: they are two batches
        await one._read.put(_ready(offset))

    silent = await _until(traced.log, 2)
    traced.heard.set()
    whole = await _until(traced.log, 6)

    for part in parts:
        part.cancel()
    await asyncio.gather(*parts, return_exceptions=True)
    return silent, whole


def test_the_next_batch_is_recorded_while_the_bus_is_still_silent():
    silent, whole = asyncio.run(_traced())

    assert silent == ["ledger 1", "ledger 3"]
    assert whole[2:] == ["receipts 1", "offsets 1", "receipts 3", "offsets 3"]
