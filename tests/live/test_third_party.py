"""Programs of others, unmodified: what they publish appears, what is told they read.

kafka-python's own command line and the official CloudEvents SDK speak to an office that
is served as in life: nothing of ours stands between them and the bus. The programs of
`examples/channel` come as an association would run them.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import IO
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from cloudevents.core.bindings import http
from cloudevents.core.bindings import kafka as binding
from cloudevents.core.bindings.kafka import KafkaMessage
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from tests.docs.examples import ROOT
from tests.live.offices import Office, free_port, office, until

CHANNELS = ("command-line", "official", "web-form", "sheet")
EXAMPLES = ROOT / "examples" / "channel"
SHEET = """Angebots-Nr.;Name;Telefon;PLZ;Wohnform;Betten;Verfügbar ab
17;K. Muster;0211 5550017;40217;Wohnung;{beds};20.03.2022
18;O. Muster;0211 5550018;40219;Wohnung;32;20.03.2022
"""
FORMAT = JSONFormat()


@pytest.fixture(scope="module")
def served(kafka) -> Iterator[Office]:
    with office(kafka, CHANNELS) as made:
        yield made


def attributes(channel, number, **more):
    return {
        "id": number,
        "source": f"/channels/{channel}",
        "type": "offer.submitted.v1",
        "subject": number,
        "datacontenttype": "application/json",
        **more,
    }


def data(beds):
    return {
        "contact": {"name": "K. Muster", "phone": f"0211 555{beds:04}"},
        "details": {"kind": "housing", "dwelling": "flat", "beds": beds},
    }


def offered(served, beds):
    """Return the one offer with so many beds, once it is in the read model."""
    return until(
        lambda: [row for row in served.rows("available_offers") if row["beds"] == beds]
    )[0]


def command_line(served, tool, *words, **streams):
    """Start `python -m kafka.<tool>` as its own documentation says."""
    module = [sys.executable, "-u", "-m", f"kafka.{tool}"]
    return subprocess.Popen(
        [*module, "-b", served.bus.servers, "-l", "ERROR", *words],
        stdout=subprocess.PIPE,
        text=True,
        **streams,
    )


@contextmanager
def listening(served, topic, *words) -> Iterator[IO[str]]:
    """Run the consumer of the command line from the topic's beginning on."""
    start = ("-C", "auto_offset_reset=earliest")
    process = command_line(served, "consumer", "-t", topic, *start, *words)
    try:
        yield process.stdout
    finally:
        process.kill()  # told to end, it may wait for the bus for longer than we do
        process.communicate()


def last(served, topic):
    """Return the newest record of a topic of one partition, once there is one."""
    with KafkaConsumer(bootstrap_servers=served.bus.servers) as consumer:
        place = TopicPartition(topic, 0)
        consumer.assign([place])
        end = until(lambda: consumer.end_offsets([place])[place])
        consumer.seek(place, end - 1)
        records = until(lambda: consumer.poll(timeout_ms=1000))
        return records[place][-1]


def read(record):
    """Read a record as the official SDK does."""
    message = KafkaMessage(dict(record.headers), record.key, record.value)
    return binding.from_kafka(message, FORMAT)


def test_an_offer_typed_into_the_producer_of_the_command_line_is_on_the_desk(served):
    event = attributes("command-line", "cli-1") | {"specversion": "1.0"}
    line = json.dumps(event | {"data": data(11)})
    topic = served.names.intake("command-line")

    producer = command_line(served, "producer", "-t", topic, stdin=subprocess.PIPE)
    producer.communicate(f"{line}\n", timeout=60)

    found = offered(served, 11)
    assert producer.returncode == 0
    assert found["case_no"] in served.get("/offers")[1]


def test_the_consumer_of_the_command_line_reads_the_receipt(served):
    topic = served.names.receipts("command-line")

    with listening(served, topic) as lines:
        receipt = json.loads(lines.readline())

    assert receipt == {
        "source": "/channels/command-line",
        "id": "cli-1",
        "outcome": "taken",
        "case": f"offer:{offered(served, 11)['offer']}",
        "case_no": offered(served, 11)["case_no"],
        "position": receipt["position"],
    }


def test_the_consumer_of_the_command_line_reads_the_facts(served):
    with listening(served, served.names.facts, "-f", "full") as lines:
        listed = next(line for line in lines if "offer.listed.v1" in line)

    assert "('ce_source', b'/beistand/" in listed
    assert offered(served, 11)["offer"] in listed


