"""A realm's intake on a real bus: channels that publish, and what they hear back."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from events.base import Said
from events.values import Actor
from services.bus.connection import Bus
from services.bus.names import Names
from services.database import Server
from services.health import Health
from services.intake.consuming import consume
from services.intake.submit import Intake
from services.ledger.handle import Order, Writer
from services.ledger.rules.realm import BeginDay, RegisterChannel
from services.settings import Settings

ROOT = Path(__file__).parents[2]
SAID = Said(actor=Actor(ref="test", role="system"), via="system")
HOME = {"kind": "housing", "dwelling": "flat", "beds": 3}


def event(name: str, source: str = "/web", **changes: object) -> dict[str, Any]:
    """Return an offer as a structured CloudEvent, with one home a subject."""
    subject = changes.get("subject", name)
    return {
        "specversion": "1.0",
        "id": name,
        "source": source,
        "type": "offer.submitted.v1",
        "subject": subject,
        "data": {
            "contact": {"mail": f"{subject}@example.org", "name": "Kim Muster"},
            "details": HOME,
        },
        **changes,
    }


class Channel:
    """One channel as a program of others would be it: kafka-python, no code of ours."""

    def __init__(self, bus: Bus, realm: str, name: str, partitions: int = 1) -> None:
        self._bus, self.names, self.name = bus, Names(realm), name
        topics = [
            NewTopic(self.names.intake(name), partitions, 1),
            NewTopic(self.names.receipts(name), 1, 1),
        ]
        with KafkaAdminClient(**bus.for_kafka_python()) as admin:
            admin.create_topics(topics)
        self.topic = self.names.intake(name)

    def publish(self, *messages: object, headers: Sequence[Any] = ()) -> None:
        """Send each message, dicts as structured events, and wait for the bus."""
        with KafkaProducer(**self._bus.for_kafka_python(), linger_ms=5) as producer:
            for message in messages:
                value, told = message, list(headers)
                if isinstance(message, dict):
                    value = json.dumps(message).encode()
                    told = [("content-type", b"application/cloudevents+json")]
                producer.send(self.topic, value=value, headers=told)
            producer.flush()

    def receipts(self, count: int, seconds: float = 30.0) -> list[dict[str, Any]]:
        """Return the first receipts, as soon as there are so many."""
        found: list[dict[str, Any]] = []
        until = time.monotonic() + seconds
        with self._reading() as consumer:
            while len(found) < count and time.monotonic() < until:
                for records in consumer.poll(timeout_ms=200).values():
                    found += [json.loads(record.value) for record in records]
        return found

    @contextmanager
    def _reading(self) -> Iterator[KafkaConsumer]:
        consumer = KafkaConsumer(
            **self._bus.for_kafka_python(), enable_auto_commit=False
        )
        place = TopicPartition(self.names.receipts(self.name), 0)
        consumer.assign([place])
        consumer.seek_to_beginning(place)
        try:
            yield consumer
        finally:
            consumer.close()

    def done(self) -> dict[int, int]:
        """Return how far intake's group has come, by partition."""
        with KafkaAdminClient(**self._bus.for_kafka_python()) as admin:
            found = admin.list_group_offsets([self.names.group("intake")])
        offsets: dict[Any, Any] = next(iter(found.values()), {})
        return {
            place.partition: kept.offset
            for place, kept in offsets.items()
            if place.topic == self.topic
        }


def register(writer: Writer, channel: str = "web", source: str = "/web") -> None:
    """Register a channel, on a day of 2022."""
    begin = BeginDay(day=date(2022, 3, 18))
    command = RegisterChannel(channel=channel, source=source)
    writer.do(Order(id="begin", said=SAID, command=begin))
    writer.do(Order(id=f"register-{channel}", said=SAID, command=command))


@contextmanager
def consuming(
    intake: Intake, settings: Settings, health: Health | None = None
) -> Iterator[threading.Thread]:
    """Run intake in a thread, and end it; what it raises is raised here."""
    stop, failed = threading.Event(), []

    def run() -> None:
        try:
            consume(intake, settings, stop, health)
        except BaseException as error:  # noqa: BLE001 - it is raised below
            failed.append(error)

    thread = threading.Thread(target=run, name="intake")
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(30)
    if failed:
        raise failed[0]


def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "it did not come to be in time"
        time.sleep(0.05)


KILLED = """
import json, os, signal, sys, threading
from pathlib import Path
from services.database import Server
from services.intake import bus_places, bus_receipts
from services.intake.consuming import consume
from services.intake.submit import Intake
from services.ledger.handle import Writer
from services.ledger.recorder import Recorder
from services.ledger.vault import Vault
from services.settings import load

server, home, given, moment = json.loads(sys.argv[1])
settings = load(Path(home), **given)

async def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)

if moment == "before the receipts":
    bus_receipts.Receipts.send = die
else:
    bus_places.Places.commit = die
where = Server(**server)
writer = Writer(Recorder(where), Vault(where, settings))
consume(Intake(writer, realm=settings.realm), settings, threading.Event())
"""


def killed(server: Server, settings: Settings, moment: str) -> int:
    """Run intake in a process that is killed at a moment; return how it ended."""
    given = {"kafka": settings.kafka, "realm": settings.realm}
    told = json.dumps([asdict(server), str(settings.home), given, moment])
    command = [sys.executable, "-c", KILLED, told]
    return subprocess.run(command, check=False, timeout=60, cwd=ROOT).returncode
