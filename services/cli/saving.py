"""Commands that save a realm: backup, restore, upgrade; and whether it is well."""

from pathlib import Path
from typing import Annotated

import typer

from services import postgres, realm
from services.cli.options import (
    REFUSED,
    AsJson,
    Demo,
    Home,
    opened,
    result,
    say,
    settings,
    told,
)
from services.database import patiently
from services.settings import Settings

Keys = Annotated[
    Path | None,
    typer.Option("--keys", help="Where the keys' copy lies: another disk or machine."),
]


@told
def backup(
    folder: Annotated[Path, typer.Argument(help="Where the ledger's copy goes.")],
    *,
    keys: Keys = None,
    together: Annotated[
        bool, typer.Option("--together", help="Keep ledger and keys in one place.")
    ] = False,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Copy the ledger, and the keys apart from it, while everything goes on."""
    from services.backup import Places
    from services.backup import backup as taken

    kek = _settings(home, demo=demo).kek
    places = Places.of(folder, keys, together=together, kek=kek)
    with opened(home, demo=demo) as engine:
        found = taken(
            engine.server, engine.settings, places, synthetic=engine.synthetic
        )
    manifest = found.manifest
    say(f"Ledger up to fact {manifest.position}: {found.ledger}")
    say(f"Keys: {found.keys}; destroy them after some days, so that who is forgotten")
    say("stays forgotten.")
    say(f"Root {manifest.root}: write it down elsewhere, it proves every fact.")
    say(f"In neither: the key file {kek}. Keep one copy of it, once, in a third place.")
    if as_json:
        result(
            {
                "position": manifest.position,
                "root": manifest.root,
                "ledger": str(found.ledger),
                "keys": str(found.keys),
            }
        )


@told
def restore(
    folder: Annotated[Path, typer.Argument(help="Where the ledger's copy lies.")],
    *,
    keys: Keys = None,
    as_json: AsJson = False,
    home: Home = None,
    demo: Demo = False,
) -> None:
    """Bring a backup back into an empty place, and prove that it is whole."""
    from services.restoring import restore as brought_back

    found = brought_back(settings(home), folder, keys, demo=demo)
    manifest = found.manifest
    say(f"{manifest.position} facts stand in order; every leaf and the root fit.")
    say(
        f"Read models are at fact {found.read_models}. `beistand serve` opens the desk."
    )
    if as_json:
        result(
            {
                "position": manifest.position,
                "root": manifest.root,
                "read_models": found.read_models,
            }
        )


@told
def upgrade(*, as_json: AsJson = False, home: Home = None, demo: Demo = False) -> None:
    """Bring databases and read models to this release; make a backup before."""
    from services.upgrade import upgrade as brought_on

    found = _settings(home, demo=demo)
    server = postgres.serve(found)
    if demo:
        server = realm.demo_server(server, found)
    # It may have been started a moment ago, beside this.
    done = patiently(lambda: brought_on(server))
    say(f"Ledger: version {done.ledger[0]} to {done.ledger[1]}.")
    say(f"Keys: version {done.keys[0]} to {done.keys[1]}.")
    say(f"Read models made anew: {', '.join(done.made_anew) or 'none'}.")
    say(f"All of them stand at fact {done.position}.")
    if as_json:
        result(
            {
                "ledger": done.ledger,
                "keys": done.keys,
                "made_anew": done.made_anew,
                "position": done.position,
            }
        )


@told
def health(
    *,
    port: Annotated[
        int | None,
        typer.Option("--port", min=1, max=65535, help="The desk's or a health port."),
    ] = None,
    as_json: AsJson = False,
    home: Home = None,
) -> None:
    """Ask a running process whether it is ready; exit 1 and say why it is not."""
    from services.ready import ask

    found = settings(home)
    answer = ask(port or found.health_port or found.port)
    for line in answer.wrong:
        say(f"NO  {line}")
    if answer.ready:
        say("Ready.")
    if as_json:
        result(answer.said)
    if not answer.ready:
        raise typer.Exit(REFUSED)


def _settings(home: Path | None, *, demo: bool) -> Settings:
    found = settings(home)
    return realm.demo_settings(found) if demo else found


COMMANDS = (backup, restore, upgrade, health)
