"""Who may do what on the bus, proven at a broker that allows nothing unsaid."""

import asyncio
import stat
import time
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
)
from faststream.kafka import KafkaBroker
from kafka import KafkaProducer
from pydantic import SecretStr

from services.bus import broker, layout, topics, users
from services.bus.channels import Secret, add
from services.bus.cluster import opened
from services.bus.connection import Bus
from services.bus.errors import NotAllowed, Unreachable
from services.bus.layout import Right
from services.bus.names import Names
from services.bus.probe import probe, require
from services.bus.stream import for_faststream
from services.busfeed import KafkaFeed
from services.channel import Channel
from services.channel import NotAllowed as ChannelNotAllowed
from services.channel.config import read, write
from services.health import Health
from services.intake.submit import Intake
from services.ledger.handle import Writer
from services.settings import load
from tests.live import secured
from tests.live.buses import relaying
from tests.live.intakes import HOME, consuming, register, until

NAMES = Names("05111000")
CHANNELS = ("caritas", "web-form")
EVERY_TOPIC = tuple(topic.name for topic in layout.topics(NAMES, CHANNELS))
SECONDS = 6.0


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A broker with TLS, SCRAM and ACLs, with the topics and rights of one realm."""
    found = secured.start(tmp_path_factory.mktemp("secured"))
    with opened(found.admin) as cluster:
        topics.apply(cluster, topics.plan(cluster, NAMES, CHANNELS))
    yield found
    broker.stop(found.home)


@pytest.fixture(scope="module")
def parts(guarded):
    """Every user of the office, with a password of its own."""
    with opened(guarded.admin) as cluster:
        return {
            part: users.give(
                cluster,
                guarded.admin,
                NAMES.group(part),
                guarded.home / "users" / f"{part}.env",
            )
            for part in layout.PARTS
        }


@pytest.fixture(scope="module")
def channels(guarded):
    """The channels, each seen as by the file that was written for it."""
    with opened(guarded.admin) as cluster:
        for channel in CHANNELS:
            add(
                cluster,
                NAMES,
                channel=channel,
                source=f"/channels/{channel}",
                file=guarded.home / "files" / f"{channel}.toml",
            )
    return {
        channel: spoken(guarded.home / "files" / f"{channel}.toml")
        for channel in CHANNELS
    }


def spoken(file):
    """The bus as a channel's file tells it."""
    said = read(file).kafka
    return Bus(
        said.servers, said.security, said.user, said.password, Path(str(said.ca))
    )


def written(bus, every=EVERY_TOPIC):
    """The topics that a user can write, each tried for real."""
    return asyncio.run(_written(bus, every))


async def _written(bus, every):
    done = []
    for topic in every:
        async with AIOKafkaProducer(**bus.for_aiokafka()) as producer:
            try:
                await producer.send_and_wait(topic, b"{}", key=b"k")
            except TopicAuthorizationFailedError:
                continue
            done.append(topic)
    return done


def heard(bus, every=EVERY_TOPIC):
    """The topics that a user can read, each tried for real."""
    return asyncio.run(_heard(bus, every))


async def _heard(bus, every):
    done = []
    for topic in every:
        consumer = AIOKafkaConsumer(topic, **bus.for_aiokafka(), group_id=None)
        try:
            await consumer.start()
            await consumer.seek_to_beginning()
            await _answered(consumer)
        except TopicAuthorizationFailedError:
            continue
        else:
            done.append(topic)
        finally:
            await consumer.stop()
    return done


async def _answered(consumer):
    """Poll until the broker has answered a fetch: silence is no permission."""
    async with asyncio.timeout(20):
        while all(consumer.highwater(one) is None for one in consumer.assignment()):
            await consumer.getmany(timeout_ms=200)


def grouped(bus, topic, group):
    """Read as a member of a group."""
    return asyncio.run(_grouped(bus, topic, group))


async def _grouped(bus, topic, group):
    consumer = AIOKafkaConsumer(topic, **bus.for_aiokafka(), group_id=group)
    try:
        await consumer.start()
        await consumer.getmany(timeout_ms=200)
    finally:
        await consumer.stop()


