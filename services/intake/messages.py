"""JSON messages: CloudEvents, and bare objects that a profile knows by their keys.

Three types of CloudEvents are taken: `row.submitted.v1`, whose data is an object with
a profile's headings as keys, or a list of them for one contract; `offer.submitted.v1`
and `need.submitted.v1`, whose data is a `Submission` with the contract's typed details.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pydantic import JsonValue, ValidationError

from events.envelope import CloudEvent, Unreadable, from_value, strict_json
from events.submission import ROW, SUBMISSIONS
from services.intake.cells import CellReader
from services.intake.draft import Aside, Drafted, From, RowKey
from services.intake.drafts import draft
from services.intake.files import FileRefused
from services.intake.profile import Profile, best
from services.intake.reasons import Reason
from services.intake.submission import submitted

MOST_ARRAY = 20_000_000
LONGEST_MESSAGE = 1_000_000
UNKNOWN = "messages"
LINE = "line"
_MOST_KEYS = 300
_MOST_ROWS = 400
_LONGEST_NAME = 200
_LAST_REVISION = 1_000_000


class MessageReader:
    """Turns parsed messages into drafts; knows each set of keys after the first."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self._profiles = profiles
        self._readers: dict[tuple[str, ...], CellReader | None] = {}
        self.seen: dict[str, None] = {}

    def draft(self, number: int, message: JsonValue) -> Drafted:
        """Return what becomes of one message; raise `Unreadable`."""
        if isinstance(message, dict) and "specversion" in message:
            return self.event(number, from_value(message))
        return self._object(number, message)

    def event(
        self, number: int, event: CloudEvent, channel: str | None = None
    ) -> Drafted:
        """Return what becomes of an event; raise `Unreadable`, `ValidationError`.

        `channel` is what it came by; else the profile knows, or nobody does.
        """
        keepable(event)
        if event.type in SUBMISSIONS:
            return submitted(number, event, channel or "cloudevents")
        if event.type != ROW:
            known = ", ".join((ROW, *SUBMISSIONS))
            raise Unreadable(f"the type is none of {known}")
        made = self._object(number, event.data)
        return replace(made, came=sent(made.came, event, channel))

    def _object(self, number: int, message: JsonValue) -> Drafted:
        if isinstance(message, list) and message:
            return self._contract(number, message)
        cells = _row(message)
        reader = self._reader(tuple(cells))
        if reader is None:
            return aside(number, cells, Reason.NO_PROFILE)
        return draft(reader.fitted, (reader.read(number, tuple(cells.values())),))

    def _contract(self, number: int, message: list[JsonValue]) -> Drafted:
        """Read the rows of one contract: a list of objects with the same headings."""
        rows = [_row(each) for each in message[:_MOST_ROWS]]
        if len(rows) < len(message) or len({tuple(row) for row in rows}) > 1:
            raise Unreadable("a contract has up to 400 rows, all with the same keys")
        reader = self._reader(tuple(rows[0]))
        if reader is None or not reader.fitted.profile.grouped:
            cells = {
                f"{n}: {k}": v for n, row in enumerate(rows) for k, v in row.items()
            }
            return aside(number, cells, Reason.NO_PROFILE)
        read = [reader.read(n, tuple(row.values())) for n, row in enumerate(rows, 1)]
        return draft(reader.fitted, read)

    def _reader(self, keys: tuple[str, ...]) -> CellReader | None:
        if keys not in self._readers:
            fitted = best(self._profiles, keys)
            self._readers[keys] = None if fitted is None else CellReader(fitted, keys)
            if fitted is not None:
                self.seen[fitted.profile.called] = None
        return self._readers[keys]


def _row(message: JsonValue) -> dict[str, str]:
    if not isinstance(message, dict) or not message:
        raise Unreadable("a row is a JSON object with the headings as keys")
    return dict(bounded(flat(message)))


def drafts(
    path: Path, profiles: Sequence[Profile], seen: dict[str, None]
) -> Iterator[Drafted]:
    """Yield a draft a line, or an element of one array. A bad line is set aside."""
    reader = MessageReader(profiles)
    for number, body in _bodies(path):
        try:
            yield reader.draft(number, _parsed(body))
        except (Unreadable, ValidationError):
            shown = body if isinstance(body, str) else json.dumps(body)
            yield aside(number, {LINE: shown}, Reason.NOT_READABLE)
    seen |= reader.seen


