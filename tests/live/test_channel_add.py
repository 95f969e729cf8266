"""From the command line: a channel is added, and the cluster is as it ought to be."""

import json
import stat
import time

import pytest
from typer.testing import CliRunner

from services import postgres
from services.bus.names import Names
from services.bus.probe import require
from services.channel.config import Configuration, Reached, Spoken, read
from services.cli import app


@pytest.fixture
def beistand(kafka, own_realm, tmp_path, monkeypatch):
    """The command line in a home of its own, on the run's broker."""
    monkeypatch.setenv("BEISTAND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BEISTAND_REALM", own_realm)
    monkeypatch.setenv("BEISTAND_KAFKA", kafka.servers)

    yield lambda *words: CliRunner().invoke(app, words)
    postgres.stop(tmp_path / "home")


def last(ended):
    return json.loads(ended.stdout.splitlines()[-1])


def test_a_channel_is_added_and_the_same_call_again_changes_nothing(
    beistand, kafka, own_realm, tmp_path
):
    names = Names(own_realm)
    file = tmp_path / "home" / "channels" / "web-form.toml"
    before = beistand("topics", "check", "--json")

    first = beistand("channel", "add", "web-form", "--source", "/forms/1", "--json")
    again = beistand("channel", "add", "web-form", "--json")
    other = beistand("channel", "add", "web-form", "--source", "/forms/2")
    below = beistand("channel", "add", "sheet", "--source", "/forms/1/sheet")
    check = beistand("topics", "check", "--json")
    known = beistand("channel", "list", "--json")

    assert (before.exit_code, last(before)["fits"]) == (1, False)
    assert first.exit_code == 0, first.stderr
    assert last(first)["steps"] == [
        f"create topic {names.facts} (1 partitions)",
        f"create topic {names.intake('web-form')} (3 partitions)",
        f"create topic {names.receipts('web-form')} (1 partitions)",
    ]
    assert last(again) == {**last(first), "steps": []}
    assert (other.exit_code, below.exit_code) == (1, 1)
    assert "speaks as /forms/1 already" in other.stderr
    assert below.stderr == "The channel web-form speaks for /forms/1/sheet already.\n"
    assert (check.exit_code, last(check)["fits"]) == (0, True)
    assert last(known) == {"web-form": "/forms/1"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read(file) == Configuration(
        channel=Spoken(
            name="web-form",
            realm=own_realm,
            source="/forms/1",
            topic=names.intake("web-form"),
            receipts=names.receipts("web-form"),
        ),
        kafka=Reached(servers=kafka.servers),
    )
    require(kafka, names.intake("web-form"), "WRITE")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["channel", "add", "Web_Form"], "is no channel's name"),
        (["topics", "secret", "nobody"], "nobody is none of intake, relay"),
        (["kafka", "start"], "BEISTAND_KAFKA names a Kafka of your own"),
    ],
)
def test_a_wrong_call_is_said_before_anything_is_started(beistand, words, said):
    ended = beistand(*words)

    assert (ended.exit_code, said in ended.stderr) == (2, True)


def test_a_kafka_that_is_away_is_one_sentence_within_seconds(beistand, monkeypatch):
    beistand("channel", "list")
    monkeypatch.setenv("BEISTAND_KAFKA", "127.0.0.1:1")
    began = time.monotonic()

    ended = beistand("topics", "plan")

    assert ended.exit_code == 1
    assert ended.stderr.startswith("Kafka at 127.0.0.1:1 does not answer")
    assert ended.stderr.count("\n") == 1
    assert time.monotonic() - began < 20
