"""The library's defaults lose messages: every subscriber says what it means."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from faststream import AckPolicy

from services.bus.connection import Bus
from services.bus.names import Names
from services.intake.bus_places import Places
from services.intake.bus_subscriber import (
    REQUEST_MS,
    SESSION_MS,
    broker_of,
    subscribed,
)

SERVICES = Path(__file__).parents[2] / "services"
ON_PURPOSE = {"group_id", "ack_policy", "auto_offset_reset"}


def subscribers() -> Iterator[tuple[str, set[str | None]]]:
    """Yield where something is subscribed, and the keywords that it is given."""
    for path in sorted(SERVICES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(attr="subscriber"), keywords=words):
                    where = f"{path.relative_to(SERVICES)}:{node.lineno}"
                    yield where, {word.arg for word in words}
                case _:
                    pass


def test_every_subscriber_sets_group_policy_and_offset_reset():
    found = dict(subscribers())

    assert list(found) != []
    assert {at: ON_PURPOSE - words for at, words in found.items()} == {
        at: set() for at in found
    }


@pytest.fixture
def subscriber():
    async def nothing(_):
        """Nobody listens."""

    broker = broker_of(Bus("127.0.0.1:9"))
    names = Names("05111000")
    places = Places(lambda _: False)
    return subscribed(broker, names, listener=places, handler=nothing)


def test_intake_commits_by_hand_and_skips_nothing(subscriber):
    told = subscriber._connection_args

    assert subscriber.group_id == "beistand.05111000.intake"
    assert subscriber.ack_policy is AckPolicy.MANUAL
    assert told["enable_auto_commit"] is False
    assert told["auto_offset_reset"] == "earliest"
    assert subscriber.max_records == 500


def test_a_request_may_take_longer_than_a_session(subscriber):
    session = subscriber._connection_args["session_timeout_ms"]

    assert session == subscriber._connection_args["rebalance_timeout_ms"] == SESSION_MS
    assert session < REQUEST_MS
