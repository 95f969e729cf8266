"""Which headers a message of each topic carries."""

from pydantic import JsonValue

Json = dict[str, JsonValue]
CONTENT_TYPE: Json = {
    "type": "string",
    "const": "application/json",
    "description": "What the value is. `application/cloudevents+json`: a structured "
    "CloudEvent, and then no `ce_` header counts.",
}
_INSTANT = "RFC 3339, UTC."


def _text(told: str, **more: JsonValue) -> Json:
    return {"type": "string", "description": told, **more}


_EVERY: Json = {
    "ce_specversion": _text("CloudEvents 1.0.", const="1.0"),
    "ce_id": _text("Names the message for ever, together with its source."),
    "ce_source": _text("Who says so."),
    "ce_type": _text("The contract name of the value."),
    "content-type": CONTENT_TYPE,
}


def _headers(told: str, more: Json, *optional: str) -> Json:
    every = _EVERY | more
    required: list[JsonValue] = [*sorted(every.keys() - set(optional))]
    return {
        "type": "object",
        "description": told,
        "properties": every,
        "required": required,
    }


SUBMISSION = _headers(
    "Attributes of a CloudEvent in Kafka's binary mode, as UTF-8.",
    {
        "ce_source": _text("The source of this channel, or one below it (`source/…`)."),
        "ce_subject": _text(
            "The channel's own number of the case: a change of the same number is an "
            "amendment. Absent: the id is the number."
        ),
        "ce_revision": _text(
            "Of two messages of one case the higher holds, whichever comes last.",
            pattern="^[0-9]{1,18}$",
        ),
        "ce_time": _text(
            f"Since when it is true; absent: since it arrived. {_INSTANT}",
            format="date-time",
        ),
        "ce_dataschema": _text("Not read."),
    },
    "ce_subject",
    "ce_revision",
    "ce_time",
    "ce_dataschema",
)
RECEIPT = _headers(
    "Attributes of a CloudEvent in Kafka's binary mode.",
    {
        "ce_id": _text("Channel, partition and offset of the message it answers."),
        "ce_source": _text("`/beistand/<realm>`.", pattern="^/beistand/"),
    },
)
FACT = _headers(
    "Attributes of a CloudEvent in Kafka's binary mode. With them and the value a "
    "reader can compute the leaf again: what arrives is what was recorded.",
    {
        "ce_source": _text("`/beistand/<realm>`.", pattern="^/beistand/"),
        "ce_time": _text(f"When it was recorded. {_INSTANT}", format="date-time"),
        "ce_sequence": _text(
            "The position in the ledger, from 1, without a gap.",
            pattern="^[0-9]{20}$",
        ),
        "ce_commandid": _text("The command that led to the fact."),
        "ce_leaf": _text(
            "SHA-256 of the whole fact, a leaf of the ledger's RFC 9162 tree.",
            pattern="^[0-9a-f]{64}$",
        ),
    },
)
