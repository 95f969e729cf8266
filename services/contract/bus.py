"""The bus as an AsyncAPI 3.0 document: topics, keys, headers, messages, who may what.

Made from the code's own names. FastStream would make one too, but names its channels
after Python handlers and knows our messages as bytes only.
"""

import json
import tomllib
from dataclasses import replace
from pathlib import Path

from pydantic import JsonValue

from events.contract import FACTS, decode
from events.envelope import JSON, STRUCTURED
from events.receipt import Receipt
from events.submission import ROW, SUBMISSIONS
from services.bus import layout
from services.bus.layout import Topic
from services.bus.names import Names
from services.busfacts import source_of, to_message
from services.contract import examples, headers, words
from services.contract.headers import Json
from services.contract.words import CLOUDEVENT
from services.follow import StoredFact
from services.ledger.tree import leaf

BINDING = "0.5.0"
PARTITIONER = "murmur2"
REALM, CHANNEL = "05111000", "web-form"
_NAMES = Names(REALM)
_RECORDED_US = 1_647_592_200_250_000
MOST_KEYS = 300


def text(root: Path) -> str:
    """Return `docs/asyncapi.json` of the project that lies in a folder."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    golden = root / "tests" / "contract" / "golden"
    facts = {name: (golden / f"{name}.json").read_bytes().strip() for name in FACTS}
    made = document(str(project["version"]), facts)
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def document(version: str, facts: dict[str, bytes]) -> Json:
    """Return the document; `facts` holds the stored bytes of one example of each."""
    return {
        "asyncapi": "3.0.0",
        "id": "urn:beistand:bus",
        "info": {"version": version, **words.INFO},
        "defaultContentType": JSON,
        "servers": words.SERVERS,
        "channels": _channels(),
        "operations": _operations(),
        "components": {
            "messages": _submissions() | _receipts() | _facts(facts),
            "schemas": {
                "submissionHeaders": headers.SUBMISSION,
                "receiptHeaders": headers.RECEIPT,
                "factHeaders": headers.FACT,
            },
            "securitySchemes": words.SECURITY,
        },
    }


def _channels() -> Json:
    taken = [*sorted(SUBMISSIONS), ROW, CLOUDEVENT]
    intake, receipts = layout.channel_topics(_NAMES, CHANNEL)
    facts, *_ = layout.topics(_NAMES, ())
    return {
        "intake": _channel(intake, words.INTAKE, taken),
        "receipts": _channel(receipts, words.RECEIPTS, [Receipt.type]),
        "facts": _channel(facts, words.FACTS, sorted(FACTS)),
    }


def _channel(topic: Topic, told: Json, messages: list[str]) -> Json:
    address = topic.name.replace(REALM, "{realm}").replace(CHANNEL, "{channel}")
    return {
        "address": address,
        **told,
        "messages": {name: _ref("components", "messages", name) for name in messages},
        "parameters": {
            name: told
            for name, told in words.PARAMETERS.items()
            if f"{{{name}}}" in address
        },
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": {
                    name: _setting(name, value)
                    for name, value in topic.settings.items()
                },
                "bindingVersion": BINDING,
            }
        },
        "x-partitioner": PARTITIONER,
    }


def _setting(name: str, value: str) -> JsonValue:
    """Return a setting of a topic as the binding writes it."""
    if name == "cleanup.policy":
        return [value]
    return int(value) if value.lstrip("-").isdigit() else value


def _operations() -> Json:
    return {
        "takeIn": {
            "action": "receive",
            "channel": _ref("channels", "intake"),
            **words.TAKE_IN,
            "bindings": {
                "kafka": {
                    "groupId": {"type": "string", "description": _group("intake")},
                    "bindingVersion": BINDING,
                }
            },
            "reply": {
                "channel": _ref("channels", "receipts"),
                "messages": [_ref("channels", "receipts", "messages", Receipt.type)],
            },
        },
        "tellFacts": {
            "action": "send",
            "channel": _ref("channels", "facts"),
            **words.TELL_FACTS,
        },
    }


def _submissions() -> Json:
    told = {
        "offer.submitted.v1": examples.OFFER,
        "need.submitted.v1": examples.NEED,
        ROW: examples.ROW,
    }
    found: Json = {
        name: _message(name, "submissionHeaders", words.MESSAGES[name])
        | {"payload": _payload(name), "examples": [_example(name, data)]}
        for name, data in told.items()
    }
    sample = examples.structured("offer.submitted.v1", examples.OFFER)
    structured: Json = {
        "name": CLOUDEVENT,
        "contentType": STRUCTURED,
        **words.MESSAGES[CLOUDEVENT],
        "payload": _payload(CLOUDEVENT),
        "bindings": _keyed(words.BY_CASE),
        "examples": [{"payload": sample}],
    }
    return found | {CLOUDEVENT: structured}


def _example(name: str, data: Json) -> Json:
    attributes = examples.attributes(name)
    told: Json = {f"ce_{key}": value for key, value in attributes.items()}
    return {"headers": told | {"content-type": JSON}, "payload": data}


def _receipts() -> Json:
    given = [examples.TAKEN, examples.SET_ASIDE]
    return {
        Receipt.type: _message(
            Receipt.type, "receiptHeaders", words.MESSAGES[Receipt.type]
        )
        | {
            "payload": _payload(Receipt.type),
            "bindings": _keyed(words.BY_ID),
            "examples": [_given(offset, one) for offset, one in enumerate(given)],
        }
    }


def _given(offset: int, receipt: Json) -> Json:
    headers: Json = {
        "content-type": JSON,
        "ce_specversion": "1.0",
        "ce_id": f"{CHANNEL}-0-{offset}",
        "ce_source": source_of(REALM),
        "ce_type": Receipt.type,
    }
    return {"headers": headers, "payload": receipt}


def _facts(examples_: dict[str, bytes]) -> Json:
    return {
        name: _message(name, "factHeaders", words.of_fact(fact))
        | {
            "payload": _payload(name),
            "bindings": _keyed(words.BY_TAG),
            "examples": [_recorded(name, examples_[name], position)],
        }
        for position, (name, fact) in enumerate(sorted(FACTS.items()), start=1)
    }


def _recorded(name: str, data: bytes, position: int) -> Json:
    """Return a fact as it would travel, with a leaf that fits."""
    fact = StoredFact(
        position=position,
        id=f"f-{position}",
        command_id=f"c-{position}",
        type=name,
        tags=tuple(sorted(set(decode(name, data).tags()))),
        data=data,
        recorded_us=_RECORDED_US + position,
        leaf=b"",
    )
    message = to_message(replace(fact, leaf=leaf(fact)), source_of(REALM))
    told: Json = {key: value.decode() for key, value in message.headers}
    return {"headers": told, "payload": json.loads(message.value)}


def _message(name: str, of: str, told: Json) -> Json:
    return {
        "name": name,
        "contentType": JSON,
        **told,
        "headers": _ref("components", "schemas", of),
        "bindings": _keyed(words.BY_CASE),
    }


def _keyed(told: str) -> Json:
    key: Json = {"type": "string", "description": told}
    return {"kafka": {"key": key, "bindingVersion": BINDING}}


def _payload(name: str) -> Json:
    if name == ROW:
        row: Json = {"type": "object", "minProperties": 1, "maxProperties": MOST_KEYS}
        return {"oneOf": [row, {"type": "array", "items": row, "minItems": 1}]}
    return {"$ref": f"schemas/{name}.json"}


def _group(part: str) -> str:
    return _NAMES.group(part).replace(REALM, "<realm>")


def _ref(*path: str) -> Json:
    return {"$ref": "#/" + "/".join(path)}
