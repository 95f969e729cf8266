"""What is wrong with the bus, in words, and what to do about it."""

import asyncio
from collections.abc import Container, Iterator
from contextlib import closing
from dataclasses import dataclass

from services.bus import topics
from services.bus.channels import registered
from services.bus.cluster import Cluster, opened
from services.bus.connection import Bus, BusError, bus_of
from services.bus.names import Names
from services.bus.place import BusPlace
from services.bus.probe import probe
from services.bus.steps import Plan
from services.database import Role, Server
from services.follow import LedgerFeed
from services.intake.register import Register
from services.ledger.recorder import Recorder
from services.relay import Diverged, agreed
from services.settings import Settings

LATE = 1_000
"""Facts that a follower may be behind before it is said."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `advice` is empty when it is well."""

    what: str
    found: str
    advice: str = ""

    @property
    def well(self) -> bool:
        return not self.advice


def examine_bus(settings: Settings, server: Server) -> Iterator[Finding]:
    """Look at Kafka, its topics, who was stopped and who is behind, if one is used."""
    if settings.kafka is None and not BusPlace(settings.home).root.exists():
        yield Finding("bus", "none; files and HTTP come in without one")
        return
    yield from _channels(server)
    yield _relay(server)
    try:
        bus = bus_of(settings)
        probe(bus)
    except BusError as error:
        yield Finding("bus", "away", str(error))
        return
    yield Finding("bus", f"answers at {bus.told()}")
    yield from _history(settings, server, bus)
    yield from _cluster(settings, server, bus)


def _channels(server: Server) -> Iterator[Finding]:
    """Name the channels that intake stopped by its limit: nobody else reads them."""
    with closing(Recorder(server)) as recorder:
        register = Register(recorder)
        register.refresh()
    for one in register.stops:
        yield Finding(
            f"channel {one.channel}",
            f"stopped ({one.reason}): {one.note}",
            "Ask the channel what has changed; when it is mended, run "
            f"`beistand intake-resume {one.channel} --as NAME`.",
        )


def _relay(server: Server) -> Finding:
    with server.connect(Role.READER) as db:
        row = db.execute(_BEHIND).fetchone()
    behind = 0 if row is None else int(str(row[0]))
    advice = ""
    if behind > LATE:
        advice = "Run `beistand run relay`, or `beistand serve --bus`, which has one."
    return Finding("relay", f"{behind} facts behind the ledger", advice)


_BEHIND = "SELECT h.position - s.position FROM ledger.head h, relay.standing s"


def _history(settings: Settings, server: Server, bus: Bus) -> Iterator[Finding]:
    """Look whether the bus holds this ledger's facts; else no relay adds any."""
    with closing(LedgerFeed(server)) as feed:
        try:
            reached = asyncio.run(agreed(bus, settings.realm, feed))
        except Diverged as error:
            yield Finding("facts on the bus", "of another history", str(error))
        except BusError:
            return  # what is wrong with the topic, or our rights to it, is told below
        else:
            yield Finding("facts on the bus", f"this ledger's, up to {reached}")


def _cluster(settings: Settings, server: Server, bus: Bus) -> Iterator[Finding]:
    with closing(Recorder(server)) as recorder:
        register = Register(recorder)
        register.refresh()
        known = registered(recorder)
    names = Names(settings.realm)
    still = {one.channel for one in register.stops}
    try:
        with opened(bus) as found:
            wanted = topics.plan(found, names, known)
            intake = _intake(found, names, still)
    except BusError as error:
        yield Finding("topics", "cannot be looked at by this user", str(error))
        return
    yield intake
    yield from _topics(wanted, len(known))


def _intake(found: Cluster, names: Names, still: Container[str]) -> Finding:
    """Look whether somebody reads what channels have said; who is stopped waits."""
    group = names.group("intake")
    heard = [
        topic
        for name, topic in found.topics().items()
        if (channel := names.channel_of(name)) is not None and channel not in still
    ]
    waiting = found.waiting(group, heard)
    if not waiting or found.listeners(group):
        return Finding("intake", f"{waiting} messages wait on the bus")
    advice = "Run `beistand run intake`, or `beistand serve --bus`, which has one."
    return Finding("intake", f"{waiting} messages wait, and nobody reads them", advice)


def _topics(wanted: Plan, channels: int) -> Iterator[Finding]:
    if wanted.fits:
        yield Finding("topics", f"as they ought to be, {channels} channels")
    for fault in wanted.faults:
        yield Finding("topics", "wrong", fault)
    for step in wanted.steps:
        yield Finding("topics", f"missing: {step}", "Run `beistand topics apply`.")
