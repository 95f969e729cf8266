"""Facts and messages as CloudEvents 1.0: structured, binary and batch.

Our own reader, strict on purpose: `specversion`, `id`, `source` and `type` are
required and never invented, because `source` and `id` are what "once" is counted by.
Source: CloudEvents 1.0.2, JSON event format and HTTP/Kafka protocol bindings.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from math import isfinite
from typing import Annotated, Literal
from urllib.parse import quote, unquote

from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from events.base import Fact, encode
from events.submission import ROW
from events.values import OPEN, Clean, Instant, Strict

Attribute = Annotated[str, Field(min_length=1, max_length=500), Clean]
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
JSON: Literal["application/json"] = "application/json"
LARGEST = 8 * 1024 * 1024
"""Bytes of one message, or of one batch."""
DEEPEST = 64
"""Lists and objects within each other; a fact needs ten."""
TRANSPORT = frozenset({"partitionkey", "traceparent", "tracestate"})
"""Registered extensions that tell the way and nothing of the message: not read."""
_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_HALVES = re.compile("[\ud800-\udfff]")
_PLAIN = "".join(chr(sign) for sign in range(0x21, 0x7F) if chr(sign) not in '"%')
"""What HTTP headers carry as it is; all else is percent-encoded."""


class Unreadable(ValueError):
    """A message that is no CloudEvent of ours; the text says what to mend."""


class CloudEvent(Strict):
    """One message. Of extensions `revision` is read; those of `TRANSPORT` may stand."""

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
_KNOWN = frozenset(CloudEvent.model_fields) | TRANSPORT


def from_structured(body: bytes) -> CloudEvent:
    """Read one structured message; raise `Unreadable`."""
    return from_value(strict_json(_bounded(body)))


def from_batch(body: bytes) -> tuple[CloudEvent, ...]:
    """Read a batch; one bad message makes the whole batch unreadable."""
    messages = strict_json(_bounded(body))
    if not isinstance(messages, list):
        raise Unreadable("a batch is a JSON list of CloudEvents")
    return tuple(from_value(message) for message in messages)


def from_binary(
    headers: Mapping[str, str],
    body: bytes,
    *,
    fraction: Callable[[str], float | str] = float,
) -> CloudEvent:
    """Read a binary message: attributes in `ce-…` (HTTP) or `ce_…` (Kafka) headers."""
    found: dict[str, JsonValue] = {}
    for header, value in headers.items():
        if (attribute := _attribute(header, value)) is None:
            continue
        name, said = attribute
        if name in found:
            raise Unreadable(f"the header of `{name}` stands twice; send it once")
        found[name] = said
    data = strict_json(_bounded(body), fraction=fraction) if body else None
    return from_value(found | {"data": data})


def to_structured(event: CloudEvent) -> bytes:
    return event.model_dump_json(exclude_none=True).encode()


def to_batch(events: tuple[CloudEvent, ...]) -> bytes:
    return _MANY.dump_json(list(events), exclude_none=True)


def to_binary(
    event: CloudEvent, *, prefix: Literal["ce-", "ce_"] = "ce-"
) -> tuple[dict[str, str], bytes]:
    """Return headers and body for the binary mode of HTTP (`ce-`) or Kafka (`ce_`)."""
    known = event.model_dump(mode="json", exclude_none=True, exclude={"data"})
    headers = {"content-type": str(known.pop("datacontenttype"))}
    for name, value in known.items():
        text = str(value)
        headers[prefix + name] = quote(text, _PLAIN) if prefix == "ce-" else text
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
        value: JsonValue = _decoder(fraction).decode(body.decode("utf-8-sig"))
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


@cache
def _decoder(fraction: Callable[[str], float | str]) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_no_duplicates,
        parse_constant=_no_constant,
        parse_float=fraction,
    )


def from_value(value: JsonValue) -> CloudEvent:
    """Read one structured message that is parsed already; raise `Unreadable`."""
    if not isinstance(value, dict):
        raise Unreadable("a CloudEvent is a JSON object")
    for name in ("specversion", "id", "source", "type"):
        if value.get(name) is None or value[name] == "":
            raise Unreadable(f"the attribute `{name}` is missing; the sender sets it")
    if "data_base64" in value:
        raise Unreadable("`data_base64` is not read here; send `data` as JSON")
    for name in value.keys() - _KNOWN:
        raise Unreadable(f"the attribute `{name[:40]}` is not known here; leave it out")
    attributes = {name: part for name, part in value.items() if name != "data"}
    _sendable(attributes)
    signs = _HALVES if value["type"] == ROW else _UNSENDABLE
    _sendable([value.get("data")], signs)
    for name in TRANSPORT:
        attributes.pop(name, None)
    try:
        head = CloudEvent.model_validate(attributes)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where, why = first["loc"][0], first["msg"].removeprefix("Value error, ")
        raise Unreadable(f"the attribute `{where}`: {why}") from error
    # The data was parsed from JSON: to write and read it again would tell nothing new.
    return head.model_copy(update={"data": value.get("data")})


def _attribute(header: str, value: str) -> tuple[str, JsonValue] | None:
    """Return the attribute that a header tells; None for any other header."""
    name = header.lower()
    if name == "content-type":
        return "datacontenttype", value.split(";", 1)[0].strip()
    if not name.startswith(("ce-", "ce_")):
        return None
    if name[3:] in {"data", "datacontenttype"}:
        raise Unreadable(f"the header `{name}` is not one of the binary mode")
    try:
        text = unquote(value, errors="strict") if name[2] == "-" else value
    except UnicodeDecodeError as error:
        raise Unreadable(f"the header `{name[:40]}` is not UTF-8") from error
    return name[3:], _whole(text) if name[3:] == "revision" else text


def _bounded(body: bytes) -> bytes:
    if len(body) > LARGEST:
        raise Unreadable(f"it has more than {LARGEST:,} bytes; send it in parts")
    return body


def _sendable(message: JsonValue, signs: re.Pattern[str] = _UNSENDABLE) -> None:
    """Refuse what no store takes: control characters, half characters, endless depth.

    The cells of a row are read one by one, and a bad one asks a question; so a row may
    hold control characters. Level by level and without recursion, so that the depth of
    a message costs nobody's stack; all texts are looked at in one go.
    """
    texts: list[str] = []
    level: list[JsonValue] = [message]
    depth = 0
    while level:
        below: list[JsonValue] = []
        for value in level:
            if isinstance(value, str):
                texts.append(value)
            elif depth > DEEPEST:
                raise Unreadable("it is nested too deeply")
            elif isinstance(value, dict):
                texts += value
                below += value.values()
            elif isinstance(value, list):
                below += value
            elif isinstance(value, float) and not isfinite(value):
                raise Unreadable("it has a number too large to be one")
        level, depth = below, depth + 1
    # What can be printed is sendable; that is known ten times as fast.
    if not "".join(texts).isprintable() and signs.search("\n".join(texts)):
        raise Unreadable("it has a control character; remove it and send it again")


def _no_duplicates(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    seen = dict(pairs)
    if len(seen) != len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise Unreadable(f"the key `{twice[:40]}` stands twice; send it once")
    return seen


def _no_constant(name: str) -> JsonValue:
    raise Unreadable(f"{name} is no number; leave the field out instead")


def _whole(text: str) -> int:
    if re.fullmatch("[0-9]{1,18}", text) is None:
        raise Unreadable("`revision` is a whole number")
    return int(text)
