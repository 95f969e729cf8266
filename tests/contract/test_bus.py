"""The description of the bus: official, complete, and its examples are real."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from events.contract import FACTS
from events.envelope import from_binary, from_structured
from events.receipt import Receipt
from events.submission import ROW, SUBMISSIONS
from services.bus.names import Names
from services.busfacts import source_of, to_fact
from services.contract import SCHEMAS
from services.contract.bus import CHANNEL, REALM
from services.contract.files import BUS
from services.intake.draft import Draft
from services.intake.messages import MessageReader
from services.intake.profile import profiles

OFFICIAL = Path(__file__).parent / "vendor" / "asyncapi-specs-6.11.1" / "3.0.0.json"
DOCUMENT = json.loads(BUS.read_text())
MESSAGES = DOCUMENT["components"]["messages"]
of_channels = pytest.mark.parametrize("name", [*sorted(SUBMISSIONS), ROW])


@pytest.fixture(scope="module")
def official():
    return Draft7Validator(json.loads(OFFICIAL.read_text()))


def test_the_official_schema_takes_it(official):
    assert [error.message for error in official.iter_errors(DOCUMENT)] == []


def test_the_official_schema_takes_it_with_all_references_followed(official):
    whole = {**DOCUMENT, "components": inlined(DOCUMENT["components"])}

    assert [error.message for error in official.iter_errors(whole)] == []


@pytest.mark.parametrize(
    "broken",
    [
        {"asyncapi": "2.6.0"},
        {"operations": {"takeIn": {"action": "take", "channel": {"$ref": "#/x"}}}},
        {"channels": {"facts": {"bindings": {"kafka": {"partitions": 0}}}}},
        {"colour": "red"},
    ],
)
def test_the_official_schema_notices_what_is_none(official, broken):
    assert not official.is_valid(DOCUMENT | broken)


def test_every_reference_leads_somewhere():
    found = [resolved({"$ref": reference}) for reference in references(DOCUMENT)]

    assert all(found)


def test_the_topics_are_those_of_the_code():
    names = Names(REALM)

    addresses = {
        name: channel["address"].format(realm=REALM, channel=CHANNEL)
        for name, channel in DOCUMENT["channels"].items()
    }

    assert addresses == {
        "intake": names.intake(CHANNEL),
        "receipts": names.receipts(CHANNEL),
        "facts": names.facts,
    }


def test_it_says_how_long_each_topic_keeps_and_how_many_parts_it_has():
    kafka = {
        name: channel["bindings"]["kafka"]
        for name, channel in DOCUMENT["channels"].items()
    }

    hour = 60 * 60 * 1000
    assert {name: one["partitions"] for name, one in kafka.items()} == {
        "intake": 3,
        "receipts": 1,
        "facts": 1,
    }
    kept = {
        name: one["topicConfiguration"]["retention.ms"] for name, one in kafka.items()
    }
    assert 70 * hour <= kept.pop("intake") < 72 * hour
    assert kept == {"receipts": 7 * 24 * hour, "facts": -1}
    assert {one["x-partitioner"] for one in DOCUMENT["channels"].values()} == {
        "murmur2"
    }


def test_every_message_of_the_code_travels_on_its_topic():
    travel = {
        name: sorted(channel["messages"])
        for name, channel in DOCUMENT["channels"].items()
    }

    assert travel == {
        "intake": sorted([*SUBMISSIONS, ROW, "cloudevent"]),
        "receipts": [Receipt.type],
        "facts": sorted(FACTS),
    }


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_an_example_is_what_its_message_says(name):
    message = MESSAGES[name]
    payload, headers = message["payload"], message.get("headers", {"$ref": "#/"})
    schema = (
        json.loads((BUS.parent / payload["$ref"]).read_text())
        if "$ref" in payload
        else payload
    )
    told = DOCUMENT["components"]["schemas"].get(headers["$ref"].split("/")[-1], {})

    for example in message["examples"]:
        Draft202012Validator(schema).validate(example["payload"])
        if "headers" in example:
            Draft202012Validator(told).validate(example["headers"])

    assert message["examples"]


@of_channels
def test_intake_takes_the_examples_of_channels(name):
    example = MESSAGES[name]["examples"][0]
    event = from_binary(example["headers"], json.dumps(example["payload"]).encode())
    reader = MessageReader(list(profiles(None).values()))

    drafted = reader.draft(1, event.model_dump(mode="json", exclude_none=True))

    assert isinstance(drafted, Draft)
    assert drafted.asked == ()
    assert drafted.came.source == "/channels/web-form"


def test_the_structured_example_is_one_of_the_binary_ones():
    example = MESSAGES["cloudevent"]["examples"][0]["payload"]
    binary = MESSAGES[example["type"]]["examples"][0]

    event = from_structured(json.dumps(example).encode())

    assert event == from_binary(
        binary["headers"], json.dumps(binary["payload"]).encode()
    )


def test_receipts_are_receipts():
    examples = MESSAGES[Receipt.type]["examples"]

    read = [Receipt.model_validate_json(json.dumps(e["payload"])) for e in examples]

    assert [receipt.outcome for receipt in read] == ["taken", "set_aside"]


@pytest.mark.parametrize("name", sorted(FACTS))
def test_the_example_of_a_fact_carries_a_leaf_that_fits(name):
    example = MESSAGES[name]["examples"][0]
    data = json.dumps(example["payload"], ensure_ascii=False, separators=(",", ":"))
    headers = [(key, value.encode()) for key, value in example["headers"].items()]

    fact = to_fact(data.encode(), headers, source_of(REALM))

    assert (fact.type, fact.data) == (name, data.encode())


def test_a_schema_is_published_for_every_message():
    published = {path.stem for path in SCHEMAS.glob("*.json")}

    assert published == {*FACTS, *SUBMISSIONS, Receipt.type, "cloudevent"}


def resolved(part):
    """Return what a reference leads to: inside the document, or a file beside it."""
    if "$ref" not in part:
        return part
    path, _, inside = part["$ref"].partition("#/")
    found = json.loads((BUS.parent / path).read_text()) if path else DOCUMENT
    for step in inside.split("/") if inside else ():
        found = found[step]
    return found


def inlined(part):
    """Return a part with the files that it refers to in their place."""
    match part:
        case {"$ref": str(reference)} if not reference.startswith("#"):
            return resolved(part)
        case dict():
            return {key: inlined(value) for key, value in part.items()}
        case list():
            return [inlined(value) for value in part]
        case _:
            return part


def references(part):
    """Yield every reference of the document."""
    if isinstance(part, dict) and isinstance(part.get("$ref"), str):
        yield part["$ref"]
    inner = part.values() if isinstance(part, dict) else part
    if isinstance(part, dict | list):
        for each in inner:
            yield from references(each)
