import json
from datetime import UTC, date, datetime

import pytest

from events.envelope import from_binary
from events.kinds.housing import HousingOffer
from events.submission import ADDRESS, CONTACT, WAYS, OfferSubmission
from services.channel import NotValid
from services.channel.message import LONGEST, Name, row, submission
from services.intake import fields
from tests.channel.lines import OFFER

SOURCE = "/channels/web-form"
TYPE = "offer.submitted.v1"


def offer(data=None, number="4711", **named):
    name = Name.of(number, named.get("id"), named.get("revision"))
    return submission(TYPE, SOURCE, name, OFFER if data is None else data)


def test_an_offer_is_a_binary_cloudevent_keyed_by_its_number():
    message = offer(revision=2)

    assert (message.id, message.key) == ("4711.2", b"4711")
    assert dict(message.headers) == {
        "content-type": b"application/json",
        "ce_specversion": b"1.0",
        "ce_id": b"4711.2",
        "ce_source": b"/channels/web-form",
        "ce_type": b"offer.submitted.v1",
        "ce_subject": b"4711",
        "ce_revision": b"2",
    }
    assert message.value == (
        b'{"contact":{"name":"K. Muster","phone":"0211 5550117"},'
        b'"details":{"kind":"housing","dwelling":"flat","beds":3}}'
    )


def test_intake_reads_what_the_sdk_writes():
    message = offer()

    headers = {name: value.decode() for name, value in message.headers}

    assert from_binary(headers, message.value).data == OFFER


def test_the_same_wish_is_the_same_message_byte_by_byte():
    assert offer() == offer()


def test_a_typed_offer_says_the_same():
    typed = OfferSubmission(
        contact={"name": "K. Muster", "phone": "0211 5550117"},
        details=HousingOffer(dwelling="flat", beds=3),
    )

    assert json.loads(offer(typed).value) == OFFER | {"address": {}}


def test_days_may_be_days():
    details = {"kind": "housing", "available": {"from": date(2022, 3, 18)}}

    message = offer({**OFFER, "details": details})

    assert b'"available":{"from":"2022-03-18"}' in message.value


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"contact": {"phone": "1"}, "colour": "red"}, "colour: Extra inputs"),
        ({"details": {"kind": "housing", "beds": "3"}}, "details.beds: Input should"),
        ({"details": {"beds": 3}}, "details: Unable to extract tag"),
        ({"contact": {"name": "K"}}, "contact says no way to reach anyone; add one of"),
        ({"contact": {"phone": "1", "fax": "2"}}, "contact.fax is not read; write one"),
        ({"message": "bell\x07"}, "message: Value error, has a control character"),
        ({"message": object()}, "Unable to serialize"),
    ],
)
def test_what_does_not_fit_is_said_before_it_is_sent(change, sentence):
    with pytest.raises(NotValid, match=r"^4711 was not sent\. ") as error:
        offer(OFFER | change)

    assert sentence in str(error.value)


@pytest.mark.parametrize("number", ["", "x" * 201, "bell\x07"])
def test_a_number_that_is_none_is_refused(number):
    with pytest.raises(NotValid):
        offer(number=number)


def test_all_faults_are_said_at_once():
    with pytest.raises(NotValid) as error:
        offer({"details": {"kind": "housing", "beds": -1, "m2": "big"}})

    assert [word in str(error.value) for word in ("contact", "beds", "m2")] == [
        True
    ] * 3


def test_a_row_goes_under_its_headings():
    message = row(SOURCE, Name.of("17", "17@monday", None), {"Betten": 3, "PLZ": ""})

    assert message.value == b'{"Betten":3,"PLZ":""}'
    assert dict(message.headers)["ce_type"] == b"row.submitted.v1"


def test_a_row_without_a_number_goes_by_its_id_and_says_since_when_it_is_true():
    since = datetime(2022, 3, 18, 8, tzinfo=UTC)
    name = Name.of(None, "sheet-3", None, since)

    message = row(SOURCE, name, [{"Betten": 3}, {"Betten": 1}])

    headers = dict(message.headers)
    event = from_binary({k: v.decode() for k, v in headers.items()}, message.value)
    assert (message.key, event.subject, event.time) == (b"sheet-3", None, since)
    assert event.data == [{"Betten": 3}, {"Betten": 1}]
    with pytest.raises(NotValid, match="a number or an id"):
        Name.of(None, None, None)


@pytest.mark.parametrize("cells", [{}, {"note": "x" * LONGEST}, {"note": object()}])
def test_a_row_that_cannot_travel_is_refused(cells):
    with pytest.raises(NotValid):
        row(SOURCE, Name.of("17", None, None), cells)


def test_the_contract_names_the_keys_that_intake_reads():
    assert set(CONTACT) == set(fields.CONTACT) - {"represented_by"}
    assert set(ADDRESS) == set(fields.ADDRESS)
    assert set(WAYS) < set(CONTACT)
