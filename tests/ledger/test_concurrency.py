import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from services.database import Connections, Role, Server, Unreachable
from services.follow import LedgerFeed
from services.ledger import statements
from services.ledger.batch import arrays
from services.ledger.recorder import Item, Overtaken, Recorded, Recorder, Repeated
from tests.ledger.samples import entry, since
from tests.torture.speech import Postgres
from tests.torture.wire import Wire, Wires

STALL_MS = 250
ROOT = Path(__file__).parents[2]


def together(*works: Callable[[], None]) -> None:
    """Do all at once, and raise what any of them raised."""
    failed: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_eight_writers_who_want_fifty_beds_promise_exactly_fifty(recorder: Recorder):
    hotel = [Item(tags=frozenset({"offer:hotel"}))]

    def writer(name: int) -> None:
        wish = 0
        while True:
            seen = recorder.head()
            if len(recorder.read(hotel)) >= 50:
                return
            wish += 1
            command = f"w{name}-{wish}"
            promise = entry(command, "offer:hotel", unless=since(seen, "offer:hotel"))
            (answer,) = recorder.record([promise])
            assert isinstance(answer, Recorded | Overtaken)

    together(*(lambda n=n: writer(n) for n in range(8)))

    promised = recorder.read(hotel)
    assert [fact.position for fact in promised] == list(range(1, 51))


def test_a_tailing_reader_misses_nothing_among_concurrent_writers(
    database: Server, recorder: Recorder
):
    feed = LedgerFeed(database)
    seen: list[str] = []
    total = 4 * 500

    def writer(name: int) -> None:
        dice = random.Random(name)
        left = 500
        while left:
            count = min(left, dice.randint(1, 20))
            recorder.record([entry(f"w{name}-{left}", count=count)])
            left -= count

    def reader() -> None:
        position = 0
        while position < total:
            feed.wait(position, 5)
            page = feed.read(position, limit=37)
            assert [fact.position for fact in page.facts] == list(
                range(position + 1, position + 1 + len(page.facts))
            )
            seen.extend(fact.id for fact in page.facts)
            position += len(page.facts)

    together(reader, *(lambda n=n: writer(n) for n in range(4)))

    feed.close()
    assert sorted(seen) == sorted(fact.id for fact in recorder.read())


def test_an_answer_lost_after_the_commit_is_given_again(
    database: Server, recorder: Recorder, tmp_path: Path
):
    with _cutting(database, tmp_path) as (wire, through):
        victim = Recorder(through)
        assert victim.record([entry("a")]) == (Recorded(1, 1),)

        wire.lose("record")
        answers = victim.record([entry("b", count=2), entry("c")])

        assert (wire.lost, answers) == (1, (Repeated(2, 3), Repeated(4, 4)))
        victim.close()
    assert [fact.id for fact in recorder.read()] == ["a.0", "b.0", "b.1", "c.0"]


def test_twenty_lost_answers_store_nothing_twice_and_lose_nothing(
    database: Server, recorder: Recorder, tmp_path: Path
):
    with _cutting(database, tmp_path) as (wire, through):
        victim = Recorder(through)
        for n in range(20):
            wire.lose("record")
            victim.record([entry(f"c{n}")])
        victim.close()

        assert wire.lost == 20
    assert [f.command_id for f in recorder.read()] == [f"c{n}" for n in range(20)]


def test_a_connection_killed_by_the_server_is_opened_again(
    database: Server, recorder: Recorder
):
    recorder.record([entry("a")])

    with database.connect(Role.ADMIN) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    assert recorder.record([entry("b")]) == (Recorded(2, 2),)


def test_a_client_stopped_in_mid_append_does_not_stall_others(
    database: Server, recorder: Recorder
):
    dice = random.Random(1)
    command = [sys.executable, "-m", "tests.ledger.appending"]
    with subprocess.Popen(
        [*command, database.address, database.ledger],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    ) as client:
        assert client.stdout is not None
        client.stdout.readline()

        def stall(n: int) -> float:
            client.send_signal(signal.SIGCONT)
            time.sleep(dice.uniform(0.01, 0.05))
            client.send_signal(signal.SIGSTOP)
            return _longest(recorder, f"r{n}", seconds=0.3)

        stalls = [stall(n) for n in range(12)]
        client.kill()

    # Two may be the machine's: a client that holds the head would stall every round.
    assert sorted(stalls)[-3] <= STALL_MS
    assert any(fact.id.startswith("client-9.") for fact in recorder.read())


def test_a_client_frozen_inside_a_transaction_does_not_stall_others(
    database: Server, recorder: Recorder
):
    def stall(n: int) -> float:
        frozen = psycopg.connect(database.dsn(Role.WRITER))
        frozen.execute(statements.RECORD, arrays([entry(f"frozen-{n}")]))
        try:
            return _longest(recorder, f"r{n}", seconds=0.5)
        finally:
            frozen.close()

    assert min(stall(n) for n in range(3)) <= STALL_MS
    assert [f for f in recorder.read() if f.id.startswith("frozen")] == []


def _longest(recorder: Recorder, stem: str, *, seconds: float) -> float:
    """Append for some seconds; return how many ms the slowest append took."""
    longest, until, n = 0.0, time.monotonic() + seconds, 0
    while time.monotonic() < until:
        began = time.perf_counter()
        recorder.record([entry(f"{stem}-{n}")])
        longest = max(longest, time.perf_counter() - began)
        n += 1
    return longest * 1000


@contextmanager
def _cutting(database: Server, folder: Path) -> Iterator[tuple[Wire, Server]]:
    address = conninfo_to_dict(database.address)
    file = f".s.PGSQL.{address['port']}"
    wires = Wires()
    try:
        wire = wires.between(folder / file, Path(str(address["host"])) / file, Postgres)
        yield wire, replace(database, address=f"host='{folder}' port={address['port']}")
    finally:
        wires.close()


def test_a_connection_that_the_server_ended_meanwhile_is_not_lent(database: Server):
    connections = Connections(database, Role.READER)
    with connections.one() as first:
        first.execute("SELECT 1")
    with database.connect(Role.ADMIN) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(%s, 5000)", (first.info.backend_pid,)
        )

    with connections.one() as second:
        assert second.execute("SELECT 1").fetchone() == (1,)

    connections.close()


def test_a_question_that_the_server_ended_for_its_silence_is_asked_again(
    database: Server,
):
    connections = Connections(database, Role.WRITER)
    asked: list[int] = []

    def falters(connection: psycopg.Connection) -> int:
        asked.append(connection.info.backend_pid)
        with connection.transaction():
            connection.execute("SELECT 1")
            if len(asked) == 1:
                time.sleep(2 * STALL_MS / 1_000)
            connection.execute("SELECT 2")
        return len(asked)

    assert connections.ask(falters) == 2
    assert len(set(asked)) == 2

    connections.close()


def test_a_question_that_is_wrong_is_not_asked_again(database: Server):
    connections = Connections(database, Role.WRITER)

    with pytest.raises(psycopg.errors.UndefinedTable):
        connections.ask(lambda connection: connection.execute("TABLE nowhere"))

    connections.close()


def test_a_server_that_stays_away_is_told_in_a_sentence(tmp_path: Path):
    recorder = Recorder(Server(f"host='{tmp_path}' port=5432"), patience=0.2)

    with pytest.raises(Unreachable, match="No answer from PostgreSQL"):
        recorder.head()
