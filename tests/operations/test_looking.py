"""The truth is asked for where it is: the ledger, the read models, Kafka itself."""

import socket
import threading
import time
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection

import pytest
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import UnsupportedCodecError

from services import metrics
from services.bus.connection import Bus, NoBus
from services.bus.refusals import unreachable
from services.database import Role
from services.health import Health, told
from services.health_http import telling
from services.ledger.batch import Entry, NewFact, fact_id
from services.looking import DatabaseLook, look_at_kafka, looking
from services.projecting import projecting
from services.settings import load
from tests.journeys.test_kill import free_port


@pytest.fixture
def health():
    return Health()


@pytest.fixture
def projected(database):
    with projecting(database) as follower:
        follower.catch_up()
    return database


@pytest.fixture
def look(database, health):
    with closing(DatabaseLook(health, database)) as found:
        yield found


def append(recorder):
    """Record something that changes nothing: only its position counts."""
    data = b'{"day":"2022-03-18"}'
    fact = NewFact(fact_id("c-1", 0), "day.began.v1", ("day",), data)
    recorder.record([Entry("c-1", b"x" * 32, (fact,), None)])


def test_read_models_are_held_against_the_ledgers_own_head(
    projected, recorder, health, look
):
    append(recorder)

    look.once()

    found = {one.part: one.lag for one in health.standings()}
    assert (health.head, found) == (1, {"postgres": None, "read models": 1})


def test_a_parked_read_model_is_not_ready_until_it_follows_again(
    projected, health, look
):
    with projected.connect(Role.PROJECTOR) as db:
        db.execute("UPDATE readmodel.checkpoint SET parked = 'LookupError' "
                   "WHERE read_model = 'proposals'")  # fmt: skip

        look.once()
        parked = told(health.standings())
        db.execute("UPDATE readmodel.checkpoint SET parked = NULL")
        look.once()

    assert parked == ["The read model proposals stands still at fact 0: LookupError."]
    assert told(health.standings()) == []


def test_who_neither_makes_nor_shows_read_models_does_not_judge_them(projected, health):
    with closing(DatabaseLook(health, projected, read_models=False)) as look:
        look.once()

    assert [one.part for one in health.standings()] == ["postgres"]


def test_before_the_first_follower_nothing_is_wrong(health, look):
    look.once()

    assert told(health.standings()) == []


def test_a_database_that_is_away_is_said_and_found_again(projected, health):
    away = replace(projected, address="host=/nowhere port=1 user=nobody")
    with closing(DatabaseLook(health, away)) as look:
        look.once()
        gone = told(health.standings())
        look._server = projected
        look.once()

    assert gone == ["PostgreSQL does not answer (OperationalError)."]
    assert told(health.standings()) == []


def test_what_is_set_aside_is_counted_by_channel(projected, health, look):
    with projected.connect(Role.PROJECTOR) as db:
        db.execute(
            "INSERT INTO readmodel.set_aside (submission, state, channel, source,"
            " reason, recorded_at, position) SELECT 's-' || n, 'waiting', 'web-form',"
            " 'x', 'unreadable', now(), n FROM generate_series(1, 3) n"
        )

    look.once()

    assert b'beistand_set_aside{channel="web-form"} 3.0' in metrics.text(health)


def test_a_broker_that_takes_connections_and_says_nothing_is_away(health, monkeypatch):
    monkeypatch.setattr("services.looking.ANSWER_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        address = f"127.0.0.1:{frozen.getsockname()[1]}"

        look_at_kafka(health, lambda: Bus(address))

    assert told(health.standings()) == [str(unreachable(address))]


def test_kafka_that_is_away_is_said(health):
    look_at_kafka(health, lambda: Bus("127.0.0.1:1"))

    assert told(health.standings()) == [str(unreachable("127.0.0.1:1"))]


def test_kafka_whose_name_is_gone_with_its_container_is_away(health, monkeypatch):
    async def nowhere(_):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(AIOKafkaConnection, "connect", nowhere)

    look_at_kafka(health, lambda: Bus("kafka:9092"))

    assert told(health.standings()) == [str(unreachable("kafka:9092"))]


@pytest.mark.parametrize("error", [OSError, UnsupportedCodecError, UnicodeError])
def test_a_look_that_fails_is_said_and_is_not_the_last(
    projected, health, monkeypatch, error
):
    monkeypatch.setattr("services.looking.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("services.looking.probe", lambda *_: None)
    is_broken = threading.Event()
    is_broken.set()

    def bus():
        if is_broken.is_set():
            raise error
        return Bus("kafka:9092")

    with looking(health, projected, bus):
        failed = f"Whether kafka answers cannot be seen ({error.__name__})."
        wait_for(lambda: failed in told(health.standings()))
        is_broken.clear()
        wait_for(lambda: failed not in told(health.standings()))


def wait_for(met):
    until = time.monotonic() + 10
    while not met():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_no_kafka_at_all_is_said_with_what_to_do(health):
    def none():
        raise NoBus("Run `beistand kafka start`.")

    look_at_kafka(health, none)

    assert told(health.standings()) == ["Run `beistand kafka start`."]


def test_looking_goes_on_in_the_background(projected, recorder, health):
    with looking(health, projected):
        append(recorder)
        until = time.monotonic() + 5
        while health.head != 1 and time.monotonic() < until:
            time.sleep(0.05)

        assert health.head == 1


def test_a_process_tells_its_health_on_the_port_of_the_settings(health, tmp_path):
    settings = load(tmp_path, health_port=free_port())

    with telling(health, settings):
        assert ready(settings.health_port)
    with telling(health, load(tmp_path)), pytest.raises(ConnectionRefusedError):
        ready(settings.health_port)


def ready(port):
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as line:
        line.request("GET", "/health/ready")
        return line.getresponse().status == 200


def test_a_look_that_hangs_is_seen_by_its_silence():
    now = [0.0]
    health = Health(clock=lambda: now[0])
    health.beat("postgres")
    now[0] = 16.0

    assert told(health.standings()) == ["postgres has not been heard of for 16 s."]
