"""A realm on the bus: its topic, its relay, and what stands there."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from events.base import Fact, encode
from services.bus.connection import Bus
from services.bus.names import Names
from services.busfacts import position_of, source_of, to_message
from services.database import Server
from services.follow import StoredFact
from services.health import Health
from services.ledger.batch import Entry, NewFact, fact_id
from services.ledger.recorder import Recorder
from services.relay import relay
from services.settings import Settings, load

ROOT = Path(__file__).parents[2]
RELAY = """
import json, sys, threading
from pathlib import Path
from services.database import Server
from services.relay import relay
from services.settings import load
server, home, given = json.loads(sys.argv[1])
relay(Server(**server), load(Path(home), **given), threading.Event())
"""


def settings_of(home: Path, bus: Bus, realm: str) -> Settings:
    return load(home, kafka=bus.servers, realm=realm)


def make_topic(bus: Bus, realm: str) -> None:
    """Make the topic of facts as `beistand topics apply` does."""
    config = {"retention.ms": "-1", "max.message.bytes": str(16 * 1024 * 1024)}
    with KafkaAdminClient(**bus.for_kafka_python()) as admin:
        admin.create_topics([NewTopic(Names(realm).facts, 1, 1, topic_configs=config)])


def drop_topic(bus: Bus, realm: str) -> None:
    with KafkaAdminClient(**bus.for_kafka_python()) as admin:
        admin.delete_topics([Names(realm).facts])


def entries(facts: Iterable[Fact], stem: str = "c") -> list[Entry]:
    """Return a command a fact."""
    found = []
    for number, fact in enumerate(facts):
        name = f"{stem}{number}"
        new = NewFact(fact_id(name, 0), fact.type, fact.tags(), encode(fact))
        found.append(Entry(name, bytes(32), (new,)))
    return found


def record(recorder: Recorder, facts: Iterable[Fact], stem: str = "c") -> None:
    commands = entries(facts, stem)
    for start in range(0, len(commands), 1000):
        recorder.record(commands[start : start + 1000])


@contextmanager
def relaying(
    server: Server, settings: Settings, health: Health | None = None
) -> Iterator[threading.Thread]:
    """Relay in a thread until the block ends."""
    stop = threading.Event()
    thread = threading.Thread(target=relay, args=(server, settings, stop, health))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(timeout=20)
        assert not thread.is_alive()


@contextmanager
def relay_process(
    server: Server, settings: Settings
) -> Iterator[subprocess.Popen[bytes]]:
    """Relay in a process of its own, which is killed when the block ends."""
    given = {"kafka": settings.kafka, "realm": settings.realm}
    told = json.dumps([vars_of(server), str(settings.home), given])
    process = subprocess.Popen([sys.executable, "-c", RELAY, told], cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def vars_of(server: Server) -> dict[str, object]:
    return {
        "address": server.address,
        "assume": server.assume,
        "ledger": server.ledger,
        "keys": server.keys,
    }


def positions(bus: Bus, realm: str) -> list[int]:
    """Return the position of every record on the topic, in order."""
    topic = TopicPartition(Names(realm).facts, 0)
    with KafkaConsumer(
        **bus.for_kafka_python(), group_id=None, auto_offset_reset="earliest"
    ) as consumer:
        consumer.assign([topic])
        end = consumer.end_offsets([topic])[topic]
        found: list[int] = []
        while len(found) < end:
            for records in consumer.poll(timeout_ms=1000).values():
                found += [position_of(record.headers) for record in records]
        return found[:end]


def first_seen(positions: Iterable[int]) -> list[int]:
    """Return each position where it came for the first time."""
    return list(dict.fromkeys(positions))


def until(done: Callable[[], bool], seconds: float = 20) -> float:
    """Wait until it is done; return the seconds that it took, or fail."""
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < seconds, "it was not done in time"
        time.sleep(0.02)
    return time.monotonic() - began


def publish(bus: Bus, realm: str, facts: Iterable[StoredFact]) -> None:
    """Put facts on the topic as they are, whether or not they belong there."""
    with KafkaProducer(**bus.for_kafka_python()) as producer:
        for fact in facts:
            sent = to_message(fact, source_of(realm))
            producer.send(
                Names(realm).facts, sent.value, key=sent.key, headers=sent.headers
            ).get(10)
