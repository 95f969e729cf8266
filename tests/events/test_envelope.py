"""Messages in and out: structured, binary, batch, and what is refused at the door."""

import json
import time
from datetime import UTC, datetime

import pytest
from cloudevents.core.bindings import http, kafka
from cloudevents.core.v1.event import CloudEvent as Theirs
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from events import envelope
from events.base import encode
from events.contract import decode
from events.envelope import CloudEvent, Unreadable
from tests.contract.samples import SAMPLES

MESSAGE: dict[str, JsonValue] = {
    "specversion": "1.0",
    "id": "a-1",
    "source": "/web-form",
    "type": "offer.submitted.v1",
    "subject": "Zimmer für zwei, 50 %",
    "time": "2022-03-18T08:30:00Z",
    "datacontenttype": "application/json",
    "dataschema": "https://example.org/offer",
    "revision": 3,
    "data": {"beds": 2, "note": "naïve", "pets": None, "more": [1, True]},
}
EVENT = CloudEvent.model_validate_json(json.dumps(MESSAGE))
REQUIRED = ("specversion", "id", "source", "type")

signs = st.characters(exclude_categories=("Cc", "Cs"))
words = st.text(signs, min_size=1, max_size=40)
numbers = st.integers(-(2**53), 2**53) | st.floats(-1e6, 1e6)
data = st.recursive(
    st.none() | st.booleans() | numbers | st.text(signs, max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3)
    ),
    max_leaves=8,
)
moments = st.datetimes(timezones=st.just(UTC))
events = st.builds(
    CloudEvent,
    specversion=st.just("1.0"),
    id=words,
    source=words,
    type=words,
    subject=st.none() | words,
    time=st.none() | moments,
    dataschema=st.none() | words,
    revision=st.none() | st.integers(0, 2**40),
    data=data,
)


def structured(**changes: object) -> bytes:
    told = {**MESSAGE, **changes}
    return json.dumps({k: v for k, v in told.items() if v is not ...}).encode()


def test_a_message_is_read_as_it_was_written():
    assert envelope.from_structured(structured()) == EVENT
    assert json.loads(envelope.to_structured(EVENT)) == MESSAGE


@given(events)
@settings(max_examples=60, deadline=None)
def test_every_mode_brings_back_what_went_in(event: CloudEvent):
    assert envelope.from_structured(envelope.to_structured(event)) == event
    assert envelope.from_batch(envelope.to_batch((event, event))) == (event, event)
    assert envelope.from_binary(*envelope.to_binary(event)) == event
    assert envelope.from_binary(*envelope.to_binary(event, prefix="ce_")) == event


@given(events)
@settings(max_examples=60, deadline=None)
def test_the_sdk_reads_what_we_write(event: CloudEvent):
    headers, body = envelope.to_binary(event)
    keyed, value = envelope.to_binary(event, prefix="ce_")
    message = {name: text.encode() for name, text in keyed.items()}

    whole = http.HTTPMessage({}, envelope.to_structured(event))
    theirs = [
        http.from_structured_event(whole),
        http.from_binary_event(http.HTTPMessage(headers, body)),
        kafka.from_binary_event(kafka.KafkaMessage(message, None, value)),
    ]

    for read in theirs:
        assert (read.get_id(), read.get_source(), read.get_type()) == (
            event.id,
            event.source,
            event.type,
        )
        assert read.get_subject() == event.subject
        assert event.time is None or read.get_time() == event.time
        assert read.get_data() == event.data


