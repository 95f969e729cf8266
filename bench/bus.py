"""How fast messages become facts, where the time goes, and when they are seen.

Intake end to end reads, checks, seals, records and answers each message; beside it the
bare aiokafka client reads the same messages and forgets them. Then messages come at a
steady pace, and each is watched from its publication to its row in the read model, with
intake and projecting in processes of their own. All servers are the embedded ones with
their normal durable settings.
"""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition

from bench import _visible
from bench._buses import fresh_bus, holds
from bench._messages import CHANNEL, SOURCE, messages, publish
from bench._stages import by_stage, spent_by
from bench.yardsticks import Figures, Options
from services.assemble import Beistand, beistand
from services.bus.connection import Bus, bus_of
from services.bus.layout import INTAKE_PARTITIONS
from services.bus.names import Names
from services.intake.consuming import consume
from services.ledger.rules.realm import RegisterChannel

NAME = "bus"
SUMMARY = "Messages per second into the ledger, beside a bare consumer; until seen"
MESSAGES = 20_000
_WARM = 200
_SLOW, _FAST, _SECONDS = 50, 500, 20


def run(options: Options) -> Figures:
    """Measure; goals: ≥ 4,000 messages/s, p99 ≤ 300 ms at 50/s and ≤ 1 s at 500/s."""
    count = options.times(MESSAGES)
    with fresh_bus([CHANNEL]) as settings, beistand(settings) as engine:
        register(engine)
        bus, names = bus_of(settings), Names(settings.realm)
        options.say(f"{count} messages published")
        sent = list(messages(options.seed, count))
        asyncio.run(publish(bus, names.intake(CHANNEL), sent))
        options.say("read by a bare consumer")
        bare = asyncio.run(_bare(bus, names.intake(CHANNEL), count))
        options.say("taken in")
        seconds, stages = _taken(engine, bus, names, count)
        options.say("as many more, by two processes")
        two = _by_two(engine, bus, names, options.seed, count)
        engine.project()
        seen = {
            f"at_{pace}_a_second": _visible.watched(engine, options, pace, _SECONDS)
            for pace in (_SLOW, _FAST)
        }
    return {
        "messages": count,
        "messages_per_second": round(count / seconds),
        "messages_per_second_by_two_processes": round(count / two),
        "bare_consumer_per_second": round(count / bare),
        "share_of_bare": round(bare / seconds, 3),
        "cpu_us_a_message": round(sum(stages.values()) / count * 1e6),
        "cpu_us_by_stage": {
            name: round(spent / count * 1e6, 1) for name, spent in stages.items()
        },
        "published_until_seen": seen,
    }


def register(engine: Beistand) -> None:
    """Let the channel of the messages speak."""
    engine.handle(RegisterChannel(channel=CHANNEL, source=SOURCE), by="bench")


async def _bare(bus: Bus, topic: str, count: int) -> float:
    """Return the seconds in which the bare client reads all."""
    places = [TopicPartition(topic, n) for n in range(INTAKE_PARTITIONS)]
    async with AIOKafkaConsumer(**bus.for_aiokafka(), group_id=None) as consumer:
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        found = 0
        began = time.perf_counter()
        while found < count:
            got = await consumer.getmany(timeout_ms=1000, max_records=500)
            found += sum(map(len, got.values()))
        return time.perf_counter() - began


def _taken(
    engine: Beistand, bus: Bus, names: Names, count: int
) -> tuple[float, dict[str, float]]:
    """Take all in; return seconds until the last receipt, and CPU seconds by stage.

    What the yardstick spends on watching is nobody's stage.
    """
    with by_stage() as stages, _consuming(engine) as loop:
        began, busy, own = time.perf_counter(), time.process_time(), time.thread_time()
        asyncio.run(_answered(bus, names.receipts(CHANNEL), count))
        seconds = time.perf_counter() - began
        cpu = time.process_time() - busy - (time.thread_time() - own)
        spent = {"bus": spent_by(loop), **stages.spent}
    return seconds, {**spent, "all_else": cpu - sum(spent.values())}


def _by_two(engine: Beistand, bus: Bus, names: Names, seed: int, count: int) -> float:
    """Return the seconds from the first publication to the last receipt.

    Two intakes are processes of their own, and at work before the clock starts.
    """
    warm = list(messages(seed, max(_WARM, count // 20), "warm"))
    sent = list(messages(seed, count, "two"))
    topic, receipts = names.intake(CHANNEL), names.receipts(CHANNEL)
    with _visible.parts(engine, ("intake", "intake")):
        asyncio.run(publish(bus, topic, warm))
        asyncio.run(_answered(bus, receipts, count + len(warm)))
        began = time.perf_counter()
        asyncio.run(publish(bus, topic, sent))
        asyncio.run(_answered(bus, receipts, 2 * count + len(warm)))
        return time.perf_counter() - began


@contextmanager
def _consuming(engine: Beistand) -> Iterator[threading.Thread]:
    """Take in, in a thread whose own time is what is done with the bus."""
    stop = threading.Event()
    thread = threading.Thread(
        target=consume, args=(engine.intake, engine.settings, stop)
    )
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join()


async def _answered(bus: Bus, topic: str, count: int) -> None:
    """Return when so many receipts were sent."""
    place = TopicPartition(topic, 0)
    async with AIOKafkaConsumer(**bus.for_aiokafka(), group_id=None) as reader:
        await holds(reader, place, count)
