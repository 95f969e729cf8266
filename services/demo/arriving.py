"""How the scenario's files come in: over the bus, or straight to intake."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from events.base import BERLIN, Said
from events.values import Actor
from services.assemble import Beistand
from services.bus.connection import Bus
from services.bus.names import Names
from services.bus.offsets import said
from services.busfeed import KafkaFeed
from services.demo.channels import channels
from services.demo.play import Intake
from services.parts import BUS, running
from services.realm import business_today

MORNING = time(8, 0)
RELAY_SECONDS = 60.0


@dataclass(frozen=True)
class Carried:
    """What the bus of the demo has carried, as its topics say."""

    published: int
    set_aside: int
    facts: int


def straight(engine: Beistand) -> Intake:
    """Return the way without a bus: the files themselves."""

    def take(paths: Sequence[Path]) -> None:
        actor = Actor(ref="demo-channels", role="channel")
        by = Said(actor=actor, via="channel", valid_from=_morning(engine))
        for path in paths:
            engine.intake.submit(path, by)

    return take


@contextmanager
def over(bus: Bus, engine: Beistand) -> Iterator[Intake]:
    """Lend the way over the bus: channels publish, intake and relay run meanwhile."""
    with (
        channels(bus, engine.settings.realm, engine.writer) as found,
        running(engine, BUS),
    ):
        yield lambda paths: found.publish(paths, _morning(engine))
        with closing(KafkaFeed(engine.settings)) as feed:
            feed.wait(engine.recorder.head() - 1, RELAY_SECONDS)


def carried(bus: Bus, engine: Beistand, set_aside: int) -> Carried:
    """Count what stands on the topics; all that was set aside had come over them."""
    names = Names(engine.settings.realm)
    found = said(bus)
    published = sum(
        count for topic, count in found.items() if names.channel_of(topic) is not None
    )
    return Carried(published, set_aside, found.get(names.facts, 0))


def _morning(engine: Beistand) -> datetime:
    today = engine.matching.catch_up().today or business_today(engine.settings)
    return datetime.combine(today, MORNING, BERLIN)
