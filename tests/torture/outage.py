"""A server away for a minute: what readiness said meanwhile, and when intake went on.

Readiness has ten seconds to notice that a server is gone, and intake twenty to go on
once it is back; in between, every answer must be true.
"""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from services.follow import StoredFact
from tests.torture import witness
from tests.torture.ground import Ground
from tests.torture.plan import INTAKES, KAFKA, PARTS, POSTGRES, RELAYS, Fault, Kind
from tests.torture.said import Voice
from tests.torture.scene import (
    FORM,
    HOTELS,
    REST_SECONDS,
    Outcome,
    Run,
    Scene,
)

PAUSE = 0.5
ASKING = "asking"
BEFORE, AFTER = 8.0, 25.0
"""Seconds of quiet work before the outage and after it."""
NOTICED, RESUMED = 10.0, 20.0
ON_BUS = tuple(Voice(channel, 0).source for channel in (FORM, HOTELS))
CONCERNED: Mapping[str, Sequence[str]] = {
    KAFKA: (*INTAKES, *RELAYS),
    POSTGRES: PARTS,
}
"""Who cannot work without it: nobody else may turn red."""


@dataclass(frozen=True)
class Seen:
    """What one part said of itself at a moment (seconds since the epoch)."""

    at: float
    part: str
    ready: bool


@dataclass(frozen=True)
class Away:
    """From when to when a server was gone, and when it was first seen to answer.

    Between the two it may answer already, which a part can see before we do.
    """

    server: str
    since: float
    until: float
    answered: float


@dataclass
class Told:
    """What is said of an outage beside the promises."""

    resumed_seconds: float | None
    untrue: list[str] = field(default_factory=list)

    @property
    def broken(self) -> list[str]:
        if self.resumed_seconds is None:
            return [*self.untrue, "intake did not go on"]
        late = self.resumed_seconds > RESUMED
        said = f"intake went on after {self.resumed_seconds:.1f} s"
        return [*self.untrue, *([said] if late else [])]


def outage(servers: Sequence[str], seconds: float) -> tuple[Fault, ...]:
    """Return the plan: these servers are killed at once and stay away."""
    return tuple(
        Fault(BEFORE, Kind.CRASH, server, seconds, "kill") for server in servers
    )


class Outage(Run):
    """A run whose parts are asked all the time whether they are ready."""

    def __init__(self, ground: Ground, scene: Scene) -> None:
        super().__init__(ground, scene)
        self.told = Told(None)
        self._seen: list[Seen] = []
        self._enough = threading.Event()

    def _open(self) -> None:
        super()._open()
        for part in PARTS:
            self._come(f"{ASKING} {part}", partial(self._ask, part))

    def _ask(self, part: str) -> None:
        while not self._enough.wait(PAUSE):
            self._seen.append(Seen(time.time(), part, self.office.is_ready(part)))

    def _judge(self, outcome: Outcome) -> None:
        self._hear_out()
        super()._judge(outcome)
        ground = self._ground
        aways = [
            Away(server, since, ground.begun[server], ground.answered[server])
            for server, since in ground.ended.items()
        ]
        self.told = judged(self._seen, aways, witness.facts(self.office))
        outcome.failed += self.told.broken
        if self.told.broken:
            outcome.failed += self._last_words()

    def _hear_out(self) -> None:
        """Wait for the last answers: whoever is ended for the verdict gives none."""
        self._enough.set()
        for client in self._clients:
            if client.name.startswith(ASKING):
                client.join(REST_SECONDS)

    def _last_words(self) -> list[str]:
        """Say how those that were not ready ended, or what they said last."""
        parts = [part for part in PARTS if f"{part} was" in str(self.told.untrue)]
        fell, crew = self.office.crew.fallen(), self.office.crew
        return [
            f"{one} fell {fell.get(one)}: {crew[one].last_words()}" for one in parts
        ]

    def _end(self) -> None:
        self._enough.set()
        super()._end()


def judged(
    seen: Iterable[Seen], aways: Sequence[Away], ledger: Iterable[StoredFact]
) -> Told:
    """Say when intake went on, and which answers were not true."""
    back = max(away.answered for away in aways)
    taken = (fact.recorded_us / 1e6 for fact in ledger if _is_from_bus(fact))
    resumed = min((at - back for at in taken if at > back), default=None)
    return Told(resumed, [line for one in seen if (line := _untrue(one, aways))])


def _is_from_bus(fact: StoredFact) -> bool:
    return any(source.encode() in fact.data for source in ON_BUS)


def _untrue(one: Seen, aways: Sequence[Away]) -> str:
    mine = [away for away in aways if one.part in CONCERNED[away.server]]
    first = min((away.since for away in mine), default=float("inf"))
    back = max((away.answered for away in mine), default=float("-inf"))
    gone = any(away.since + NOTICED < one.at < away.until for away in mine)
    if gone and one.ready:
        return f"{one.part} was ready {one.at - first:.1f} s into the outage"
    settled = not first <= one.at <= back + RESUMED
    if settled and not one.ready:
        return f"{one.part} was not ready {one.at - first:.1f} s after its begin"
    return ""
