"""Reading ahead: the pages are those that would be read anyway, and so are errors."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from services.ahead import Ahead
from services.follow import Gap, Page
from tests.projections.facts import began, ledger, listed, opened, raised
from tests.projections.feeds import ListFeed

START = ledger(opened(), began(), listed(), raised(), raised("n2"))


class Watched(ListFeed):
    """Notes from where it was read, and by whom."""

    def __init__(self, facts) -> None:
        super().__init__(facts)
        self.asked: list[int] = []
        self.readers: set[str] = set()

    def read(self, after: int, limit: int = 1000) -> Page:
        self.asked.append(after)
        self.readers.add(threading.current_thread().name)
        return super().read(after, limit)


def positions(facts) -> list[int]:
    return [recorded.position for recorded in facts]


def test_pages_are_those_of_the_feed_and_each_is_read_once():
    feed = Watched(START)

    with closing(Ahead(feed)) as ahead:
        pages = [ahead.read(0, 2), ahead.read(2, 2), ahead.read(4, 2)]

    assert [positions(page) for page in pages] == [[1, 2], [3, 4], [5]]
    assert [one for page in pages for one in page] == START
    assert feed.asked[:3] == [0, 2, 4]
    assert len(feed.readers) == 2
    assert feed.closed


def test_a_short_page_has_nothing_behind_it_that_would_be_read_ahead():
    feed = Watched(START)

    with closing(Ahead(feed)) as ahead:
        ahead.read(0, 20)

    assert feed.asked == [0]


def test_a_page_that_was_not_asked_for_is_not_given():
    with closing(Ahead(ListFeed(START))) as ahead:
        first = ahead.read(0, 2)
        again = ahead.read(0, 2)
        longer = ahead.read(2, 3)

    assert positions(again) == positions(first) == [1, 2]
    assert positions(longer) == [3, 4, 5]


def test_what_is_recorded_after_an_early_look_is_read_then():
    feed = ListFeed(START[:2])

    with closing(Ahead(feed)) as ahead:
        ahead.read(0, 2)
        nothing = ahead.wait(2, 0)
        feed.facts += ListFeed(START).facts[2:]
        head, page = ahead.wait(2, 0), ahead.read(2, 2)

    assert (nothing, head) == (2, 5)
    assert positions(page) == [3, 4]


def test_a_page_that_was_read_early_is_known_to_whoever_waits():
    class Silent(ListFeed):
        def wait(self, after: int, timeout: float) -> int:
            raise AssertionError("there is something to read already")

    with closing(Ahead(Silent(START))) as ahead:
        ahead.read(0, 2)

        assert ahead.wait(2, 0) == 4


def test_an_error_is_raised_with_the_page_that_it_belongs_to():
    class Torn(ListFeed):
        def read(self, after: int, limit: int = 1000) -> Page:
            if after >= 2:
                raise Gap("position 3 of the ledger is missing")
            return super().read(after, limit)

    with closing(Ahead(Torn(START))) as ahead:
        page, head = ahead.read(0, 2), ahead.wait(2, 0)
        with pytest.raises(Gap, match="position 3"):
            ahead.read(2, 2)

    assert (positions(page), head) == ([1, 2], 5)


def test_a_feed_is_never_asked_by_two_threads_at_a_time():
    class Slow(ListFeed):
        def __init__(self, facts) -> None:
            super().__init__(facts)
            self.inside = threading.Lock()

        def read(self, after: int, limit: int = 1000) -> Page:
            with self._alone():
                time.sleep(0.02)
                return super().read(after, limit)

        def head(self) -> int:
            with self._alone():
                return super().head()

        def wait(self, after: int, timeout: float) -> int:
            with self._alone():
                return len(self.facts)

        @contextmanager
        def _alone(self) -> Iterator[None]:
            assert self.inside.acquire(blocking=False), "another thread is in there"
            yield
            self.inside.release()

    with closing(Ahead(Slow(START))) as ahead:
        ahead.read(0, 2)
        assert ahead.head() == 5
        ahead.read(0, 2)
        assert ahead.wait(9, 0) == 5
        ahead.read(0, 2)
        assert positions(ahead.read(1, 2)) == [2, 3]
