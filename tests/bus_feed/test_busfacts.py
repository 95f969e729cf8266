"""A fact on the bus: nothing of it is lost, and nothing of it is believed."""

from dataclasses import replace

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st

from events.contract import UnknownFact
from services.busfacts import (
    Foreign,
    key_of,
    position_of,
    source_of,
    time_of,
    to_fact,
    to_message,
)
from services.ledger.tree import leaf
from tests.bus_feed.topics import SOURCE, recorded, some
from tests.contract.making import facts

FACT = some(3)[2]
SENT = to_message(FACT, SOURCE)


def changed(name: str, value: bytes) -> list[tuple[str, bytes]]:
    return [(key, value if key == name else was) for key, was in SENT.headers]


@given(fact=facts(), recorded_us=st.integers(0, 4_000_000_000_000_000))
def test_every_fact_comes_back_as_it_was_stored(fact, recorded_us):
    (plain,) = recorded(fact)
    stamped = replace(plain, recorded_us=recorded_us)
    kept = replace(stamped, leaf=leaf(stamped))

    sent = to_message(kept, SOURCE)

    assert to_fact(sent.value, sent.headers, SOURCE) == kept


def test_a_fact_travels_as_a_cloud_event_in_binary_mode():
    headers = dict(SENT.headers)

    assert SENT.value == FACT.data
    assert SENT.key == b"offer:o1"
    assert headers.pop("ce_leaf").decode() == FACT.leaf.hex()
    assert headers == {
        "ce_specversion": b"1.0",
        "ce_id": b"c3.0",
        "ce_source": b"/beistand/05111000",
        "ce_type": b"offer.listed.v1",
        "ce_time": b"2022-03-17T08:00:03.000000Z",
        "content-type": b"application/json",
        "ce_sequence": b"00000000000000000003",
        "ce_commandid": b"c3",
    }


def test_the_official_library_reads_it():
    message = KafkaMessage(headers=dict(SENT.headers), key=None, value=SENT.value)

    event = from_binary_event(message, JSONFormat())

    assert event.get_id() == FACT.id
    assert event.get_extension("sequence") == "00000000000000000003"


@pytest.mark.parametrize("name", [name for name, _ in SENT.headers if "ce_" in name])
def test_a_header_that_is_missing_is_named(name):
    headers = [pair for pair in SENT.headers if pair[0] != name]

    with pytest.raises(Foreign, match=f"the header {name} is missing"):
        to_fact(SENT.value, headers, SOURCE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_id", b"c4.0"),
        ("ce_commandid", b"c4"),
        ("ce_time", b"2022-03-17T08:00:03.000001Z"),
        ("ce_sequence", b"00000000000000000004"),
        ("ce_leaf", b"00" * 32),
    ],
)
def test_whatever_was_changed_on_the_way_is_noticed(name, value):
    with pytest.raises(Foreign, match="does not fit its leaf"):
        to_fact(SENT.value, changed(name, value), SOURCE)


def test_changed_content_is_noticed():
    with pytest.raises(Foreign, match="does not fit its leaf"):
        to_fact(SENT.value.replace(b"Ada", b"Bea"), SENT.headers, SOURCE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_id", b"\xff"),
        ("ce_time", b"yesterday"),
        ("ce_time", b"2022-03-17T08:00:03"),
        ("ce_sequence", b"three"),
        ("ce_leaf", b"xyz"),
    ],
)
def test_what_cannot_be_read_is_no_fact(name, value):
    with pytest.raises(Foreign):
        to_fact(SENT.value, changed(name, value), SOURCE)


@pytest.mark.parametrize("value", [None, b"", b"{}", b'{"secret": 1}'])
def test_a_message_without_the_content_of_a_fact_is_none_and_tells_nothing(value):
    with pytest.raises(Foreign, match="cannot be read") as raised:
        to_fact(value, SENT.headers, SOURCE)

    assert "secret" not in str(raised.value)


def test_a_fact_of_another_realm_is_refused():
    with pytest.raises(Foreign, match="of /beistand/05111000"):
        to_fact(SENT.value, SENT.headers, source_of("x1"))


def test_a_fact_of_a_newer_release_says_so():
    with pytest.raises(UnknownFact, match=r"need\.sung\.v9"):
        to_fact(SENT.value, changed("ce_type", b"need.sung.v9"), SOURCE)


def test_a_position_is_read_without_reading_the_fact():
    assert position_of(SENT.headers) == 3
    for bad in ([], [("ce_sequence", b"-1")], [("ce_sequence", b"")]):
        with pytest.raises(Foreign, match="no position"):
            position_of(bad)


@pytest.mark.parametrize(
    ("tags", "key"),
    [
        (("match:m", "need:n", "offer:o"), "offer:o"),
        (("channel:web", "need:n"), "need:n"),
        (("day",), "day"),
        ((), ""),
    ],
)
def test_what_is_about_one_offer_has_one_key(tags, key):
    assert key_of(tags) == key


def test_instants_have_six_places():
    assert time_of(0) == "1970-01-01T00:00:00.000000Z"
    assert time_of(1_647_504_000_000_001) == "2022-03-17T08:00:00.000001Z"
