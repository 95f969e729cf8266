"""Intake from a real bus into a real ledger: nothing lost, nothing twice, all said."""

import functools
import json
import signal
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, TopicPartition
from psycopg.conninfo import conninfo_to_dict

from services.health import Health
from services.intake.submit import Intake
from services.ledger.handle import Order, Writer
from services.ledger.recorder import Recorder
from services.ledger.rules.channels import ResumeChannel
from tests.live.buses import settings_of
from tests.live.intakes import (
    HOME,
    SAID,
    Channel,
    consuming,
    event,
    killed,
    register,
    until,
)
from tests.torture.speech import Postgres
from tests.torture.wire import Wires


@pytest.fixture
def settings(tmp_path, kafka, own_realm):
    return settings_of(tmp_path, kafka, own_realm)


@pytest.fixture
def writer(recorder, vault) -> Writer:
    return Writer(recorder, vault)


@pytest.fixture
def intake(writer, own_realm) -> Intake:
    return Intake(writer, realm=own_realm)


@pytest.fixture
def publisher(kafka, own_realm):
    """Make channels of the test's own realm."""
    return functools.partial(Channel, kafka, own_realm)


@pytest.fixture
def web(publisher, writer):
    register(writer)
    return publisher("web")


def types(recorder) -> list[str]:
    return [fact.type for fact in recorder.read()]


def test_poison_in_the_middle_of_a_batch_is_set_aside_and_the_rest_is_taken(
    web, intake, settings, recorder
):
    web.publish(
        event("e-1"),
        b"{",
        event("e-2"),
        event("e-3", source="/other"),
        b"\xff\xfe\x00",
        event("e-4"),
    )

    with consuming(intake, settings):
        receipts = web.receipts(6)
        until(lambda: web.done() == {0: 6})

    outcomes = [(r["id"], r["outcome"], r.get("case_no")) for r in receipts]
    assert outcomes == [
        ("e-1", "taken", "A-2022-0001"),
        ("0-1", "set_aside", None),
        ("e-2", "taken", "A-2022-0002"),
        ("e-3", "set_aside", None),
        ("0-4", "set_aside", None),
        ("e-4", "taken", "A-2022-0003"),
    ]


@pytest.mark.parametrize("moment", ["before the receipts", "before the offsets"])
def test_a_kill_after_the_commit_loses_no_receipt_and_stores_nothing_twice(
    web, intake, settings, recorder, database, moment
):
    web.publish(*(event(f"e-{n}") for n in range(3)), b"poison")

    assert killed(database, settings, moment) == -signal.SIGKILL
    stored, done = types(recorder), web.done()
    with consuming(intake, settings):
        until(lambda: web.done() == {0: 4})

    receipts = web.receipts(4 if moment == "before the receipts" else 8)
    said = {json.dumps(receipt, sort_keys=True) for receipt in receipts}
    assert done == {}
    assert stored.count("offer.listed.v1") == 3
    assert types(recorder) == stored
    assert len(said) == 4


def test_a_channel_speaks_for_itself_and_uses_up_nobody_elses_ids(
    publisher, web, intake, settings, writer, recorder
):
    register(writer, "partner", "/partner")
    partner = publisher("partner")
    nobody = publisher("nobody")
    partner.publish(event("e-1", source="/web", subject="stolen"))
    partner.publish(event("e-2", source="/partners"))
    partner.publish(event("e-3", source="/partner/branch"))
    nobody.publish(event("e-1", source="/web", subject="nobody's"))

    with consuming(intake, settings):
        claimed, unknown = partner.receipts(3), nobody.receipts(1)
        web.publish(event("e-1"))
        mine = web.receipts(1)

    assert [r["outcome"] for r in claimed] == ["set_aside", "set_aside", "taken"]
    assert "may not speak for" in claimed[0]["reason"]
    assert "Nobody registered the channel" in unknown[0]["reason"]
    assert [r["outcome"] for r in mine] == ["taken"]
    assert types(recorder).count("offer.listed.v1") == 2


def test_an_older_revision_that_comes_late_changes_nothing(
    web, intake, settings, recorder
):
    told = {"subject": "home-1", "type": "offer.submitted.v1"}
    beds = [{**event("x")["data"], "details": HOME | {"beds": n}} for n in range(4)]
    web.publish(
        event("e-1", **told, revision=1, data=beds[1]),
        event("e-3", **told, revision=3, data=beds[3]),
        event("e-2", **told, revision=2, data=beds[2]),
        event("e-1", **told, revision=1, data=beds[1]),
        event("e-3", **told, revision=3, data=beds[2]),
    )

    with consuming(intake, settings):
        receipts = web.receipts(5)

    assert [(r["id"], r["outcome"]) for r in receipts] == [
        ("e-1", "taken"),
        ("e-3", "amended"),
        ("e-2", "unchanged"),
        ("e-1", "taken"),
        ("e-3", "set_aside"),
    ]
    assert {r.get("case_no") for r in receipts[:4]} == {"A-2022-0001"}
    assert "newer revision" in receipts[2]["reason"]
    assert "same message id" in receipts[4]["reason"]
    assert intake.answers.about("/web", "e-2").outcome == "unchanged"


