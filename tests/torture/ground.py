"""What a run stands on: a PostgreSQL and a Kafka of its own, behind wires that fail.

The harness itself reaches both directly. Processes and channels go through wires: each
process has its own to PostgreSQL, and Kafka tells all clients to come by its wire.
PostgreSQL lies on a small memory disk where root may mount one, so that a full disk can
be had; elsewhere that fault is left out and said.
"""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from services import postgres
from services.bus import broker
from services.bus.connection import Bus
from services.bus.errors import NotStarted
from services.bus.place import LOCALHOST, BusPlace, unused
from services.cluster import run as run_program
from services.cluster_files import Place
from services.database import Role, Server
from services.settings import load
from tests.torture.plan import KAFKA, POSTGRES
from tests.torture.speech import Kafka, Postgres
from tests.torture.wire import Wire, Wires

DISK = 1 << 30
BEGIN_SECONDS, AGAIN_SECONDS = 60.0, 0.3
_WAL = {"max_wal_size": "256MB", "min_wal_size": "32MB"}
_PORTS = range(20_000, 28_000)
"""Below those that clients are given: a process that was killed gets its own again."""
_given: set[int] = set()


class Ground:
    """The two servers and the wires to them. Servers are ended and begun by the run."""

    def __init__(self, home: Path, *, disk: bool, bus: bool) -> None:
        self.home, self.has_disk = home, disk
        self.wires = Wires()
        self.ended: dict[str, float] = {}
        self.begun: dict[str, float] = {}
        self.answered: dict[str, float] = {}
        """When each was ended, was begun again, and was first seen to answer."""
        self.to_postgres: dict[str, Wire] = {}
        self._place = Place(home)
        self._through: dict[str, str] = {}
        self._ballast = self._place.root / "ballast"
        self.server = self._open()
        self.bus: Bus | None = None
        self.to_kafka: Wire | None = None
        if bus:
            self.to_kafka = self._wire_to_kafka()
            self.begin(KAFKA)

    def way(self, part: str, ledger: str) -> str:
        """Return the DATABASE_URL of one process, by a wire of its own."""
        name = f"{POSTGRES} {part}"
        if name not in self.to_postgres:
            target = (LOCALHOST, self._place.port())
            self.to_postgres[name] = self.wires.between(
                (LOCALHOST, 0), target, Postgres
            )
        port = self.to_postgres[name].port
        return f"postgresql://{Role.ADMIN}@{LOCALHOST}:{port}/{ledger}"

    def wire(self, name: str) -> Wire:
        """Return the wire that a fault names."""
        if name == KAFKA and self.to_kafka is not None:
            return self.to_kafka
        return self.to_postgres[name]

    def end(self, server: str, how: str) -> None:
        """Let a server die at once."""
        self.ended[server] = time.time()
        if server == KAFKA:
            _kill(BusPlace(self.home).pid())
        elif how == "kill":
            _kill(_first_number(self._place.data / "postmaster.pid"))
        else:
            data = str(self._place.data)
            with contextlib.suppress(postgres.NotStarted):  # it may be down already
                run_program(self._place, "pg_ctl", "stop", "-D", data, "-m", how)

    def begin(self, server: str) -> None:
        """Start a server again, as soon as that can be; nothing when it runs."""
        until = time.monotonic() + BEGIN_SECONDS
        while True:
            self.begun[server] = time.time()
            try:
                if server == KAFKA:
                    self.bus = broker.start(load(self.home), self._through)
                else:
                    self.server = self._started()
            except (NotStarted, postgres.NotStarted):  # ended again, or no room yet
                if time.monotonic() > until:
                    raise
                time.sleep(AGAIN_SECONDS)
            else:
                self.answered[server] = time.time()
                return

    def fill(self) -> None:
        """Leave no room on the disk of PostgreSQL."""
        with self._ballast.open("wb") as ballast:
            for size in (1 << 20, 1 << 13):
                with contextlib.suppress(OSError):
                    while True:
                        ballast.write(b"\0" * size)
                        ballast.flush()

    def empty(self) -> None:
        """Give the room back; the server may have gone down meanwhile."""
        self._ballast.unlink(missing_ok=True)
        self.begin(POSTGRES)

    def close(self) -> None:
        """End everything that was started here."""
        self._ballast.unlink(missing_ok=True)
        self.wires.close()
        broker.stop(self.home)
        postgres.stop(self.home)

    def _open(self) -> Server:
        server = self._started()
        (self._place.data / "tools_hba.conf").write_text(
            f"host all all {LOCALHOST}/32 trust\n"
        )
        with server.connect(Role.ADMIN, "postgres") as admin:
            admin.execute("SELECT pg_reload_conf()")
        return server

    def _started(self) -> Server:
        return postgres.start(self.home, {"listen_addresses": LOCALHOST, **_WAL})

    def _wire_to_kafka(self) -> Wire:
        """Give Kafka a second door, and tell it that clients find it at our wire."""
        place = BusPlace(self.home)
        place.make()
        place.choose_ports(None)
        straight, controller = place.ports()
        door = free_port()
        wire = self.wires.between((LOCALHOST, 0), (LOCALHOST, door), Kafka)
        self._through = _listeners(
            {"BUS": straight, "THROUGH": door}, controller, {"THROUGH": wire.port}
        )
        return wire


def free_port() -> int:
    """Return a port that nobody has, drawn so that runs side by side seldom meet."""
    drawn = iter(lambda: random.SystemRandom().choice(_PORTS), None)
    found = next(port for port in drawn if port not in _given and unused(port))
    _given.add(found)
    return found


def _listeners(
    doors: Mapping[str, int], controller: int, told: Mapping[str, int]
) -> dict[str, str]:
    """Return Kafka's words for its doors; clients hear the ports in `told` instead."""
    open_at = {**doors, "CONTROLLER": controller}
    return {
        "listeners": _listed(open_at),
        "advertised.listeners": _listed({**doors, **told}),
        "listener.security.protocol.map": ",".join(f"{n}:PLAINTEXT" for n in open_at),
    }


def _listed(ports: Mapping[str, int]) -> str:
    return ",".join(f"{name}://{LOCALHOST}:{port}" for name, port in ports.items())


@contextmanager
def ground(*, bus: bool = True, disk: int = DISK) -> Iterator[Ground]:
    """Lend the ground of a run, with so many bytes of disk; nothing of it is left."""
    with ExitStack() as after:
        folder = Path(tempfile.mkdtemp(prefix="torture-", dir="/tmp"))
        after.callback(shutil.rmtree, folder, ignore_errors=True)
        home = folder / "home"
        root = Place(home).root
        root.mkdir(mode=0o700, parents=True)
        home.chmod(0o700)
        has_disk = _mounted(root, disk)
        if has_disk:
            after.callback(subprocess.run, ["umount", str(root)], check=True)
        made = Ground(home, disk=has_disk, bus=bus)
        after.callback(made.close)
        yield made


def _mounted(folder: Path, size: int) -> bool:
    """Lay a small memory disk there, where the system lets us."""
    words = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "torture"]
    done = subprocess.run([*words, str(folder)], capture_output=True, check=False)
    return done.returncode == 0


def _first_number(file: Path) -> int | None:
    try:
        return int(file.read_text().split()[0])
    except (FileNotFoundError, IndexError):
        return None


def _kill(pid: int | None) -> None:
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
