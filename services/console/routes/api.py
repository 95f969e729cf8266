"""The API beside the pages: read models and commands.

A reader asks a list as its page does and gets JSON, CSV or XLSX; what was asked and
what there is are described in `/api/openapi.json`. Commands stand in `ordering`.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO

from fastapi import APIRouter, FastAPI, Request
from pydantic import TypeAdapter
from starlette.responses import JSONResponse, Response, StreamingResponse

from services.console.answers import POSITION, Answering, NotAsked
from services.console.lists import plain
from services.console.openapi import document
from services.console.ports import Desk
from services.console.readable import READABLE, found, wanted
from services.console.routes import ordering
from services.console.tables import MEDIA, Form, write
from services.console.whole_case import WholeCase, whole_case
from services.ledger.rules.catalogue import COMMANDS

router = APIRouter(prefix="/api", route_class=Answering, include_in_schema=False)
router.include_router(ordering.router)
_IN_MEMORY = 4 * 1024 * 1024
_AT_ONCE = 64 * 1024


@router.get("")
def index(request: Request) -> Response:
    """Say what there is, for who looks around with a browser."""
    return JSONResponse(
        {
            "read_models": {name: f"/api/{name}" for name in sorted(READABLE)},
            "case": "/api/cases/{case}",
            "commands": {name: f"/api/commands/{name}" for name in sorted(COMMANDS)},
            "openapi": "/api/openapi.json",
        },
        headers={POSITION: str(_desk(request).position())},
    )


@router.get("/openapi.json")
def described(request: Request) -> Response:
    app: FastAPI = request.app
    return JSONResponse(document(app.openapi()))


@router.get("/cases/{name:path}")
def case(request: Request, name: str) -> Response:
    """Give all that is known about one case, without what is sealed."""
    with _desk(request).reading() as db:
        told = whole_case(db, name)
    if told is None:
        raise NotAsked(404, f"There is no case “{name}”; /api/cases lists them.")
    body = TypeAdapter(WholeCase).dump_json(told, by_alias=True)
    return Response(
        body, media_type=MEDIA["json"], headers={POSITION: str(told.position)}
    )


@router.get("/{name}")
def read_model(request: Request, name: str) -> Response:
    """Give a list: filtered, sorted, a page of it or all of it."""
    if name not in READABLE:
        there = ", ".join(sorted(READABLE))
        raise NotAsked(404, f"There is no read model “{name}”; there are: {there}.")
    asks = wanted(name, plain(request.query_params), accepted(request))
    with ExitStack() as until_sent:
        file = until_sent.enter_context(SpooledTemporaryFile(_IN_MEMORY))
        with _desk(request).reading() as db:
            rows = found(db, asks)
            write(rows, asks.form, file)
        kept = until_sent.pop_all()
    headers = {
        POSITION: str(rows.position),
        "Content-Length": str(file.tell()),
        "Vary": "Accept",
    }
    if asks.form != "json":
        headers["Content-Disposition"] = f'attachment; filename="{name}.{asks.form}"'
    return StreamingResponse(
        _sent(file, kept), headers=headers, media_type=MEDIA[asks.form]
    )


@router.api_route("/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def nothing(request: Request, rest: str) -> Response:
    asked = f"{request.method} /api/{rest}"
    raise NotAsked(404, f"{asked} is not answered; GET /api says what is.")


def accepted(request: Request) -> Form:
    """Return the kind of file that the Accept header likes best; JSON without one."""
    liked: list[tuple[float, Form]] = []
    for part in request.headers.get("accept", "").split(","):
        media, _, rest = part.partition(";")
        for form, known in MEDIA.items():
            if media.strip().lower() == known.partition(";")[0]:
                liked.append((_quality(rest), form))
    best, form = max(liked, key=lambda one: one[0], default=(0.0, "json"))
    return form if best > 0 else "json"


def _quality(text: str) -> float:
    _, told, value = text.partition("q=")
    try:
        return float(value) if told else 1.0
    except ValueError:
        return 0.0


def _sent(file: IO[bytes], kept: ExitStack) -> Iterator[bytes]:
    with kept:
        file.seek(0)
        while part := file.read(_AT_ONCE):
            yield part


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk
