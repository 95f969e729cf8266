"""A health check asks often, so it asks with nothing but Python."""

import json
import socket
import subprocess
import sys
import threading

import pytest

from services.health import Health
from services.health_http import answering
from services.ready import ask
from tests.journeys.shell import beistand as run
from tests.journeys.test_kill import free_port


def checked(port):
    return subprocess.run(
        [sys.executable, "-m", "services.ready", str(port)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_ready_is_0_and_what_is_wrong_is_1_and_a_sentence():
    health = Health()
    with answering(health, 0) as port:
        well = checked(port)
        health.stuck("relay", "Kafka does not answer.")
        stuck = checked(port)

    assert (well.returncode, well.stdout) == (0, "")
    assert (stuck.returncode, stuck.stdout) == (1, "Kafka does not answer.\n")


def test_who_is_silent_is_not_ready():
    port = free_port()

    done = checked(port)

    assert (done.returncode, done.stdout) == (
        1,
        f"Nothing of Beistand answers on 127.0.0.1:{port}.\n",
    )


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"ready": true}', b'{"ready": 1, "wrong": []}']
)
def test_who_is_something_else_is_not_ready(body):
    head = f"HTTP/1.0 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with socket.create_server(("127.0.0.1", 0)) as other:
        thread = threading.Thread(target=speak, args=(other, head + body))
        thread.start()

        answer = ask(other.getsockname()[1])
        thread.join()

    assert not answer.ready


def speak(server, content):
    line, _ = server.accept()
    with line:
        line.recv(1000)
        line.sendall(content)


def test_it_loads_nothing_of_the_office():
    script = "import sys, services.ready; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()

    assert {"pydantic", "psycopg", "typer", "fastapi"} & set(loaded) == set()


def test_the_command_says_the_same(homes):
    port = str(free_port())

    said = run(homes / "a", "health", "--port", port, "--json", ends=1).splitlines()

    assert said[0] == f"NO  Nothing of Beistand answers on 127.0.0.1:{port}."
    assert json.loads(said[-1]) == {"ready": False}
