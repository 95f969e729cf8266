"""Commands of the bus: the broker of the home."""

from dataclasses import asdict

import typer

from services import realm
from services.cli.options import (
    REFUSED,
    AsJson,
    Demo,
    Home,
    WrongUse,
    result,
    say,
    settings,
    told,
)
from services.settings import Settings

kafka = typer.Typer(
    help="The Apache Kafka of this home: Java and all come with Beistand.",
    no_args_is_help=True,
)


@kafka.command()
@told
def start(*, as_json: AsJson = False, home: Home = None, demo: Demo = False) -> None:
    """Start Kafka in the home, or find the one that runs; it stays until `stop`.

    It listens on 127.0.0.1 without passwords. The first start fetches 47 MB.
    """
    from services.bus import broker

    found = _own(settings(home), demo=demo)
    bus = broker.start(found)
    say(f"Kafka {broker.status(found.home).version} answers at {bus.servers}.")
    if as_json:
        result(asdict(broker.status(found.home)))


@kafka.command()
@told
def stop(*, home: Home = None, demo: Demo = False) -> None:
    """End the home's Kafka; what was acknowledged is kept."""
    from services.bus import broker

    found = _own(settings(home), demo=demo)
    say("Stopped." if broker.stop(found.home) else "Nothing was running.")


@kafka.command()
@told
def status(*, as_json: AsJson = False, home: Home = None, demo: Demo = False) -> None:
    """Say whether the home's Kafka runs, and where; exit 1 when it does not."""
    from services.bus import broker

    seen = broker.status(_own(settings(home), demo=demo).home)
    if seen.running:
        say(f"Kafka {seen.version} runs at {seen.address}, process {seen.pid}.")
        say(f"Its log: {seen.log}")
    else:
        say("No Kafka runs in this home; start it with `beistand kafka start`.")
    if as_json:
        result(asdict(seen))
    if not seen.running:
        raise typer.Exit(REFUSED)


@kafka.command()
@told
def fetch() -> None:
    """Fetch Kafka now and check each archive, so that a start needs no network."""
    from services.bus import archives

    say(f"Kafka {archives.VERSION} is in {archives.fetch()}.")


def _own(found: Settings, *, demo: bool) -> Settings:
    if found.kafka is not None:
        raise WrongUse(
            "BEISTAND_KAFKA names a Kafka of your own; start and stop it there."
        )
    return realm.demo_settings(found) if demo else found
