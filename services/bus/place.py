"""The folders of a home's embedded Kafka, and whether its process lives.

This module starts nothing, so that whoever only looks for the broker stays light.
"""

import hashlib
import socket
import subprocess
import time
from pathlib import Path

from services.bus.errors import NotStarted
from services.folder import Folder

LOCALHOST = "127.0.0.1"
PORTS = range(29100, 29900)
RELEASED_SECONDS = 10.0
GOING_SECONDS = 10.0
_KILL = 1 << 8
"""SIGKILL in the kernel's sets of signals that wait for a process."""


class BusPlace(Folder):
    """The folders of one home's broker."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, "kafka")
        self.data = self.root / "data"
        self.log = self.root / "kafka.log"
        self.properties = self.root / "server.properties"
        self.logging = self.root / "log4j2.properties"
        self.words = self.root / "start.log"
        self.noted = self.root / "pid"
        self._ports = self.root / "ports"

    def address(self) -> str:
        return f"{LOCALHOST}:{self.ports()[0]}"

    def ports(self) -> tuple[int, int]:
        """Return the ports of broker and controller: clients hold on to the first."""
        broker, controller = self._ports.read_text().split()
        return int(broker), int(controller)

    def choose_ports(self, wanted: int | None) -> None:
        """Keep the port of before, unless another is wanted or none was chosen.

        Nobody but the broker itself holds on to its controller's. Raises `NotStarted`
        where somebody else listens by now.
        """
        start = int.from_bytes(hashlib.sha256(bytes(self.home)).digest()[:4], "big")
        free = (
            port
            for n in range(len(PORTS))
            if unused(port := PORTS[(start + n) % len(PORTS)])
        )
        before = self.ports() if self._ports.exists() else None
        broker = wanted or (next(free) if before is None else before[0])
        ours = before is not None and before[0] == broker
        if not (_released(broker) if ours else unused(broker)):
            raise NotStarted(
                f"Another program uses port {broker} on {LOCALHOST}; end it, or set "
                "BEISTAND_KAFKA_PORT to another one."
            )
        if before is None or not unused(before[1]) or before[1] == broker:
            before = (broker, next(port for port in free if port != broker))
        fresh = self._ports.with_suffix(".new")
        fresh.write_text(f"{broker} {before[1]}")
        fresh.rename(self._ports)

    def forget(self) -> None:
        self.noted.unlink(missing_ok=True)

    def pid(self) -> int | None:
        """Return the broker's living process; its number may be anybody's by now."""
        try:
            pid = int(self.noted.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if str(self.properties) in _command_of(pid) else None

    def last_words(self) -> str:
        """Return the end of the broker's logs, for the sentence that says it died."""
        said = [
            file.read_text(errors="replace")
            for file in (self.words, self.log)
            if file.exists()
        ]
        return without_traces("".join(said))


def without_traces(said: str) -> str:
    """Return the end of what a Java program said, without where in it that was."""
    lines = [line for line in said.splitlines() if not line.startswith("\t")]
    return "\n".join(lines).strip()[-600:]


def unused(port: int) -> bool:
    """Say whether a port of this machine can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, port))
        except OSError:
            return False
    return True


def _released(port: int) -> bool:
    """Say whether a port is free, waiting while a broker that was killed lets go."""
    until = time.monotonic() + RELEASED_SECONDS
    while not unused(port):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _command_of(pid: int) -> str:
    """Return the command line of a process, empty for none and for a zombie."""
    if not Path("/proc/self").exists():
        asked = ["/bin/ps", "-o", "command=", "-p", str(pid)]
        return subprocess.run(  # noqa: S603 - fixed words and a number
            asked, capture_output=True, text=True, check=False
        ).stdout
    process = Path(f"/proc/{pid}")
    until = time.monotonic() + GOING_SECONDS
    try:
        # For a moment of its start and of its end a process has no words, and one that
        # was killed still has them for a moment: both are waited for. A zombie and the
        # kernel's own have none for ever.
        while time.monotonic() < until:
            line, said = (process / "cmdline").read_bytes(), _status(process)
            if line and not int(said["SigPnd"], 16) | int(said["ShdPnd"], 16) & _KILL:
                return line.replace(b"\0", b" ").decode(errors="replace")
            if said["State"][0] in "ZX" or "VmSize" not in said:
                break
            time.sleep(0.005)
    except (FileNotFoundError, ProcessLookupError):
        pass
    return ""


def _status(process: Path) -> dict[str, str]:
    lines = (process / "status").read_text(errors="replace").splitlines()
    return {name: value.strip() for name, _, value in (x.partition(":") for x in lines)}
