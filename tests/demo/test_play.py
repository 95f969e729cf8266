"""The story from the files to its summary, over a real ledger."""

from dataclasses import replace

import pytest

from services.demo import lines, play, run
from services.demo.story import CLOSING
from services.demo.sweep import promised_twice


def silent(_):
    """Nobody listens to the progress."""


@pytest.fixture
def summary(desk):
    return run(desk, desk.take, silent, began=0.0)


def test_the_story_ends_with_a_sound_summary(desk, summary):
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

    again = run(desk, desk.take, silent, began=0.0)

    assert replace(again, seconds=summary.seconds) == summary
    assert any("Promised twice: 0" in line for line in lines(summary))


def test_an_interrupted_story_goes_on_where_it_was(desk, monkeypatch):
    class Interrupted(Exception):
        pass

    def fall(*_):
        raise Interrupted

    monkeypatch.setattr(play, "one_day", fall)
    with pytest.raises(Interrupted):
        run(desk, desk.take, silent, began=0.0)
    monkeypatch.undo()

    summary = run(desk, desk.take, silent, began=0.0)

    assert summary.promised_twice == 0
    assert desk.matching.catch_up().today == CLOSING
