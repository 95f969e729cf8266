"""`POST /intake`: CloudEvents, and bare JSON that names its profile.

The answer comes after the commit. The desk's guard stands before it: it answers to
this machine's names only, and to no page of another site.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Query, Request
from pydantic import JsonValue, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from events.base import Said
from events.envelope import (
    BATCH,
    STRUCTURED,
    Unreadable,
    from_binary,
    strict_json,
)
from events.values import Actor
from services.intake.draft import Drafted
from services.intake.files import FileRefused
from services.intake.messages import MessageReader
from services.intake.profile import Profile
from services.intake.report import Report
from services.intake.submit import Intake

MOST_BYTES = 1_000_000
MOST_MESSAGES = 500
PLAIN = "application/json"
PROFILE_HEADER = "X-Beistand-Profile"


@dataclass(frozen=True)
class Message:
    """A request as it came, before anything of it is believed."""

    kind: str
    headers: Mapping[str, str]
    body: bytes
    profile: str | None


def receiving(intake: Callable[[Request], Intake]) -> APIRouter:
    """Return the route; `intake` says into which realm a request goes."""
    router = APIRouter()

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
        report = await run_in_threadpool(_taken, intake(request), message)
        return JSONResponse(report.as_json())

    return router


async def _body(request: Request) -> bytes:
    """Read the body, and not a byte more than is allowed."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "A message may have 1 MB; send it in parts.")
    return bytes(body)


def _taken(door: Intake, message: Message) -> Report:
    """Read all messages, then take them in: one that is unreadable stops them all."""
    try:
        drafts = list(_drafts(message, door.profiles()))
    except (Unreadable, ValidationError, FileRefused) as error:
        raise HTTPException(400, f"The message cannot be read: {error}") from error
    channel = drafts[0].came.source or drafts[0].came.channel
    said = Said(actor=Actor(ref=channel[:200], role="channel"), via="channel")
    return door.take(drafts, said)


def _drafts(message: Message, profiles: Mapping[str, Profile]) -> Iterator[Drafted]:
    every = list(profiles.values())
    if message.kind == PLAIN and "ce-specversion" not in message.headers:
        every = [_chosen(message.profile, profiles)]
    reader = MessageReader(every)
    for number, value in enumerate(_values(message), start=1):
        yield reader.draft(number, value)


def _values(message: Message) -> list[JsonValue]:
    if "ce-specversion" in message.headers:
        event = from_binary(message.headers, message.body)
        return [event.model_dump(mode="json", exclude_none=True)]
    parsed = strict_json(message.body, fraction=str)
    values: list[JsonValue] = parsed if isinstance(parsed, list) else [parsed]
    if message.kind == STRUCTURED and isinstance(parsed, list):
        raise Unreadable(f"a list of events is {BATCH}")
    if not 0 < len(values) <= MOST_MESSAGES:
        raise Unreadable(f"a list has 1 to {MOST_MESSAGES} messages")
    if message.kind != PLAIN and not all(map(_is_event, values)):
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
