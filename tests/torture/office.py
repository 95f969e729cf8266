"""One realm at work on the ground: its ledger, its processes, how to ask about them."""

import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace

from projections import checkpoint
from services.bus.names import Names
from services.bus.place import LOCALHOST
from services.database import Role, Server
from tests.docs.examples import ROOT
from tests.torture.clients import Door
from tests.torture.ground import Ground, free_port
from tests.torture.mutants import MUTANTS
from tests.torture.plan import PARTS
from tests.torture.processes import Crew, Process

BEISTAND = str(ROOT / ".venv/bin/beistand")
TODAY = "2022-03-18"
PLAIN = "none"
"""The mutant that is none."""


class Office:
    """A realm on the ground. `mutant` names the fault that its parts are born with."""

    def __init__(
        self,
        ground: Ground,
        realm: str,
        *,
        parts: Sequence[str] = PARTS,
        mutant: str = PLAIN,
    ) -> None:
        self.ground, self.realm, self.port = ground, realm, free_port()
        self.names = Names(realm)
        self.home = ground.home.parent / realm
        self.home.mkdir(mode=0o700)
        self.ledger = f"beistand_{realm.replace('-', '_')}"
        self.mutant = mutant
        self._health: dict[str, int] = {}
        self.crew = Crew([self._process(part) for part in parts])

    @property
    def server(self) -> Server:
        """Reach the realm's databases directly, past all faults."""
        return replace(self.ground.server, assume=True).named(self.ledger)

    @property
    def url(self) -> str:
        """Where the desk answers."""
        return f"http://{LOCALHOST}:{self.port}"

    def environment(self, part: str) -> dict[str, str]:
        """Return what a process of the realm is told."""
        found = {
            "PATH": os.defpath,
            "HOME": str(self.home),
            "NO_COLOR": "1",
            "BEISTAND_HOME": str(self.home),
            "BEISTAND_REALM": self.realm,
            "BEISTAND_TODAY": TODAY,
            "BEISTAND_PORT": str(self.port),
            "DATABASE_URL": self.ground.way(part, self.ledger),
        }
        if part != "desk":
            found["BEISTAND_HEALTH_PORT"] = str(self.health(part))
        if self.ground.to_kafka is not None:
            found["BEISTAND_KAFKA"] = f"{LOCALHOST}:{self.ground.to_kafka.port}"
        return found

    def health(self, part: str) -> int:
        """Return the port on which a part says how it fares."""
        if part == "desk":
            return self.port
        if part not in self._health:
            self._health[part] = free_port()
        return self._health[part]

    def is_ready(self, part: str) -> bool:
        """Ask a part whether it is ready; who does not answer is not."""
        door = Door(self.health(part), threading.Event())
        return door.ask("GET", "/health/ready").status == 200

    def position(self) -> int:
        """Return how far the read models are."""
        with self.server.connect(Role.PROJECTOR) as db:
            return checkpoint.position(db)

    def parked(self) -> list[str]:
        """Return the read models that stand still."""
        with self.server.connect(Role.PROJECTOR) as db:
            return [m.read_model for m in checkpoint.standing(db) if m.parked]

    def _fault(self, part: str) -> str:
        known = MUTANTS.get(self.mutant)
        return PLAIN if known is not None and not known.spoils(part) else self.mutant

    def _process(self, part: str) -> Process:
        kind = part.partition("-")[0]
        return Process(
            name=part,
            command=command(self._fault(part), kind),
            environment=self.environment(part),
            log=self.home / f"{part}.log",
        )


def command(mutant: str, kind: str) -> list[str]:
    """Return how a part is started: the command itself, or a wrapper that spoils it.

    The matcher waits half a minute for quiet, so in a minute it would hardly run: its
    wrapper makes it impatient, and changes nothing else.
    """
    if mutant == PLAIN and kind != "matching":
        return [BEISTAND, "run", kind]
    return [sys.executable, "-m", "tests.torture.mutant", mutant, "run", kind]
