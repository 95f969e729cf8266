"""`POST /intake`: CloudEvents, and bare JSON that names its profile; `GET` asks again.

The answer comes after the commit. The desk's guard stands before it: it answers to
this machine's names only, and to no page of another site.
"""

import json
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Header, HTTPException, Query, Request
from fastapi.routing import APIRoute
from pydantic import JsonValue, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from events.base import Said
from events.envelope import (
    BATCH,
    STRUCTURED,
    Unreadable,
    from_binary,
    from_value,
    strict_json,
)
from events.receipt import Receipt
from events.values import Actor
from services.database import AWAY
from services.intake.draft import Drafted
from services.intake.files import FileRefused
from services.intake.heard import Heard
from services.intake.messages import LINE, MessageReader, keepable
from services.intake.profile import Profile
from services.intake.reasons import Reason
from services.intake.report import Report, add
from services.intake.submit import Intake
from services.intake.unreadable import named, pieces, unnamed
from services.ledger.handle import Contended

MOST_BYTES = 1_000_000
MOST_MESSAGES = 500
PLAIN = "application/json"
PROFILE_HEADER = "X-Beistand-Profile"
_BINARY = "ce-specversion"
_UNREAD = "The message cannot be read"
_MOST_FAULTS = 20
_NO_TAG = "This kind is not known here"


@dataclass(frozen=True)
class Message:
    """A request as it came, before anything of it is believed."""

    kind: str
    headers: Mapping[str, str]
    body: bytes
    profile: str | None