def first_objects(
    path: Path, most: int
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return keys and cells of the first objects, as if they stood in a table."""
    rows: list[dict[str, str]] = []
    for _, body in islice(_bodies(path), most):
        try:
            message = _parsed(body)
        except Unreadable as error:
            raise FileRefused(f"{path.name} cannot be read: {error}.") from error
        inner = message.get("data", message) if isinstance(message, dict) else None
        if isinstance(inner, dict):
            rows.append(dict(flat(inner)))
    keys = tuple(dict.fromkeys(key for row in rows for key in row))
    return keys, [tuple(row.get(key, "") for key in keys) for row in rows]


def keepable(event: CloudEvent) -> None:
    """Refuse what facts have no place for: it must not be cut, an id least of all."""
    for name in ("source", "id"):
        if len(getattr(event, name)) > _LONGEST_NAME:
            raise Unreadable(f"`{name}` has more than {_LONGEST_NAME} characters")
    if event.revision is not None and event.revision > _LAST_REVISION:
        raise Unreadable(f"`revision` is more than {_LAST_REVISION:,}; count from 1")


def sent(came: From, event: CloudEvent, channel: str | None = None) -> From:
    """Return the origin of a row that came as a CloudEvent: its own source and id."""
    data = json.dumps(event.data, ensure_ascii=False, sort_keys=True)
    attributes = {"ce-source": event.source, "ce-id": event.id}
    attributes |= {} if event.subject is None else {"ce-subject": event.subject}
    return replace(
        came,
        channel=channel or came.channel,
        whole={**attributes, **came.whole},
        key=_key(came, event),
        revision=event.revision if came.revision is None else came.revision,
        source=event.source,
        event=event.id,
        time=event.time,
        content="\n".join((event.type, event.subject or "", data)),
    )


def _key(came: From, event: CloudEvent) -> RowKey:
    """Tell rows apart by the sender's subject, else as the profile does, else by id."""
    if event.subject is None and any(came.key.parts):
        return came.key
    return RowKey((event.subject or event.id,), personal=False)


def aside(number: int, cells: Mapping[str, str], reason: Reason) -> Aside:
    """Return a message set aside: nobody knows from which channel it is."""
    key = RowKey(tuple(cells.values()), personal=True)
    came = From(number, UNKNOWN, UNKNOWN, cells, tuple(cells.values()), key)
    return Aside(came, "message", "", reason)


def flat(message: Mapping[str, JsonValue]) -> Iterator[tuple[str, str]]:
    """Yield heading and cell: nested keys joined by dots, lists one on a line."""
    for key, value in message.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{part}", _cell(each)) for part, each in value.items())
        else:
            yield key, _cell(value)


def bounded(pairs: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for count, pair in enumerate(pairs):
        if count >= _MOST_KEYS:
            raise Unreadable("the object has more than 300 keys")
        yield pair


def _cell(value: JsonValue) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() if not any(isinstance(part, list | dict) for part in value):
            return "\n".join(_cell(part) for part in value)
        case list() | dict():
            return _json(value)
        case _:
            return str(value)


def _json(value: JsonValue) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error


def _parsed(body: str | JsonValue) -> JsonValue:
    if not isinstance(body, str):
        return body
    return strict_json(body.encode("utf-8", "surrogatepass"), fraction=str)


def _bodies(path: Path) -> Iterator[tuple[int, str | JsonValue]]:
    """Yield number and text of each line, or the parsed elements of one array."""
    with path.open("rb") as file:
        starts = file.read(4_096).removeprefix(b"\xef\xbb\xbf").lstrip()
        if starts.startswith(b"["):
            yield from enumerate(_array(path), start=1)
            return
        file.seek(0)
        number = 0
        while line := file.readline(LONGEST_MESSAGE + 1):
            number += 1
            if len(line) > LONGEST_MESSAGE:
                raise FileRefused(f"Line {number} is longer than 1 MB; send it alone.")
            text = line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").strip()
            if text:
                yield number, text


def _array(path: Path) -> list[JsonValue]:
    if path.stat().st_size > MOST_ARRAY:
        raise FileRefused("A JSON list may have 20 MB; send one object a line instead.")
    try:
        parsed = strict_json(path.read_bytes(), fraction=str)
    except Unreadable as error:
        raise FileRefused(f"The JSON list cannot be read: {error}.") from error
    return parsed if isinstance(parsed, list) else [parsed]
