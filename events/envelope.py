"""Facts and messages as CloudEvents 1.0: structured, binary and batch.

Our own reader, strict on purpose: `specversion`, `id`, `source` and `type` are
required and never invented, because `source` and `id` are what "once" is counted by.
Source: CloudEvents 1.0.2, JSON event format and HTTP/Kafka protocol bindings.
"""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from pydantic import Field, JsonValue, TypeAdapter

from events.base import Fact, encode
from events.values import OPEN, Clean, Instant, Strict

Attribute = Annotated[str, Field(min_length=1, max_length=500), Clean]
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
JSON: Literal["application/json"] = "application/json"


class Unreadable(ValueError):
    """A message that is no CloudEvent of ours; the text says what to mend."""


class CloudEvent(Strict):
    """One message. Extension attributes are refused but for `revision`."""

    specversion: Annotated[Literal["1.0"], OPEN]
    id: Annotated[Attribute, OPEN]
    source: Annotated[Attribute, OPEN]
    type: Annotated[Attribute, OPEN]
    subject: Annotated[Attribute | None, OPEN] = None
    time: Annotated[Instant | None, OPEN] = None
    datacontenttype: Annotated[Literal["application/json"], OPEN] = JSON
    dataschema: Annotated[Attribute | None, OPEN] = None
    revision: Annotated[int | None, OPEN, Field(ge=0)] = None
    data: JsonValue = None


_MANY = TypeAdapter(list[CloudEvent])


def from_structured(body: bytes) -> CloudEvent:
    """Read one structured message; raise `Unreadable`."""
    return from_value(strict_json(body))


def from_batch(body: bytes) -> tuple[CloudEvent, ...]:
    """Read a batch; one bad message makes the whole batch unreadable."""
    messages = strict_json(body)
    if not isinstance(messages, list):
        raise Unreadable("a batch is a JSON list of CloudEvents")
    return tuple(from_value(message) for message in messages)


def from_binary(headers: Mapping[str, str], body: bytes) -> CloudEvent:
    """Read a binary message: attributes in `ce-…` or `ce_…` headers."""
    found: dict[str, JsonValue] = {}
    for name, value in headers.items():
        lower = name.lower()
        if lower.startswith(("ce-", "ce_")):
            found[lower[3:]] = value
        elif lower == "content-type":
            found["datacontenttype"] = value.split(";")[0].strip()
    if "revision" in found:
        found["revision"] = _whole(found["revision"])
    return from_value(found | {"data": strict_json(body)})


def to_structured(event: CloudEvent) -> bytes:
    return event.model_dump_json(exclude_none=True).encode()


def to_batch(events: tuple[CloudEvent, ...]) -> bytes:
    return _MANY.dump_json(list(events), exclude_none=True)


def to_binary(event: CloudEvent) -> tuple[dict[str, str], bytes]:
    """Return headers and body for the HTTP and Kafka binary modes."""
    known = event.model_dump(mode="json", exclude_none=True, exclude={"data"})
    headers = {"content-type": str(known.pop("datacontenttype"))}
    headers |= {f"ce-{name}": str(value) for name, value in known.items()}
    return headers, json.dumps(event.data, ensure_ascii=False).encode()


def of_fact(fact: Fact, *, fact_id: str, realm: str, time: str) -> CloudEvent:
    """Wrap a recorded fact; its stored bytes are the `data`."""
    return CloudEvent.model_validate_json(
        json.dumps(
            {
                "specversion": "1.0",
                "id": fact_id,
                "source": f"/beistand/{realm}",
                "type": fact.type,
                "time": time,
                "data": json.loads(encode(fact)),
            }
        )
    )


def strict_json(
    body: bytes, *, fraction: Callable[[str], float | str] = float
) -> JsonValue:
    """Parse JSON without its traps: no NaN, no duplicate keys, UTF-8 only.

    `fraction` reads `1.5` and `1e1`; `str` keeps them as they were written.
    """
    try:
        value: JsonValue = json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_no_duplicates,
            parse_constant=_no_constant,
            parse_float=fraction,
        )
    except UnicodeDecodeError as error:
        raise Unreadable(f"it is not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"it is not JSON: {error.msg} ({where})") from error
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable("it has a number of thousands of digits") from error
    return value


def from_value(value: JsonValue) -> CloudEvent:
    """Read one structured message that is parsed already; raise `Unreadable`."""
    if not isinstance(value, dict):
        raise Unreadable("a CloudEvent is a JSON object")
    for name in ("specversion", "id", "source", "type"):
        if not value.get(name):
            raise Unreadable(f"the attribute `{name}` is missing; the sender sets it")
    try:
        return CloudEvent.model_validate_json(json.dumps(value))
    except ValueError as error:
        raise Unreadable(_first_line(error)) from error


def _first_line(error: ValueError) -> str:
    lines = str(error).splitlines()
    return " ".join(line.strip() for line in lines[1:3]) or lines[0]


def _no_duplicates(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    seen = dict(pairs)
    if len(seen) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(f"the key `{twice}` stands twice; send it once")
    return seen


def _no_constant(name: str) -> JsonValue:
    raise Unreadable(f"{name} is no number; leave the field out instead")


def _whole(value: JsonValue) -> int:
    text = str(value)
    if not text.isdecimal():
        raise Unreadable("`revision` is a whole number")
    return int(text)
