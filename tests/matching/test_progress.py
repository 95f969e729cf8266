"""How far a run is: what it told last, while it runs."""

import re

import pytest

from services.cli import options
from services.progress import Stand, Watched, both


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_while_nothing_runs_nothing_is_told(clock):
    watched = Watched(clock)

    with watched.run():
        pass

    assert watched.stand() is None


def test_what_was_told_last_stands_with_the_seconds_since_it_began(clock):
    watched = Watched(clock)

    with watched.run() as tell:
        begun = watched.stand()
        tell("tier 1: priced", 0, 200)
        tell("tier 1: solved", 150, 200)
        clock.now += 7.5

        assert begun == Stand("", 0, 0, 0.0)
        assert watched.stand() == Stand("tier 1: solved", 150, 200, 7.5)


def test_a_run_that_fails_runs_no_more(clock):
    watched = Watched(clock)

    with pytest.raises(ValueError, match="bad"), watched.run():
        raise ValueError("bad")

    assert watched.stand() is None


@pytest.mark.parametrize(
    ("worth", "bound", "gap"), [(150, 200, 0.25), (0, 0, None), (-9, -5, None)]
)
def test_a_gap_is_told_where_a_bound_is_known(worth, bound, gap):
    assert Stand("x", worth, bound, 1.0).gap == gap


def test_two_may_listen():
    one, other = [], []

    both(lambda *told: one.append(told), lambda *told: other.append(told))("x", 1, 2)

    assert one == other == [("x", 1, 2)]


def test_the_command_line_tells_the_gap_and_the_time(capsys):
    for told in (("7 compatible pairs", 0, 0), ("tier 2: solved", 179, 180)):
        options.progress(*told)

    pairs, solved = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r" *\d+\.\d s  7 compatible pairs", pairs)
    assert solved.endswith("tier 2: solved: 179 of at most 180, gap 0.5556%")
