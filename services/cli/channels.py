"""Commands of topics and channels: what a cluster needs, and who speaks there."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from services.bus.layout import PARTS
from services.bus.names import is_channel
from services.bus.steps import Plan
from services.cli.options import (
    REFUSED,
    As,
    AsJson,
    Demo,
    Home,
    WrongUse,
    opened,
    result,
    say,
    told,
)

topics = typer.Typer(
    help="Topics and rights on Kafka: what is missing, and making it so.",
    no_args_is_help=True,
)
channel = typer.Typer(
    help="Channels: who may speak on the bus, and for which source.",
    no_args_is_help=True,
)


@topics.command()
@told
def plan(*, as_json: AsJson = False, home: Home = None, demo: Demo = False) -> None:
    """Say what `apply` would do; change nothing."""
    from services.office import office

    with opened(home, demo=demo) as engine, office(engine) as ours:
        _say(found := ours.plan())
    if as_json:
        result(_as_json(found))


@topics.command()
@told
def apply(*, as_json: AsJson = False, home: Home = None, demo: Demo = False) -> None:
    """Make the topics of the realm and of its channels, and give the rights.

    Nothing is deleted, narrowed or taken away. Exit 1 when a fault remains.
    """
    from services.office import office

    with opened(home, demo=demo) as engine, office(engine) as ours:
        _say(found := ours.plan())
        ours.apply(found)
    if as_json:
        result(_as_json(found))
    if found.faults:
        raise typer.Exit(REFUSED)


@topics.command()
@told
def check(*, as_json: AsJson = False, home: Home = None, demo: Demo = False) -> None:
    """Say whether topics and rights are as they ought to be; exit 1 when not."""
    from services.office import office

    with opened(home, demo=demo) as engine, office(engine) as ours:
        _say(found := ours.plan())
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
    from services.office import office

    if part not in PARTS:
        raise WrongUse(f"{part} is none of {', '.join(PARTS)}.")
    with opened(home, demo=demo) as engine, office(engine) as ours:
        file = ours.give(part, out)
    say(f"{part} signs in with what stands in {file}.")


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
    from services.office import office

    if not is_channel(name):
        raise WrongUse(f"{name} is no channel's name: use a-z, 0-9 and -, at most 40.")
    with opened(home, demo=demo) as engine, office(engine) as ours:
        found = ours.admit(name, source, by=by or "operator", servers=servers, file=out)
    say(f"{name} speaks for {found.source}; its file: {found.file}")
    if found.kept:
        say("Its password still opens and was kept.")
    for fault in found.faults:
        say(f"NO  {fault}")
    if as_json:
        result(asdict(found))


@channel.command(name="list")
@told
def list_(*, as_json: AsJson = False, home: Home = None, demo: Demo = False) -> None:
    """Name the channels that may have a topic, and their sources."""
    from services.bus.channels import registered

    with opened(home, demo=demo) as engine:
        found = registered(engine.recorder)
    for name, source in sorted(found.items()):
        say(f"{name:<40} {source}")
    if as_json:
        result(found)


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
