"""JSON messages: what the traps of JSON let through elsewhere is stopped here."""

import json
from datetime import date
from typing import Any

import pytest

from events.kinds.housing import HousingOffer
from services.intake.draft import Aside, Draft
from services.intake.files import FileRefused
from services.intake.profile import profiles
from services.intake.reasons import Reason
from services.intake.source import open_source

ROW = {
    "id": 7,
    "Accommodation": 3,
    "Languages": ["German", "English"],
    "Country": "Germany",
    "City": "Düsseldorf",
    "Postcode": 40210.0,
    "Lat": 51.2277,
    "Lng": 6.7735,
    "Name": "Erika",
    "Whatsapp": None,
    "Telegram": "@erika_beispiel",
}
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "/partner/muster",
    "type": "row.submitted.v1",
    "subject": "home-7",
    "revision": 3,
    "data": ROW,
}
TYPED: dict[str, Any] = EVENT | {
    "type": "offer.submitted.v1",
    "data": {
        "details": {
            "kind": "housing",
            "beds": 3,
            "available": {"from": "2022-03-20"},
            "location": {"postcode": "40210"},
        },
        "contact": {"name": "Erika", "mail": "Erika@example.org"},
        "address": {"street": "Musterweg", "house_number": "7"},
        "message": "Gerne bald.",
    },
}


def drafts(tmp_path, text, name="a.jsonl") -> list[Any]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return list(open_source(path, profiles()).drafts())


def lines(*messages) -> str:
    return "\n".join(json.dumps(message, ensure_ascii=False) for message in messages)


def test_an_object_that_a_profile_knows_is_read_as_a_row(tmp_path):
    (made,) = drafts(tmp_path, lines(ROW))

    assert made.asked == ()
    assert made.details == HousingOffer.model_validate(
        {"beds": 3, "languages": ("de", "en"), "location": {"postcode": "40210"}}
    )
    assert made.told.contact.content["telegram"] == "@erika_beispiel"
    assert made.told.address.content["latitude"] == "51.2277"
    assert made.came.key.parts == ("7",)


def test_an_array_is_read_like_lines(tmp_path):
    rows = [ROW, ROW | {"id": 8}]

    from_array = drafts(tmp_path, json.dumps(rows), "a.json")
    from_lines = drafts(tmp_path, lines(*rows))

    assert [d.details for d in from_array] == [d.details for d in from_lines]
    assert [d.came.row for d in from_array] == [1, 2]


def test_a_cloudevent_keeps_its_own_source_and_id(tmp_path):
    (made,) = drafts(tmp_path, lines(EVENT))

    came = made.came
    assert (came.source, came.event, came.revision) == ("/partner/muster", "e-1", 3)
    assert came.key.parts == ("home-7",)
    assert came.channel == "partner-api"
    assert came.whole["ce-id"] == "e-1"


def test_a_typed_submission_is_taken_as_the_contract_says(tmp_path):
    (made,) = drafts(tmp_path, lines(TYPED))

    assert made.details == HousingOffer.model_validate(
        {
            "beds": 3,
            "available": {"from": date(2022, 3, 20)},
            "location": {"postcode": "40210"},
        }
    )
    assert made.ways[0] == "mail:erika@example.org"
    assert made.tokens == ("mail:erika@example.org", "address:40210:musterweg7")
    assert made.told.message.content == {"message": "Gerne bald."}


@pytest.mark.parametrize(
    "line",
    [
        '{"id": 1, "id": 2}',
        '{"Accommodation": NaN}',
        '{"id": 1',
        "[1, 2]",
        "42",
        '{"id": ' + "1" * 5_000 + "}",
        '{"a": ' + "[" * 5_000 + "]" * 5_000 + "}",
        lines({k: v for k, v in EVENT.items() if k != "id"}),
        lines(EVENT | {"specversion": "0.3"}),
        lines(EVENT | {"type": "something.else.v1"}),
        lines(EVENT | {"data": "text"}),
        lines(TYPED | {"data": TYPED["data"] | {"surprise": 1}}),
        lines(
            TYPED | {"data": {"contact": {}, "details": {"kind": "housing"}}}
        ).replace('"kind": "housing"', '"kind": "housing", "beds": true'),
        lines(
            TYPED | {"data": {"contact": {}, "details": {"kind": "housing"}}}
        ).replace('"kind": "housing"', '"kind": "housing", "beds": 1e1'),
    ],
)
def test_a_line_that_cannot_be_read_is_set_aside_and_the_rest_is_taken(tmp_path, line):
    good, bad = drafts(tmp_path, f"{lines(ROW)}\n{line}")

    assert isinstance(bad, Aside)
    assert bad.reason is Reason.NOT_READABLE
    assert bad.came.row == 2
    assert isinstance(good, Draft)


def test_true_and_1e1_are_no_numbers_in_a_row_either(tmp_path):
    text = lines(ROW | {"Accommodation": True}) + "\n"
    text += lines(ROW | {"id": 8}).replace('"Accommodation": 3', '"Accommodation": 1e1')

    made = drafts(tmp_path, text)

    assert [draft.asked[0].reason for draft in made] == [
        Reason.NO_NUMBER,
        Reason.MANY_NUMBERS,
    ]


def test_half_a_character_is_asked_about_and_does_no_harm(tmp_path):
    text = lines(ROW).replace("Erika", "Erika \\ud800")

    (made,) = drafts(tmp_path, text)

    assert [(a.field, a.reason) for a in made.asked] == [("name", Reason.CONTROL)]
    made.told.contact.model_dump_json().encode()


def test_an_object_that_no_profile_knows_is_set_aside(tmp_path):
    (aside,) = drafts(tmp_path, '{"foo": "bar"}\n')

    assert isinstance(aside, Aside)
    assert aside.reason is Reason.NO_PROFILE


def test_a_list_that_cannot_be_read_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(FileRefused, match="The JSON list cannot be read"):
        drafts(tmp_path, "[{]", "a.json")


def test_a_list_is_bounded(tmp_path):
    path = tmp_path / "a.json"
    with path.open("w") as file:
        file.write("[" + " " * 20_000_000 + "]")

    with pytest.raises(FileRefused, match="send one object a line"):
        list(open_source(path, profiles()).drafts())
