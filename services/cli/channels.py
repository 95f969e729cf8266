"""Commands of topics and channels: what a cluster needs, and who speaks there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from services.assemble import Beistand
from services.bus.channels import Secret, add, clashing, registered
from services.bus.cluster import Cluster
from services.bus.cluster import opened as administered
from services.bus.connection import Bus, bus_of
from services.bus.layout import PARTS
from services.bus.names import Names, is_channel
from services.bus.topics import Plan
from services.bus.topics import apply as carry_out
from services.bus.topics import plan as planned
from services.bus.users import give
from services.cli.options import (
    REFUSED,
    As,
    AsJson,
    Demo,
    Home,
    WrongUse,
    fail,
    opened,
    result,
    say,
    told,
)
from services.ledger.rules.realm import RegisterChannel

topics = typer.Typer(
    help="Topics and rights on Kafka: what is missing, and making it so.",
    no_args_is_help=True,
)
channel = typer.Typer(
    help="Channels: who may speak on the bus, and for which source.",
    no_args_is_help=True,
)


@dataclass(frozen=True)
class _Ground:
    engine: Beistand
    bus: Bus
    cluster: Cluster
    names: Names
    known: dict[str, str]

    def plan(self) -> Plan:
        return planned(self.cluster, self.names, self.known)


@topics.command()
@told
def plan(*, as_json: AsJson = False, home: Home = None, demo: Demo = False) -> None:
    """Say what `apply` would do; change nothing."""
    with _ground(home, demo=demo) as ground:
        _say(found := ground.plan())
    if as_json:
        result(_as_json(found))


@topics.command()
@told
def apply(*, as_json: AsJson = False, home: Home = None, demo: Demo = False) -> None:
    """Make the topics of the realm and of its channels, and give the rights.

    Nothing is deleted, narrowed or taken away. Exit 1 when a fault remains.
    """
    with _ground(home, demo=demo) as ground:
        _say(found := ground.plan())
        carry_out(ground.cluster, found)
    if as_json:
        result(_as_json(found))
    if found.faults:
        raise typer.Exit(REFUSED)


@topics.command()
@told
def check(*, as_json: AsJson = False, home: Home = None, demo: Demo = False) -> None:
    """Say whether topics and rights are as they ought to be; exit 1 when not."""
    with _ground(home, demo=demo) as ground:
        _say(found := ground.plan())
    if as_json:
        result({"fits": found.fits, **_as_json(found)})
    if not found.fits:
        raise typer.Exit(REFUSED)


@topics.command()
@told
def secret(
    part: Annotated[str, typer.Argument(help=", ".join(PARTS))],
    *,
    out: Annotated[
        Path | None, typer.Option("--out", help="The file; by default in the home.")
    ] = None,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Give a process of the office a user and a new password, in a file of its own.

    The file is for `env_file` of compose or `EnvironmentFile` of systemd.
    """
    if part not in PARTS:
        raise WrongUse(f"{part} is none of {', '.join(PARTS)}.")
    with _ground(home, demo=demo) as ground:
        file = out or ground.engine.settings.home / "kafka-users" / f"{part}.env"
        own = give(ground.cluster, ground.bus, ground.names.group(part), file)
    say(f"{own.user} signs in with what stands in {file}.")


@channel.command(name="add")
@told
def add_(
    name: Annotated[str, typer.Argument(help="a-z, 0-9 and -, at most 40.")],
    source: Annotated[
        str | None,
        typer.Option("--source", help="What its messages begin their source with."),
    ] = None,
    servers: Annotated[
        str | None,
        typer.Option("--servers", help="host:port as the channel reaches Kafka."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="The file; by default in the home.")
    ] = None,
    *,
    by: As = None,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Let a channel speak: record it, make topic, rights and secret, write its file.

    Give the file to the channel and to nobody else. The same call again mends what is
    missing and keeps a secret that still opens.
    """
    if not is_channel(name):
        raise WrongUse(f"{name} is no channel's name: use a-z, 0-9 and -, at most 40.")
    with _ground(home, demo=demo) as ground:
        speaks_as = source or ground.known.get(name) or f"/channels/{name}"
        if (other := clashing(ground.known, name, speaks_as)) is not None:
            raise fail(f"The channel {other} speaks for {speaks_as} already.")
        file = out or ground.engine.settings.home / "channels" / f"{name}.toml"
        ground.engine.handle(
            RegisterChannel(channel=name, source=speaks_as), by=by or "operator"
        )
        found = add(
            ground.cluster,
            replace(ground.bus, servers=servers or ground.bus.servers),
            ground.names,
            channel=name,
            source=speaks_as,
            file=file,
        )
    say(f"{name} speaks for {speaks_as}; its file: {file}")
    if found.secret is Secret.KEPT:
        say("Its password still opens and was kept.")
    for fault in found.faults:
        say(f"NO  {fault}")
    if as_json:
        result(asdict(found))


@channel.command(name="list")
@told
def list_(*, as_json: AsJson = False, home: Home = None, demo: Demo = False) -> None:
    """Name the channels that may have a topic, and their sources."""
    with opened(home, demo=demo) as engine:
        found = registered(engine.recorder)
    for name, source in sorted(found.items()):
        say(f"{name:<40} {source}")
    if as_json:
        result(found)


@contextmanager
def _ground(home: Path | None, *, demo: bool) -> Iterator[_Ground]:
    with opened(home, demo=demo) as engine:
        bus = bus_of(engine.settings)
        with administered(bus) as found:
            names = Names(engine.settings.realm)
            yield _Ground(engine, bus, found, names, registered(engine.recorder))


def _say(found: Plan) -> None:
    for step in found.steps:
        say(f"    {step}")
    for fault in found.faults:
        say(f"NO  {fault}")
    for remark in found.notes:
        say(f"    {remark}")
    if found.fits:
        say("ok  Topics and rights are as they ought to be.")


def _as_json(found: Plan) -> dict[str, object]:
    return {
        "steps": [str(step) for step in found.steps],
        "faults": list(found.faults),
        "notes": list(found.notes),
    }
