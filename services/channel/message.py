"""A message as it goes on the wire, checked before it is sent.

CloudEvents 1.0 in Kafka's binary mode: the attributes are headers, the value is the
data. Equal wishes make equal messages, byte by byte: no time and no random id is added,
so that a message sent twice is one case.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from events.envelope import CloudEvent, Unreadable, from_value, to_binary
from events.submission import (
    ADDRESS,
    CONTACT,
    ROW,
    SUBMISSIONS,
    WAYS,
    Submission,
)
from services.channel.refusals import NotValid

Cells = Mapping[str, object]
_ANYTHING: TypeAdapter[object] = TypeAdapter(object)
LONGEST = 1_000_000
"""Bytes of one message; the bus takes no larger one."""
LONGEST_ID = 200


@dataclass(frozen=True)
class Name:
    """What a message is called: its case in the channel's own books, and itself.

    The same `id` is the same message for ever. A change of the same `number` is a new
    message under a new `id`; of two the higher `revision` wins, whichever comes last.
    """

    number: str | None
    id: str
    revision: int | None = None
    time: datetime | None = None

    @classmethod
    def of(
        cls,
        number: str | None,
        id: str | None,  # noqa: A002 - CloudEvents calls it so
        revision: int | None,
        time: datetime | None = None,
    ) -> "Name":
        """Name a message after its number and revision, unless it has an id."""
        if id is None and number is None:
            raise NotValid("Nothing was sent: give the message a number or an id.")
        own = f"{number}" if revision is None else f"{number}.{revision}"
        return cls(number, own if id is None else id, revision, time)


@dataclass(frozen=True)
class Message:
    """What the bus is given: murmur2 of `key` chooses the partition."""

    id: str
    key: bytes
    headers: tuple[tuple[str, bytes], ...]
    value: bytes


def submission(
    type_: str, source: str, name: Name, data: Mapping[str, object] | Submission
) -> Message:
    """Return an offer or a need as a message; raise `NotValid` with all its faults."""
    model = SUBMISSIONS[type_]
    try:
        body = model.model_validate_json(_ANYTHING.dump_json(data, by_alias=True))
    except ValidationError as error:
        raise _not_valid(name, _sentences(error)) from error
    except ValueError as error:  # what cannot be written as JSON
        raise _not_valid(name, [str(error)]) from error
    if amiss := list(_unheard(body)):
        raise _not_valid(name, amiss)
    said = body.model_dump_json(exclude_unset=True, exclude_none=True, by_alias=True)
    return _message(type_, source, name, said.encode())


def row(source: str, name: Name, cells: Cells | Sequence[Cells]) -> Message:
    """Return a row of a sheet as a message; the office has a profile for its columns.

    Whether the cells can be read is told by the receipt, since only intake knows the
    profile.
    """
    if not cells:
        raise _not_valid(name, ["the row is empty"])
    try:
        said = _ANYTHING.dump_json(cells)
    except ValueError as error:  # what cannot be written as JSON
        raise _not_valid(name, [str(error)]) from error
    return _message(ROW, source, name, said)


def _message(type_: str, source: str, name: Name, said: bytes) -> Message:
    if len(said) > LONGEST:
        raise _not_valid(name, [f"it has {len(said):,} bytes; {LONGEST:,} are taken"])
    told = {
        "specversion": "1.0",
        "id": name.id,
        "source": source,
        "type": type_,
        "subject": name.number,
        "revision": name.revision,
        "time": None if name.time is None else name.time.isoformat(),
        "data": json.loads(said),
    }
    key = name.id if name.number is None else name.number
    if max(len(name.id), len(key)) > LONGEST_ID:
        raise _not_valid(name, [f"its id or number is longer than {LONGEST_ID}"])
    try:
        event = from_value(told)
    except Unreadable as error:
        raise _not_valid(name, [str(error)]) from error
    return Message(name.id, key.encode(), _headers(event), said)


def _headers(event: CloudEvent) -> tuple[tuple[str, bytes], ...]:
    headers, _ = to_binary(event, prefix="ce_")
    return tuple((key, value.encode()) for key, value in headers.items())


def _unheard(body: Submission) -> Iterable[str]:
    """Yield what the contract allows and intake would not hear."""
    for part, known in (("contact", CONTACT), ("address", ADDRESS)):
        said: Mapping[str, str] = getattr(body, part)
        for key in said.keys() - set(known):
            yield f"{part}.{key} is not read; write one of {', '.join(known)}"
    if not any(body.contact.get(way, "").strip() for way in WAYS):
        yield f"contact says no way to reach anyone; add one of {', '.join(WAYS)}"


def _sentences(error: ValidationError) -> list[str]:
    faults = error.errors(include_url=False, include_input=False)
    return [f"{_where(fault['loc'])}: {fault['msg']}" for fault in faults]


def _where(place: tuple[int | str, ...]) -> str:
    """Say the place of a fault without the kinds that the model chose between."""
    kinds = {"housing", "goods"}
    return ".".join(str(part) for part in place if part not in kinds) or "the data"


def _not_valid(name: Name, amiss: Iterable[str]) -> NotValid:
    called = name.id if name.number is None else name.number
    return NotValid(f"{called} was not sent. {'; '.join(amiss)}.")