def soon(bus):
    """Sign in, after the moment that a new password takes to arrive."""
    for _ in range(20):
        with suppress(NotAllowed):
            return probe(bus)
        time.sleep(0.1)
    return probe(bus)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_writes_only_its_own_topic_and_reads_only_its_own_receipts(
    channels, channel
):
    assert written(channels[channel]) == [NAMES.intake(channel)]
    assert heard(channels[channel]) == [NAMES.receipts(channel)]


def test_intake_reads_what_channels_say_and_writes_receipts_but_no_facts(parts):
    own = [NAMES.intake(channel) for channel in CHANNELS]

    assert heard(parts["intake"]) == own
    assert written(parts["intake"]) == [NAMES.receipts(one) for one in CHANNELS]
    grouped(parts["intake"], own[0], NAMES.group("intake"))


def test_the_relay_alone_writes_facts_or_the_office_in_one_process(parts, channels):
    writers = {
        name
        for name, bus in {**parts, **channels}.items()
        if written(bus, [NAMES.facts])
    }

    assert writers == {"relay", "office"}
    assert heard(parts["relay"]) == [NAMES.facts]


@pytest.mark.parametrize("part", [*layout.FOLLOWERS, "tools"])
def test_followers_and_other_tools_only_read_facts(parts, part):
    assert heard(parts[part]) == [NAMES.facts]
    assert written(parts[part]) == []
    grouped(parts[part], NAMES.facts, NAMES.group(part))


def test_nobody_takes_a_place_in_the_group_of_another(parts, channels):
    with pytest.raises(GroupAuthorizationFailedError):
        grouped(parts["tools"], NAMES.facts, NAMES.group("matching"))
    with pytest.raises(GroupAuthorizationFailedError):
        grouped(channels["caritas"], NAMES.receipts("caritas"), NAMES.user("web-form"))


def test_tools_may_have_groups_of_their_own(parts):
    grouped(parts["tools"], NAMES.facts, f"{NAMES.group('tools')}.dashboard")


def test_a_wrong_password_is_a_sentence_within_seconds(guarded, parts):
    wrong = replace(parts["relay"], password="guessed")
    began = time.monotonic()

    with pytest.raises(NotAllowed, match="does not accept this user and password"):
        probe(wrong)
    with pytest.raises(NotAllowed, match="does not accept this user and password"):
        require(wrong, NAMES.facts, "WRITE")

    assert time.monotonic() - began < SECONDS


def test_a_missing_right_is_a_sentence_within_seconds(channels):
    began = time.monotonic()

    with pytest.raises(NotAllowed) as caught:
        require(channels["caritas"], NAMES.receipts("web-form"), "READ")
    with pytest.raises(NotAllowed, match="let us READ topic"):
        require(channels["caritas"], NAMES.intake("caritas"), "READ", "WRITE")
    with (
        pytest.raises(NotAllowed, match="a right is missing"),
        opened(channels["caritas"]) as cluster,
    ):
        cluster.rights()
    require(channels["caritas"], NAMES.intake("caritas"), "WRITE")

    assert str(caught.value) == (
        f"Kafka at {channels['caritas'].told()} does not let us READ topic "
        f"{NAMES.receipts('web-form')}; whoever runs Kafka gives the rights with "
        "`beistand topics apply`."
    )
    assert time.monotonic() - began < SECONDS


def test_a_certificate_that_nobody_vouches_for_is_refused(guarded):
    with pytest.raises(NotAllowed, match="BEISTAND_KAFKA_CA"):
        probe(replace(guarded.admin, ca=None))


def test_nobody_comes_in_without_tls_and_a_name(guarded):
    for security in ("PLAINTEXT", "SASL_PLAINTEXT"):
        with pytest.raises(Unreachable, match="BEISTAND_KAFKA_SECURITY"):
            probe(replace(guarded.admin, security=security))


