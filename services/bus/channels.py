"""A channel of its own: its topics, its rights, its secret, its ready file.

What the ledger says of a channel (its name, the source that it may speak for) is
recorded before this; here the cluster follows. Every step may be repeated: whoever was
interrupted runs the same command again.
"""

import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from events.contract import decode
from events.realm import ChannelRegistered
from services.bus import topics
from services.bus.cluster import Cluster
from services.bus.connection import Bus
from services.bus.errors import BusError
from services.bus.names import Names, is_channel
from services.bus.probe import probe
from services.channel.config import Configuration, Reached, Spoken, read, write
from services.channel.refusals import BadConfiguration
from services.ledger.recorder import Item, Recorder


class Secret(StrEnum):
    """What became of a channel's password."""

    NEW = "new"
    KEPT = "kept"
    NONE = "none"


@dataclass(frozen=True)
class Added:
    """A channel that can speak."""

    channel: str
    source: str
    user: str | None
    secret: Secret
    file: Path
    steps: tuple[str, ...]
    faults: tuple[str, ...]

    @property
    def kept(self) -> bool:
        """Say whether an earlier password still opens."""
        return self.secret is Secret.KEPT


def registered(recorder: Recorder) -> dict[str, str]:
    """Return the source of every channel of the ledger that can have a topic."""
    found = recorder.read((Item(types=frozenset({ChannelRegistered.type})),))
    facts = [decode(one.type, one.data) for one in found]
    return {
        fact.channel: fact.source
        for fact in facts
        if isinstance(fact, ChannelRegistered) and is_channel(fact.channel)
    }


def clashing(known: Mapping[str, str], channel: str, source: str) -> str | None:
    """Return another channel that speaks for the same source, or part of it.

    A source and an id name a message for ever, so no two channels may share one.
    """
    for other, taken in sorted(known.items()):
        one, two = f"{taken}/", f"{source}/"
        if other != channel and (one.startswith(two) or two.startswith(one)):
            return other
    return None


def add(
    cluster: Cluster,
    names: Names,
    *,
    channel: str,
    source: str,
    file: Path,
    servers: str | None = None,
) -> Added:
    """Give a channel of the ledger its topics, rights, secret and file.

    `servers` is how the channel reaches the cluster, where that is not how we do.
    A secret that still opens is kept, so that a repeated call cuts nobody off.
    """
    wanted = topics.plan(cluster, names, [channel])
    topics.apply(cluster, wanted)
    own, secret = _signed(cluster, names.user(channel), file)
    there = replace(own, servers=servers or own.servers)
    if secret is not Secret.KEPT or read(file).kafka.servers != there.servers:
        ca = None if own.ca is None else f"{channel}.ca.pem"
        told = configuration(there, names, channel, source, ca=ca)
        _write(file, told, own.ca)
    steps, faults = map(str, wanted.steps), wanted.faults
    return Added(channel, source, own.user, secret, file, tuple(steps), faults)


def _signed(cluster: Cluster, user: str, file: Path) -> tuple[Bus, Secret]:
    """Return the bus as the channel signs in to it, with a password that opens."""
    bus = cluster.bus
    if bus.security == "PLAINTEXT":
        return replace(bus, user=None, password=None), Secret.NONE
    if (kept := _kept(bus, user, file)) is not None:
        return kept, Secret.KEPT
    password = secrets.token_urlsafe(24)
    cluster.set_password(user, password)
    return replace(bus, user=user, password=password), Secret.NEW


def _kept(bus: Bus, user: str, file: Path) -> Bus | None:
    """Return us as the channel if its password opens, from where we stand.

    The address in its file is the channel's: it may be none that we reach.
    """
    try:
        said = read(file).kafka
    except BadConfiguration:
        return None
    if said.user != user or said.password is None:
        return None
    own = replace(bus, user=user, password=said.password)
    try:
        probe(own)
    except BusError:
        return None
    return own


def configuration(
    bus: Bus, names: Names, channel: str, source: str, *, ca: str | None
) -> Configuration:
    """Return what a channel needs to know; `ca` names the certificate's file."""
    return Configuration(
        channel=Spoken(
            name=channel,
            realm=names.realm,
            source=source,
            topic=names.intake(channel),
            receipts=names.receipts(channel),
        ),
        kafka=Reached(
            servers=bus.servers,
            security=bus.security,
            user=bus.user,
            password=bus.password,
            ca=ca,
        ),
    )


def _write(file: Path, configuration: Configuration, ca: Path | None) -> None:
    """Put the file into place whole, and the authority's certificate beside it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if ca is not None and configuration.kafka.ca is not None:
        shutil.copyfile(ca, file.parent / configuration.kafka.ca)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    write(fresh, configuration)
    fresh.rename(file)
