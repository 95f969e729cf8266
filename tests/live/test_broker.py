import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from typer.testing import CliRunner

from services.bus import broker
from services.bus.connection import NoBus, bus_of
from services.cli import app
from services.settings import load

START = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from services.bus import broker
from services.settings import load
print(broker.start(load(Path(sys.argv[1]))).servers, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path):
    yield tmp_path
    broker.stop(tmp_path)


def say(bus, topic, value):
    with KafkaProducer(**bus.for_kafka_python()) as producer:
        producer.send(topic, value).get(10)


def heard(bus, topic):
    with KafkaConsumer(
        **bus.for_kafka_python(),
        group_id=None,
        auto_offset_reset="earliest",
        consumer_timeout_ms=3000,
    ) as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        end = consumer.end_offsets([TopicPartition(topic, 0)])
        wanted = end[TopicPartition(topic, 0)]
        return [next(consumer).value for _ in range(wanted)]


def pid_of(home):
    pid = broker.status(home).pid
    assert pid is not None
    return pid


def make(bus, topic):
    with KafkaAdminClient(**bus.for_kafka_python()) as admin:
        admin.create_topics([NewTopic(topic, 1, 1)])


def test_a_killed_starter_leaves_a_broker_that_the_next_one_adopts(home):
    starter = subprocess.Popen(
        [sys.executable, "-c", START, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout is not None
    address = starter.stdout.readline().strip()

    starter.kill()
    starter.communicate()
    before = broker.status(home)
    adopted = broker.start(load(home))

    assert adopted.servers == address
    assert broker.status(home) == before
    assert bus_of(load(home)) == adopted


def test_a_broker_that_was_killed_a_moment_ago_is_not_taken_for_a_living_one(home):
    broker.start(load(home))
    before = pid_of(home)

    os.kill(before, signal.SIGKILL)
    broker.start(load(home))

    assert pid_of(home) != before


def test_what_was_acknowledged_outlives_a_killed_broker(home):
    bus = broker.start(load(home))
    make(bus, "kept")
    say(bus, "kept", b"one")

    os.kill(pid_of(home), signal.SIGKILL)
    again = broker.start(load(home))

    assert again == bus
    assert heard(again, "kept") == [b"one"]


def test_it_ends_and_says_so(home):
    broker.start(load(home))

    assert broker.stop(home)
    assert not broker.stop(home)
    assert not broker.status(home).running
    with pytest.raises(NoBus):
        bus_of(load(home))


def test_two_who_start_at_once_find_one_broker(home):
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(broker.start, [load(home)] * 2)

    assert one == two == bus_of(load(home))


def test_a_setting_that_kafka_refuses_is_said_and_leaves_nothing_half_made(home):
    with pytest.raises(broker.NotStarted, match=r"num\.network\.threads"):
        broker.start(load(home), {"num.network.threads": "none"})

    assert not (home / "kafka" / "data").exists()
    assert not broker.status(home).running


def test_the_command_line_starts_finds_and_ends_it(home, monkeypatch):
    monkeypatch.setenv("BEISTAND_HOME", str(home))

    def beistand(*words):
        return CliRunner().invoke(app, words)

    before = beistand("kafka", "status")
    started = beistand("kafka", "start")
    seen = beistand("kafka", "status", "--json")
    ended = beistand("stop")
    after = beistand("kafka", "status")

    assert [one.exit_code for one in (before, started, seen, ended, after)] == [
        *(1, 0, 0, 0, 1)
    ]
    told = json.loads(seen.stdout.splitlines()[-1])
    assert started.stdout == f"Kafka {told['version']} answers at {told['address']}.\n"
    assert ended.stdout == "Stopped.\n"


def test_it_listens_on_this_machine_only_and_keeps_its_files_to_itself(home):
    broker.start(load(home))
    pid = pid_of(home)

    assert _listening(pid) == {"0100007F"}
    assert (home / "kafka").stat().st_mode & 0o777 == 0o700
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    assert b"-Xmx512m" in words


def test_a_port_that_is_taken_is_said(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(
            broker.NotStarted, match=f"Another program uses port {port}"
        ):
            broker.start(load(home, kafka_port=port))


def test_a_port_can_be_chosen_and_moves_when_asked(home):
    first = broker.start(load(home))
    broker.stop(home)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # Somebody took the controller's port meanwhile, of which no client knows.
    controller = int((home / "kafka" / "ports").read_text().split()[1])

    with socket.create_server(("127.0.0.1", controller)):
        moved = broker.start(load(home, kafka_port=port))

        assert moved.servers == f"127.0.0.1:{port}" != first.servers
        assert bus_of(load(home)) == moved
        make(moved, "moved")


def _listening(pid):
    """The IPv4 addresses that a process listens on, as the kernel writes them."""
    sockets = {
        str(file.readlink()).removeprefix("socket:[").removesuffix("]")
        for file in Path(f"/proc/{pid}/fd").iterdir()
        if str(file.readlink()).startswith("socket:")
    }
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and words[9] in sockets:
                found.add(words[1].split(":")[0][-8:])
    return found
