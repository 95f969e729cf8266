"""Commands that start, stop and look after a Beistand."""

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from datetime import time as clock
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from events.base import BERLIN, Said
from events.values import Actor
from services import postgres, realm
from services.assemble import Beistand
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
from services.realm import business_today

MORNING = clock(8, 0)
Port = Annotated[
    int | None, typer.Option("--port", min=1, max=65535, help="Default 8722.")
]


class Part(StrEnum):
    """What a process of its own can be."""

    DESK = "desk"
    MATCHING = "matching"
    PROJECTING = "projecting"


@told
def demo(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Play the story and end; show no desk.")
    ] = False,
    as_json: AsJson = False,
    port: Port = None,
    home: Home = None,
) -> None:
    """Show Beistand on an invented Düsseldorf of spring 2022."""
    from services.demo import play, summary

    began = time.monotonic()
    with opened(home, demo=True, port=port) as engine:
        with note.status("The demo begins …") as status:
            found = play.run(
                engine,
                lambda paths: _arrive(engine, paths),
                lambda line: status.update(f"{line} …"),
                began=began,
            )
            engine.project()
        for line in summary.lines(found):
            say(line)
        if as_json:
            result(asdict(found))
        if not once:
            _serve(engine)


@told
def serve(*, port: Port = None, home: Home = None, demo: Demo = False) -> None:
    """Open the desk on this machine; stop it with Ctrl+C."""
    with opened(home, demo=demo, port=port) as engine:
        if not demo:
            engine.begin_today()
        engine.project()
        _serve(engine)


@told
def run(
    part: Annotated[Part, typer.Argument(help="Which part this process is.")],
    *,
    port: Port = None,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Run one part alone, where each has a process or a container of its own."""
    from services.serving import run as run_part

    with opened(home, demo=demo, port=port) as engine:
        if part is Part.DESK:
            _serve(engine, parts=())
        else:
            run_part(engine, part)


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


def _arrive(engine: Beistand, paths: Sequence[Path]) -> None:
    """Take the scenario's files in, on the morning of the scenario's day."""
    today = engine.matching.catch_up().today or business_today(engine.settings)
    said = Said(
        actor=Actor(ref="demo-channels", role="channel"),
        via="channel",
        valid_from=datetime.combine(today, MORNING, BERLIN),
    )
    for path in paths:
        engine.intake.submit(path, said)


def _serve(engine: Beistand, parts: Sequence[str] | None = None) -> None:
    from services.console.app import desk_app
    from services.desk import RealDesk
    from services.intake.receiving import receiving
    from services.serving import DESK_ONLY
    from services.serving import serve as serve_desk

    say(
        f"The desk is on http://127.0.0.1:{engine.settings.port} and nowhere else: "
        "only this machine reaches it. Ctrl+C ends it."
    )
    door = receiving(lambda _: engine.intake)
    with closing(RealDesk(engine)) as desk:
        serve_desk(
            engine,
            desk_app(desk, more=(door,)),
            engine.settings.port,
            DESK_ONLY if parts is None else parts,
        )


COMMANDS = (demo, serve, run, stop)
