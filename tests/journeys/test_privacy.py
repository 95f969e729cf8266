"""Planted names, phones and streets are nowhere but behind the gateway.

One office day with the real commands: files in, a plan, both sides agree. Then every
file of the database, every log, every page, report and export is searched.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from events.match import MatchState
from services.assemble import Beistand, beistand
from services.console.app import desk_app
from services.console.ports import Opened
from services.database import Role
from services.desk import RealDesk
from services.ledger.rules.answers import AgreeMatch
from services.ledger.rules.base import Command, Refused
from services.ledger.rules.matches import CommunicateMatch
from services.ledger.rules.offers import CheckOffer
from services.settings import load
from tests.journeys.shell import beistand as run

SECRETS = (
    "Unauffindbar", "Verborgenova", "0211 5559913", "+492115559913",
    "02115559913", "0211 5559914", "+492115559914", "Geheimstra", "Schweigegasse",
    "geheim@example.org", "Herzfehler", "Flustern",
)  # fmt: skip
WITNESS = "Zeuge-Sichtbar"
"""Who acts is open; the search must find it, or it would find nothing."""

HOMES = """Angebots-Nr.;Name;Telefon;E-Mail;PLZ;Straße und Hausnummer;Wohnform;Betten;Verfügbar ab;Bemerkung
W-1;Erika Unauffindbar;0211 5559913;geheim@example.org;40227;Geheimstraße 7;Wohnung;3;01.04.2022;bitte leise, Flustern
W-2;Erika Unauffindbar;0211 5559913;geheim@example.org;40227;Geheimstraße 7;Zimmer;ca. 2;01.04.2022;
;;;;40227;Schweigegasse 1;;;;kein Weg zu Verborgenova
"""  # noqa: E501 - one row of a sheet is one line
HOUSEHOLDS = """Bedarfs-Nr.;Ansprechperson;Telefon;Jetzige Unterkunft;Haushalt;Personen;Dringlichkeit;Grund der Priorität;Bemerkung
H-1;Oksana Verborgenova;0211 5559914;Schweigegasse 1;Mutter 34 w;1;akut;Herzfehler;Herzfehler seit Geburt
"""  # noqa: E501 - one row of a sheet is one line


@pytest.fixture
def lived(office: Path, tmp_path: Path) -> Iterator[tuple[Beistand, list[str]]]:
    """An office after its first day, and what its commands printed."""
    homes, households = tmp_path / "homes.csv", tmp_path / "households.csv"
    homes.write_text(HOMES)
    households.write_text(HOUSEHOLDS)
    files = (str(homes), str(households))
    day = json.dumps({"day": "2022-03-18"})
    said = [
        run(office, "do", "begin-day", day, "--as", WITNESS),
        run(office, "intake", *files, "--dry-run", "--json"),
        run(office, "intake", *files, "--as", WITNESS, "--json"),
        run(office, "match", "--json"),
    ]
    with beistand(load(office)) as engine:
        yield engine, said


def agreed(engine: Beistand) -> MatchState:
    """Let both sides agree to the one proposal there is."""
    market = engine.matching.catch_up()
    (match,) = (m for need in market.needs.values() for m in need.living)
    pair = {"match": match.id, "offer": match.offer, "need": match.need}
    visit = {"offer": match.offer, "check": "visit", "state": "passed"}
    steps: list[Command] = [
        CheckOffer.model_validate(visit | {"on": market.today}),
        CommunicateMatch(**pair),
        AgreeMatch(**pair, side="household"),
        AgreeMatch(**pair, side="provider"),
    ]
    for step in steps:
        engine.handle(step, by=WITNESS)
    return match


def test_planted_secrets_are_nowhere_outside_the_gateway(
    lived: tuple[Beistand, list[str]], office: Path
):
    engine, said = lived
    match = agreed(engine)
    engine.project()
    pages = list(_pages(engine, match))

    with engine.server.connect(Role.ADMIN, engine.server.ledger) as admin:
        admin.execute("CHECKPOINT")
    kept = [path.read_bytes() for path in office.rglob("*") if path.is_file()]
    facts = b"\n".join(fact.data for fact in engine.recorder.read())
    everywhere = b"\n".join(
        [*kept, facts, *(text.encode() for text in (*said, *pages))]
    )

    assert [secret for secret in SECRETS if secret.encode() in everywhere] == []
    assert all(WITNESS.encode() in part for part in (b"\n".join(kept), facts))


def test_contact_opens_after_both_agreed_and_who_read_it_is_recorded(
    lived: tuple[Beistand, list[str]],
):
    engine, _ = lived
    market = engine.matching.catch_up()
    (match,) = (m for need in market.needs.values() for m in need.living)

    with closing(RealDesk(engine)) as desk:
        with pytest.raises(Refused, match="Both sides must agree"):
            _open(desk, match)
        agreed(engine)
        opened = _open(desk, match)

    assert opened.parts[0]["name"] == "Erika Unauffindbar"
    last = engine.recorder.read()[-1]
    assert last.type == "personal.opened.v1"
    assert WITNESS.encode() in last.data


def _open(desk: RealDesk, match: MatchState) -> Opened:
    case = f"offer:{match.offer}"
    return desk.open_personal(case, purpose="contact", reason="move-in", by=WITNESS)


def _pages(engine: Beistand, match: MatchState) -> Iterator[str]:
    addresses = [
        "/", "/needs", "/offers", "/proposals", "/plans", "/goods",
        f"/offers/{match.offer}", f"/needs/{match.need}",
        "/api/open_needs", "/api/available_offers", "/api/proposals",
        "/api/available_offers?format=csv", "/api/open_needs?format=csv",
    ]  # fmt: skip
    with (
        closing(RealDesk(engine)) as desk,
        TestClient(desk_app(desk), base_url="http://127.0.0.1") as browser,
    ):
        for address in addresses:
            answer = browser.get(address)
            assert answer.status_code == 200, (address, answer.text[:300])
            yield answer.text
