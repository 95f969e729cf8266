"""The channel SDK on a real Kafka, with an office that is played."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.consumer.fetcher import ConsumerRecord
from kafka.partitioner import murmur2

from services.bus import broker
from services.bus.layout import channel_topics
from services.bus.names import Names
from services.channel import Channel, NoReceipt, NotAllowed, Receipt, Unreachable
from services.channel.config import Configuration, Reached, Spoken, write
from services.settings import load
from tests.channel.lines import OFFER

SPEAKER = """
import json, sys
from services.channel import Channel
offer = json.loads(sys.argv[2])
with Channel.open(sys.argv[1]) as channel:
    print(channel.offer("before", offer).delivered() and "before", flush=True)
    sys.stdin.readline()
    sent = [channel.offer(f"{number}", offer) for number in range(50)]
    print("sent", flush=True)
    reports = [one.delivered() for one in sent]
    print(json.dumps([(one.partition, one.offset) for one in reports]), flush=True)
"""
HEAVY = {"aiokafka", "fastapi", "faststream", "numpy", "ortools", "psycopg", "typer"}


def configured(bus, realm):
    names = Names(realm)
    spoken = Spoken(
        name="web-form",
        realm=realm,
        source="/channels/web-form",
        topic=names.intake("web-form"),
        receipts=names.receipts("web-form"),
    )
    return Configuration(channel=spoken, kafka=Reached(servers=bus.servers))


def made(configuration, folder):
    """Make the channel's topics; return its file."""
    wanted = channel_topics(Names(configuration.channel.realm), "web-form")
    with KafkaAdminClient(bootstrap_servers=configuration.kafka.servers) as admin:
        admin.create_topics([NewTopic(one.name, one.partitions, 1) for one in wanted])
    path = folder / "web-form.toml"
    write(path, configuration)
    return path


@pytest.fixture
def configuration(kafka, own_realm):
    return configured(kafka, own_realm)


@pytest.fixture
def path(configuration, tmp_path):
    """The channel's file; its topics are there."""
    return made(configuration, tmp_path)


def answer(configuration, *receipts):
    """Play the office."""
    with KafkaProducer(bootstrap_servers=configuration.kafka.servers) as producer:
        for receipt in receipts:
            value = receipt.model_dump_json(exclude_none=True).encode()
            producer.send(configuration.channel.receipts, value, receipt.id.encode())


def receipt(id_):
    return Receipt(source="/channels/web-form", id=id_, outcome="taken")


def records(configuration):
    """Return all that lies on the channel's topic, by partition and offset."""
    with KafkaConsumer(
        bootstrap_servers=configuration.kafka.servers, auto_offset_reset="earliest"
    ) as consumer:
        places = [TopicPartition(configuration.channel.topic, n) for n in range(3)]
        consumer.assign(places)
        ends = sum(consumer.end_offsets(places).values())
        found: list[ConsumerRecord] = []
        while len(found) < ends:
            for some in consumer.poll(timeout_ms=1000).values():
                found += some
    return found


def test_an_offer_lies_where_murmur2_of_its_number_puts_it(configuration, path):
    numbers = [f"{number}" for number in range(30)]

    with Channel.open(path) as channel:
        reports = [channel.offer(number, OFFER).delivered() for number in numbers]

    found = {one.key.decode(): one for one in records(configuration)}
    wanted = [(murmur2(n.encode()) & 0x7FFFFFFF) % 3 for n in numbers]
    assert [report.partition for report in reports] == wanted
    assert [found[number].partition for number in numbers] == wanted
    assert [found[n].offset for n in numbers] == [one.offset for one in reports]


def test_a_receipt_of_yesterday_is_not_todays(configuration, path):
    answer(configuration, receipt("4711"))

    with Channel.open(path) as channel:
        sent = channel.offer("4711", OFFER)
        with pytest.raises(NoReceipt, match="Nothing is lost"):
            sent.receipt(timeout=1)


def test_a_receipt_is_heard_though_it_came_before_it_was_asked_for(configuration, path):
    with Channel.open(path) as channel:
        sent = channel.offer("4711", OFFER)
        sent.delivered()
        answer(configuration, receipt("4712"), receipt("4711"))
        time.sleep(0.5)
        heard = sent.receipt(timeout=10)

    assert heard == receipt("4711")


def test_threads_hear_their_own_receipts(configuration, path):
    heard = {}

    with Channel.open(path) as channel:

        def visit(number):
            heard[number] = channel.offer(number, OFFER).receipt(timeout=20).id

        visitors = [threading.Thread(target=visit, args=(f"{n}",)) for n in range(8)]
        for visitor in visitors:
            visitor.start()
        answer(configuration, *(receipt(f"{n}") for n in reversed(range(8))))
        for visitor in visitors:
            visitor.join(timeout=30)

    assert heard == {f"{n}": f"{n}" for n in range(8)}


def test_what_was_sent_is_there_when_the_channel_is_closed(configuration, path):
    with Channel.open(path) as channel:
        for number in range(500):
            channel.offer(f"{number}", OFFER)

    assert {one.key for one in records(configuration)} == {
        b"%d" % number for number in range(500)
    }


def test_a_topic_that_is_not_there_is_a_sentence(configuration, tmp_path):
    write(tmp_path / "web-form.toml", configuration)

    with pytest.raises(NotAllowed, match="beistand channel add web-form"):
        Channel.open(tmp_path / "web-form.toml")


def test_where_nobody_opens_that_is_said_at_once(configuration, path):
    away = configuration.model_copy(update={"kafka": Reached(servers="127.0.0.1:1")})
    write(path, away)
    began = time.monotonic()

    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1 does not answer"):
        Channel.open(path)

    assert time.monotonic() - began < 5


def test_what_is_no_kafka_is_a_sentence(configuration, path, monkeypatch):
    monkeypatch.setattr("services.channel.reaching.OPENING", 500)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        servers = f"127.0.0.1:{silent.getsockname()[1]}"
        other = configuration.model_copy(update={"kafka": Reached(servers=servers)})
        write(path, other)

        with pytest.raises(Unreachable, match=f"{servers} does not answer"):
            Channel.open(path)


def test_the_sdk_brings_nothing_of_the_office_along():
    told = "import services.channel, sys; print(*sys.modules)"

    said = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True
    )

    loaded = set(said.stdout.split())
    assert loaded & HEAVY == set()
    assert not {name for name in loaded if name.startswith("services.")} - {
        name for name in loaded if name.startswith("services.channel")
    }


@pytest.mark.timeout(240)
def test_what_is_said_while_the_bus_is_down_arrives_once_it_is_back(tmp_path):
    home = load(tmp_path)
    bus = broker.start(home)
    told = configured(bus, "05111000")
    try:
        words = [sys.executable, "-c", SPEAKER, made(told, tmp_path), json.dumps(OFFER)]
        with talking(words) as (say, hear):
            assert hear() == "before"
            pid = broker.status(tmp_path).pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            say("The bus is down.")
            assert hear() == "sent"
            broker.start(home)
            places = json.loads(hear())
        keys = [record.key for record in records(told)]
    finally:
        broker.stop(tmp_path)

    assert len({tuple(place) for place in places}) == 50
    assert sorted(keys) == sorted([b"before", *(b"%d" % n for n in range(50))])


@contextmanager
def talking(words):
    """Run a program that is spoken with line by line."""
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        heard = process.stdout
        assert heard is not None
        try:
            yield (
                lambda line: print(line, file=process.stdin, flush=True),
                lambda: heard.readline().strip(),
            )
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()
