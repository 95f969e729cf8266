"""Put the parts together: the only module that knows all of them."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

import structlog

from events.base import Said
from events.values import Actor, Via
from services import daily, postgres, realm
from services.database import Server, patiently
from services.follow import LedgerFeed
from services.health import Health
from services.heartbeat import telling
from services.intake.submit import Intake
from services.ledger.handle import Order, Outcome, Writer
from services.ledger.migrate import prepare
from services.ledger.recorder import Recorder
from services.ledger.rules.base import Command
from services.ledger.vault import Vault
from services.market import Json
from services.matching import Matching, Run
from services.progress import Progress, Watched, both
from services.projecting import projecting
from services.sandbox import Sandbox
from services.settings import Settings
from services.snapshot import Snapshots
from services.solver import Apart
from services.todays import Todays

log = structlog.get_logger("beistand")


@dataclass
class Beistand:
    """One realm's engine, running in this process."""

    settings: Settings
    server: Server
    synthetic: bool
    recorder: Recorder
    vault: Vault
    writer: Writer
    matching: Matching
    intake: Intake
    health: Health
    one_run: threading.Lock = field(default_factory=threading.Lock)
    one_day: threading.Lock = field(default_factory=threading.Lock)
    sandbox: Sandbox = field(default_factory=Sandbox)
    watched: Watched = field(default_factory=Watched)
    begun: date | None = None

    def __post_init__(self) -> None:
        self.todays = Todays(self.matching)

    def handle(
        self, command: Command, *, by: str, via: Via = "desk", order: str | None = None
    ) -> Outcome:
        """Record what a command leads to, said by a coordinator.

        The same `order` twice is done once; without one, each call is a new order.
        """
        said = Said(actor=Actor(ref=by, role="coordinator"), via=via)
        name = order or f"{via}-{uuid.uuid4()}"
        return self.writer.do(Order(id=name, said=said, command=command))

    def match(self, progress: Progress | None = None) -> Run:
        """Run the matcher now; one run at a time, and `watched` says how far it is.

        Other processes hear of it too.
        """
        with self.one_run, self.watched.run() as watched:
            told = watched if progress is None else both(watched, progress)
            with telling(self.server, self.watched):
                return self.matching.run(progress=told)

    def solve_apart(self) -> None:
        """Leave solving to a process of its own: this one answers pages meanwhile."""
        self.matching.solver = self.sandbox.solver = Apart()

    def market_now(self) -> Json:
        """Return the market as a run would see it now."""
        return self.matching.catch_up().document()

    def begin_today(self) -> None:
        """Let the business day begin, unless this process has seen to it.

        Another may have died between the day's first fact and what the day makes due;
        so each process sees to the day once, which changes nothing where all is done.
        """
        with self.one_day:
            today = realm.business_today(self.settings)
            if self.begun == today:
                return
            market = self.matching.catch_up()
            if market.today is None or market.today <= today:
                daily.begin_day(self.writer, self.matching, today)
            self.begun = today

    def revive(self) -> None:
        """Start the embedded PostgreSQL again when it is gone; else do nothing."""
        try:
            postgres.serve(self.settings)
        except postgres.NotStarted as error:
            log.warning("postgres.not_started", reason=str(error))

    def project(self) -> int:
        """Bring the read models up to the ledger's head; return the position."""
        with projecting(self.server) as follower:
            return follower.catch_up()

    def follow(self, stop: threading.Event) -> None:
        """Keep the read models at the ledger's head until `stop`."""
        with projecting(self.server, health=self.health) as follower:
            follower.follow(stop)


def _snapshots(settings: Settings, feed: LedgerFeed) -> Snapshots:
    return Snapshots(settings.home / "snapshots", feed)


@contextmanager
def beistand(settings: Settings, *, demo: bool = False) -> Iterator[Beistand]:
    """Open the realm of the settings (with `demo`: the synthetic one beside it)."""
    if demo:
        settings = realm.demo_settings(settings)
    server = postgres.serve(settings)
    if demo:
        server = realm.demo_server(server, settings)
    patiently(lambda: prepare(server))
    recorder = Recorder(server)
    vault = Vault(server, settings, synthetic=demo)
    writer = Writer(recorder, vault)
    feed = LedgerFeed(server)
    try:
        realm.ensure_open(writer, settings, synthetic=demo)
        yield Beistand(
            settings=settings,
            server=server,
            synthetic=demo,
            recorder=recorder,
            vault=vault,
            writer=writer,
            matching=Matching(feed, recorder, vault, _snapshots(settings, feed)),
            intake=Intake(
                writer,
                realm=settings.realm,
                own_profiles=settings.home / "profiles",
            ),
            health=Health(),
        )
    finally:
        feed.close()
        recorder.close()
        vault.close()