def test_a_server_that_is_silent_is_a_sentence_within_seconds(guarded):
    began = time.monotonic()

    with pytest.raises(Unreachable, match="does not answer"):
        probe(replace(guarded.admin, servers="127.0.0.1:1"))

    assert time.monotonic() - began < SECONDS


def test_faststream_and_kafka_python_sign_in_as_aiokafka_does(channels, parts):
    async def publish():
        async with KafkaBroker(**for_faststream(parts["relay"])) as stream:
            await stream.publish(b"{}", topic=NAMES.facts, key=b"offer:1")

    asyncio.run(publish())
    with KafkaProducer(**channels["caritas"].for_kafka_python()) as producer:
        sent = producer.send(NAMES.intake("caritas"), b"{}").get(10)

    assert sent.topic == NAMES.intake("caritas")


@pytest.mark.parametrize(
    ("table", "change", "says"),
    [
        ("kafka", {"password": "guessed"}, "not accept this user and password"),
        ("channel", {"topic": NAMES.intake("caritas")}, "or a right is missing"),
        ("channel", {"receipts": NAMES.receipts("caritas")}, "or a right is missing"),
        ("kafka", {"ca": "none.pem"}, "none.pem holds no certificate"),
        ("kafka", {"ca": None}, "The certificate of the bus at .* is not vouched for"),
    ],
    ids=["password", "topic", "receipts", "no authority", "another authority"],
)
def test_the_sdk_says_what_the_bus_does_not_allow(
    guarded, channels, tmp_path, table, change, says
):
    own = read(guarded.home / "files" / "web-form.toml")
    part = getattr(own, table).model_copy(update=change)
    write(tmp_path / "web-form.toml", own.model_copy(update={table: part}))
    began = time.monotonic()

    with pytest.raises(ChannelNotAllowed, match=says):
        Channel.open(tmp_path / "web-form.toml")

    # kafka-python tries a wrong password again for ten seconds.
    assert time.monotonic() - began < 10 + SECONDS


def test_a_channels_file_is_its_own_and_the_secret_is_kept_while_it_opens(
    guarded, channels
):
    file = guarded.home / "files" / "caritas.toml"
    before = file.read_text()

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert added(guarded, file).secret is Secret.KEPT
    assert file.read_text() == before


def test_a_lost_file_means_a_new_secret_and_the_end_of_the_old_one(guarded, tmp_path):
    file = tmp_path / "caritas.toml"
    added(guarded, file)
    lost = spoken(file)
    soon(lost)

    file.unlink()
    found = added(guarded, file)

    assert found.secret is Secret.NEW
    soon(spoken(file))
    with pytest.raises(NotAllowed):
        probe(lost)


def test_the_secret_is_kept_where_only_the_channel_reaches_its_address(
    guarded, tmp_path
):
    file, outside = tmp_path / "caritas.toml", "kafka.example.org:9093"
    first = added(guarded, file, servers=outside)
    before = file.read_text()

    second = added(guarded, file, servers=outside)
    after = file.read_text()
    moved = added(guarded, file)

    assert [one.secret for one in (first, second, moved)] == [
        Secret.NEW,
        Secret.KEPT,
        Secret.KEPT,
    ]
    assert f'servers = "{outside}"' in before
    assert after == before
    assert file.read_text() == before.replace(outside, guarded.admin.servers)
    soon(spoken(file))


def added(guarded, file, servers=None):
    with opened(guarded.admin) as cluster:
        return add(
            cluster,
            NAMES,
            channel="caritas",
            source="/channels/caritas",
            file=file,
            servers=servers,
        )


def test_a_part_signs_in_with_the_file_that_was_written_for_it(parts, guarded):
    file = guarded.home / "users" / "relay.env"

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert dict(line.split("=", 1) for line in file.read_text().splitlines()) == {
        "BEISTAND_KAFKA": guarded.admin.servers,
        "BEISTAND_KAFKA_SECURITY": "SASL_SSL",
        "BEISTAND_KAFKA_USER": "beistand.05111000.relay",
        "BEISTAND_KAFKA_PASSWORD": parts["relay"].password,
        "BEISTAND_KAFKA_CA": str(guarded.admin.ca),
    }


