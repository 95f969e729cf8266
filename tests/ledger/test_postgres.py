import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from services import postgres
from services.cluster_files import Place
from services.database import Role, Server
from services.ledger.migrate import prepare
from services.ledger.recorder import Recorded, Recorder, Repeated
from services.postgres import NotStarted, close_to_tools, open_to_tools, start, stop
from services.settings import load
from tests.ledger.samples import entry

ROOT = Path(__file__).parents[2]
HASTE = {"fsync": "off", "full_page_writes": "off"}
STARTING = """
import sys
from pathlib import Path
from services.ledger.migrate import prepare
from services.ledger.recorder import Recorder
from services.ledger.vault import Vault
from services.postgres import serve
from services.settings import load
from tests.ledger.samples import entry

settings = load(Path(sys.argv[1]))
server = serve(settings)
prepare(server)
vault = Vault(server, settings)
print(vault.pseudonym("mail", "x"), Recorder(server).record([entry(sys.argv[2])]))
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "home"
    yield place
    stop(place)


def pid(home: Path) -> int:
    lines = (home / "postgres" / "data" / "postmaster.pid").read_text().splitlines()
    return int(lines[0])


def kill(home: Path) -> None:
    """End the server as a crash would, and wait until it is gone."""
    server = pid(home)
    os.kill(server, signal.SIGKILL)
    while Path(f"/proc/{server}/cmdline").exists() and _alive(server):
        time.sleep(0.01)


def _alive(process: int) -> bool:
    return bool(Path(f"/proc/{process}/cmdline").read_bytes())


def test_a_running_server_is_adopted(home: Path):
    first = start(home, HASTE)
    process = pid(home)

    again = start(home)

    assert (again, pid(home)) == (first, process)


def test_the_server_outlives_the_process_that_started_it(home: Path):
    home.mkdir(mode=0o700)
    starting = [sys.executable, "-c", STARTING, str(home)]
    first = subprocess.run([*starting, "a"], cwd=ROOT, check=True, capture_output=True)
    process = pid(home)

    second = subprocess.run([*starting, "a"], cwd=ROOT, check=True, capture_output=True)

    assert pid(home) == process
    assert os.getsid(process) not in {os.getsid(0), 0}
    assert b"Recorded(first=1" in first.stdout
    assert b"Repeated(first=1" in second.stdout


def test_four_services_that_start_at_once_find_one_server_and_one_ledger(home: Path):
    def service(name: int) -> str:
        command = [sys.executable, "-c", STARTING, str(home), f"c{name}"]
        done = subprocess.run(
            command, cwd=ROOT, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(service, range(4)))

    assert len({line.split()[0] for line in said}) == 1
    assert sorted(line.split("first=")[1][0] for line in said) == ["1", "2", "3", "4"]


def test_after_kill_9_the_server_starts_with_all_that_was_answered(home: Path):
    server = start(home)
    prepare(server)
    recorder = Recorder(server)
    recorder.record([entry("a")])

    kill(home)
    again = start(home)

    assert again == server
    assert recorder.record([entry("a"), entry("b")]) == (
        Repeated(1, 1),
        Recorded(2, 2),
    )
    recorder.close()


def test_a_pid_file_whose_number_is_somebody_elses_is_no_obstacle(home: Path):
    start(home, HASTE)
    kill(home)
    file = home / "postgres" / "data" / "postmaster.pid"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    start(home)

    assert pid(home) != os.getpid()


def test_a_first_start_cut_short_leaves_nothing_in_the_way(home: Path):
    half = home / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    server = start(home, HASTE)

    server.connect(Role.ADMIN, "postgres").close()


def test_stop_ends_it_and_says_whether_there_was_one(home: Path):
    server = start(home, HASTE)

    assert [stop(home), stop(home)] == [True, False]

    with pytest.raises(psycopg.OperationalError):
        server.connect(Role.ADMIN, "postgres")


def test_a_home_with_a_long_path_gets_a_short_private_socket(tmp_path: Path):
    home = tmp_path / ("long" * 25)
    server = start(home, HASTE)
    try:
        folder = Path((home / "postgres" / "socket").read_text())

        assert start(home) == server
        assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        stop(home)


def test_nobody_else_can_reach_the_home_or_its_socket(home: Path):
    start(home, HASTE)

    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "postgres" / "data").stat().st_mode & 0o77 == 0


def test_a_port_that_somebody_else_took_is_named_in_the_servers_own_words(home: Path):
    start(home, HASTE)
    stop(home)
    [of_before] = Place(home).data.glob("log/*.log")
    of_before.write_text("said by the server before\n" * 100)

    with (
        socket.create_server(("127.0.0.1", Place(home).port())),
        pytest.raises(NotStarted, match="Address already in use") as refused,
    ):
        start(home, HASTE | {"listen_addresses": "127.0.0.1"})

    assert "the server before" not in str(refused.value)


def test_what_a_server_says_after_it_has_ended_is_waited_for(home: Path, monkeypatch):
    start(home, HASTE)
    stop(home)
    place, heard = Place(home), iter(["", "", "FATAL:  no room"])
    (place.data / "postgresql.conf").unlink()
    monkeypatch.setattr(Place, "configure", lambda *_: None)
    monkeypatch.setattr(Place, "words_since", lambda *_: next(heard))

    with pytest.raises(NotStarted, match="no room"):
        start(home)


def test_no_port_is_one_that_the_system_lends_to_clients(home: Path):
    place = Place(home)
    place.make()

    assert place.port() < 32_768


def test_a_home_of_another_user_is_refused(home: Path, monkeypatch):
    home.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 4711)

    with pytest.raises(NotStarted, match="belongs to another user"):
        start(home)


def test_tools_reach_the_read_models_by_password_and_only_while_let_in(home: Path):
    settings = load(home)
    server = postgres.serve(settings)
    prepare(server)

    access = open_to_tools(settings, server)

    with psycopg.connect(_as_tool(access.host, access.port, access.password)) as tool:
        assert tool.execute("SELECT current_user").fetchone() == ("beistand_tools",)
        assert tool.execute("SHOW transaction_read_only").fetchone() == ("on",)
    with pytest.raises(psycopg.OperationalError, match="password authentication"):
        psycopg.connect(_as_tool(access.host, access.port, "guessed"))
    close_to_tools(settings, server)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(_as_tool(access.host, access.port, access.password))


def _as_tool(host: str, port: int, password: str) -> str:
    return (
        f"host={host} port={port} dbname=beistand user=beistand_tools "
        f"password={password} connect_timeout=5"
    )


def test_no_statement_and_no_value_reaches_the_servers_log(
    database: Server, servers_home: Path
):
    with database.connect(Role.ADMIN) as admin:
        admin.execute("CREATE TABLE named (name text PRIMARY KEY)")
        admin.execute("INSERT INTO named VALUES ('Maya Geheim')")
        for statement, values in [
            ("INSERT INTO named VALUES (%s)", ("Maya Geheim",)),
            ("SELECT 'Maya Geheim'::int", ()),
            ("SELECT %s::int", ("Maya Geheim",)),
            ("SELECT 'Maya Geheim' FROM nowhere", ()),
        ]:
            with pytest.raises(psycopg.Error):
                admin.execute(statement, values)

    folder = servers_home / "postgres" / "data" / "log"
    logs = [file.read_text() for file in folder.glob("*.log")]

    assert any("ready to accept connections" in log for log in logs)
    assert [log for log in logs if "Geheim" in log] == []
