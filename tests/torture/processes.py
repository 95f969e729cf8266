"""The real processes, killed, stopped and started again as a service manager would.

A part that ends by itself is started again too: parts are crash-only. How often that
was needed is counted, and their last words are kept.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LOOK_SECONDS = 0.1
AGAIN_SECONDS = 0.5
LAST_WORDS = 3_000


@dataclass
class Process:
    """One process of ours. `wanted` says whether it should be running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    wanted: bool = False
    fell: list[int] = field(default_factory=list)
    """How it ended whenever nobody had ended it."""
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it from now on."""
        self.wanted = True
        if self.running is not None and self.running.poll() is None:
            return
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End it at once, and all that it started; it stays down until `start`."""
        self.wanted = False
        if self.running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()

    def signal(self, number: signal.Signals) -> None:
        """Tell it something, if it lives."""
        if self.running is not None and self.running.poll() is None:
            self.running.send_signal(number)

    def look(self) -> bool:
        """Say whether it lives; note how it ended when it should not have."""
        if self.running is None:
            return False
        ended = self.running.poll()
        if ended is None:
            return True
        if self.wanted:
            self.fell.append(ended)
            self.running = None
        return False

    def last_words(self) -> str:
        if not self.log.exists():
            return ""
        return self.log.read_text(errors="replace")[-LAST_WORDS:]


class Crew:
    """All processes of a run; looks after them in a thread of its own."""

    def __init__(self, processes: Sequence[Process]) -> None:
        self._all = {process.name: process for process in processes}
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._watch, name="crew")

    def __getitem__(self, name: str) -> Process:
        return self._all[name]

    def __contains__(self, name: str) -> bool:
        return name in self._all

    def begin(self) -> None:
        """Start all, and start each again that ends by itself."""
        for process in self._all.values():
            process.start()
        self._thread.start()

    def kill(self, name: str) -> None:
        with self._lock:
            self._all[name].kill()

    def start(self, name: str) -> None:
        with self._lock:
            self._all[name].start()

    def fallen(self) -> dict[str, list[int]]:
        """Return who ended by itself, and how each time."""
        return {name: p.fell for name, p in self._all.items() if p.fell}

    def end(self) -> None:
        """Kill them all."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        for process in self._all.values():
            process.kill()

    def _watch(self) -> None:
        back: dict[str, float] = {}
        while not self._stop.wait(LOOK_SECONDS):
            with self._lock:
                for name, process in self._all.items():
                    self._care(name, process, back)

    def _care(self, name: str, process: Process, back: dict[str, float]) -> None:
        now = time.monotonic()
        if process.look() or not process.wanted:
            back.pop(name, None)
        elif now >= back.setdefault(name, now + AGAIN_SECONDS):
            process.start()
