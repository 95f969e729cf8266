"""A part is judged by what others see: its silence, and the ledger's head."""

import threading

import psycopg
import pytest

from services.database import Unreachable, waits
from services.health import Health, Standing, told


class Clock:
    """Time as the test says."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def health(clock):
    return Health(clock=clock, silent=30, late=15, patience={"matching": 900})


def troubles(health):
    return told(health.standings())


def test_nothing_is_wrong_where_nothing_is_expected(health):
    assert health.standings() == ()


def test_who_is_expected_is_not_ready_before_the_first_beat(health):
    health.expect("projecting")

    assert troubles(health) == ["projecting has not begun yet."]

    health.beat("projecting", position=0)

    assert troubles(health) == []


def test_a_part_that_falls_silent_is_told(health, clock):
    health.beat("relay")
    clock.now += 31

    assert troubles(health) == ["relay has not been heard of for 31 s."]


def test_a_part_with_long_work_may_be_silent_for_longer(health, clock):
    health.beat("matching")
    clock.now += 600

    assert troubles(health) == []


def test_the_lag_is_measured_against_the_ledger_not_against_the_last_page(
    health, clock
):
    health.beat("projecting", position=10)
    health.observed(10)
    health.observed(500)
    clock.now += 16
    health.beat("projecting", position=10)
    health.observed(700)

    assert health.standings() == (
        Standing(
            part="projecting",
            trouble="projecting is 690 facts behind the ledger and has not caught up "
            "for 16 s.",
            position=10,
            lag=690,
            lag_seconds=16.0,
            age=0.0,
        ),
    )


def test_a_follower_that_keeps_up_under_load_is_never_late(health, clock):
    for second in range(60):
        clock.now += 1
        health.observed(1_000 * (second + 1))
        health.beat("projecting", position=1_000 * (second + 1) - 200)
        health.observed(1_000 * (second + 1))
        health.beat("projecting", position=1_000 * (second + 1) + 100)

        assert troubles(health) == []


def test_a_follower_that_has_caught_up_is_well_again(health, clock):
    health.beat("relay", position=1)
    health.observed(9)
    clock.now += 20
    health.beat("relay", position=1)

    assert len(troubles(health)) == 1

    health.beat("relay", position=9)

    assert troubles(health) == []


def test_what_is_stuck_stays_so_however_it_beats_until_it_is_cleared(health):
    health.stuck("intake", "Intake stopped: too much was set aside.")
    health.beat("intake")

    assert troubles(health) == ["Intake stopped: too much was set aside."]

    health.clear("intake")

    assert troubles(health) == []


def test_who_led_and_stands_by_is_held_to_nothing_until_it_leads_again(health, clock):
    health.beat("relay", 40)
    health.observed(90)
    health.stuck("relay", "The lead is lost.")

    health.rest("relay", "stands by")
    health.observed(200)
    clock.now += 20

    assert troubles(health) == []
    assert health.standings()[0].note == "stands by"
    health.beat("relay", 41)
    health.observed(200)
    clock.now += 1
    assert health.standings()[0].lag == 159


def test_who_leaves_is_missed_by_nobody(health):
    health.expect("relay")
    health.leave("relay")

    assert health.troubles() == ()


def test_a_beat_without_a_position_keeps_the_one_that_is_known(health):
    health.beat("relay", position=7)
    health.beat("relay", note="standing by")
    health.observed(7)

    [found] = health.standings()
    assert (found.position, found.note, found.lag) == (7, "standing by", 0)


def test_many_threads_speak_at_once(health):
    def speak(name):
        for position in range(500):
            health.beat(name, position=position)
            health.observed(position)
            health.standings()

    threads = [threading.Thread(target=speak, args=(f"part-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [one.position for one in health.standings()] == [499] * 4


def test_what_a_part_waits_for_is_said_in_a_sentence_and_not_in_a_drivers_words():
    ended = psycopg.OperationalError("terminating connection\nhost=10.0.0.7")

    assert waits("relay", ended) == (
        "PostgreSQL does not answer (OperationalError); relay waits."
    )
    assert waits("relay", Unreachable("No answer.")) == "relay waits: No answer."
