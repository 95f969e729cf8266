"""What a follower reads of a topic where relays repeated themselves or died."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import busfeed
from services.busfacts import Foreign
from services.busfeed import Stream, Tip, tip
from services.follow import Gap, Page, StoredFact
from tests.bus_feed.topics import REALM, SOURCE, Topic, some
from tests.projections.feeds import ListFeed

FACTS = some(12)


def read_all(topic, *, after=0, limit=5, ledger=None):
    """Read page after page until an empty one."""

    async def pages():
        stream, place = Stream(topic, REALM, ledger), after
        found: list[StoredFact] = []
        while facts := (await stream.read(place, limit)).facts:
            assert len(facts) <= limit
            found += facts
            place = facts[-1].position
        return found

    return asyncio.run(pages())


def read(topic, after, limit=5, ledger=None) -> Page:
    return asyncio.run(Stream(topic, REALM, ledger).read(after, limit))


@pytest.mark.parametrize("after", [0, 1, 6, 11, 12])
def test_a_follower_begins_anywhere(after):
    assert read_all(Topic(FACTS), after=after) == FACTS[after:]


def test_a_follower_begins_where_it_stood_without_reading_all_before():
    topic = Topic(FACTS)

    assert read_all(topic, after=10) == FACTS[10:]
    assert topic.fetched == 2


def test_facts_that_come_again_are_skipped():
    twice = [*FACTS[:4], *FACTS[2:7], *FACTS[1:3], *FACTS[5:]]

    for after in range(13):
        assert read_all(Topic(twice), after=after) == FACTS[after:]


@st.composite
def relayed(draw: st.DrawFn) -> list[int]:
    """What relays leave when each begins at or before the end, whoever overtakes.

    Some are stopped with a batch in their hands and send it when they wake up.
    """
    topic: list[int] = []
    late: list[range] = []
    for _ in range(draw(st.integers(1, 8))):
        highest = max(topic, default=0)
        what = draw(st.sampled_from(["relay", "stop", "wake"]))
        if what == "wake" and late:
            topic += late.pop(draw(st.integers(0, len(late) - 1)))
            continue
        begins = draw(st.integers(max(1, highest - 3), min(highest, 11) + 1))
        batch = range(begins, draw(st.integers(begins, 12)) + 1)
        if what == "stop":
            late.append(batch)
        else:
            topic += batch
    return topic or [1]


@given(positions=relayed(), after=st.integers(0, 12), limit=st.integers(1, 12))
def test_whatever_relays_leave_is_read_in_order_once(positions, after, limit):
    topic = Topic([FACTS[position - 1] for position in positions])

    assert read_all(topic, after=after, limit=limit) == FACTS[after : max(positions)]


def test_a_gap_stops_a_follower_that_has_no_ledger():
    with pytest.raises(Gap, match="no fact 4 but 6"):
        read_all(Topic([*FACTS[:3], *FACTS[5:]]))


def test_a_gap_is_healed_from_the_ledger():
    ledger = ListFeed(())
    ledger.facts = list(FACTS)

    assert read_all(Topic([*FACTS[:3], *FACTS[5:]]), ledger=ledger) == FACTS


def test_a_ledger_that_lacks_the_fact_too_heals_nothing():
    ledger = ListFeed(())
    ledger.facts = FACTS[:3]

    with pytest.raises(Gap, match="no fact 4 but 6"):
        read_all(Topic([*FACTS[:3], *FACTS[5:]]), ledger=ledger)


def test_a_beginning_that_was_cut_off_is_a_gap_only_for_whoever_needs_it():
    assert read_all(Topic(FACTS, cut=5), after=7) == FACTS[7:]
    with pytest.raises(Gap, match="no fact 1 but 6"):
        read_all(Topic(FACTS, cut=5))


def test_a_topic_made_anew_is_behind_until_it_is_filled_again():
    topic = Topic(FACTS[:2])

    assert read(topic, 8) == Page((), 8)
    topic.add(FACTS[2:])
    assert read_all(topic, after=8) == FACTS[8:]


def test_what_was_changed_stops_the_follower():
    topic = Topic(FACTS)
    topic.records[4].value = topic.records[5].value

    with pytest.raises(Foreign, match="fact 5"):
        read_all(topic)


class SlowTopic(Topic):
    """Whose records have not arrived when they are first asked for."""

    async def getmany(self, topic, *, timeout_ms=0, max_records=None):
        if timeout_ms == 0:
            return {}
        return await super().getmany(topic, max_records=max_records)


def test_a_page_is_empty_only_at_the_end():
    assert read(SlowTopic(FACTS), 0).facts == tuple(FACTS[:5])
    assert read(SlowTopic(FACTS), 12) == Page((), 12)


def test_waiting_ends_with_the_next_fact_and_keeps_it():
    topic = Topic(FACTS[:3])
    stream = Stream(topic, REALM, None)

    async def waited():
        asyncio.get_running_loop().call_later(0.05, topic.add, FACTS[3:5])
        return await stream.wait(3, 30), await stream.read(3, 9)

    head, page = asyncio.run(waited())

    assert (head, page) == (5, Page(tuple(FACTS[3:5]), 5))


def test_waiting_for_nothing_ends_in_time():
    began = time.monotonic()

    assert asyncio.run(Stream(Topic(FACTS[:3]), REALM, None).wait(3, 0.1)) == 3
    assert 0.1 <= time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("positions", "highest"), [([], 0), ([1, 2, 3], 3), ([1, 2, 3, 4, 2, 3], 4)]
)
def test_the_tip_is_the_highest_position_whatever_came_again_after_it(
    positions, highest
):
    topic = Topic([FACTS[position - 1] for position in positions])

    found = asyncio.run(tip(topic, "facts", SOURCE))
    head = asyncio.run(Stream(topic, REALM, None).head())

    assert found == (Tip(FACTS[highest - 1], highest - 1) if highest else None)
    assert head == highest


class Gone:
    """A reader whose broker is gone: aiokafka ends its stop as if we were cancelled."""

    def __init__(self):
        self._client, self.closed = self, False

    async def stop(self):
        raise asyncio.CancelledError

    async def close(self):
        self.closed = True


def test_hanging_up_on_a_dead_broker_closes_all_and_cancels_nobody():
    reader = Gone()

    asyncio.run(busfeed._stopped(reader))

    assert reader.closed
