"""The topics of a realm and who may do what there: one table, no broker needed.

A channel writes its own intake topic and reads its own receipts, intake reads what
channels say and writes receipts, the relay alone writes facts, and everybody else reads
facts at most.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from services.bus.names import Names

INTAKE_PARTITIONS = 3
INTAKE_RETENTION = timedelta(hours=70)
INTAKE_SEGMENT = timedelta(hours=1)
"""Kafka drops whole segments, so a message outlives its retention by up to one of them.
Intake may hold names and addresses for 72 hours at most, whoever wrote them whenever:
hence less than that, and the broker's clock instead of the writer's."""
RECEIPTS_RETENTION = timedelta(days=7)
LARGEST_FACT = 16 * 1024 * 1024
"""Bytes: a message set aside lies whole and sealed in its fact, a third larger."""

FOLLOWERS = ("matching", "projecting", "audit")
OFFICE = "office"
TOOLS = "tools"
PARTS = ("intake", "relay", *FOLLOWERS, OFFICE, TOOLS)
"""Users of the office, each named `Names.group(part)`. `office` may what all before it
may: one process that is all of them (`beistand serve --bus`). `tools` is for programs
of others that read facts, in groups whose names begin with that name."""

Operation = Literal["READ", "WRITE"]
Kind = Literal["topic", "group"]


@dataclass(frozen=True)
class Topic:
    """A topic as it ought to be; copies are the cluster's own choice."""

    name: str
    partitions: int
    settings: Mapping[str, str]


@dataclass(frozen=True, order=True)
class Right:
    """What a user may do; `prefixed` covers every name that begins with this one."""

    user: str
    operation: Operation
    kind: Kind
    name: str
    prefixed: bool = False

    def __str__(self) -> str:
        return f"{self.user} may {self.operation} {self.kind} {self.where}"

    @property
    def where(self) -> str:
        return f"{self.name}*" if self.prefixed else self.name


def topics(names: Names, channels: Iterable[str]) -> tuple[Topic, ...]:
    """Return every topic of a realm with these channels."""
    facts = {
        "cleanup.policy": "delete",
        "retention.ms": "-1",
        "retention.bytes": "-1",
        "max.message.bytes": str(LARGEST_FACT),
    }
    pairs = (channel_topics(names, channel) for channel in sorted(channels))
    return (Topic(names.facts, 1, facts), *(topic for pair in pairs for topic in pair))


def channel_topics(names: Names, channel: str) -> tuple[Topic, Topic]:
    """Return a channel's two topics: what it says, and what became of it."""
    intake = {
        "cleanup.policy": "delete",
        "retention.ms": _ms(INTAKE_RETENTION),
        "segment.ms": _ms(INTAKE_SEGMENT),
        "message.timestamp.type": "LogAppendTime",
    }
    receipts = {"cleanup.policy": "delete", "retention.ms": _ms(RECEIPTS_RETENTION)}
    return (
        Topic(names.intake(channel), INTAKE_PARTITIONS, intake),
        Topic(names.receipts(channel), 1, receipts),
    )


def rights(names: Names, channels: Iterable[str]) -> tuple[Right, ...]:
    """Return every right that parts and channels need, and no other."""
    own = _parts(names)
    office = (replace(right, user=names.group(OFFICE)) for right in own)
    tools = names.group(TOOLS)
    return (
        *own,
        *office,
        Right(tools, "READ", "topic", names.facts),
        Right(tools, "READ", "group", tools, prefixed=True),
        *(one for name in sorted(channels) for one in channel_rights(names, name)),
    )


def _parts(names: Names) -> tuple[Right, ...]:
    intake, relay = names.group("intake"), names.group("relay")
    own = [
        Right(intake, "READ", "topic", names.every_intake, prefixed=True),
        Right(intake, "READ", "group", intake),
        Right(intake, "WRITE", "topic", names.every_receipts, prefixed=True),
        Right(relay, "WRITE", "topic", names.facts),
        # It looks at the end of the topic before it goes on from there.
        Right(relay, "READ", "topic", names.facts),
    ]
    for part in FOLLOWERS:
        own.append(Right(names.group(part), "READ", "topic", names.facts))
        own.append(Right(names.group(part), "READ", "group", names.group(part)))
    return tuple(own)


def channel_rights(names: Names, channel: str) -> tuple[Right, ...]:
    """Return what a channel may do: speak, and hear what became of it."""
    user = names.user(channel)
    return (
        Right(user, "WRITE", "topic", names.intake(channel)),
        Right(user, "READ", "topic", names.receipts(channel)),
        Right(user, "READ", "group", user),
    )


def _ms(span: timedelta) -> str:
    return str(span // timedelta(milliseconds=1))
