"""The one subscriber of intake, with everything that matters set on purpose."""

import logging
from collections.abc import Awaitable, Callable

from aiokafka import ConsumerRebalanceListener, ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage
from faststream.kafka.subscriber.usecase import BatchSubscriber

from services.bus.connection import Bus
from services.bus.names import Names
from services.bus.stream import for_faststream
from services.intake.bus_bytes import tolerate

BATCH = 500
SESSION_MS = 10_000
REQUEST_MS = 15_000
"""Longer than a session: joining a group is one request, and a shorter one would be
given up and made again for ever while a dead member's session is waited for."""
_UNHURRIED_MS = 24 * 60 * 60 * 1000
"""Between two batches: a ledger that is away for hours is no reason to leave the group.
Whether the process lives is what the session's heartbeats say."""
_FETCHED = 8 * 1024 * 1024
"""Bytes fetched ahead at most, whatever waits on the bus."""
_NEW_TOPICS_MS = 5_000
"""So long until the topic of a new channel is noticed."""
_AGAIN_MS = 400
"""Between two tries: each that fails is a line of the library's in the log."""
Records = tuple[ConsumerRecord, ...]
Handler = Callable[[Records], Awaitable[None]]


def broker_of(bus: Bus) -> KafkaBroker:
    """Return a client, not started yet. It makes no topics and guesses no types.

    Its log is kept: without one, what it gives up would be given up without a word.
    """
    tolerate()
    return KafkaBroker(
        **for_faststream(bus),
        request_timeout_ms=REQUEST_MS,
        retry_backoff_ms=_AGAIN_MS,
        metadata_max_age_ms=_NEW_TOPICS_MS,
        allow_auto_create_topics=False,
        apply_types=False,
        graceful_timeout=1.0,
        client_id="beistand-intake",
        logger=logging.getLogger("beistand.intake.bus"),
        log_level=logging.DEBUG,
    )


def subscribed(
    broker: KafkaBroker,
    names: Names,
    *,
    listener: ConsumerRebalanceListener,
    handler: Handler,
) -> BatchSubscriber:
    """Subscribe to all channels' topics, also to those that are still to come.

    `earliest` is for a group's first start; `Places` sees to it that it skips nothing
    afterwards. Nothing is acknowledged but by our own commit of offsets.
    """
    subscriber = broker.subscriber(
        pattern=names.intake_pattern,
        batch=True,
        group_id=names.group("intake"),
        ack_policy=AckPolicy.MANUAL,
        auto_offset_reset="earliest",
        max_records=BATCH,
        batch_timeout_ms=20,
        session_timeout_ms=SESSION_MS,
        heartbeat_interval_ms=SESSION_MS // 4,
        rebalance_timeout_ms=SESSION_MS,
        max_poll_interval_ms=_UNHURRIED_MS,
        fetch_min_bytes=32 * 1024,
        fetch_max_wait_ms=25,
        fetch_max_bytes=_FETCHED,
        listener=listener,
        parser=_parsed,
        decoder=_decoded,
        no_reply=True,
    )
    subscriber(handler)
    return subscriber


async def _parsed(records: Records) -> KafkaMessage:
    """Pass records on: the library decodes headers, and skips what is not UTF-8.

    Nobody asks this message to commit; `Places` does.
    """
    first, last = records[0], records[-1]
    return KafkaMessage(
        raw_message=records,
        body=b"",
        headers={},
        message_id=f"{first.topic}-{first.partition}-{first.offset}-{last.offset}",
        consumer=_Nobody(),
    )


async def _decoded(message: KafkaMessage) -> Records:
    """Return the records as they came, whatever their content type says."""
    records = message.raw_message
    return records if isinstance(records, tuple) else (records,)


class _Nobody:
    """Commits and seeks nothing, whatever the library should ask for."""

    async def commit(self) -> None: ...

    def seek(self, partition: object, offset: int) -> None: ...
