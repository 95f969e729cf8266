"""Whatever bytes lie on a topic: each message is taken, or set aside whole."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.bus_message import Speaker, heard
from services.intake.draft import Aside, Draft
from services.intake.heard import apart
from services.intake.messages import LINE, MessageReader
from services.intake.reasons import Reason

WEB = Speaker("web", "/web")
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "/web",
    "type": "offer.submitted.v1",
    "subject": "home-1",
    "revision": 2,
    "data": {
        "contact": {"mail": "kim@example.org"},
        "details": {"kind": "housing", "dwelling": "flat", "beds": 3},
    },
}
STRUCTURED = (("content-type", b"application/cloudevents+json; charset=utf-8"),)
BINARY = (
    *(("ce_specversion", b"1.0"), ("ce_id", b"e-1"), ("ce_source", b"/web")),
    *(("ce_type", b"offer.submitted.v1"), ("ce_subject", b"home-1")),
    *(("ce_revision", b"2"), ("content-type", b"application/json")),
)


@dataclass
class Lying:
    """A message of the bus."""

    value: bytes | None
    headers: Any = ()
    offset: int = 7
    topic: str = "beistand.05111000.intake.web"
    partition: int = 1


def read(record: Lying, speaker: Speaker = WEB):
    return heard(1, record, speaker, MessageReader(()))


def body(**changes: object) -> bytes:
    return json.dumps(EVENT | changes).encode()


def test_an_event_is_the_same_structured_and_binary():
    whole = read(Lying(body(), STRUCTURED))
    plain = read(Lying(body()))
    parts = read(Lying(json.dumps(EVENT["data"]).encode(), BINARY))

    assert isinstance(whole.draft, Draft)
    assert whole == plain == parts
    assert (whole.source, whole.id) == ("/web", "e-1")
    assert (whole.draft.came.channel, whole.draft.came.revision) == ("web", 2)


@pytest.mark.parametrize(
    ("source", "speaker", "reason"),
    [
        ("/web", WEB, None),
        ("/web/berlin", WEB, None),
        ("/webshop", WEB, Reason.OTHER_SOURCE),
        ("/", WEB, Reason.OTHER_SOURCE),
        ("/web", Speaker("web", None), Reason.NO_CHANNEL),
    ],
)
def test_a_channel_speaks_for_its_source_and_what_is_below(source, speaker, reason):
    draft = read(Lying(body(source=source)), speaker).draft

    assert getattr(draft, "reason", None) == reason
    assert (draft.came.event is None) is (reason is not None)


@pytest.mark.parametrize(
    "record",
    [
        Lying(None),
        Lying(b""),
        Lying(b"{"),
        Lying(b"[]"),
        Lying(b"\xff\x00\xfe"),
        Lying(b"[" * 100_000),
        Lying(b" " * 1_000_001),
        Lying(body(id="")),
        Lying(body(id="e" * 201)),
        Lying(body(revision=1_700_000_000)),
        Lying(body(), (("content-type", b"application/cloudevents-batch+json"),)),
        Lying(body(), (*STRUCTURED, *STRUCTURED)),
        Lying(b"{}", (*BINARY[1:],)),
        Lying(b"{}", (*BINARY, ("ce_subject", b"twice"))),
        Lying(b"{}", (("ce_specversion", b"\xff"), *BINARY[1:])),
    ],
)
def test_what_is_no_event_is_known_by_its_place(record):
    found = read(record)

    assert isinstance(found.draft, Aside)
    assert (found.source, found.id) == ("/web", "1-7")
    assert found.draft.came.event is None
    assert found.draft.came.whole["bus"] == "partition 1, offset 7"


@pytest.mark.parametrize("data", [None, {}, {"contact": {}}, {"details": 3}, "text"])
def test_an_event_that_says_nothing_readable_keeps_its_id(data):
    found = read(Lying(body(data=data), STRUCTURED))

    assert isinstance(found.draft, Aside)
    assert (found.draft.came.source, found.draft.came.event) == ("/web", "e-1")


def test_a_long_message_is_kept_to_its_end():
    text = "x" * 50_000 + "end"
    whole = read(Lying(text.encode())).draft.came.whole

    told = [part for name, part in whole.items() if name.startswith(LINE)]
    assert "".join(told) == text


def test_a_binary_message_can_be_mended_as_one_text():
    whole = read(Lying(b'{"contact": {}', BINARY)).draft.came.whole

    mended = json.loads(whole[LINE] + "}")
    assert mended == EVENT | {"data": {"contact": {}}}


@given(
    st.binary(max_size=300),
    st.lists(st.tuples(st.text(max_size=12), st.binary(max_size=12)), max_size=5),
)
def test_no_bytes_raise(value, headers):
    found = read(Lying(value, tuple(headers)))

    assert isinstance(found.draft, Aside)


def test_one_row_and_one_message_stand_once_in_a_wave_and_in_their_order():
    def draft(name: str, subject: str):
        return read(Lying(body(id=name, subject=subject))).draft

    drafts = [
        *(draft("e-1", "a"), draft("e-2", "b"), draft("e-3", "a")),
        *(draft("e-1", "c"), draft("e-4", "d"), draft("e-3", "a")),
    ]

    waves = [
        [(d.came.event, d.came.key.parts[0]) for d in wave] for wave in apart(drafts)
    ]

    assert waves == [
        [("e-1", "a"), ("e-2", "b"), ("e-4", "d")],
        [("e-3", "a"), ("e-1", "c")],
        [("e-3", "a")],
    ]
