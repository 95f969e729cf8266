"""One run: an office at work, clients at its doors, faults, rest, and the verdict."""

import json
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import psycopg

from services.bus.connection import Bus
from services.bus.place import LOCALHOST
from services.database import Role
from services.follow import head_of
from tests.torture import bus, witness
from tests.torture.clients import Client, Door, speak
from tests.torture.coordinators import Coordinators
from tests.torture.ground import Ground
from tests.torture.journal import Journal, read
from tests.torture.office import PLAIN, TODAY, Office
from tests.torture.plan import PARTS, Fault
from tests.torture.promises import Verdict, accepted, broken_already, judge
from tests.torture.said import Voice
from tests.torture.trouble import Trouble

OPEN_SECONDS = 60.0
REST_SECONDS = 60.0
LOOK_SECONDS = 0.25
HUNT_SECONDS = 1.0
SHEET, FORM, HOTELS = "sheet", "web-form", "hotels"
"""Channels: the first over HTTP, the others on the bus."""


@dataclass(frozen=True)
class Scene:
    """What is played: with whom, for how long, and what goes wrong."""

    realm: str
    seed: int
    seconds: float
    faults: tuple[Fault, ...]
    parts: tuple[str, ...] = PARTS
    bus: bool = True
    mutant: str = PLAIN
    """With a mutant it ends as soon as that is caught."""