def test_we_read_what_the_sdk_writes():
    attributes = {
        "id": "a-1",
        "source": "/web-form",
        "type": "offer.submitted.v1",
        "subject": "Zimmer für zwei, 50 %",
        "time": datetime(2022, 3, 18, 8, 30, tzinfo=UTC),
        "datacontenttype": "application/json",
        "dataschema": "https://example.org/offer",
    }
    ours = EVENT.model_copy(update={"revision": None})
    sent = Theirs(attributes, dict(ours.model_dump()["data"]))
    whole, parts = http.to_structured_event(sent), http.to_binary_event(sent)
    keyed = kafka.to_binary_event(sent)
    headers = {name: value.decode() for name, value in keyed.headers.items()}
    value = keyed.value

    assert envelope.from_structured(whole.body) == ours
    assert envelope.from_binary(parts.headers, parts.body) == ours
    assert isinstance(value, bytes)
    assert envelope.from_binary(headers, value) == ours


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_fact_travels_as_its_stored_bytes(name: str):
    fact = SAMPLES[name]

    event = envelope.of_fact(
        fact, fact_id="x-1.0", realm="05111000", time="2022-03-18T08:30:00.25Z"
    )
    back = envelope.from_structured(envelope.to_structured(event))

    assert (back.source, back.type) == ("/beistand/05111000", fact.type)
    assert decode(back.type, json.dumps(back.data).encode()) == fact
    assert json.loads(encode(fact)) == back.data


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("value", [..., "", None])
def test_what_counts_a_message_once_is_never_invented(name: str, value: object):
    sentence = f"the attribute `{name}` is missing; the sender sets it"

    with pytest.raises(Unreadable, match=sentence):
        envelope.from_structured(structured(**{name: value}))


REFUSED = {
    "an older version": (structured(specversion="0.3"), "specversion"),
    "a number as id": (structured(id=1), "the attribute `id`"),
    "an empty list as id": (structured(id=[]), "the attribute `id`"),
    "true as revision": (structured(revision=True), "the attribute `revision`"),
    "1e1 as revision": (
        structured().replace(b'"revision": 3', b'"revision": 1e1'),
        "the attribute `revision`",
    ),
    "a revision before the first": (structured(revision=-1), "greater than or equal"),
    "a number as time": (structured(time=1647592200), "is no moment"),
    "a day as time": (structured(time="2022-03-18"), "is no moment"),
    "a time without a zone": (structured(time="2022-03-18T08:30:00"), "is no moment"),
    "an extension": (structured(sampledrate="00-1"), "`sampledrate` is not known"),
    "bytes as text": (structured(data_base64="AAEC"), "send `data` as JSON"),
    "another kind of data": (structured(datacontenttype="text/xml"), "datacontenttype"),
    "NUL in an attribute": (structured(id="a\0"), "control character"),
    "NUL in the data": (structured(data={"name": "a\0"}), "control character"),
    "NUL in a key": (structured(data={"a\0": 1}), "control character"),
    "half a character": (structured(data={"name": "\ud800"}), "control character"),
    "a number beyond all": (
        structured().replace(b'"beds": 2', b'"beds": 1e400'),
        "too large",
    ),
    "NaN": (structured(data={"beds": float("nan")}), "NaN is no number"),
    "Infinity": (structured(data=float("-inf")), "-Infinity is no number"),
    "a key twice": (structured()[:-1] + b', "id": "a-2"}', "`id` stands twice"),
    "a key twice within": (b'{"data": {"beds": 1, "beds": 2}}', "`beds` stands twice"),
    "5,000 digits": (b'{"id": ' + b"9" * 5_000 + b"}", "thousands of digits"),
    "another encoding": ('{"id": "ü"}'.encode("cp1252"), "not UTF-8 at byte 8"),
    "half a message": (structured()[:40], "it is not JSON"),
    "no message": (b"", "it is not JSON"),
    "a list": (b"[]", "is a JSON object"),
    "endless depth": (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    "more depth than a fact has": (
        structured(data=json.loads("[" * 65 + "]" * 65)),
        "nested too deeply",
    ),
    "too many bytes": (structured(data="x" * envelope.LARGEST), "send it in parts"),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_it_is_refused_at_the_door(case: str):
    body, sentence = REFUSED[case]

    with pytest.raises(Unreadable, match=sentence):
        envelope.from_structured(body)


def test_a_row_may_hold_what_only_one_of_its_cells_is_doubted_for():
    row = {"type": "row.submitted.v1", "data": {"Straße": "Weg\x07"}}

    event = envelope.from_structured(structured(**row))

    assert event.data == {"Straße": "Weg\x07"}
    with pytest.raises(Unreadable, match="control character"):
        envelope.from_structured(structured(**row, id="a\x07"))
    with pytest.raises(Unreadable, match="control character"):
        envelope.from_structured(structured(**row | {"data": {"a": "\ud800"}}))


def test_a_byte_order_mark_is_no_fault():
    assert envelope.from_structured(b"\xef\xbb\xbf" + structured()) == EVENT


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(structured(id="e" + "\u0301" * 200_000), id="combining marks"),
        pytest.param(b"[" * 1_000_000, id="a million brackets"),
        pytest.param(
            json.dumps({f"k{n}": n for n in range(100_000)})[:-1].encode()
            + b', "k99999": 1}',
            id="the last of 100,000 keys twice",
        ),
        pytest.param(b'{"id": ' + b"9" * 1_000_000 + b"}", id="a million digits"),
    ],
)
def test_what_is_made_to_be_slow_is_refused_quickly(body: bytes):
    began = time.perf_counter()

    with pytest.raises(Unreadable):
        envelope.from_structured(body)

    assert time.perf_counter() - began < 2


