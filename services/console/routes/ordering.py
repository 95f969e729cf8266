"""Commands by HTTP: every one of them, once per key, and never without an actor.

Nobody's page can send these for somebody: the body must be JSON, which no form of
another site can send, and the guard has looked at Host and Origin before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated
from urllib.parse import unquote_to_bytes

from fastapi import APIRouter, Depends, Request
from pydantic import TypeAdapter, ValidationError
from starlette.responses import JSONResponse, Response

from events.envelope import LARGEST, Unreadable, strict_json
from events.values import Ref, Sealed, Strict, Via, Word
from services.console.answers import (
    ACTOR,
    KEY,
    POSITION,
    VIA,
    VIAS,
    Answering,
    NotAsked,
)
from services.console.forms import path
from services.console.ports import Desk
from services.ledger.rules.base import Command
from services.ledger.rules.catalogue import COMMANDS

router = APIRouter(route_class=Answering, include_in_schema=False)
_NAME, _ID = TypeAdapter(Word), TypeAdapter(Ref)


@dataclass(frozen=True)
class Asked:
    """A request as it came: who gives the order, its id, its way, its content."""

    by: str
    order: str
    via: Via
    body: bytes


async def asked(request: Request) -> Asked:
    """Read headers and body; raise `NotAsked` where they are not what they must be."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise NotAsked(415, "Send the command as Content-Type: application/json.")
    return Asked(_actor(request), _order(request), _via(request), await _body(request))


@router.post("/commands/{name}")
def give(
    name: str, asks: Annotated[Asked, Depends(asked)], request: Request
) -> Response:
    """Record what the command leads to, and say where its facts stand."""
    if (kind := COMMANDS.get(name)) is None:
        there = ", ".join(sorted(COMMANDS))
        raise NotAsked(404, f"There is no command “{name}”; there are: {there}.")
    desk: Desk = request.app.state.desk
    command = understood(kind, asks.body)
    done = desk.handle(command, by=asks.by, order=asks.order, via=asks.via)
    known = done.first is not None and done.last is not None
    position = desk.position() if done.last is None else done.last
    return JSONResponse(
        {
            "order": asks.order,
            "positions": [done.first, done.last] if known else [],
            "facts": list(done.facts),
            "repeated": done.repeated,
        },
        headers={POSITION: str(position)},
    )


def understood(kind: type[Command], body: bytes) -> Command:
    """Return the command; raise `NotAsked` with a sentence or the fields' faults."""
    try:
        strict_json(body)
        command = kind.model_validate_json(body)
    except Unreadable as fault:
        raise NotAsked(400, f"The command is not readable: {fault}.") from fault
    except ValidationError as error:
        raise NotAsked(422, list(_faults(error))) from error
    if boxes := list(_boxes(command, "")):
        message = "send it plain, as purpose and content; Beistand seals it"
        raise NotAsked(422, [{"field": at, "message": message} for at in boxes])
    return command


def _faults(error: ValidationError) -> Iterator[dict[str, str]]:
    """Yield each field with what is wrong; the sealed form is nothing to mend."""
    faults = error.errors(include_url=False, include_context=False)
    plain = [one for one in faults if "Sealed" not in one["loc"]]
    for one in plain or faults:
        where = path(part for part in one["loc"] if part != "Plain")
        yield {"field": where, "message": one["msg"]}


def _actor(request: Request) -> str:
    """Return who acts; nothing is recorded for nobody."""
    try:
        sent = request.headers.get(ACTOR, "").encode("latin-1")
        told = unquote_to_bytes(sent).decode()
        return _NAME.validate_python(" ".join(told.split()))
    except (ValidationError, UnicodeDecodeError) as fault:
        raise NotAsked(
            400,
            f"Say who acts in the header {ACTOR}: a name of at most 200 signs, "
            "in UTF-8, percent-encoded where it is not ASCII. The ledger keeps it.",
        ) from fault


def _order(request: Request) -> str:
    """Return the order's id; the same twice is recorded once."""
    told = request.headers.get(KEY)
    if told is None:
        return f"api-{token_hex(12)}"
    try:
        return _ID.validate_python(told.strip().removeprefix('"').removesuffix('"'))
    except ValidationError as fault:
        raise NotAsked(
            400,
            f"{KEY} is an id of at most 120 letters, digits and the signs _ . : / -, "
            "a new one for each command.",
        ) from fault


def _via(request: Request) -> Via:
    told = request.headers.get(VIA, "desk")
    for via in VIAS:
        if told == via:
            return via
    raise NotAsked(400, f"{VIA} is one of {', '.join(VIAS)}.")


async def _body(request: Request) -> bytes:
    parts: list[bytes] = []
    length = 0
    async for part in request.stream():
        length += len(part)
        if length > LARGEST:
            raise NotAsked(413, f"A command has at most {LARGEST:,} bytes.")
        parts.append(part)
    return b"".join(parts)


def _boxes(value: object, at: str) -> Iterator[str]:
    """Yield where sealed parts stand: nobody outside has the keys to make one."""
    match value:
        case Sealed():
            yield at
        case Strict():
            for name, part in value:
                yield from _boxes(part, f"{at}.{name}" if at else name)
        case tuple():
            for number, part in enumerate(value):
                yield from _boxes(part, f"{at}[{number}]")
        case _:
            pass
