"""The channel's line to the bus: one topic to write, one to hear from."""

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Protocol

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError
from kafka.producer.future import FutureRecordMetadata
from pydantic import ValidationError

from events.receipt import Receipt
from services.channel import reaching
from services.channel.config import Configuration
from services.channel.message import Message
from services.channel.reaching import (
    knock,
    opened,
    opening,
    reach_of,
    sentences,
    told_of,
    understood,
)
from services.channel.refusals import NotAllowed, NotDelivered

TRYING = 120_000
"""Milliseconds for which a message is tried again before it counts as undelivered."""


@dataclass(frozen=True)
class Delivered:
    """Where the bus keeps a message. It is not accepted yet: see its receipt."""

    topic: str
    partition: int
    offset: int


class Parcel(Protocol):
    """A message on its way."""

    @property
    def is_settled(self) -> bool:
        """Whether it arrived, or is not tried again: nothing will change that."""
        ...

    def wait(self, seconds: float) -> Delivered:
        """Return the bus's report; raise `NotDelivered` or `NotAllowed`."""
        ...


class Line(Protocol):
    """What a channel needs of the bus."""

    def send(self, message: Message) -> Parcel: ...

    def heard(self, seconds: float) -> list[Receipt]:
        """Return receipts as soon as some come, at most so many seconds later."""
        ...

    def close(self, seconds: float) -> None: ...


class KafkaLine:
    """A line over a real Kafka. One thread at a time may listen; all may send."""

    def __init__(self, configuration: Configuration) -> None:
        """Open the line; raise `Unreachable` or `NotAllowed`."""
        self._spoken = configuration.channel
        self._told = told_of(configuration.kafka)
        reach = reach_of(configuration.kafka)
        knock(configuration.kafka)
        with opening(configuration.kafka), ExitStack() as undo:
            self._producer = opened(
                KafkaProducer,
                **reach,
                acks="all",
                enable_idempotence=True,
                delivery_timeout_ms=TRYING,
                max_block_ms=reaching.OPENING,
                bootstrap_timeout_ms=reaching.OPENING,
                allow_auto_create_topics=False,
            )
            undo.callback(self._producer.close, timeout=1)
            self._consumer = self._listening(reach, undo)
            undo.pop_all()

    def send(self, message: Message) -> "KafkaParcel":
        """Hand a message to the sender, which keeps trying in its own thread."""
        with sentences(self._told):
            future = self._producer.send(
                self._spoken.topic,
                value=message.value,
                key=message.key,
                headers=list(message.headers),
            )
        return KafkaParcel(message.id, self._told, future)

    def heard(self, seconds: float) -> list[Receipt]:
        """Return receipts as soon as some come, at most so many seconds later."""
        with sentences(self._told):
            polled = self._consumer.poll(timeout_ms=max(1, int(seconds * 1000)))
        values = (record.value for records in polled.values() for record in records)
        return [found for value in values if (found := _receipt(value)) is not None]

    def close(self, seconds: float) -> None:
        """Send what is left, for so many seconds; then hang up.

        What did not arrive is told by its parcel: here it would hide why one hangs up.
        """
        try:
            with suppress(KafkaError):
                self._producer.close(timeout=seconds)
        finally:
            self._consumer.close(autocommit=False)

    def _listening(self, reach: Mapping[str, object], undo: ExitStack) -> KafkaConsumer:
        """Listen from now on: every later receipt will be heard, none of before."""
        consumer = opened(
            KafkaConsumer,
            **reach,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            bootstrap_timeout_ms=reaching.OPENING,
            allow_auto_create_topics=False,
        )
        undo.callback(consumer.close, autocommit=False)
        self._check(consumer.topics())
        place = TopicPartition(self._spoken.receipts, 0)
        consumer.assign([place])
        ends = consumer.end_offsets([place], timeout_ms=reaching.OPENING)
        consumer.seek(place, ends[place])
        return consumer

    def _check(self, seen: set[str]) -> None:
        """See both topics: one that is hidden from us looks like one that is none."""
        for topic in (self._spoken.topic, self._spoken.receipts):
            if topic not in seen:
                raise NotAllowed(
                    f"The bus at {self._told} shows no topic {topic}: it is not there, "
                    "or a right is missing. Ask your office to run "
                    f"`beistand channel add {self._spoken.name}` again."
                )


class KafkaParcel:
    """A message that kafka-python's sender has taken."""

    def __init__(self, id_: str, told: str, future: FutureRecordMetadata) -> None:
        self._id = id_
        self._told = told
        self._future = future

    @property
    def is_settled(self) -> bool:
        return bool(self._future.is_done)

    def wait(self, seconds: float) -> Delivered:
        """Return the bus's report; raise `NotDelivered` or `NotAllowed`."""
        try:
            report = self._future.get(timeout=seconds)
        except KafkaError as error:
            if (known := understood(error, self._told)) is not None:
                raise known from error
            raise NotDelivered(
                f"{self._id}: {self._told} has not confirmed it ({error}). Send the "
                "same again: it stays one case."
            ) from error
        return Delivered(report.topic, report.partition, report.offset)


def _receipt(value: bytes | None) -> Receipt | None:
    """Read a receipt; None for what a newer office may put there beside them."""
    try:
        return Receipt.model_validate_json(value or b"")
    except ValidationError:
        return None
