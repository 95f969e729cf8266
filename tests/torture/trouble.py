"""Carries a plan out: each fault at its moment, and what it broke made good again."""

import contextlib
import heapq
import itertools
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence

from tests.torture.ground import Ground
from tests.torture.office import BEISTAND, Office
from tests.torture.plan import AT_WORK, Fault, Kind

LATE_BY = 0.3
"""How late everything comes on a wire that is slow."""
READY_SECONDS, LOOK_SECONDS, A_MOMENT = 40.0, 0.1, 1.0
Act = Callable[[], None]


class Trouble:
    """The faults of one run; tells each when it happens."""

    def __init__(self, ground: Ground, office: Office, tell: Callable[[str], None]):
        self._ground, self._office, self._tell = ground, office, tell
        self._agenda: list[tuple[float, int, Act]] = []
        self._numbers = itertools.count()
        self._mending: list[threading.Thread] = []
        self._ready_since: dict[str, float] = {}
        self.done = 0
        """Faults that happened."""
        self.left_out: list[str] = []

    def run(self, faults: Sequence[Fault], stop: threading.Event) -> None:
        """Let all happen; return when everything is made good again.

        After `stop` nothing new goes wrong, and what did is made good at once.
        """
        began = time.monotonic()
        for fault in faults:
            self._at(fault.at, self._happening(fault, began, stop))
        while self._agenda:
            at, _, act = heapq.heappop(self._agenda)
            stop.wait(max(0.0, began + at - time.monotonic()))
            act()
        for mending in self._mending:
            mending.join()

    def _at(self, moment: float, act: Act) -> None:
        heapq.heappush(self._agenda, (moment, next(self._numbers), act))

    def _happening(self, fault: Fault, began: float, stop: threading.Event) -> Act:
        def happen() -> None:
            if stop.is_set():
                return
            if fault.what == AT_WORK and not self._is_at_work(fault.target):
                self._later(fault, time.monotonic() - began, happen)
                return
            self._tell(str(fault))
            good = self._break(fault)
            self.done += 1
            if good is not None:
                self._at(time.monotonic() - began + fault.seconds, good)

        return happen

    def _is_at_work(self, part: str) -> bool:
        """Say whether a part has been ready for a moment."""
        now = time.monotonic()
        if not self._office.is_ready(part):
            self._ready_since.pop(part, None)
            return False
        return now - self._ready_since.setdefault(part, now) >= A_MOMENT

    def _later(self, fault: Fault, now: float, act: Act) -> None:
        """Try again soon; what was broken is made good meanwhile."""
        if now > fault.at + READY_SECONDS:
            raise AssertionError(f"{fault.target} did not become ready")
        self._at(now + LOOK_SECONDS, act)

    def _break(self, fault: Fault) -> Act | None:
        """Do it; return how it is made good, if it must be."""
        match fault.kind:
            case Kind.KILL:
                self._office.crew.kill(fault.target)
                self._ready_since.pop(fault.target, None)
                return lambda: self._office.crew.start(fault.target)
            case Kind.STOP:
                process = self._office.crew[fault.target]
                process.signal(signal.SIGSTOP)
                return lambda: process.signal(signal.SIGCONT)
            case Kind.CRASH:
                self._ground.end(fault.target, fault.what)
                return lambda: self._begin(fault.target)
            case Kind.REBUILD:
                return self._rebuild()
            case Kind.FULL:
                return self._fill()
            case _:
                return self._on_wire(fault)

    def _begin(self, server: str) -> None:
        """Start a server beside all else: Kafka takes a quarter of a minute."""
        mending = threading.Thread(target=self._ground.begin, args=(server,))
        self._mending.append(mending)
        mending.start()

    def _on_wire(self, fault: Fault) -> Act | None:
        wire = self._ground.wire(fault.target)
        match fault.kind:
            case Kind.CUT:
                wire.cut()
            case Kind.VANISH:
                wire.vanish()
            case Kind.LOSE:
                wire.lose(fault.what)
            case Kind.HOLD:
                wire.hold()
                return wire.pass_on
            case _:
                wire.delay(LATE_BY)
                return wire.pass_on
        return None

    def _rebuild(self) -> Act:
        """Rebuild everything while live, with the command; kill it on its way."""
        with (self._office.home / "rebuild.log").open("ab") as log:
            process = subprocess.Popen(
                [BEISTAND, "rebuild", "--all"],
                env=self._office.environment("rebuild"),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

        def kill() -> None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

        return kill

    def _fill(self) -> Act | None:
        if not self._ground.has_disk:
            self.left_out.append("a full disk: no memory disk can be mounted here")
            return None
        self._ground.fill()
        return self._ground.empty
