"""Following from a real bus: the same read models as beside the ledger."""

import threading
import time
from contextlib import closing

import pytest

from projections.catalogue import MODELS
from projections.rebuild import fingerprint
from projections.schema import qualified
from services.busfeed import KafkaFeed
from services.database import Role, Server, Unreachable
from services.follow import Gap, LedgerFeed
from services.health import Health
from services.ledger.migrate import prepare_site
from services.matching import Matching
from services.projecting import projecting, rebuild
from services.settings import load
from services.site import bus_feed, following
from tests.live.buses import (
    first_seen,
    make_topic,
    positions,
    publish,
    record,
    relaying,
    settings_of,
    until,
)
from tests.projections.facts import began, listed, opened, raised

START = [opened(), began(), listed(), *(raised(f"n{n}") for n in range(7))]


@pytest.fixture
def settings(tmp_path, kafka, own_realm):
    make_topic(kafka, own_realm)
    return settings_of(tmp_path, kafka, own_realm)


@pytest.fixture
def feed(settings):
    made = KafkaFeed(settings, patience=5)
    yield made
    made.close()


@pytest.fixture
def published(recorder, settings, kafka):
    """Ten facts in the ledger, and the same on the bus."""
    record(recorder, START)
    found = recorder.read()
    publish(kafka, settings.realm, found)
    return found


@pytest.fixture
def site(server: Server, database: Server):
    """A database of a remote site, on the worker's server."""
    own = server.named(f"{database.ledger}_site")
    prepare_site(own)
    yield own
    with server.connect(Role.ADMIN, "postgres") as admin:
        admin.execute(f'DROP DATABASE "{own.ledger}" WITH (FORCE)')


def shown(server: Server) -> dict[str, str]:
    """Return a hash of each relation of every read model."""
    with server.connect(Role.PROJECTOR) as db, db.cursor() as cursor:
        cursor.execute("SET search_path TO readmodel, projection")
        return {
            relation.name: fingerprint(cursor, relation, qualified(relation))
            for model in MODELS
            for relation in model.relations
        }


def test_the_bus_is_read_as_the_ledger_is(published, feed, database):
    with closing(LedgerFeed(database)) as ledger:
        for after in (0, 3, 9, 10):
            assert feed.read(after, 4).facts == ledger.read(after, 4).facts
        assert (feed.head(), ledger.head()) == (10, 10)
    assert feed.read(0) == feed.read(0)


def test_a_waiting_follower_wakes_with_the_next_fact(
    published, feed, recorder, kafka, settings
):
    assert feed.wait(10, 0.1) == 10
    record(recorder, [raised("late")], "late")
    (late,) = recorder.read(after=10)
    timer = threading.Timer(0.3, publish, (kafka, settings.realm, [late]))
    timer.start()
    began_at = time.monotonic()

    head = feed.wait(10, 30)

    assert (head, feed.read(10).facts) == (11, (late,))
    assert time.monotonic() - began_at < 10
    timer.join()


def test_an_empty_bus_is_an_empty_feed(feed):
    assert (feed.head(), feed.read(0).facts) == (0, ())


def test_a_gap_stops_the_follower_and_the_ledger_heals_it(
    recorder, settings, kafka, database
):
    record(recorder, START)
    facts = recorder.read()
    publish(kafka, settings.realm, facts[:3] + facts[5:])

    with closing(KafkaFeed(settings)) as alone:
        assert alone.read(0, 3).facts == tuple(facts[:3])
        with pytest.raises(Gap, match="no fact 4 but 6"):
            alone.read(3)
    with closing(bus_feed(database, settings)) as healed:
        assert list(healed.read(0).facts) == facts


def test_a_site_without_a_ledger_shows_what_the_realm_shows(
    published, settings, site, database
):
    with projecting(database) as beside_the_ledger:
        beside_the_ledger.catch_up()
    with following(site, settings) as far_away:
        assert far_away.catch_up() == 10

    assert shown(site) == shown(database)
    found = rebuild(site, feed=bus_feed(site, settings))
    assert {one.equal for one in found.values()} == {True}


def test_a_site_follows_while_relays_come_and_go(
    recorder, settings, kafka, site, database
):
    stop, health = threading.Event(), Health()
    with following(site, settings, health) as follower:
        thread = threading.Thread(target=follower.follow, args=(stop,))
        thread.start()
        for turn in range(3):
            record(recorder, [raised(f"n{turn}")] if turn else START, f"t{turn}-")
            with relaying(database, settings):
                until(lambda: reached(health) == recorder.head())
        stop.set()
        thread.join(timeout=20)

    assert first_seen(positions(kafka, settings.realm)) == [*range(1, 13)]
    assert health.troubles() == ()


def test_a_market_folded_from_the_bus_is_that_of_the_ledger(
    published, feed, recorder, vault, database
):
    with closing(LedgerFeed(database)) as ledger:
        at_hand = Matching(ledger, recorder, vault).catch_up().document()

    assert Matching(feed, recorder, vault).catch_up().document() == at_hand


def reached(health: Health) -> int | None:
    standings = {one.part: one.position for one in health.standings()}
    return standings.get("projecting")


@pytest.mark.parametrize("address", ["127.0.0.1:9", None])
def test_a_bus_that_is_not_there_is_said_when_patience_ends(tmp_path, address):
    with (
        closing(KafkaFeed(load(tmp_path, kafka=address), patience=0.5)) as feed,
        pytest.raises(Unreachable, match="Kafka"),
    ):
        feed.read(0)


def test_a_topic_that_is_not_there_is_said(tmp_path, kafka, own_realm):
    settings = settings_of(tmp_path, kafka, own_realm)
    with (
        closing(KafkaFeed(settings, patience=0.5)) as feed,
        pytest.raises(Unreachable, match="topics apply"),
    ):
        feed.head()
