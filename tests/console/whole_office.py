"""A whole desk for tests of pages: real ledger, matcher, followers, and a small office.

Everything in it is made up: five homes, a hotel, goods, and who asks for them.
"""

import itertools
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

from psycopg import sql
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from services import realm
from services.assemble import Beistand
from services.console.app import desk_app
from services.database import Connection, Role, Server, create
from services.desk import RealDesk
from services.follow import LedgerFeed
from services.health import Health
from services.intake.reasons import Reason
from services.intake.submit import Intake
from services.ledger.handle import Writer
from services.ledger.recorder import Recorder
from services.ledger.rules.base import Command
from services.ledger.rules.catalogue import COMMANDS
from services.ledger.vault import Vault
from services.matching import Matching
from services.settings import load

BASE = "http://127.0.0.1"
TODAY = date(2022, 3, 18)
_NUMBERS = itertools.count(1)
CONTACT = {
    "purpose": "contact",
    "content": {"name": "Erika Beispiel", "phone": "+49 211 555010"},
}
SEEN = ("flat", "room", "house")
COAT = {"category": "CLOTHING", "code": "jacket-128"}
SHELTER = {
    "kind": "housing",
    "dwelling": "room",
    "location": {"postcode": "40217", "disclosure": "protected"},
}


def _home(dwelling: str, beds: int) -> dict[str, object]:
    return {
        "kind": "housing",
        "dwelling": dwelling,
        "beds": beds,
        "step_free": "all",
        "provider_kind": "citizen",
        "available": {"from": "2022-03-01"},
        "location": {"postcode": "40227"},
    }


def _household(persons: int) -> dict[str, object]:
    return {
        "kind": "housing",
        "persons": persons,
        "horizon": "acute",
        "languages": ("uk",),
        "near": "40210",
        "waiting_since": "2022-03-02",
    }


HOTEL = {
    "kind": "housing",
    "dwelling": "hotel_unit",
    "beds": 40,
    "units": ({"ref": "u1", "type": "double", "sleeps": 2},),
    "capacity": (
        {"unit": "u1", "count": 20, "span": {"from": "2022-03-01", "to": "2022-06-01"}},
    ),
    "location": {"postcode": "40210"},
}
HOMES = {
    "flat": _home("flat", 4),
    "room": _home("room", 2),
    "house": _home("house", 6),
    "late": _home("flat", 1),
    "hotel": HOTEL,
    "coats": {"kind": "goods", "quantity": 12, "item": COAT},
}
HOUSEHOLDS = {
    "family": _household(4),
    "couple": _household(2),
    "single": _household(1),
    "many": _household(60),
    "coat": {"kind": "goods", "quantity": 3, "item": COAT, "kit": "winter"},
}


@dataclass
class Office:
    """The desk, and the engine behind it for setting the scene."""

    engine: Beistand
    desk: RealDesk

    def do(self, name: str, **fields: object) -> None:
        """Give a command as an earlier day would have, and let pages see it."""
        model: TypeAdapter[Command] = TypeAdapter(COMMANDS[name])
        self.engine.handle(model.validate_python(fields, strict=False), by="Vorher")
        self.shown()

    def shown(self) -> None:
        self.desk.wait_for(self.desk.position())

    def client(self, name: str = "K. Muster", language: str = "de") -> "Visitor":
        """Return a browser at the desk; without a name nobody has sat down yet."""
        client = Visitor(desk_app(self.desk), base_url=BASE, follow_redirects=False)
        client.cookies.set("beistand-language", language)
        if name:
            client.fill("/who", "/who", name=name)
        return client


class Visitor(TestClient):
    """A browser without JavaScript: it sends forms as they stand on a page."""

    def fill(self, page: str, action: str, **fields: str):
        """Fill in the form of `page` that goes to `action`, and send it."""
        form = next(f for f in forms(self.get(page).text) if f.action == action)
        return self.post(action, data=form.fields | fields)

    def seen(self, answer):
        """Follow a redirect, as a browser does after a form."""
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["location"].partition("#")[0])


