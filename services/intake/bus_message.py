"""A message of the bus, read: what it says, or why it cannot be taken.

Nothing raises here, whatever the bytes are: who reads a batch must get to its end.
Source: CloudEvents 1.0.2, Kafka protocol binding (structured and binary mode).
"""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import ValidationError

from events.envelope import (
    BATCH,
    JSON,
    STRUCTURED,
    CloudEvent,
    Unreadable,
    from_binary,
    from_value,
    strict_json,
)
from services.intake.draft import Drafted
from services.intake.heard import Heard
from services.intake.messages import LINE, MessageReader, keepable
from services.intake.reasons import Reason
from services.intake.unreadable import named, pieces, unnamed

LARGEST = 1_000_000
"""Bytes of one message; the same over HTTP and for the bus itself."""
PLACE = "bus"
BYTES = "bytes"
_SPEC = "ce_specversion"


class Lying(Protocol):
    """A message as it lies on the bus; aiokafka's `ConsumerRecord` is one."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...
    @property
    def value(self) -> bytes | None: ...


@dataclass(frozen=True)
class Speaker:
    """Who a topic belongs to. Without a source nobody has registered the channel."""

    channel: str
    source: str | None

    def may_say(self, source: str) -> bool:
        """Say whether a message may name this source: its own, or one below it."""
        mine = self.source
        return mine is not None and (source == mine or source.startswith(f"{mine}/"))


def heard(number: int, record: Lying, speaker: Speaker, reader: MessageReader) -> Heard:
    """Return what one message is to become.

    What is no event is known by its place, and by its content too, since places begin
    anew when a topic is made again. So is a message with somebody else's source: it
    must not use up an id of theirs.
    """
    nobody = speaker.source or f"/{record.topic}"
    place = f"{record.partition}-{record.offset}"
    try:
        event = _event(record)
        keepable(event)
    except Unreadable:
        large = len(record.value or b"") > LARGEST
        reason = Reason.TOO_LARGE_MESSAGE if large else Reason.NOT_AN_EVENT
        aside = unnamed(number, _whole(record), reason, channel=speaker.channel)
        return Heard(aside, nobody, place)
    if not speaker.may_say(event.source):
        known = speaker.source is not None
        reason = Reason.OTHER_SOURCE if known else Reason.NO_CHANNEL
        draft: Drafted = unnamed(
            number, _whole(record), reason, channel=speaker.channel
        )
    else:
        draft = _drafted(number, event, record, speaker.channel, reader)
    return Heard(draft, event.source, event.id)


def _drafted(
    number: int, event: CloudEvent, record: Lying, channel: str, reader: MessageReader
) -> Drafted:
    try:
        return reader.event(number, event, channel)
    except (Unreadable, ValidationError):
        return named(number, event, _whole(record), channel=channel)


def _event(record: Lying) -> CloudEvent:
    value = record.value or b""
    if len(value) > LARGEST:
        raise Unreadable(f"it has more than {LARGEST:,} bytes; send it in parts")
    told = _headers(record.headers)
    kind = told.get("content-type", "").split(";", 1)[0].strip().lower()
    if kind == BATCH:
        raise Unreadable("on the bus each message is one event")
    if kind == STRUCTURED or (_SPEC not in told and kind in {"", JSON}):
        return from_value(strict_json(value, fraction=str))
    return from_binary(told, value, fraction=str)


def _headers(headers: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """Return the headers that an event is made of; others are nobody's business."""
    told: dict[str, str] = {}
    for name, value in headers:
        known = name.lower()
        if known != "content-type" and not known.startswith("ce_"):
            continue
        if known in told:
            raise Unreadable(f"the header `{known[:40]}` stands twice; send it once")
        try:
            told[known] = (value or b"").decode()
        except UnicodeDecodeError as error:
            raise Unreadable(f"the header `{known[:40]}` is not UTF-8") from error
    return told


def _whole(record: Lying) -> dict[str, str]:
    """Return the message as a person can read and mend it: one structured event.

    What is no text is kept as it came as well, in base64.
    """
    value = record.value or b""
    text = value.decode("utf-8", "replace")
    whole = {PLACE: f"partition {record.partition}, offset {record.offset}"}
    binary = _binary(record.headers)
    whole |= pieces(LINE, _structured(binary, text) if _SPEC in binary else text)
    if text.encode() != value:
        whole |= pieces(BYTES, base64.b64encode(value).decode())
    return whole


def _binary(headers: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    lower = ((name.lower(), value or b"") for name, value in headers)
    return {
        name: value.decode("utf-8", "replace")
        for name, value in lower
        if name.startswith("ce_")
    }


def _structured(headers: dict[str, str], data: str) -> str:
    """Write a binary message as a structured one; its data stays as it came."""
    told = {name.removeprefix("ce_"): text for name, text in headers.items()}
    said = [f"{json.dumps(name)}: {_attribute(name, t)}" for name, t in told.items()]
    return "{" + ", ".join((*said, f'"data": {data or "null"}')) + "}"


def _attribute(name: str, text: str) -> str:
    return text if name == "revision" and text.isdigit() else json.dumps(text)
