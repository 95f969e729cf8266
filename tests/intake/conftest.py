"""An intake over a real ledger, with a clock that stands still."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.base import Said
from events.values import Actor
from services.intake.submit import Intake
from services.ledger.handle import Writer
from services.ledger.recorder import Recorder
from services.ledger.vault import Vault

REALM = "05111000"
NOW = datetime(2022, 3, 18, 8, 30, tzinfo=UTC)
SAID = Said(actor=Actor(ref="Kim", role="coordinator"), via="channel")


@pytest.fixture
def writer(recorder: Recorder, vault: Vault) -> Writer:
    return Writer(recorder, vault)


@pytest.fixture
def intake(writer: Writer, tmp_path: Path) -> Intake:
    own = tmp_path / "profiles"
    own.mkdir()
    return Intake(writer, realm=REALM, own_profiles=own, clock=lambda: NOW)
