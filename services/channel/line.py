"""The channel's line to the bus: one topic to write, one to hear from.

kafka-python hides two kinds of no: a consumer without a right polls nothing for ever,
and a wrong password looks like silence. Both are asked for when the line is opened.
"""

import logging
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import (
    AuthorizationError,
    KafkaError,
    SaslAuthenticationFailedError,
)
from kafka.net.compat import KafkaNetClient
from kafka.producer.future import FutureRecordMetadata
from pydantic import ValidationError

from events.receipt import Receipt
from services.channel.config import Configuration, Reached
from services.channel.message import Message
from services.channel.refusals import (
    ChannelError,
    NotAllowed,
    NotDelivered,
    Unreachable,
)

Client = TypeVar("Client")
SCRAM = "SCRAM-SHA-512"
OPENING = 10_000
"""Milliseconds in which the bus must have answered for the first time."""
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
        self._told = _told(configuration.kafka)
        reach = _reach(configuration.kafka)
        _knock(configuration.kafka.servers)
        with _sentences(self._told), ExitStack() as undo:
            self._producer = _opened(
                KafkaProducer,
                **reach,
                acks="all",
                enable_idempotence=True,
                delivery_timeout_ms=TRYING,
                max_block_ms=OPENING,
                bootstrap_timeout_ms=OPENING,
                allow_auto_create_topics=False,
            )
            undo.callback(self._producer.close, timeout=1)
            self._consumer = self._listening(reach, undo)
            undo.pop_all()

    def send(self, message: Message) -> "KafkaParcel":
        """Hand a message to the sender, which keeps trying in its own thread."""
        with _sentences(self._told):
            future = self._producer.send(
                self._spoken.topic,
                value=message.value,
                key=message.key,
                headers=list(message.headers),
            )
        return KafkaParcel(message.id, self._told, future)

    def heard(self, seconds: float) -> list[Receipt]:
        """Return receipts as soon as some come, at most so many seconds later."""
        with _sentences(self._told):
            polled = self._consumer.poll(timeout_ms=max(1, int(seconds * 1000)))
        values = (record.value for records in polled.values() for record in records)
        return [found for value in values if (found := _receipt(value)) is not None]

    def close(self, seconds: float) -> None:
        """Send what is left, for so many seconds; then hang up."""
        self._producer.close(timeout=seconds)
        self._consumer.close(autocommit=False)

    def _listening(self, reach: Mapping[str, object], undo: ExitStack) -> KafkaConsumer:
        """Listen from now on: every later receipt will be heard, none of before."""
        consumer = _opened(
            KafkaConsumer,
            **reach,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            bootstrap_timeout_ms=OPENING,
            allow_auto_create_topics=False,
        )
        undo.callback(consumer.close, autocommit=False)
        self._check(consumer.topics())
        place = TopicPartition(self._spoken.receipts, 0)
        consumer.assign([place])
        consumer.seek(place, consumer.end_offsets([place], timeout_ms=OPENING)[place])
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

    def wait(self, seconds: float) -> Delivered:
        """Return the bus's report; raise `NotDelivered` or `NotAllowed`."""
        try:
            report = self._future.get(timeout=seconds)
        except KafkaError as error:
            if (known := _known(error, self._told)) is not None:
                raise known from error
            raise NotDelivered(
                f"{self._id}: {self._told} has not confirmed it ({error}). Send the "
                "same again: it stays one case."
            ) from error
        return Delivered(report.topic, report.partition, report.offset)


def _knock(servers: str) -> None:
    """Raise `Unreachable` at once where nobody opens: the library would try on."""
    why = ""
    for server in servers.split(","):
        host, _, port = server.strip().rpartition(":")
        try:
            socket.create_connection((host, int(port)), OPENING / 1000).close()
        except (OSError, ValueError) as error:
            why = f"{server}: {error}"
        else:
            return
    raise _silent(servers, why)


def _silent(told: str, why: object) -> Unreachable:
    return Unreachable(
        f"The bus at {told} does not answer ({why}); check that it runs, and "
        "`servers` and `security` in your configuration file."
    )


def _opened(kind: Callable[..., Client], **told: object) -> Client:
    """Open a client of the library, which leaves its sockets open where that fails."""
    made: list[KafkaNetClient] = []

    def make(**config: object) -> KafkaNetClient:
        made.append(KafkaNetClient(**config))
        return made[-1]

    try:
        return kind(**told, kafka_client=make)
    except KafkaError:
        for left in made:
            left.close()
        raise


class _Overheard(logging.Handler):
    """Keeps the errors that the client library only logs while it tries again."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.errors: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        told = record.args if isinstance(record.args, tuple) else ()
        self.errors += [part for part in told if isinstance(part, BaseException)]


@contextmanager
def _sentences(told: str) -> Iterator[None]:
    """Turn what the library raises, or only logs, into one of our sentences."""
    logger, overheard = logging.getLogger("kafka.net.manager"), _Overheard()
    logger.addHandler(overheard)
    try:
        yield
    except KafkaError as error:
        for cause in (error, *overheard.errors):
            if (known := _known(cause, told)) is not None:
                raise known from error
        raise _silent(told, error) from error
    finally:
        logger.removeHandler(overheard)


def _known(error: BaseException, told: str) -> ChannelError | None:
    match error:
        case SaslAuthenticationFailedError():
            return NotAllowed(
                f"The bus at {told} does not accept this user and password; ask your "
                "office for a new configuration file."
            )
        case AuthorizationError():
            return NotAllowed(
                f"The bus at {told} refuses: a right is missing ({error}). Ask your "
                "office to run `beistand channel add` again."
            )
        case _:
            return None


def _reach(kafka: Reached) -> dict[str, object]:
    """Return what both clients of kafka-python are told."""
    reach: dict[str, object] = {
        "bootstrap_servers": kafka.servers.split(","),
        "security_protocol": kafka.security,
    }
    if kafka.security != "PLAINTEXT":
        reach["sasl_mechanism"] = SCRAM
        reach["sasl_plain_username"] = kafka.user
        reach["sasl_plain_password"] = kafka.password
    if kafka.security == "SASL_SSL":
        reach["ssl_context"] = _trust(kafka)
    return reach


def _trust(kafka: Reached) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=kafka.ca)
    except OSError as error:
        raise NotAllowed(
            f"{kafka.ca} holds no certificate of an authority ({error}); ask your "
            "office for the file that `ca` names."
        ) from error


def _told(kafka: Reached) -> str:
    return f"{kafka.servers} as {kafka.user}" if kafka.user else kafka.servers


def _receipt(value: bytes | None) -> Receipt | None:
    """Read a receipt; None for what a newer office may put there beside them."""
    try:
        return Receipt.model_validate_json(value or b"")
    except ValidationError:
        return None
