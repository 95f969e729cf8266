"""A Kafka of its own for a yardstick, and a ledger full of an office's facts."""

import asyncio
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.history import Cases, Office
from events.base import encode
from services.bus import broker, cluster, topics
from services.bus.connection import bus_of
from services.bus.names import Names
from services.database import Role, Server
from services.lease import relayed
from services.ledger.recorder import Entry, NewFact, Recorder, fact_id
from services.relay import relay
from services.settings import Settings, load

BATCH = 500
_LOOK_SECONDS = 0.01


@contextmanager
def fresh_bus(channels: Sequence[str] = ()) -> Iterator[Settings]:
    """Lend settings of a new realm whose topics are there.

    Its Kafka is the embedded one, started for it, or the one of BEISTAND_KAFKA.
    """
    realm = f"bench-{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        settings = load(Path(folder), realm=realm)
        if settings.kafka is None:
            broker.start(settings)
        try:
            names = Names(realm)
            with cluster.opened(bus_of(settings)) as office:
                topics.apply(office, topics.plan(office, names, channels))
            yield settings
        finally:
            broker.stop(settings.home)


def record_history(
    server: Server, seed: int, count: int, cases: Cases | None = None
) -> None:
    """Let the ledger hold a made-up office's first facts."""
    recorder = Recorder(server)
    batch: list[Entry] = []
    for made in Office(seed, cases=cases).history(count):
        name, fact = made.command_id, made.fact
        new = NewFact(fact_id(name, 0), fact.type, fact.tags(), encode(fact))
        batch.append(Entry(name, bytes(32), (new,)))
        if len(batch) == BATCH:
            recorder.record(batch)
            batch = []
    if batch:
        recorder.record(batch)
    recorder.close()


@contextmanager
def relaying(server: Server, settings: Settings) -> Iterator[None]:
    """Relay in the background."""
    stop = threading.Event()
    thread = threading.Thread(target=relay, args=(server, settings, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def fill(server: Server, settings: Settings, count: int) -> None:
    """Let the relay bring so many facts to the bus, and end it."""
    with relaying(server, settings), server.connect(Role.READER) as db:
        while relayed(db) < count:
            time.sleep(0.05)


async def holds(reader: AIOKafkaConsumer, topic: TopicPartition, count: int) -> None:
    """Return when so many records were put on a partition; Kafka tells nobody."""
    while True:
        if await ends(reader, topic) >= count:
            return
        await asyncio.sleep(_LOOK_SECONDS)


async def ends(reader: AIOKafkaConsumer, topic: TopicPartition) -> int:
    """Return how many records were ever put on a partition."""
    found = await reader.end_offsets([topic])
    return int(found[topic])