def test_rights_that_nobody_should_have_are_found_and_reading_facts_is_not_one(
    guarded,
):
    other = Names("t-surplus")
    stranger = "somebody"
    with opened(guarded.admin) as cluster:
        topics.apply(cluster, topics.plan(cluster, other, ["caritas"]))
        cluster.grant(
            [
                Right(stranger, "READ", "topic", other.facts),
                Right(stranger, "WRITE", "topic", other.facts),
                Right(stranger, "READ", "topic", "beistand.t-sur", prefixed=True),
                Right(stranger, "READ", "group", other.group("intake")),
                Right(stranger, "READ", "topic", "something.else"),
            ]
        )
        found = soon_planned(cluster, other)

    assert found.steps == ()
    assert sorted(found.faults) == [
        f"somebody may READ group {other.group('intake')}; take that right away.",
        "somebody may READ topic beistand.t-sur*; take that right away.",
        f"somebody may WRITE topic {other.facts}; take that right away.",
    ]


def soon_planned(cluster, names):
    """Plan once the rights that were given a moment ago have arrived."""
    found = topics.plan(cluster, names, ["caritas"])
    until = time.monotonic() + SECONDS
    while (found.steps or len(found.faults) < 3) and time.monotonic() < until:
        time.sleep(0.1)
        found = topics.plan(cluster, names, ["caritas"])
    return found


def test_a_realm_lives_on_the_rights_of_the_table_alone(
    guarded, database, recorder, vault, tmp_path
):
    names, file = Names("t-alone"), tmp_path / "web.toml"
    with opened(guarded.admin) as cluster:
        added_to(cluster, names, file)
        settings = {
            part: signed(cluster, guarded, names, tmp_path / f"{part}.env")
            for part in ("intake", "relay", "projecting")
        }
    writer = Writer(recorder, vault)
    register(writer)

    with (
        consuming(Intake(writer, realm=names.realm), settings["intake"]),
        relaying(database, settings["relay"]),
        closing(KafkaFeed(settings["projecting"])) as feed,
        Channel.open(file) as channel,
    ):
        offer = {"contact": {"mail": "kim@example.org"}, "details": HOME}
        receipt = channel.offer("4711", offer).receipt(timeout=60)
        until(lambda: feed.head() >= recorder.head())
        facts = feed.read(0).facts

    assert receipt.outcome == "taken"
    assert list(facts) == recorder.read()


def added_to(cluster, names, file):
    topics.apply(cluster, topics.plan(cluster, names, []))
    said = {"channel": "web", "source": "/web", "file": file}
    add(cluster, names, **said)


def signed(cluster, guarded, names, file):
    """The settings of a part, as its file gives them to the process."""
    own = users.give(cluster, guarded.admin, names.group(file.stem), file)
    given = {"kafka_user": own.user, "kafka_password": own.password}
    place = {"kafka": own.servers, "kafka_ca": own.ca, "realm": names.realm}
    return load(file.parent, **given, **place, kafka_security=own.security)


@pytest.mark.parametrize("part", ["intake", "relay"])
def test_a_process_with_a_wrong_password_says_so_where_it_is_asked_for_its_health(
    guarded, database, recorder, vault, tmp_path, part
):
    names, health = Names("t-wrong"), Health()
    with opened(guarded.admin) as cluster:
        good = signed(cluster, guarded, names, tmp_path / f"{part}.env")
    wrong = good.model_copy(update={"kafka_password": SecretStr("guessed")})
    intake = Intake(Writer(recorder, vault), realm=names.realm)
    running = {
        "intake": lambda: consuming(intake, wrong, health),
        "relay": lambda: relaying(database, wrong, health),
    }

    with running[part]():
        until(lambda: "password" in said_of(health), 2 * SECONDS)
        said = said_of(health)

    assert "does not accept this user and password" in said


def said_of(health):
    return " ".join(one.trouble for one in health.troubles())