def test_whatever_the_headers_hold_the_message_is_not_skipped(web, intake, settings):
    data = json.dumps(event("e-1")["data"]).encode()
    binary = [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"e-1"),
        ("ce_source", b"/web"),
        ("ce_type", b"offer.submitted.v1"),
        ("content-type", b"application/json; charset=utf-8"),
    ]
    web.publish(data, headers=[*binary, ("x-trace", b"\xff\xfe")])
    web.publish(data, headers=[*binary[:1], ("ce_id", b"\xff"), *binary[2:]])
    web.publish(data, headers=[*binary, ("CE_ID", b"e-2")])
    web.publish(data, headers=[("content-type", b"application/cloudevents-batch+json")])
    web.publish(b"", b" " * 900_000, b'"' + b"x" * 30_000)

    with consuming(intake, settings):
        receipts = web.receipts(7)

    assert [r["outcome"] for r in receipts] == ["taken", *("set_aside",) * 6]


def test_too_much_that_is_bad_stops_a_channel_until_a_person_lets_it_go_on(
    publisher, web, intake, settings, writer, recorder
):
    register(writer, "good", "/good")
    good, health = publisher("good"), Health()
    web.publish(*(b"{" for _ in range(150)), event("e-1"))

    with consuming(intake, settings, health):
        until(lambda: "channel.stopped.v1" in types(recorder))
        good.publish(event("g-1", source="/good"))
        heard = good.receipts(1)
        until(lambda: "is stopped" in str(health.troubles()))
        trouble = health.troubles()[0].trouble
        before = types(recorder).count("submission.set_aside.v1")
        resume = ResumeChannel(channel="web")
        writer.do(Order(id="go-on", said=SAID, command=resume))
        until(lambda: web.done() == {0: 151})
        until(lambda: not health.troubles())

    assert heard[0]["outcome"] == "taken"
    assert "The channel web is stopped: 100 messages in a row" in trouble
    assert before == 100
    assert types(recorder).count("submission.set_aside.v1") == 150
    assert web.receipts(151)[-1]["outcome"] == "taken"


def test_what_the_bus_deleted_unread_is_said_and_stops_the_channel(
    kafka, web, intake, settings, writer, recorder
):
    web.publish(event("e-1"))
    with consuming(intake, settings):
        until(lambda: web.done() == {0: 1})
    web.publish(*(event(f"e-{n}") for n in range(2, 6)))
    place = TopicPartition(web.topic, 0)
    with KafkaAdminClient(**kafka.for_kafka_python()) as admin:
        admin.delete_records({place: 4})

    with consuming(intake, settings):
        until(lambda: "channel.stopped.v1" in types(recorder))
        assert types(recorder).count("offer.listed.v1") == 1
    with consuming(intake, settings):
        resume = ResumeChannel(channel="web")
        writer.do(Order(id="go-on", said=SAID, command=resume))
        until(lambda: web.done() == {0: 5})

    (stopped,) = [f for f in recorder.read() if f.type == "channel.stopped.v1"]
    assert "3 messages were deleted by the bus" in json.loads(stopped.data)["note"]
    assert types(recorder).count("offer.listed.v1") == 2


def test_a_channel_that_is_added_later_is_heard_within_seconds(
    publisher, web, intake, settings, writer
):
    with consuming(intake, settings):
        web.publish(event("e-1"))
        web.receipts(1)
        register(writer, "late", "/late")
        late = publisher("late", partitions=3)
        late.publish(event("l-1", source="/late"))
        heard = late.receipts(1)

    assert [receipt["outcome"] for receipt in heard] == ["taken"]


@pytest.fixture
def wires():
    made = Wires()
    yield made
    made.close()


def test_intake_waits_for_a_ledger_that_is_away_and_goes_on_by_itself(
    wires, web, settings, database, vault
):
    address = conninfo_to_dict(database.address)
    file = f".s.PGSQL.{address['port']}"
    far, near = Path(str(address["host"])) / file, Path(settings.home) / file
    wire = wires.between(near, far, Postgres)
    through = f"host='{settings.home}' port={address['port']}"
    recorder = Recorder(replace(database, address=through), patience=0.3)
    intake = Intake(Writer(recorder, vault), realm=settings.realm)
    health = Health()

    with consuming(intake, settings, health), closing(recorder):
        web.publish(event("e-1"))
        until(lambda: web.done() == {0: 1})
        wires.do(wire.shut())
        near.unlink(missing_ok=True)
        web.publish(*(event(f"e-{n}") for n in range(2, 6)))
        until(lambda: "PostgreSQL does not answer" in str(health.troubles()))
        away = web.done()
        wires.between(near, far, Postgres)
        until(lambda: web.done() == {0: 5}, seconds=20)
        until(lambda: not health.troubles())

    assert away == {0: 1}
    assert [r["outcome"] for r in web.receipts(5)] == ["taken"] * 5


class Bytes(str):
    """A header's name that is no text, as a program without our libraries may send."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:
        return b"\xff\xfe"


def test_even_a_header_whose_name_is_no_text_stops_nobody(web, intake, settings):
    web.publish(event("e-1"))
    web.publish(b"{}", headers=[(Bytes("x"), b"1")])
    web.publish(event("e-3"))

    with consuming(intake, settings):
        receipts = web.receipts(3)

    assert [r["outcome"] for r in receipts] == ["taken", "set_aside", "taken"]
