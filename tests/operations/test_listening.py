"""The desk has no login, so nobody but this machine may reach it."""

import socket
from ipaddress import IPv4Address

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from services.cli import app
from services.door import door, not_had
from services.settings import load
from tests.journeys.shell import beistand

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what a container listens on


def test_the_desk_listens_on_this_machine_alone(tmp_path):
    assert load(tmp_path).host == IPv4Address("127.0.0.1")


@pytest.mark.parametrize("published", [None, "192.0.2.1", EVERYWHERE])
def test_another_address_is_refused_and_the_sentence_says_why(tmp_path, published):
    with pytest.raises(ValidationError, match=r"no login.*BEISTAND_PUBLISHED"):
        load(tmp_path, host=EVERYWHERE, published=published)


def test_in_a_container_it_listens_where_only_this_machine_publishes(tmp_path):
    found = load(tmp_path, host=EVERYWHERE, published="127.0.0.1")

    assert found.host == IPv4Address(EVERYWHERE)


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize("words", [("serve",), ("demo", "--no-bus"), ("run", "desk")])
def test_a_port_that_is_taken_is_said_before_anything_is_started(
    tmp_path, taken, words
):
    said = beistand(tmp_path / "home", *words, "--port", str(taken), ends=1)

    assert said == (
        f"Another program uses port {taken} on 127.0.0.1; end it, or choose another "
        "with --port.\n"
    )
    assert not (tmp_path / "home").exists()


def test_a_port_is_held_from_the_start_and_nobody_is_kept_waiting_at_it(tmp_path):
    settings = load(tmp_path, port=free_port())

    with (
        door(settings),
        pytest.raises(ConnectionRefusedError),
        socket.create_connection(("127.0.0.1", settings.port)),
    ):
        pass


def test_a_port_that_needs_a_right_is_not_called_taken():
    refused = PermissionError(13, "Permission denied")

    said = str(not_had("127.0.0.1", 80, refused, "choose another"))

    assert said == (
        "Port 80 on 127.0.0.1 cannot be opened (Permission denied); choose another."
    )


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def test_a_setting_that_does_not_fit_is_named_as_the_operator_wrote_it(monkeypatch):
    monkeypatch.setenv("BEISTAND_KAFKA", "nonsense")

    done = CliRunner().invoke(app, ["topics", "check"])

    assert done.exit_code == 2
    assert "BEISTAND_KAFKA does not fit" in done.output
    assert "host:port" in done.output
