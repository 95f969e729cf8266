"""Intake waits for Kafka by itself, and says so until it hears again."""

import asyncio
import threading
import time
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.bus.connection import Bus
from services.bus.names import Names
from services.health import Health, told
from services.intake import consuming
from services.intake.bus_places import Look
from services.intake.consuming import Consuming, Deaf
from services.intake.submit import Intake
from services.settings import load


class Nobody(Intake):
    """An intake that is asked nothing."""

    def __init__(self) -> None:
        """Nothing is opened."""


def test_a_home_without_kafka_is_said_and_waited_for(tmp_path):
    stop, health = threading.Event(), Health()
    thread = threading.Thread(
        target=consuming.consume,
        args=(Nobody(), load(tmp_path), stop, health),
        daemon=True,
    )

    thread.start()
    until = time.monotonic() + 10
    while "No Kafka runs in this home" not in str(told(health.standings())):
        assert time.monotonic() < until
        time.sleep(0.05)
    is_there = thread.is_alive()
    stop.set()
    thread.join(10)

    assert is_there
    assert not thread.is_alive()


def test_a_consumer_that_hears_nothing_is_said_while_a_new_one_is_made(
    tmp_path, monkeypatch
):
    stop, health = threading.Event(), Health()
    said: list[str] = []

    async def greet(_: Bus) -> None: ...

    class DeafTwice:
        def __init__(self, *_: object) -> None:
            said.extend(told(health.standings()))
            health.beat(consuming.PART)

        async def run(self) -> None:
            if len(said) > 1:
                stop.set()
                return
            raise Deaf

    monkeypatch.setattr(consuming, "greet", greet)
    monkeypatch.setattr(consuming, "bus_of", lambda _: None)
    monkeypatch.setattr(consuming, "Consuming", DeafTwice)

    consuming.consume(Nobody(), load(tmp_path), stop, health)

    assert said == ["intake has not begun yet.", consuming._DEAF]


@pytest.fixture
def health():
    """Return the health of a process whose intake was deaf before."""
    health = Health()
    health.stuck(consuming.PART, "deaf")
    return health


@pytest.fixture
def one(health):
    """Return a new consumer, which has heard nothing yet."""

    async def made() -> Consuming:
        intake = cast("Intake", SimpleNamespace(writer=SimpleNamespace(recorder=None)))
        one = Consuming(
            intake, Bus("127.0.0.1:9"), Names("05111000"), threading.Event(), health
        )
        await one._receipts.stop()
        one._work = cast(
            "Any", SimpleNamespace(register=SimpleNamespace(stands_still=""))
        )
        return one

    return asyncio.run(made())


@pytest.mark.parametrize(
    ("look", "trouble"),
    [
        (Look(3, ()), ["deaf"]),
        (Look(0, (), is_placed=False), ["deaf"]),
        (Look(0, ()), []),
    ],
)
def test_a_new_consumer_is_well_once_nothing_waits_for_it(one, health, look, trouble):
    one._say(look)

    assert told(health.standings()) == trouble


def test_a_new_consumer_is_well_once_it_has_heard_and_done_something(one, health):
    async def one_is_done() -> None:
        one._at_work = 1
        one._tell = _told
        telling = asyncio.create_task(one._tell_all())
        await one._recorded.put((cast("Any", None), 1))
        while one._at_work:  # noqa: ASYNC110 - a number tells nobody
            await asyncio.sleep(0)
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)

    asyncio.run(one_is_done())
    one._say(Look(3, ()))

    assert told(health.standings()) == []


async def _told(_: object) -> None:
    """Tell nobody."""
