"""The ledger and the cluster together, as whoever runs both of them works on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.assemble import Beistand
from services.bus import topics
from services.bus.channels import Added, add, clashing, registered
from services.bus.cluster import Cluster, opened
from services.bus.connection import Bus, bus_of
from services.bus.names import Names
from services.bus.users import give
from services.ledger.rules.base import Refused
from services.ledger.rules.realm import RegisterChannel


@dataclass(frozen=True)
class Office:
    """One realm's engine and its Kafka, seen by the administrator of both."""

    engine: Beistand
    bus: Bus
    cluster: Cluster
    names: Names
    known: dict[str, str]

    def plan(self) -> topics.Plan:
        """Say what the cluster lacks for the channels of the ledger."""
        return topics.plan(self.cluster, self.names, self.known)

    def apply(self, wanted: topics.Plan) -> None:
        topics.apply(self.cluster, wanted)

    def give(self, part: str, file: Path | None = None) -> Path:
        """Give a part of the office its user and a new password; return the file."""
        own = file or self.engine.settings.home / "kafka-users" / f"{part}.env"
        give(self.cluster, self.bus, self.names.group(part), own)
        return own

    def admit(
        self,
        name: str,
        source: str | None = None,
        *,
        by: str,
        servers: str | None = None,
        file: Path | None = None,
    ) -> Added:
        """Let a channel speak: in the ledger first, then on the cluster.

        `servers` is how the channel reaches Kafka, where that differs. Raises `Refused`
        for a source that another channel speaks for.
        """
        speaks_as = source or self.known.get(name) or f"/channels/{name}"
        if (other := clashing(self.known, name, speaks_as)) is not None:
            raise Refused(
                "The channel {other} speaks for {source} already.",
                other=other,
                source=speaks_as,
            )
        self.engine.handle(RegisterChannel(channel=name, source=speaks_as), by=by)
        return add(
            self.cluster,
            self.names,
            channel=name,
            source=speaks_as,
            file=file or self.engine.settings.home / "channels" / f"{name}.toml",
            servers=servers,
        )


@contextmanager
def office(engine: Beistand) -> Iterator[Office]:
    """Open the cluster of a realm that is open; raises `BusError` with a sentence."""
    bus = bus_of(engine.settings)
    with opened(bus) as cluster:
        known = registered(engine.recorder)
        yield Office(engine, bus, cluster, Names(engine.settings.realm), known)
