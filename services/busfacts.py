"""A fact as it travels on the bus: CloudEvents in the binary mode of Kafka.

The value is the stored bytes, untouched. All else of a fact stands in the headers, so
that whoever reads it can compute its leaf and compare: what arrives is what was
recorded, or it is noticed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from events.contract import UnknownFact, decode
from events.envelope import JSON
from services.follow import StoredFact
from services.ledger.tree import fits

Header = tuple[str, bytes]
DIGITS = 20
"""Positions are padded to so many digits, so that they sort as text too."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_KEYED = ("offer:", "need:")
_NEEDED = frozenset(
    {"ce_id", "ce_source", "ce_type", "ce_time", "ce_sequence", "ce_commandid"}
    | {"ce_leaf", "ce_specversion"}
)


class Foreign(RuntimeError):
    """A message on the topic of facts that is no fact of this realm's ledger."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a Kafka record of a fact consists of."""

    key: bytes
    value: bytes
    headers: list[Header]
    timestamp_ms: int


def source_of(realm: str) -> str:
    """Return the CloudEvents source of a realm's facts."""
    return f"/beistand/{realm}"


def to_message(fact: StoredFact, source: str) -> Message:
    """Return the record of a fact."""
    return Message(
        key=key_of(fact.tags).encode(),
        value=fact.data,
        headers=[
            ("ce_specversion", b"1.0"),
            ("ce_id", fact.id.encode()),
            ("ce_source", source.encode()),
            ("ce_type", fact.type.encode()),
            ("ce_time", time_of(fact.recorded_us).encode()),
            ("content-type", JSON.encode()),
            ("ce_sequence", b"%020d" % fact.position),
            ("ce_commandid", fact.command_id.encode()),
            ("ce_leaf", fact.leaf.hex().encode()),
        ],
        timestamp_ms=fact.recorded_us // 1000,
    )


def to_fact(value: bytes | None, headers: Iterable[Header], source: str) -> StoredFact:
    """Return the fact of a record as it was stored; raise `Foreign`.

    Nothing is believed: the leaf is computed again from everything that came.
    `UnknownFact` says that a newer release wrote it.
    """
    try:
        told = {name: text.decode() for name, text in headers if name in _NEEDED}
        spoken, whose = told["ce_specversion"], told["ce_source"]
        fact = _fact(value or b"", told)
    except UnknownFact:
        raise
    except (LookupError, OverflowError, TypeError, ValueError) as error:
        raise Foreign(f"a message is no fact: {_why(error)}") from error
    if (spoken, whose) != ("1.0", source):
        raise Foreign(f"fact {fact.position} is of {whose} ({spoken}), not {source}")
    if not fits(fact):
        raise Foreign(f"fact {fact.position} does not fit its leaf: it was changed")
    return fact


def position_of(headers: Iterable[Header]) -> int:
    """Return the position alone, for whoever skips what it has seen; or `Foreign`."""
    for name, text in headers:
        if name == "ce_sequence" and text.isdigit():
            return int(text)
    raise Foreign("a message has no position in its header ce_sequence")


def key_of(tags: Sequence[str]) -> str:
    """Return what a fact is kept together by: its offer, else its need, else a tag."""
    for kind in _KEYED:
        for tag in tags:
            if tag.startswith(kind):
                return tag
    return tags[0] if tags else ""


def time_of(recorded_us: int) -> str:
    """Return an instant as RFC 3339 in UTC with microseconds."""
    moment = _EPOCH + timedelta(microseconds=recorded_us)
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _fact(value: bytes, told: dict[str, str]) -> StoredFact:
    kind = told["ce_type"]
    fact = decode(kind, value)
    moment = datetime.fromisoformat(told["ce_time"])
    return StoredFact(
        position=int(told["ce_sequence"]),
        id=told["ce_id"],
        command_id=told["ce_commandid"],
        type=kind,
        tags=tuple(sorted(set(fact.tags()))),
        data=value,
        recorded_us=(moment - _EPOCH) // _MICROSECOND,
        leaf=bytes.fromhex(told["ce_leaf"]),
        decoded=fact,
    )


def _why(error: Exception) -> str:
    """Say what is wrong without a word of what a message holds."""
    match error:
        case KeyError():
            return f"the header {error.args[0]} is missing"
        case ValidationError():
            return f"{error.error_count()} of its fields cannot be read"
        case _:
            return type(error).__name__
