"""The demo over a real ledger, with a clock that stands still."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.base import Said
from events.values import Actor
from services import realm
from services.demo.play import Desk
from services.follow import LedgerFeed
from services.intake.submit import Intake
from services.ledger.handle import Writer
from services.ledger.vault import Vault
from services.matching import Matching, Run
from services.settings import load

NOW = datetime(2022, 3, 18, 8, 30, tzinfo=UTC)
SAID = Said(actor=Actor(ref="Kim", role="coordinator"), via="cli")


class SmallDesk:
    """As much of Beistand as the demo asks for."""

    def __init__(self, recorder, vault, feed):
        self.recorder = recorder
        self.writer = Writer(recorder, vault)
        self.matching = Matching(feed, recorder, vault)
        self.intake = Intake(self.writer, realm="05111000-demo", clock=lambda: NOW)

    def match(self) -> Run:
        return self.matching.run()

    def take(self, paths: list[Path]) -> dict[str, object]:
        return {path.name: self.intake.submit(path, SAID) for path in paths}


@pytest.fixture
def desk(recorder, database, tmp_path) -> Iterator[Desk]:
    """An office whose ids are the demo's own, so that its story is the demo's too."""
    settings = realm.demo_settings(load(tmp_path / "home"))
    with (
        closing(Vault(database, settings, synthetic=True)) as vault,
        closing(LedgerFeed(database)) as feed,
    ):
        made = SmallDesk(recorder, vault, feed)
        realm.ensure_open(made.writer, settings, synthetic=True)
        yield made