@dataclass
class Form:
    action: str
    fields: dict[str, str]


class _Forms(HTMLParser):
    """Collects the forms of a page with what stands in them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(told.get("action", ""), {}))
        elif tag == "input" and self.found and "name" in told:
            ticked = told.get("type") not in {"checkbox", "radio"} or "checked" in told
            if ticked and told.get("type") != "file":
                self.found[-1].fields[told["name"]] = told.get("value", "")


def forms(html: str) -> list[Form]:
    """Return the forms of a page in order; selects are left as they are."""
    parser = _Forms()
    parser.feed(html)
    return parser.found


@contextmanager
def opened(server: Server, folder: Path, *, peopled: bool = True) -> Iterator[Office]:
    """Lend an office on the worker's server, with its followers at work."""
    own = server.named(f"pages_{next(_NUMBERS)}")
    with ExitStack() as stack:
        admin = stack.enter_context(server.connect(Role.ADMIN, "postgres"))
        for name, pattern in ((own.ledger, server.ledger), (own.keys, server.keys)):
            create(admin, name, template=pattern)
            stack.callback(_drop, admin, name)
        engine = stack.enter_context(_engine(own, folder))
        engine.project()
        office = Office(engine, stack.enter_context(closing(RealDesk(engine))))
        stack.enter_context(_following(engine))
        if peopled:
            _people(office)
        yield office


@contextmanager
def _engine(server: Server, folder: Path) -> Iterator[Beistand]:
    settings = load(folder, today=TODAY, name="Stadt Beispielhausen")
    with ExitStack() as stack:
        recorder = stack.enter_context(closing(Recorder(server)))
        vault = stack.enter_context(closing(Vault(server, settings)))
        feed = stack.enter_context(closing(LedgerFeed(server)))
        writer = Writer(recorder, vault)
        realm.ensure_open(writer, settings, synthetic=True)
        engine = Beistand(
            settings=settings,
            server=server,
            synthetic=True,
            recorder=recorder,
            vault=vault,
            writer=writer,
            matching=Matching(feed, recorder, vault),
            intake=Intake(writer, realm=settings.realm),
            health=Health(),
        )
        engine.begin_today()
        yield engine


@contextmanager
def _following(engine: Beistand) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=engine.follow, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join()


def _people(office: Office) -> None:
    """Homes and households, a plan for them, and what each page has to show."""
    office.do(
        "stop-channel",
        channel="hotline",
        reason="set_aside",
        partition=0,
        offset=7,
        note="12 of the last 100 messages were set aside.",
    )
    for name, details in HOMES.items():
        told = {"contact": CONTACT} if details.get("provider_kind") else {}
        office.do(
            "list-offer", offer=name, provider=f"p-{name}", told=told, details=details
        )
    office.do(
        "list-offer",
        offer="shelter",
        provider="p-shelter",
        similar_to=("room",),
        questions=({"field": "beds", "reason": Reason.MANY_NUMBERS.value},),
        details=SHELTER,
    )
    for name, details in HOUSEHOLDS.items():
        office.do(
            "raise-need",
            need=name,
            household=f"h-{name}",
            priority=1,
            told={"contact": CONTACT},
            details=details,
        )
    for offer, check in itertools.product(SEEN, ("visit", "identity")):
        office.do(
            "check-offer", offer=offer, check=check, state="passed", on="2022-03-10"
        )
    office.do(
        "expect-arrivals", arrivals="wheels", households=2, persons=3, on="2022-04-01",
        features=("step_free",), source="reception",
    )  # fmt: skip
    office.do(
        "hold-back-capacity", hold="for-wheels", arrivals="wheels", offer="hotel",
        unit="u1", count=2, start="2022-04-01", end="2022-05-01",
    )  # fmt: skip
    office.engine.match()
    office.shown()


def _drop(admin: Connection, database: str) -> None:
    admin.execute(
        sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database))
    )