@dataclass
class Outcome:
    """What came of a run; `drained` is None when it never came to rest."""

    seconds: float
    faults: int = 0
    accepted: int = 0
    verdict: Verdict = field(default_factory=Verdict)
    unequal: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    """What was seen broken while everything still ran: then nothing else was asked."""
    drained: float | None = None
    fallen: dict[str, list[int]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    """Clients that met an answer which no client should get."""

    @property
    def broken(self) -> list[str]:
        """Every broken promise as a sentence."""
        if self.early:
            return self.early
        unequal = [f"read models: {name} is not its rebuild" for name in self.unequal]
        late = [] if self.drained is not None else ["it never came to rest"]
        return [*self.verdict.broken, *unequal, *late, *self.failed]

    def as_json(self) -> dict[str, object]:
        return {
            "seconds": round(self.seconds, 1),
            "faults": self.faults,
            "accepted": self.accepted,
            "lost": len(self.verdict.lost),
            "stored_twice": len(self.verdict.stored_twice),
            "promised_twice": len(self.verdict.promised_twice),
            "gaps": len(self.verdict.gaps),
            "read_models_equal": not self.unequal,
            "drained_seconds": None if self.drained is None else round(self.drained, 1),
        }


class Run:
    """Plays a scene on the ground."""

    def __init__(self, ground: Ground, scene: Scene) -> None:
        self._ground, self._scene = ground, scene
        self.office = Office(
            ground, scene.realm, parts=scene.parts, mutant=scene.mutant
        )
        self._stop, self._deaf = threading.Event(), threading.Event()
        self._caught = threading.Event()
        self.journal = Journal(self.office.home / "operations.jsonl")
        self._clients: list[Client] = []
        self._watch: bus.Watch | None = None

    def play(self) -> Outcome:
        """Play it to its end and judge."""
        try:
            self._open()
            outcome = self._torture()
            if not self._caught.is_set():
                self._judge(outcome)
        finally:
            self._end()
        return outcome

    def _open(self) -> None:
        """Open the office and let clients come in."""
        voices = self._lay_bus()
        self.office.crew.begin()
        door = Door(self.office.port, self._stop)
        if not until(lambda: door.ask("GET", "/api").status == 200, OPEN_SECONDS):
            raise AssertionError(self.office.crew["desk"].last_words())
        self._order(door, "begin-day", day=TODAY)
        for voice in voices:
            told = {"channel": voice.channel, "source": voice.source}
            self._order(door, "register-channel", **told)
        parts = self._scene.parts  # a plan's first fault meets no beginner
        if not until(lambda: all(map(self.office.is_ready, parts)), OPEN_SECONDS):
            raise AssertionError("not all parts became ready")
        seed = self._scene.seed
        sheet = Voice(SHEET, seed)
        people = Coordinators(door, self.journal, seed)
        self._come("people", lambda: people.work(0.5))
        self._come(SHEET, lambda: speak(door, sheet, self.journal, pause=0.5))
        for voice in voices:
            self._listen_to(voice)

    def _lay_bus(self) -> list[Voice]:
        """Make the topics, and an ear for all receipts, where there is a bus."""
        if self._ground.bus is None or not self._scene.bus:
            return []
        seed, names = self._scene.seed, self.office.names
        voices = [Voice(FORM, seed, poison=0.02), Voice(HOTELS, seed)]
        channels = tuple(voice.channel for voice in voices)
        bus.lay_topics(self._ground.bus, names, channels)
        self._watch = bus.Watch(self._ground.bus, names, channels)
        ear = bus.Ear(self._ground.bus, names, channels, self.journal, self._deaf)
        self._come("ear", ear.hear)
        return voices

    def _order(self, door: Door, command: str, **body: str) -> None:
        """Give an order as an operator does before the office opens."""
        headers = {
            "Content-Type": "application/json",
            "Beistand-Actor": "Kim",
            "Idempotency-Key": "-".join((command, next(iter(body.values())))),
        }
        path = f"/api/commands/{command}"
        reply = door.insist(path, json.dumps(body).encode(), headers)
        if reply is None or reply.status != 200:
            raise AssertionError(f"{command} was not done: {reply}")

    def _listen_to(self, voice: Voice) -> None:
        wire = self._ground.to_kafka
        if wire is None:
            return
        through = Bus(f"{LOCALHOST}:{wire.port}")
        names, journal = self.office.names, self.journal
        speaker = bus.Speaker(through, names, voice, journal, self._stop)
        self._come(voice.channel, lambda: speaker.speak(0.6))

    @property
    def _speakers(self) -> set[str]:
        return {"people", SHEET, FORM, HOTELS}

    def _come(self, name: str, work: Callable[[], None]) -> None:
        client = Client(name, work)
        self._clients.append(client)
        client.start()

    def _torture(self) -> Outcome:
        """Let everything go wrong while clients work; then wait until it rests."""
        outcome = Outcome(self._scene.seconds)
        began = time.monotonic()
        trouble = Trouble(self._ground, self.office, say)
        if self._scene.mutant != PLAIN:
            self._come("hunter", lambda: self._hunt(outcome))
        trouble.run(self._scene.faults, self._caught)
        self._caught.wait(max(0.0, began + self._scene.seconds - time.monotonic()))
        outcome.seconds = time.monotonic() - began
        self._stop.set()
        if self._caught.is_set():
            return outcome
        quiet = time.monotonic()
        for client in self._clients:
            if client.name in self._speakers:
                client.join(REST_SECONDS)
        if until(self._rests, REST_SECONDS):
            outcome.drained = time.monotonic() - quiet
        else:
            self._say_what_is_left()
        outcome.faults = trouble.done
        for left_out in trouble.left_out:
            say(f"left out: {left_out}")
        return outcome

    def _say_what_is_left(self) -> None:
        """Say who is behind: it is what a person would look at first."""
        with self.office.server.connect(Role.READER) as db:
            head = head_of(db)
        told: dict[str, object] = {"head": head}
        if self._has("projecting"):
            told["projecting"] = self.office.position()
        if self._watch is not None:
            told["relay"] = self._watch.reached()
            told["unread"] = self._watch.unread_at()
            told["intake's group"] = self._watch.group()
        say(f"never at rest: {told}")

    def _hunt(self, outcome: Outcome) -> None:
        """Look again and again for what no later fact can mend."""
        while not self._stop.wait(HUNT_SECONDS):
            try:
                ledger = witness.facts(self.office)
            except psycopg.OperationalError:
                continue
            outcome.early = broken_already(read(self.journal.path), ledger)
            if outcome.early:
                self._caught.set()
                return

    def _has(self, kind: str) -> bool:
        """Say whether a part of this kind takes part."""
        return any(part.partition("-")[0] == kind for part in self._scene.parts)

    def _rests(self) -> bool:
        """Say whether nothing is left to be done anywhere."""
        try:
            with self.office.server.connect(Role.READER) as db:
                head = head_of(db)
            if self._has("projecting") and self.office.position() < head:
                return False
            if self._watch is None:
                return True
            if self._has("intake") and self._watch.unread() > 0:
                return False
            return not self._has("relay") or self._watch.reached() >= head
        except psycopg.OperationalError:
            return False

    def _judge(self, outcome: Outcome) -> None:
        if outcome.drained is not None:
            self._stand_still()
        self._deaf.set()
        for client in self._clients:
            client.join(REST_SECONDS)
        self.office.crew.end()
        outcome.fallen = self.office.crew.fallen()
        outcome.failed = [f"{c.name} failed" for c in self._clients if c.failed]
        log = read(self.journal.path)
        outcome.accepted = accepted(log)
        topic = self._watch if self._has("relay") else None
        outcome.verdict = judge(witness.evidence(self.office, log, topic))
        if self._has("projecting"):
            outcome.unequal = witness.unequal(self.office)

    def _stand_still(self) -> None:
        """End whoever writes unasked: what came of the last plan goes on to readers."""
        for name in parts_of(["matching"]):
            if name in self.office.crew:
                self.office.crew.kill(name)
        if not until(self._rests, REST_SECONDS):
            self._say_what_is_left()

    def _end(self) -> None:
        self._stop.set()
        self._deaf.set()
        self.office.crew.end()
        for client in self._clients:
            client.join(REST_SECONDS)
        self.journal.close()


def say(line: str) -> None:
    """Tell the person at the terminal; stdout is kept for the result."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def until(true: Callable[[], bool], seconds: float) -> bool:
    """Wait until something is so; False when it took too long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(LOOK_SECONDS)
    return False


def parts_of(names: Sequence[str]) -> tuple[str, ...]:
    """Return the processes of some kinds, in their usual order."""
    return tuple(part for part in PARTS if part.partition("-")[0] in names)
