"""The folders of an embedded PostgreSQL, and what stands in its configuration.

Nothing of a statement or of its values may reach the server's log, since it may be
personal; errors are told to the client and not logged, for they quote values.
"""

import hashlib
import os
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path

from services.database import Role, Server
from services.folder import Folder

SOCKET_PATH_MAX = 106
PORTS = range(28_320, 28_720)
"""Below those that a system lends to clients: a lent one cannot be listened at."""


class Place(Folder):
    """The folders of one home's server, and what stands in its configuration."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, "postgres")
        self.data = self.root / "data"
        self.log = self.root / "start.log"
        self._tools = self.data / "tools.conf"
        self._tools_hba = self.data / "tools_hba.conf"

    def server(self) -> Server:
        return reach(self.socket_folder(), self.port())

    def port(self) -> int:
        """Return the home's port; it names the socket too, so it never changes."""
        file = self.root / "port"
        if not file.exists():
            start = int.from_bytes(hashlib.sha256(bytes(self.home)).digest()[:4], "big")
            turned = (PORTS[(start + n) % len(PORTS)] for n in range(len(PORTS)))
            file.write_text(str(next(port for port in turned if unused(port))))
        return int(file.read_text())

    def spoken(self) -> dict[Path, int]:
        """Return how many bytes each of the server's own logs holds by now."""
        return {log: log.stat().st_size for log in self.data.glob("log/*.log")}

    def words_since(self, spoken: Mapping[Path, int]) -> str:
        """Return what the server said last: on its way up, and in its log since then.

        The log holds what earlier servers said too; that never hides why this one
        ended.
        """
        said = [self.log.read_bytes()] if self.log.exists() else []
        said += [log.read_bytes()[spoken.get(log, 0) :] for log in self.spoken()]
        words = (each.decode(errors="replace").strip()[-600:] for each in said)
        return "\n".join(filter(None, words))

    def socket_folder(self) -> Path:
        """The home's own folder, or a private short one where its path is too long."""
        own = self.root / "run"
        if len(os.fsencode(own / ".s.PGSQL.54320")) <= SOCKET_PATH_MAX:
            own.mkdir(mode=0o700, exist_ok=True)
            return own
        noted = self.root / "socket"
        known = Path(noted.read_text()) if noted.exists() else None
        if known is None or not _private(known):
            known = Path(tempfile.mkdtemp(prefix="beistand-"))
            noted.write_text(str(known))
        return known

    def configure(self, more: Mapping[str, str]) -> None:
        lines = {
            **_CONF,
            "port": str(self.port()),
            "unix_socket_directories": str(self.socket_folder()),
            **more,
        }
        text = "".join(f"{name} = {_quoted(value)}\n" for name, value in lines.items())
        (self.data / "postgresql.conf").write_text(
            text + f"include_if_exists = {_quoted(self._tools.name)}\n"
        )
        (self.data / "pg_hba.conf").write_text(
            f"local all all trust\ninclude_if_exists {self._tools_hba.name}\n"
        )

    def listens(self) -> bool:
        return self._tools.exists()

    def listen_on(self, host: str, database: str, role: str) -> None:
        self._tools_hba.write_text(
            f'host "{database}" {role} {host}/32 scram-sha-256\n'
        )
        self._tools.write_text(f"listen_addresses = {_quoted(host)}\n")

    def listen_to_nobody(self) -> None:
        self._tools.unlink(missing_ok=True)
        self._tools_hba.unlink(missing_ok=True)


_CONF = {
    "listen_addresses": "",
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
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


def reach(folder: Path, port: int) -> Server:
    """Return the server behind a socket, under its administrator's login."""
    return Server(f"host='{folder}' port={port} user={Role.ADMIN}")


def unused(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _private(folder: Path) -> bool:
    try:
        seen = folder.lstat()
    except FileNotFoundError:
        return False
    return folder.is_dir() and seen.st_uid == os.geteuid() and not seen.st_mode & 0o77


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
