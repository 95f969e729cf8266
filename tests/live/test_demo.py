"""The demo's story tells the same whether it comes over the bus or as files."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from services import postgres
from services.assemble import beistand
from services.bus.connection import Bus
from services.demo import arriving, play
from services.demo.summary import Summary
from services.settings import load


@pytest.fixture
def homes() -> Iterator[tuple[Path, Path]]:
    """Two homes with short paths, for their sockets' sake."""
    folder = Path(tempfile.mkdtemp(prefix="tale-", dir="/tmp"))
    yield folder / "a", folder / "b"
    for home in folder.glob("*"):
        postgres.stop(home)
    shutil.rmtree(folder)


@pytest.mark.timeout(600)  # two whole stories, each with its plans and their proofs
def test_the_story_over_the_bus_is_the_story_without_it(
    kafka: Bus, homes: tuple[Path, Path]
):
    realm = f"t{uuid4().hex[:8]}"
    with beistand(load(homes[0], realm=realm), demo=True) as engine:
        files = _told(play.run(engine, arriving.straight(engine), _silent, began=0))

    settings = load(homes[1], realm=realm, kafka=kafka.servers)
    with beistand(settings, demo=True) as engine:
        with arriving.over(kafka, engine) as intake:
            found = play.run(engine, intake, _silent, began=0)
        carried = arriving.carried(kafka, engine, found.set_aside)
        head = engine.recorder.head()

    assert _told(found) == files
    assert carried.facts == head
    assert carried.set_aside == files.set_aside > 0
    assert carried.published > files.offers + files.needs


def _told(found: Summary) -> Summary:
    """Leave out what may differ: the clock, and facts about the channels themselves."""
    return replace(found, seconds=0, position=0)


def _silent(_: str) -> None:
    """Nobody listens to the progress."""
