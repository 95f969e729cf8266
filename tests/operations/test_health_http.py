"""Over HTTP: lives, ready or in which words not, and figures that name nobody."""

import json
import socket
import urllib.error
import urllib.request

import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from services import metrics
from services.door import PortTaken
from services.health import Health
from services.health_http import answering, timed


@pytest.fixture
def health():
    return Health()


def asked(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def figures(health):
    """Return every sample of the text that Prometheus would read."""
    families = text_string_to_metric_families(metrics.text(health).decode())
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def test_a_process_that_works_is_live_and_ready(health):
    health.beat("relay", position=7)
    health.observed(7)

    with answering(health, 0) as port:
        assert asked(port, "/health/live") == (200, b'{"live":true}')
        status, body = asked(port, "/health/ready")

    assert (status, json.loads(body)["ready"], json.loads(body)["head"]) == (
        200,
        True,
        7,
    )


def test_readiness_says_in_words_which_part_stands_still(health):
    health.beat("projecting", position=3)
    health.stuck("projecting", "Fact 4 cannot be applied.")

    with answering(health, 0) as port:
        live, _ = asked(port, "/health/live")
        status, body = asked(port, "/health/ready")

    assert (live, status) == (200, 503)
    assert json.loads(body)["wrong"] == ["Fact 4 cannot be applied."]


def test_a_port_that_is_taken_is_said():
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        pytest.raises(PortTaken, match="BEISTAND_HEALTH_PORT"),
        answering(Health(), other.getsockname()[1]),
    ):
        pass


def test_the_lag_of_each_follower_is_a_figure(health):
    health.beat("relay", position=90)
    health.stuck("intake", "stopped")
    health.observed(100)

    found = figures(health)

    assert found["beistand_ledger_head",] == 100
    assert found["beistand_follower_lag_facts", "relay"] == 10
    assert found["beistand_part_well", "relay"] == 1
    assert found["beistand_part_well", "intake"] == 0


def test_the_memory_of_the_process_is_a_figure(health):
    assert figures(health)["process_resident_memory_bytes",] > 1_000_000


def test_a_route_is_measured_by_its_pattern_and_a_strangers_path_is_not_a_label(
    health,
):
    app = FastAPI()
    app.get("/offers/{offer}")(lambda offer: offer)
    desk = TestClient(timed(app))

    desk.get("/offers/olena-kovalenko")
    desk.get("/olena/kovalenko")
    desk.request("KOVALENKO", "/offers/1")

    text = metrics.text(health).decode()
    assert figures(health)[
        "beistand_http_seconds_count", "/offers/{offer}", "2xx", "GET"
    ] == (1)
    assert "kovalenko" not in text


def test_a_channels_name_is_a_label_only_while_there_are_few(health):
    metrics.waiting({"web-form": 3, "Olena <olena@example.org>": 2})
    metrics.arrived("web-form-2", "taken", 5)

    found = figures(health)

    assert found["beistand_set_aside", "web-form"] == 3
    assert found["beistand_set_aside", "other"] == 2
    assert found["beistand_intake_messages_total", "taken", "web-form-2"] == 5
    assert {metrics.known_channel(f"channel-{n}") for n in range(400)} >= {"other"}


def test_an_append_takes_time(health):
    before = figures(health)["beistand_append_seconds_count",]

    with metrics.appending():
        pass

    assert figures(health)["beistand_append_seconds_count",] == before + 1
