"""The story from the files to its summary, over a real ledger."""

from dataclasses import replace

import pytest

from services.demo import lines, play, run
from services.demo.story import CLOSING, FIRST
from services.demo.sweep import promised_twice


class Interrupted(Exception):
    """Somebody pressed Ctrl+C."""


def silent(_):
    """Nobody listens to the progress."""


def interrupted(desk, monkeypatch):
    """Begin the story, and fall in its first day, after the files came in."""

    def fall(*_):
        raise Interrupted

    with monkeypatch.context() as patched:
        patched.setattr(play, "one_day", fall)
        with pytest.raises(Interrupted):
            run(desk, desk.take, silent, began=0.0)


@pytest.mark.timeout(300)  # three plans with their proofs, on a busy machine
def test_a_story_that_was_interrupted_goes_on_and_ends_with_a_sound_summary(
    desk, monkeypatch
):
    interrupted(desk, monkeypatch)
    assert desk.matching.catch_up().today == FIRST

    summary = run(desk, desk.take, silent, began=0.0)

    assert desk.matching.catch_up().today == CLOSING
    assert summary.promised_twice == 0
    assert summary.needs == summary.placed + sum(summary.unmet.values())
    assert summary.offers == summary.housing.offers + summary.goods.offers
    assert summary.persons_placed > summary.first_come_persons > 0
    assert 0 <= summary.gap <= 0.0001
    assert summary.bound >= summary.worth > 0
    assert summary.provisional > 0
    assert summary.confirmed > 0
    assert summary.open_questions > 0
    assert summary.set_aside > 0
    assert summary.position == desk.recorder.head()
    assert promised_twice(desk.recorder.read()) == ()
    assert any("Promised twice: 0" in line for line in lines(summary))

    again = run(desk, desk.take, silent, began=0.0)

    assert replace(again, seconds=summary.seconds) == summary