def test_one_bad_message_makes_a_batch_unreadable():
    good = structured()

    with pytest.raises(Unreadable, match="the attribute `id` is missing"):
        envelope.from_batch(b"[" + good + b"," + structured(id=...) + b"]")
    with pytest.raises(Unreadable, match="a batch is a JSON list"):
        envelope.from_batch(good)
    assert envelope.from_batch(b"[]") == ()


BINARY = {
    "ce-specversion": "1.0",
    "ce-id": "a-1",
    "ce-source": "/web-form",
    "ce-type": "offer.submitted.v1",
}


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ({"CE-Id": "a-2"}, "`id` stands twice"),
        ({"ce_id": "a-2"}, "`id` stands twice"),
        ({"ce-data": "{}"}, "not one of the binary mode"),
        ({"ce-datacontenttype": "application/json"}, "not one of the binary mode"),
        ({"ce-subject": "%ff"}, "`ce-subject` is not UTF-8"),
        ({"ce-revision": "1e1"}, "`revision` is a whole number"),
        ({"ce-revision": "٣"}, "`revision` is a whole number"),
        ({"ce-sampledrate": "00"}, "`sampledrate` is not known"),
        ({"content-type": "text/plain"}, "datacontenttype"),
    ],
)
def test_a_binary_message_is_read_as_strictly(headers: dict[str, str], sentence: str):
    with pytest.raises(Unreadable, match=sentence):
        envelope.from_binary(BINARY | headers, b"{}")


def test_a_binary_message_takes_other_headers_and_no_body():
    headers = BINARY | {"Content-Type": "application/json; charset=utf-8", "host": "x"}

    event = envelope.from_binary(headers, b"")

    assert event == CloudEvent(
        specversion="1.0", id="a-1", source="/web-form", type="offer.submitted.v1"
    )


def test_a_fault_never_repeats_what_was_sent():
    body = structured(time="Oleksandra Unauffindbar")

    with pytest.raises(Unreadable) as caught:
        envelope.from_structured(body)

    assert "Oleksandra" not in str(caught.value)


def test_what_tells_the_way_of_a_message_may_stand_and_is_not_read():
    way = {
        "partitionkey": "4711",
        "traceparent": "00-4bf9-00f0-01",
        "tracestate": "a=b",
    }
    headers, body = envelope.to_binary(EVENT, prefix="ce_")
    told = headers | {f"ce_{name}": value for name, value in way.items()}

    assert envelope.from_structured(structured(**way)) == EVENT
    assert envelope.from_binary(told, body) == EVENT
