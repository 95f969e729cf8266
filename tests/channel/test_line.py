"""Hanging up: whatever Kafka's own client says then, both ends are let go."""

import pytest
from kafka.errors import KafkaTimeoutError

from services.channel import Channel
from services.channel.line import KafkaLine
from tests.channel.lines import SPOKEN


class Producer:
    """Has something left when it is closed, and cannot get rid of it in time."""

    def __init__(self, trouble: BaseException) -> None:
        self.trouble = trouble

    def close(self, timeout: float) -> None:
        raise self.trouble


class Consumer:
    is_closed = False

    def close(self, *, autocommit: bool) -> None:
        self.is_closed = True


def _line(trouble: BaseException) -> tuple[KafkaLine, Consumer]:
    line, consumer = KafkaLine.__new__(KafkaLine), Consumer()
    line._producer, line._consumer = Producer(trouble), consumer
    return line, consumer


def test_a_bus_that_is_away_does_not_hide_why_the_channel_is_closed():
    line, consumer = _line(KafkaTimeoutError("Timeout waiting for future"))

    with pytest.raises(ZeroDivisionError), Channel(SPOKEN, line):
        raise ZeroDivisionError

    assert consumer.is_closed


def test_who_listens_hangs_up_even_when_closing_is_interrupted():
    line, consumer = _line(KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt):
        line.close(1)

    assert consumer.is_closed
