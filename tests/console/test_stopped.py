"""A channel that stands still is seen, with since when and why, and is let go on."""

import re

import pytest

from services.intake.register import Register
from tests.console.whole_office import opened

STOP = {"reason": "set_aside", "partition": 0, "offset": 7}


@pytest.fixture
def office(server, tmp_path_factory):
    with opened(server, tmp_path_factory.mktemp("office"), peopled=False) as found:
        yield found


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


def test_the_page_says_which_channel_stands_still_and_lets_it_go_on(office):
    office.do("stop-channel", channel="hotline", note="12 of 100 set aside.", **STOP)
    lost = STOP | {"reason": "expired", "partition": 2}
    office.do("stop-channel", channel="partner", note="3 were deleted.", **lost)
    desk = office.client(language="en")

    page = text(desk.get("/set-aside"))
    answer = desk.seen(desk.fill("/set-aside", "/do/resume-channel"))

    assert "hotline" in page
    assert "too much of it could not be taken 12 of 100 set aside." in page
    assert "partner partition 2" in page
    assert "The channel goes on from where it stood." in text(answer)
    assert "12 of 100" not in text(answer)
    assert "3 were deleted." in text(answer)
    register = Register(office.engine.recorder)
    register.refresh()
    assert [stop.channel for stop in register.stops] == ["partner"]


def test_a_channel_stopped_again_is_told_anew(office):
    desk = office.client(language="en")
    for note in ("first", "second"):
        office.do("stop-channel", channel="hotline", note=note, **STOP)
        page = text(desk.get("/set-aside"))
        assert note in page
        desk.fill("/set-aside", "/do/resume-channel")
        office.shown()

    assert "stand still" not in text(desk.get("/set-aside"))
