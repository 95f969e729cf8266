"""How fast facts leave: from the ledger to the bus, beside a bare producer.

The bare producer sends the same messages, made before, as an ordinary program does: one
by one, idempotent, into a topic of its own. Both wait for every acknowledgement. Server
and broker are the embedded ones with their normal durable settings.
"""

import asyncio
import time
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer, TopicPartition

from bench._buses import fresh_bus, holds, record_history, relaying
from bench.append import fresh_server
from bench.yardsticks import Figures, Options
from services.bus.connection import Bus, bus_of
from services.bus.names import Names
from services.busfacts import Message, source_of, to_message
from services.busfeed import reading
from services.database import Server
from services.follow import LedgerFeed
from services.settings import Settings

NAME = "relay"
SUMMARY = "Facts per second from the ledger to the bus, beside a bare producer"
FACTS = 50_000
_PAGE = 2_000


def run(options: Options) -> Figures:
    """Measure on a fresh server and a fresh realm; goal: ≥ 10,000 facts a second."""
    count = options.times(FACTS)
    with fresh_server() as server, fresh_bus(["raw"]) as settings:
        bus, names = bus_of(settings), Names(settings.realm)
        options.say(f"{count} facts recorded")
        record_history(server, options.seed, count)
        messages = _messages(server, settings, count)
        options.say("sent by a bare producer")
        bare = asyncio.run(_bare(bus, names.receipts("raw"), messages))
        options.say("relayed")
        seconds, cpu = asyncio.run(_relayed(server, settings, count))
    size = sum(len(message.value) for message in messages)
    return {
        "facts": count,
        "bytes_a_fact": round(size / count),
        "facts_per_second": round(count / seconds),
        "bare_producer_per_second": round(count / bare),
        "share_of_bare": round(bare / seconds, 3),
        "cpu_us_a_fact": round(cpu / count * 1e6, 1),
    }


def _messages(server: Server, settings: Settings, count: int) -> list[Message]:
    feed, source = LedgerFeed(server), source_of(settings.realm)
    found: list[Message] = []
    while len(found) < count:
        facts = feed.read(len(found), _PAGE).facts
        found += [to_message(fact, source) for fact in facts]
    feed.close()
    return found


async def _bare(bus: Bus, topic: str, messages: Sequence[Message]) -> float:
    async with AIOKafkaProducer(
        **bus.for_aiokafka(), enable_idempotence=True, acks="all", linger_ms=5
    ) as producer:
        began = time.perf_counter()
        answers = [
            await producer.send(
                topic, message.value, key=message.key, headers=message.headers
            )
            for message in messages
        ]
        await asyncio.gather(*answers)
        return time.perf_counter() - began


async def _relayed(
    server: Server, settings: Settings, count: int
) -> tuple[float, float]:
    """Return the seconds until all facts stood on the topic, and those of the CPU."""
    topic = TopicPartition(Names(settings.realm).facts, 0)
    async with reading(bus_of(settings), topic) as reader:
        began, busy = time.perf_counter(), time.process_time()
        with relaying(server, settings):
            await holds(reader, topic, count)
            return time.perf_counter() - began, time.process_time() - busy
