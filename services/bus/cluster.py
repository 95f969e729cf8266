"""What a cluster has and what is done to it: kafka-python's answers, read in one place.

Nothing of its untyped answers leaves this module, and nothing else talks to its admin
client.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ConfigResource,
    ConfigResourceType,
    OffsetSpec,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    UserScramCredentialUpsertion,
)
from kafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    GroupIdNotFoundError,
    NotCoordinatorError,
    SecurityDisabledError,
    TopicAlreadyExistsError,
)

from services.bus.connection import SCRAM, Bus
from services.bus.errors import NotAllowed
from services.bus.layout import Right, Topic
from services.bus.probe import admin

COORDINATOR_SECONDS = 10.0
AGAIN_SECONDS = 0.2
_NO_COORDINATOR_YET = (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    NotCoordinatorError,
)
T = TypeVar("T")
_USER = "User:"
_EVERYTHING = ACLFilter(
    None,
    None,
    ACLOperation.ANY,
    ACLPermissionType.ANY,
    ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY),
)


@dataclass(frozen=True)
class Granted:
    """A right as the cluster holds it, also one that we would never give."""

    user: str
    operation: str
    kind: str
    name: str
    prefixed: bool
    allows: bool

    @classmethod
    def of(cls, right: Right) -> "Granted":
        said = (right.user, right.operation, right.kind, right.name, right.prefixed)
        return cls(*said, allows=True)


@dataclass(frozen=True)
class Cluster:
    """One cluster, asked as its administrator."""

    client: KafkaAdminClient
    bus: Bus
    """How we reach it, and as whom."""

    def topics(self) -> Mapping[str, Topic]:
        """Return every topic that we may see, with its effective settings."""
        found = [one for one in self.client.describe_topics() if not one["error_code"]]
        if not found:
            return {}
        asked = [ConfigResource(ConfigResourceType.TOPIC, one["name"]) for one in found]
        said = self.client.describe_configs(asked, config_filter="all")["topic"]
        return {
            one["name"]: Topic(
                one["name"],
                len(one["partitions"]),
                {key: str(row["value"]) for key, row in said[one["name"]].items()},
            )
            for one in found
        }

    def rights(self) -> frozenset[Granted] | None:
        """Return all rights; None where the cluster keeps no rights at all."""
        try:
            found, _ = self.client.describe_acls(_EVERYTHING)
        except SecurityDisabledError:
            return None
        return frozenset(_granted(one) for one in found)

    def waiting(self, group: str, topics: Iterable[Topic]) -> int:
        """Return how many messages a group has not done yet: what is gone is not."""
        places = [
            TopicPartition(topic.name, number)
            for topic in topics
            for number in range(topic.partitions)
        ]
        if not places:
            return 0
        ends = self._offsets(places, OffsetSpec.LATEST)
        done = self._offsets(places, OffsetSpec.EARLIEST)
        kept = _patiently(lambda: self.client.list_group_offsets(group)[group])
        for place, found in kept.items():
            if place in done:
                done[place] = max(done[place], found.offset)
        return sum(max(0, end - done[place]) for place, end in ends.items())

    def listeners(self, group: str) -> int:
        """Return how many read in a group at this moment."""
        try:
            found = _patiently(lambda: self.client.describe_groups([group]))
        except GroupIdNotFoundError:  # nobody ever has
            return 0
        return len(found[group]["members"])

    def _offsets(
        self, places: Iterable[TopicPartition], which: OffsetSpec
    ) -> dict[TopicPartition, int]:
        asked = dict.fromkeys(places, which)
        found = self.client.list_partition_offsets(asked)
        return {place: int(one.offset) for place, one in found.items()}

    def create(self, topic: Topic) -> None:
        """Make a topic and wait until it can be used; one that exists is left alone."""
        wanted = {
            "num_partitions": topic.partitions,
            "configs": dict(topic.settings),
        }
        try:
            self.client.create_topics({topic.name: wanted})
        except TopicAlreadyExistsError:
            return
        self.client.wait_for_topics([topic.name])

    def widen(self, name: str, partitions: int) -> None:
        self.client.create_partitions({name: partitions})

    def set(self, name: str, key: str, value: str) -> None:
        wanted = ConfigResource(ConfigResourceType.TOPIC, name, {key: value})
        self.client.alter_configs([wanted])

    def grant(self, rights: Iterable[Right]) -> None:
        answer = self.client.create_acls([_acl(right) for right in rights])
        for failed in answer["failed"]:
            raise failed("the rights could not be given")

    def users(self) -> frozenset[str]:
        """Return who has a password for SCRAM-SHA-512."""
        return frozenset(self.client.describe_user_scram_credentials())

    def set_password(self, user: str, password: str) -> None:
        wanted = UserScramCredentialUpsertion(user, SCRAM, password)
        refused = self.client.alter_user_scram_credentials([wanted])[user]
        if refused is not None:
            raise NotAllowed(
                f"Kafka does not let us set the password of {user}; sign in as an "
                f"administrator, or have it done there: {refused}"
            )


@contextmanager
def opened(bus: Bus) -> Iterator[Cluster]:
    """Lend the cluster to an administrator; its refusals become sentences."""
    with admin(bus) as client:
        yield Cluster(client, bus)


def _patiently(ask: Callable[[], T]) -> T:
    """Ask about a group; the first to do so waits until Kafka has made its topic."""
    until = time.monotonic() + COORDINATOR_SECONDS
    while True:
        try:
            return ask()
        except _NO_COORDINATOR_YET:
            if time.monotonic() > until:
                raise
            time.sleep(AGAIN_SECONDS)


def _granted(found: ACL) -> Granted:
    where = found.resource_pattern
    return Granted(
        user=str(found.principal).removeprefix(_USER),
        operation=found.operation.name,
        kind=where.resource_type.name.lower(),
        name=where.resource_name,
        prefixed=where.pattern_type == ACLResourcePatternType.PREFIXED,
        allows=found.permission_type == ACLPermissionType.ALLOW,
    )


def _acl(right: Right) -> ACL:
    form = (
        ACLResourcePatternType.PREFIXED
        if right.prefixed
        else ACLResourcePatternType.LITERAL
    )
    return ACL(
        f"{_USER}{right.user}",
        "*",
        ACLOperation[right.operation],
        ACLPermissionType.ALLOW,
        ResourcePattern(ResourceType[right.kind.upper()], right.name, form),
    )
