"""Where a consumer stands: nothing is skipped, whatever was fetched when."""

import asyncio

import pytest
from aiokafka import TopicPartition

from services import metrics
from services.intake.bus_places import Lost, Places

TOPIC = "beistand.05111000.intake.web"
AT = TopicPartition(TOPIC, 0)
HERE = (TOPIC, 0)


class Bus:
    """A consumer of one place: what it was told, and what the bus would say."""

    def __init__(self, committed: int | None, begins: int = 0, ends: int = 0) -> None:
        self.kept, self.begins, self.ends = committed, begins, ends
        self.told: list[tuple[str, object]] = []
        self.stands_still: set[TopicPartition] = set()
        self.mine = {AT}
        self.at = 0
        """What it would read next."""

    async def position(self, _):
        return self.at

    def assignment(self):
        return set(self.mine)

    async def committed(self, _):
        return self.kept

    async def beginning_offsets(self, places):
        return dict.fromkeys(places, self.begins)

    async def end_offsets(self, places):
        return dict.fromkeys(places, self.ends)

    async def commit(self, offsets):
        self.told.append(("commit", offsets[AT]))

    def seek(self, _, offset):
        self.at = offset
        self.told.append(("seek", offset))

    def pause(self, *places):
        self.stands_still |= set(places)

    def resume(self, *places):
        self.stands_still -= set(places)

    def paused(self):
        return set(self.stands_still)


@pytest.fixture
def stopped():
    return set()


@pytest.fixture
def at(stopped):
    """Return places that follow such a bus."""

    def at(bus: Bus) -> Places:
        places = Places(lambda topic: topic in stopped)
        places.follow(bus)
        return places

    return at


def lost(places: Places, first: int) -> list[Lost]:
    return asyncio.run(places.lost({AT: first}))


def test_a_group_begins_where_the_bus_begins(at):
    places = at(Bus(None, begins=5))

    assert lost(places, 5) == []
    assert places.stale({AT: 5}) == frozenset()


def test_what_was_deleted_unread_is_lost_and_said(at):
    places = at(Bus(3, begins=9, ends=9))

    assert lost(places, 9) == [Lost(AT, 3, 9)]
    assert asyncio.run(places.look()).lost == (Lost(AT, 3, 9),)


def test_a_gap_that_transactions_left_is_no_loss_and_is_passed_when_it_comes_again(at):
    bus = Bus(3)
    places = at(bus)

    assert lost(places, 5) == []
    assert places.stale({AT: 5}) == {HERE}
    assert bus.told == [("seek", 3)]
    assert places.stale({AT: 5}) == frozenset()


def test_what_was_fetched_beyond_a_held_place_does_not_overtake_it(at):
    bus = Bus(0)
    places = at(bus)
    lost(places, 0)
    places.done({HERE: 100})

    places.hold({HERE: 100})
    ahead = [places.stale({AT: 500}), places.stale({AT: 1000})]
    again = places.stale({AT: 100})

    assert (ahead, again) == ([{HERE}, {HERE}], frozenset())
    assert bus.told == [("seek", 100)] * 3
    assert bus.stands_still == {AT}


def test_a_place_that_is_held_at_its_first_start_is_not_skipped_either(at):
    bus = Bus(None)
    places = at(bus)
    lost(places, 0)

    places.hold({HERE: 0})
    places.hold({HERE: 500})

    assert bus.told == [("seek", 0), ("seek", 0)]
    assert places.stale({AT: 500}) == {HERE}


def test_what_waits_unread_is_a_figure_until_the_places_are_anothers(at):
    bus = Bus(7, ends=10)
    places = at(bus)

    asyncio.run(places.look())
    mine = unread()
    bus.mine.clear()
    asyncio.run(places.look())

    assert (mine, unread()) == (3, 0)


def test_what_a_transaction_leaves_at_the_end_is_no_message_that_waits(at):
    bus = Bus(7, ends=8)
    bus.at = 8
    places = at(bus)

    at_work = asyncio.run(places.look()).lag
    perhaps = asyncio.run(places.look(idle=True)).lag
    asked = list(bus.told)
    bus.at = 8
    nothing = [asyncio.run(places.look(idle=True)).lag for _ in range(2)]
    bus.ends = 9
    more = asyncio.run(places.look(idle=True)).lag

    assert (at_work, perhaps, asked) == (1, 1, [("seek", 7)])
    assert (nothing, unread(), more) == ([0, 0], 2, 2)


def test_a_message_that_was_not_read_yet_waits_even_when_nothing_is_at_work(at):
    bus = Bus(7, ends=8)
    bus.at = 7
    places = at(bus)

    lags = [asyncio.run(places.look(idle=True)).lag for _ in range(3)]

    assert (lags, bus.told) == ([1, 1, 1], [])


def test_who_has_no_place_knows_whether_the_group_has_said_so(at):
    bus = Bus(None)
    bus.mine.clear()
    places = at(bus)

    before = asyncio.run(places.look()).is_placed
    asyncio.run(places.on_partitions_assigned(()))
    after = asyncio.run(places.look()).is_placed
    asyncio.run(places.on_partitions_revoked(()))

    assert (before, after) == (False, True)
    assert not asyncio.run(places.look()).is_placed


def unread():
    return metrics.REGISTRY.get_sample_value("beistand_intake_unread")


def test_a_stopped_channel_is_read_on_when_a_person_says_so(at, stopped):
    bus = Bus(7, ends=10)
    places = at(bus)
    stopped.add(TOPIC)
    places.turn()
    still = (set(bus.stands_still), asyncio.run(places.look()).lag)

    stopped.clear()
    places.turn()

    assert still == ({AT}, 0)
    assert (bus.stands_still, asyncio.run(places.look()).lag) == (set(), 3)


def test_after_a_rebalance_the_bus_is_asked_again(at):
    bus = Bus(7)
    places = at(bus)
    lost(places, 7)
    places.done({HERE: 50})
    bus.kept = 20

    asyncio.run(places.on_partitions_revoked({AT}))
    asyncio.run(places.on_partitions_assigned({AT}))

    assert lost(places, 20) == []
    assert places.stale({AT: 50}) == {HERE}
    asyncio.run(places.commit({HERE: 60}))
    assert bus.told == [("seek", 20), ("commit", 60)]
