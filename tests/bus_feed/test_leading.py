"""One turn of the relay, on a bus that a test holds in its hand."""

import asyncio
import threading
from contextlib import asynccontextmanager
from itertools import chain

import pytest
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from services import relay
from services.bus.connection import Bus
from services.busfacts import position_of
from services.database import Server
from services.health import Health
from services.lease import Lease, Superseded
from services.relay import PART, Diverged, Leading
from services.settings import Settings
from tests.bus_feed.topics import REALM, Topic, some
from tests.projections.feeds import ListFeed

FACTS = some(10)
BUS = Bus("kafka.example:9092")


class HeldLease(Lease):
    """A lease that remembers what was stored, until somebody else's turn begins."""

    def __init__(self, position=0):
        self.turn, self.position, self.over = 1, position, False
        self.stored: list[int] = []

    def keep(self, position):
        if self.over:
            raise Superseded("turn 1 of the relay is over")
        self.stored.append(position)


class Producer:
    """Takes batches of three facts, and answers when it is let."""

    def __init__(self):
        self.sent: list[list[int]] = []
        self.answers: list[asyncio.Future[None]] = []
        self.answering = True

    def create_batch(self):
        return Three(1_000_000, 0)

    async def send_batch(self, batch, topic, *, partition):
        records = MemoryRecords(bytes(batch._build())).next_batch()
        self.sent.append([position_of(record.headers) for record in records])
        answer = asyncio.get_running_loop().create_future()
        if self.answering:
            answer.set_result(None)
        self.answers.append(answer)
        return answer


class Three(BatchBuilder):  # type: ignore[misc]  # aiokafka ships no types
    def append(self, **message):
        return None if self.record_count() == 3 else super().append(**message)


class Turn:
    """A relay's turn over a ledger of ten facts."""

    def __init__(self, monkeypatch, on_topic=(), *, stored=0, ledger=FACTS):
        self.topic, self.producer = Topic(on_topic), Producer()
        self.lease, self.health = HeldLease(stored), Health()
        self.feed = ListFeed(())
        self.feed.facts = list(ledger)
        self.stop = threading.Event()
        monkeypatch.setattr(relay, "reading", self._lent(self.topic))
        monkeypatch.setattr(relay, "producing", self._lent(self.producer))
        monkeypatch.setattr(relay, "BEAT_SECONDS", 0.01)
        monkeypatch.setattr(relay, "POLL_SECONDS", 0.01)

    def _lent(self, what):
        @asynccontextmanager
        async def lend(*_):
            yield what

        return lend

    def lead(self, *, seconds=0.3, after=lambda: None):
        """Lead for a moment; `after` is called half-way."""

        async def both():
            loop = asyncio.get_running_loop()
            loop.call_later(seconds / 2, after)
            loop.call_later(seconds, self.stop.set)
            leading = Leading(BUS, REALM, self.feed, self.lease, self.health)
            await leading.lead(self.stop)

        asyncio.run(both())


def test_batches_are_consecutive_and_what_was_acknowledged_is_stored(monkeypatch):
    turn = Turn(monkeypatch)

    turn.lead()

    assert turn.producer.sent == [[1, 2, 3], [4, 5, 6], [7, 8, 9], [10]]
    assert turn.lease.stored[-1] == 10
    assert turn.health.standings()[0].position == 10


def test_it_begins_where_the_topic_ends_whatever_was_stored(monkeypatch):
    for stored in (0, 3, 9):
        turn = Turn(monkeypatch, FACTS[:6], stored=stored)

        turn.lead()

        assert turn.producer.sent == [[7, 8, 9], [10]]


def test_nothing_is_stored_nor_sent_before_the_acknowledgement(monkeypatch):
    turn = Turn(monkeypatch)
    turn.producer.answering = False

    turn.lead()

    assert turn.producer.sent == [[1, 2, 3]]
    assert set(turn.lease.stored) == {0}


def test_a_bus_that_does_not_acknowledge_is_said(monkeypatch):
    monkeypatch.setattr(relay, "ANSWER_SECONDS", 0.05)
    turn = Turn(monkeypatch)
    turn.producer.answering = False

    turn.lead()

    assert "does not acknowledge" in turn.health.standings()[0].trouble


def test_facts_that_are_recorded_meanwhile_follow(monkeypatch):
    turn = Turn(monkeypatch, ledger=FACTS[:4])

    turn.lead(after=lambda: turn.feed.facts.extend(FACTS[4:]))

    assert [*chain(*turn.producer.sent)] == [*range(1, 11)]


def test_a_turn_that_is_over_ends_without_another_batch(monkeypatch):
    turn = Turn(monkeypatch, ledger=FACTS[:4])

    def superseded():
        turn.lease.over = True

    with pytest.raises(Superseded):
        turn.lead(after=superseded, seconds=0.6)

    assert turn.producer.sent == [[1, 2, 3], [4]]


def test_a_failed_batch_ends_the_turn(monkeypatch):
    turn = Turn(monkeypatch)
    turn.producer.answering = False

    def fail():
        turn.producer.answers[0].set_exception(ConnectionError("cut"))

    with pytest.raises(ConnectionError):
        turn.lead(after=fail, seconds=0.6)

    assert turn.producer.sent == [[1, 2, 3]]
    assert set(turn.lease.stored) == {0}


def test_a_topic_of_another_history_is_left_alone(monkeypatch):
    turn = Turn(monkeypatch, FACTS, ledger=FACTS[:9])

    with pytest.raises(Diverged, match="holds a fact 10 that the ledger does not"):
        turn.lead(seconds=0.6)

    assert turn.producer.sent == []


def test_a_topic_that_lost_its_beginning_is_left_alone(monkeypatch):
    turn = Turn(monkeypatch, FACTS[4:6])

    with pytest.raises(Diverged, match="not all before it"):
        turn.lead(seconds=0.6)

    assert turn.producer.sent == []


def test_who_stands_by_is_not_held_to_where_its_last_lead_ended(monkeypatch):
    health, stop = Health(), threading.Event()
    health.beat(PART, 40)
    health.stuck(PART, "The lead is lost.")
    monkeypatch.setattr(relay, "bus_of", lambda _: None)
    monkeypatch.setattr(relay, "take", lambda _: stop.set())

    relay.relay(Server("host=nowhere"), Settings(), stop, health)

    (standing,) = health.standings()
    assert (standing.position, standing.trouble) == (None, "")
    assert standing.note == "stands by"
