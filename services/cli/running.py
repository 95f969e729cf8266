"""Commands that start, stop and look after a Beistand."""

import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services import postgres, realm
from services.assemble import Beistand
from services.bus.connection import Bus
from services.cli.options import (
    AsJson,
    Demo,
    Home,
    WrongUse,
    note,
    opened,
    result,
    say,
    settings,
    told,
)
from services.door import door

Port = Annotated[
    int | None, typer.Option("--port", min=1, max=65535, help="Default 8722.")
]


class Part(StrEnum):
    """What a process of its own can be."""

    DESK = "desk"
    INTAKE = "intake"
    MATCHING = "matching"
    PROJECTING = "projecting"
    RELAY = "relay"


@told
def demo(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Play the story and end; show no desk.")
    ] = False,
    bus: Annotated[
        bool, typer.Option(help="Let the channels publish to Kafka, or not.")
    ] = True,
    as_json: AsJson = False,
    port: Port = None,
    home: Home = None,
) -> None:
    """Show Beistand on an invented Düsseldorf of spring 2022."""
    from services.parts import BUS, DESK_ONLY

    began = time.monotonic()
    with (
        nullcontext() if once else door(settings(home, port=port)) as held,
        _kafka(home) if bus else nullcontext() as kafka,
        opened(home, demo=True, port=port) as engine,
    ):
        lines, found = _played(engine, kafka, began)
        for line in lines:
            say(line)
        if as_json:
            result(found)
        if held is not None:
            _serve(engine, (*DESK_ONLY, *BUS) if bus else DESK_ONLY, held)


@told
def serve(
    *,
    bus: Annotated[
        bool, typer.Option("--bus", help="Run Kafka too: channels in, facts out.")
    ] = False,
    port: Port = None,
    today: Annotated[
        datetime | None,
        typer.Option(
            "--today",
            formats=["%Y-%m-%d"],
            help="The day it is there, to try older sheets; else the calendar's.",
        ),
    ] = None,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Open the desk on this machine; stop it with Ctrl+C."""
    from services.parts import BUS, DESK_ONLY

    day = None if today is None else today.date()
    with (
        door(settings(home, port=port)) as held,
        opened(home, demo=demo, port=port, today=day) as engine,
    ):
        if bus:
            _open_bus(engine)
        if not demo:
            engine.begin_today()
        engine.project()
        _serve(engine, (*DESK_ONLY, *BUS) if bus else DESK_ONLY, held)


@told
def run(
    part: Annotated[Part, typer.Argument(help="Which part this process is.")],
    *,
    port: Port = None,
    from_bus: Annotated[
        bool,
        typer.Option("--from-bus", help="Project from Kafka: a site with no ledger."),
    ] = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Run one part alone, where each has a process or a container of its own."""
    from services.serving import project_site
    from services.serving import run as run_part

    if from_bus:
        if part is not Part.PROJECTING:
            raise WrongUse("Only projecting reads from the bus.")
        project_site(settings(home))
        return
    if part is not Part.DESK:
        with opened(home, demo=demo) as engine:
            run_part(engine, part)
        return
    with (
        door(settings(home, port=port)) as held,
        opened(home, demo=demo, port=port) as engine,
    ):
        _serve(engine, (), held)


@told
def stop(*, home: Home = None, demo: Demo = False) -> None:
    """End this realm's database and Kafka; what needs them starts them again."""
    from services.bus import broker

    found = settings(home)
    if demo:
        found = realm.demo_settings(found)
    ended = broker.stop(found.home)
    if found.database_url is None:
        ended |= postgres.stop(found.home)
    elif not ended:
        raise WrongUse("The database is your own server; stop it there.")
    say("Stopped." if ended else "Nothing was running.")


@contextmanager
def _kafka(home: Path | None) -> Iterator["Future[Bus]"]:
    """Start the demo's Kafka while the rest gets ready; it takes longest."""
    from services.bus import broker
    from services.bus.connection import bus_of

    found = realm.demo_settings(settings(home))
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(broker.start if found.kafka is None else bus_of, found)


def _played(
    engine: Beistand, kafka: "Future[Bus] | None", began: float
) -> tuple[list[str], dict[str, object]]:
    """Play the story, over the bus where there is one; return what came of it."""
    from services.demo import arriving, play, summary

    with note.status("The demo begins …") as status:

        def tell(line: str) -> None:
            status.update(f"{line} …")

        def played(intake: play.Intake) -> summary.Summary:
            return play.run(engine, intake, tell, began=began)

        carried: dict[str, object] = {}
        if kafka is None:
            found = played(arriving.straight(engine))
        else:
            bus = kafka.result()
            with arriving.over(bus, engine) as intake:
                found = played(intake)
            counts = arriving.carried(bus, engine, found.set_aside)
            carried = {"bus": asdict(counts)}
        engine.project()
    return list(summary.lines(found)), asdict(found) | carried


def _open_bus(engine: Beistand) -> None:
    """Start the home's Kafka, unless another is set, and make what topics it lacks."""
    from services.bus import broker, channels, cluster, topics
    from services.bus.names import Names

    if engine.settings.kafka is not None:
        return
    with note.status("Kafka starts …"):
        bus = broker.start(engine.settings)
        with cluster.opened(bus) as admin:
            known = channels.registered(engine.recorder)
            topics.apply(admin, topics.plan(admin, Names(engine.settings.realm), known))


def _serve(engine: Beistand, parts: Sequence[str], behind: socket.socket) -> None:
    from services.console.app import desk_app
    from services.desk import RealDesk
    from services.health_http import health_routes
    from services.intake.receiving import receiving
    from services.serving import serve as serve_desk

    say(
        f"The desk is on http://127.0.0.1:{engine.settings.port} and nowhere else: "
        "only this machine reaches it. Ctrl+C ends it."
    )
    more = (receiving(lambda _: engine.intake), health_routes(engine.health))
    with closing(RealDesk(engine)) as desk:
        serve_desk(engine, desk_app(desk, more=more), parts, behind=behind)


COMMANDS = (demo, serve, run, stop)