def test_the_admin_of_the_command_line_finds_the_topics_of_the_contract(served):
    names = served.names

    admin = command_line(served, "admin", "--format", "json", "topics", "list")
    said, _ = admin.communicate(timeout=60)

    wanted = [names.facts]
    for channel in CHANNELS:
        wanted += [names.intake(channel), names.receipts(channel)]
    assert [topic for topic in wanted if topic not in said] == []


@pytest.mark.parametrize(("mode", "beds"), [("binary", 21), ("structured", 22)])
def test_an_offer_of_the_official_sdk_is_on_the_desk(served, mode, beds):
    number = f"sdk-{mode}"
    event = CloudEvent(attributes("official", number, partitionkey=number), data(beds))
    message = getattr(binding, f"to_{mode}")(event, FORMAT)

    with KafkaProducer(bootstrap_servers=served.bus.servers) as producer:
        producer.send(
            served.names.intake("official"),
            value=message.value,
            key=message.key.encode(),
            headers=list(message.headers.items()),
        )

    found = offered(served, beds)
    assert found["case_no"] in served.get("/offers")[1]


def test_the_official_sdk_reads_the_receipt(served):
    offered(served, 22)

    record = last(served, served.names.receipts("official"))
    event = read(record)

    assert (event.get_type(), event.get_specversion()) == ("receipt.given.v1", "1.0")
    assert event.get_id().startswith("official-")
    assert event.get_source() == f"/beistand/{served.realm}"
    assert event.get_data()["outcome"] == "taken"
    assert record.key == event.get_data()["id"].encode()


def test_the_official_sdk_reads_the_facts_and_can_prove_that_none_is_missing(served):
    offered(served, 22)
    last(served, served.names.facts)

    found = []
    with KafkaConsumer(
        served.names.facts,
        bootstrap_servers=served.bus.servers,
        auto_offset_reset="earliest",
        consumer_timeout_ms=3000,
    ) as consumer:
        found = [read(record) for record in consumer]

    positions = [int(event.get_extension("sequence")) for event in found]
    assert positions == list(range(1, len(found) + 1))
    assert {len(event.get_extension("leaf")) for event in found} == {64}
    listed = [event for event in found if event.get_type() == "offer.listed.v1"]
    assert len(listed) == len(served.rows("available_offers"))


def test_an_offer_of_the_official_sdk_comes_by_http_too(served):

    event = CloudEvent(attributes("official", "sdk-http"), data(23))
    message = http.to_binary(event, FORMAT)

    connection = HTTPConnection("127.0.0.1", served.port, timeout=20)
    connection.request("POST", "/intake", message.body, message.headers)
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()

    assert (answer.status, told["taken"]) == (200, 1)
    assert offered(served, 23)


def test_a_web_form_gives_whoever_offers_a_home_their_number(served):
    port, form = free_port(), served.file("web-form")
    page = f"http://127.0.0.1:{port}/"
    words = [sys.executable, EXAMPLES / "web_form.py", form, str(port)]
    with subprocess.Popen(words) as process:
        try:
            shown = until(lambda: visit(page))
            number = shown.split('name="number" value="')[1].split('"')[0]
            told = {"number": number, "name": "K. Muster", "phone": "0211 5550031"}
            told |= {"beds": "31", "postcode": "40217", "from": "2022-03-20"}
            once, again = visit(page, told), visit(page, told)
            wrong = visit(page, told | {"number": "2", "beds": "many"})
        finally:
            process.terminate()

    assert f"die Nummer {offered(served, 31)['case_no']}." in once
    assert again == once
    assert "Bitte prüfen Sie Ihre Angaben" in wrong


def test_a_nightly_sheet_is_taken_once_and_its_changes_after_that(served, tmp_path):
    def night(beds):
        sheet = tmp_path / "homes.csv"
        sheet.write_text(SHEET.format(beds=beds))
        program, file = EXAMPLES / "nightly_sheet.py", served.file("sheet")
        words = [program, file, sheet, "Angebots-Nr."]
        return subprocess.run(
            [sys.executable, *words], capture_output=True, text=True, check=True
        ).stdout.splitlines()[0]

    nights = [night(33), night(33), night(34)]

    assert nights == ["2 taken", "2 unchanged", "1 amended, 1 unchanged"]
    assert offered(served, 34)["case_no"]


def visit(page, form=None):
    """Return a page of the web form; nothing while it does not answer yet."""
    body = None if form is None else urlencode(form).encode()
    try:
        with urlopen(page, body, timeout=30) as answer:  # noqa: S310 - our own address
            return answer.read().decode()
    except URLError:
        return ""