class _ForPrograms(APIRoute):
    """Answers a program in JSON where the desk would answer a person with a page."""

    def get_route_handler(
        self,
    ) -> Callable[[Request], Coroutine[object, object, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except HTTPException as no:
                return JSONResponse({"detail": no.detail}, no.status_code)
            except (*AWAY, Contended):
                told = "The ledger does not answer; send the same again in a moment."
                return JSONResponse({"detail": told}, 503)

        return answer


def receiving(intake: Callable[[Request], Intake]) -> APIRouter:
    """Return the routes; `intake` says into which realm a request goes."""
    router = APIRouter(route_class=_ForPrograms)

    @router.post("/intake")
    async def receive(
        request: Request,
        profile: Annotated[str | None, Query(max_length=120)] = None,
        named: Annotated[str | None, Header(alias=PROFILE_HEADER)] = None,
    ) -> JSONResponse:
        """Take messages in, and say what became of each."""
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind not in {STRUCTURED, BATCH, PLAIN}:
            raise HTTPException(415, f"Send {STRUCTURED}, {BATCH} or {PLAIN}.")
        body = await _body(request)
        message = Message(kind, request.headers, body, profile or named)
        report, receipts = await run_in_threadpool(_taken, intake(request), message)
        told = [receipt.model_dump(exclude_none=True) for receipt in receipts]
        return JSONResponse(report.as_json() | {"receipts": told})

    @router.get("/intake/{name:path}")
    def answer(request: Request, name: str) -> JSONResponse:
        """Say what became of the message with this source and id."""
        source, event = _asked(request, name)
        receipt = intake(request).answers.about(source, event)
        if receipt is None:
            raise HTTPException(
                404,
                f"No message {event} of {source} was taken in; send it, or look how "
                "its source and id are written (each percent-encoded).",
            )
        return JSONResponse(receipt.model_dump(exclude_none=True))

    return router


def _asked(request: Request, name: str) -> tuple[str, str]:
    """Return source and id: the last part of the path is the id."""
    raw = request.scope.get("raw_path", b"").decode("ascii", "replace")
    told = raw.partition("/intake/")[2] or name
    source, _, event = told.partition("?")[0].rpartition("/")
    return unquote(source), unquote(event)


async def _body(request: Request) -> bytes:
    """Read the body, and not a byte more than is allowed."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "A message may have 1 MB; send it in parts.")
    return bytes(body)


def _taken(door: Intake, message: Message) -> tuple[Report, list[Receipt]]:
    """Read all messages, then take them in, each said by its own source.

    A message that comes alone and cannot be read is refused, since its sender hears
    it at once. In a batch it is set aside: those beside it have done nothing wrong.
    """
    try:
        drafts = list(_drafts(message, door.profiles()))
    except ValidationError as error:
        raise HTTPException(400, f"{_UNREAD}: {_faults(error)}") from error
    except (Unreadable, FileRefused) as error:
        raise HTTPException(400, f"{_UNREAD}: {error}") from error
    report, receipts = Report(), dict[int, Receipt]()
    for speaker, theirs in _by_source(drafts).items():
        said = Said(actor=Actor(ref=speaker[:200], role="channel"), via="channel")
        part = door.take(theirs, said)
        heard = list(_heard(theirs))
        told = door.answers.of(heard)
        rows = (one.draft.came.row for one in heard)
        receipts |= dict(zip(rows, told, strict=True))
        add(report, part)
    return report, [receipts[row] for row in sorted(receipts)]


def _faults(error: ValidationError) -> str:
    """Say each field with what is wrong, never what stood there: senders log this."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    told = (
        # The one message of pydantic that repeats what it was given.
        (one["loc"], _NO_TAG if one["type"] == "union_tag_invalid" else one["msg"])
        for one in faults[:_MOST_FAULTS]
    )
    return "; ".join(f"{'.'.join(map(str, at))}: {why}" for at, why in told)


def _by_source(drafts: Sequence[Drafted]) -> dict[str, list[Drafted]]:
    found: dict[str, list[Drafted]] = {}
    for draft in drafts:
        found.setdefault(draft.came.source or draft.came.channel, []).append(draft)
    return found


def _heard(drafts: Sequence[Drafted]) -> Iterator[Heard]:
    """Give those that have an id to answer to."""
    for draft in drafts:
        if draft.came.event is not None and draft.came.source is not None:
            yield Heard(draft, draft.came.source, draft.came.event)


def _drafts(message: Message, profiles: Mapping[str, Profile]) -> Iterator[Drafted]:
    every = list(profiles.values())
    is_binary = message.kind == PLAIN and _BINARY in message.headers
    if message.kind == PLAIN and not is_binary:
        every = [_chosen(message.profile, profiles)]
    reader = MessageReader(every)
    if is_binary:
        event = from_binary(message.headers, message.body, fraction=str)
        yield reader.event(1, event)
        return
    for number, value in enumerate(_values(message), start=1):
        if message.kind == BATCH:
            yield _of_batch(number, value, reader)
        else:
            yield reader.draft(number, value)


def _of_batch(number: int, value: JsonValue, reader: MessageReader) -> Drafted:
    """Return what becomes of one event among others; nothing raises."""
    try:
        event = from_value(value)
        keepable(event)
    except Unreadable:
        return unnamed(number, _kept(value), Reason.NOT_AN_EVENT)
    try:
        return reader.event(number, event)
    except (Unreadable, ValidationError):
        return named(number, event, _kept(value))


def _kept(value: JsonValue) -> dict[str, str]:
    return pieces(LINE, json.dumps(value, ensure_ascii=False))


def _values(message: Message) -> list[JsonValue]:
    parsed = strict_json(message.body, fraction=str)
    values: list[JsonValue] = parsed if isinstance(parsed, list) else [parsed]
    if message.kind == STRUCTURED and isinstance(parsed, list):
        raise Unreadable(f"a list of events is {BATCH}")
    if message.kind == BATCH and not isinstance(parsed, list):
        raise Unreadable("a batch is a JSON list of CloudEvents")
    if not 0 < len(values) <= MOST_MESSAGES:
        raise Unreadable(f"a list has 1 to {MOST_MESSAGES} messages")
    if message.kind == STRUCTURED and not _is_event(parsed):
        raise Unreadable("a CloudEvent has `specversion`, `id`, `source` and `type`")
    return values


def _chosen(name: str | None, profiles: Mapping[str, Profile]) -> Profile:
    if name is None:
        raise Unreadable(f"bare JSON names its profile: ?profile= or {PROFILE_HEADER}")
    if name not in profiles:
        raise Unreadable(f"there is no profile {name}: {', '.join(sorted(profiles))}")
    return profiles[name]


def _is_event(value: JsonValue) -> bool:
    return isinstance(value, dict) and "specversion" in value
