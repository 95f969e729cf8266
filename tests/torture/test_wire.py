"""A wire passes on what it should, and fails in the way it was told to."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.torture.speech import Kafka, Postgres
from tests.torture.wire import Wire, Wires

LOCALHOST = "127.0.0.1"
PRODUCE = b"\0\0\0\x08\0\0\0\x09\0\0\0\x05"
FETCH = b"\0\0\0\x08\0\x01\0\x09\0\0\0\x06"


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that says again what it hears: a frame of Kafka's with its number."""
    server = socket.create_server((LOCALHOST, 0))

    def answer(client: socket.socket) -> None:
        with client:
            while heard := _heard(client):
                for at in range(0, len(heard), 12):
                    client.sendall(b"\0\0\0\x04" + heard[at + 8 : at + 12])

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(client,), daemon=True).start()

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


@pytest.fixture
def wire(echo: int) -> Iterator[Wire]:
    wires = Wires()
    yield wires.between((LOCALHOST, 0), (LOCALHOST, echo), Kafka)
    wires.close()


def _heard(client: socket.socket) -> bytes:
    try:
        return client.recv(64)
    except ConnectionResetError:
        return b""


def message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4, "big") + body


def reach(wire: Wire) -> socket.socket:
    return socket.create_connection((LOCALHOST, wire.port), timeout=3)


def ask(line: socket.socket, frame: bytes) -> bytes:
    line.sendall(frame)
    return line.recv(64)


def _insist(line: socket.socket) -> None:
    for _ in range(20):
        line.sendall(FETCH)
        time.sleep(0.02)


def test_a_wire_passes_on(wire: Wire):
    with reach(wire) as line:
        assert ask(line, PRODUCE) == b"\0\0\0\x04\0\0\0\x05"


def test_a_cut_wire_resets_and_takes_new_ones(wire: Wire):
    with reach(wire) as line:
        ask(line, FETCH)
        wire.cut()
        with pytest.raises(ConnectionResetError):
            line.recv(64)

    with reach(wire) as line:
        assert ask(line, FETCH)


def test_who_vanished_is_missed_only_when_one_speaks(wire: Wire):
    line = reach(wire)
    ask(line, FETCH)
    wire.vanish()
    line.settimeout(0.3)
    with pytest.raises((TimeoutError, ConnectionResetError)):
        line.recv(64)

    with line, pytest.raises((ConnectionResetError, BrokenPipeError)):
        _insist(line)


def test_a_wire_that_holds_keeps_everything_until_it_passes_on(wire: Wire):
    with reach(wire) as line:
        wire.hold()
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):
            ask(line, FETCH)
        wire.pass_on()
        line.settimeout(3)
        assert line.recv(64) == b"\0\0\0\x04\0\0\0\x06"


def test_only_the_answer_that_was_meant_is_lost(wire: Wire):
    wire.lose("produce")
    with reach(wire) as line:
        assert ask(line, FETCH) == b"\0\0\0\x04\0\0\0\x06"
        with pytest.raises(ConnectionResetError):
            ask(line, PRODUCE)

    assert wire.lost == 1


def test_postgres_is_heard_in_any_pieces():
    talk = b"\0\0\0\x08\x04\xd2\x16\x2f" + b"\0\0\0\x08\0\x03\0\0"
    parse = message(b"P", b"s\0SELECT ledger.record($1)\0\0\0")
    bind = message(b"B", b"\0s\0\0\0")
    done = message(b"C", b"SELECT 1\0") + message(b"Z", b"I")
    speech = Postgres()

    for at in range(len(talk + parse + bind)):
        speech.asks((talk + parse + bind)[at : at + 1])
    answers = [*speech.answers(b"N"), *speech.answers(done[:3])]
    answers += [*speech.answers(done[3:]), *speech.answers(message(b"A", b""))]

    assert answers == [(b"N", ""), (done, "record"), (message(b"A", b""), "")]
