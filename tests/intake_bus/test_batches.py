"""What was read waits, and is taken in as one: nothing is passed over."""

import asyncio
from types import SimpleNamespace
from typing import cast

from aiokafka import TopicPartition

from services.intake.bus_batches import Line, Ready
from services.intake.bus_subscriber import BATCH
from services.intake.work import Batch

WEB = "beistand.05111000.intake.web"


def _ready(partition, offsets):
    records = [
        SimpleNamespace(topic=WEB, partition=partition, offset=offset)
        for offset in offsets
    ]
    read = {"web": [(record, None) for record in records]}
    return Ready.of(records, cast("Batch", read))


def _offsets(ready):
    return [record.offset for record, _ in ready.batch["web"]]


def _taken(*batches):
    """Return what comes of batches that wait."""

    async def through():
        line = Line()
        found: list[Ready] = []
        putting = [asyncio.create_task(line.put(batch)) for batch in batches]
        await asyncio.sleep(0)
        while sum(one.heard for one in found) < len(batches):
            found.append(await line.get())
        await asyncio.gather(*putting)
        return found

    return asyncio.run(through())


def test_small_batches_that_wait_are_taken_in_as_one():
    (ready,) = _taken(
        _ready(0, range(5, 8)), _ready(1, range(2)), _ready(0, range(8, 9))
    )

    assert _offsets(ready) == [5, 6, 7, 0, 1, 8]
    assert ready.firsts == {TopicPartition(WEB, 0): 5, TopicPartition(WEB, 1): 0}
    assert ready.nexts == {TopicPartition(WEB, 0): 9, TopicPartition(WEB, 1): 2}


def test_a_batch_after_a_gap_or_after_a_step_back_is_taken_in_by_itself():
    taken = _taken(
        _ready(0, range(3)),
        _ready(0, range(4, 6)),
        _ready(0, range(2)),
        _ready(1, range(1)),
    )

    assert [_offsets(ready) for ready in taken] == [[0, 1, 2], [4, 5], [0, 1, 0]]


def test_no_more_is_taken_in_at_once_than_one_batch_may_hold():
    taken = _taken(
        _ready(0, range(BATCH - 2)),
        _ready(0, range(BATCH - 2, BATCH)),
        _ready(0, range(BATCH, BATCH + 1)),
    )

    assert [len(ready) for ready in taken] == [BATCH, 1]


def test_who_reads_waits_while_a_whole_batch_waits():
    async def through():
        line = Line()
        await line.put(_ready(0, range(BATCH)))
        more = asyncio.create_task(line.put(_ready(0, range(BATCH, BATCH + 1))))
        await asyncio.sleep(0.01)
        waited = not more.done()
        sizes = [len(await line.get())]
        await more
        return waited, [*sizes, len(await line.get())]

    assert asyncio.run(through()) == (True, [BATCH, 1])
