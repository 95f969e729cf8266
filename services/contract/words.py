"""What the AsyncAPI document says in sentences."""

import inspect

from events.base import Fact
from events.receipt import Receipt
from events.submission import ROW
from services.contract.headers import Json

CLOUDEVENT = "cloudevent"
"""The message that carries its attributes in its value."""
INFO: Json = {
    "title": "Beistand: the bus",
    "description": (
        "Channels publish offers and needs to their own intake topic and hear from "
        "their own receipts topic what became of each; everything that was recorded "
        "leaves by the topic of facts, in the order of the ledger.\n\n"
        "A message is a CloudEvent 1.0, binary (attributes in `ce_` headers, the data "
        "as value) or structured (content type `application/cloudevents+json`, all in "
        "the value). Its source and id name it for ever: the same message twice is one "
        "case, so whoever is in doubt sends again. A Kafka acknowledgement says that "
        "the bus has a message; only its receipt says that it was accepted.\n\n"
        "Keys decide the partition by murmur2, as Kafka's Java client does it. "
        "librdkafka's own default differs: set `partitioner=murmur2_random` there, or "
        "two changes of one case may overtake each other."
    ),
    "license": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/en/"},
    "tags": [{"name": "offers"}, {"name": "needs"}, {"name": "facts"}],
}
SERVERS: Json = {
    "office": {
        "host": "{host}",
        "protocol": "kafka-secure",
        "description": "The Kafka of an office. Its address and the channel's user "
        "stand in the file that `beistand channel add` writes.",
        "variables": {
            "host": {
                "description": "Host and port.",
                "default": "kafka.example.org:9093",
            }
        },
        "security": [{"$ref": "#/components/securitySchemes/scram"}],
    },
    "here": {
        "host": "127.0.0.1:{port}",
        "protocol": "kafka",
        "description": "The Kafka that `beistand kafka start` runs in the home: open "
        "to whoever uses this machine, and to nobody else.",
        "variables": {
            "port": {
                "description": "As `beistand kafka status` says.",
                "default": "9092",
            }
        },
    },
}
SECURITY: Json = {
    "scram": {
        "type": "scramSha512",
        "description": "SASL/SCRAM-SHA-512 over TLS. A channel's user may write its "
        "own intake topic and read its own receipts; a tool's may only read facts.",
    }
}
PARAMETERS: dict[str, Json] = {
    "realm": {
        "description": "The municipality: its official key, `05111000` for Düsseldorf.",
        "examples": ["05111000"],
    },
    "channel": {
        "description": "The channel's name: a-z, 0-9 and -, at most 40.",
        "examples": ["web-form"],
    },
}
INTAKE: Json = {
    "title": "Intake",
    "description": "What one channel says. The topic, not the message, says who "
    "speaks: a message whose source is not the channel's own is set aside. Kept 72 "
    "hours at most.",
}
RECEIPTS: Json = {
    "title": "Receipts",
    "description": "What became of each message of one channel, which alone may read "
    "it. Kept 7 days.",
}
FACTS: Json = {
    "title": "Facts",
    "description": "Every fact of one realm, in one partition, so that its order is "
    "the ledger's. `ce_sequence` counts from 1 without a gap: a reader can prove that "
    "it missed nothing. What is personal is sealed. Kept for ever.",
}
TAKE_IN: Json = {
    "title": "Take in",
    "summary": "Takes what is certain, asks what is not, sets aside what is "
    "unreadable, and answers with a receipt once that is committed.",
}
TELL_FACTS: Json = {
    "title": "Tell facts",
    "summary": "Relays the ledger, at least once, in order, by one sender at a time.",
}
BY_CASE = "The subject, or else the id: all messages of one case share a partition."
BY_ID = "The id of the message that is answered."
BY_TAG = "The tag of the offer, or else of the need, or else the first tag."
MESSAGES: dict[str, Json] = {
    "offer.submitted.v1": {
        "title": "An offer",
        "summary": "A home, rooms of a hotel, or goods that somebody offers: exact "
        "where it is typed, in words where people are.",
        "tags": [{"name": "offers"}],
    },
    "need.submitted.v1": {
        "title": "A need",
        "summary": "A household that needs a home, or somebody who needs goods.",
        "tags": [{"name": "needs"}],
    },
    ROW: {
        "title": "A row of a sheet",
        "summary": "An object with the headings of a profile as keys, cells as texts; "
        "or a list of such rows, which are one contract.",
        "tags": [{"name": "offers"}, {"name": "needs"}],
    },
    CLOUDEVENT: {
        "title": "Any of them, structured",
        "summary": "A whole CloudEvent as value: its `data` is what the binary mode "
        "has as value.",
        "tags": [{"name": "offers"}, {"name": "needs"}],
    },
    Receipt.type: {
        "title": "A receipt",
        "summary": "What became of one message; nothing personal stands in it.",
    },
}


def of_fact(fact: type[Fact]) -> Json:
    """Return what a fact's own docstring says."""
    told = inspect.cleandoc(fact.__doc__ or "").strip()
    summary = " ".join(told.split("\n\n")[0].split())
    return {"summary": summary or fact.type, "tags": [{"name": "facts"}]}
