"""Intake is started before Kafka, and waits for it by itself."""

import threading
import time

from services.health import Health, told
from services.intake import consuming
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
