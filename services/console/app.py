"""The desk as one ASGI application."""

import gc
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from projections.listing import WrongAsk
from services.console.guard import LOCAL_HOSTS, Guard
from services.console.pages import visit
from services.console.ports import Desk
from services.console.routes import (
    api,
    cases,
    doing,
    entering,
    lists,
    reviewing,
    situation,
    trying,
    uploading,
)
from services.console.safe import Forged, TooLarge
from services.console.start import FirstPage
from services.console.trials import Trials
from services.console.waiting import WaitingRoom
from services.database import AWAY

_PAGES = (
    situation, lists, doing, reviewing, trying, entering, cases, uploading, api,
)  # fmt: skip
_STATIC = Path(__file__).parent / "static"


def desk_app(
    desk: Desk,
    *,
    hosts: frozenset[str] = LOCAL_HOSTS,
    more: Iterable[APIRouter] = (),
) -> Guard:
    """Return the application; it answers to `hosts` only. `more` are other doors."""
    app = FastAPI(
        title="Beistand",
        summary="Offers and needs of a municipality, and what was promised.",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_settled,
    )
    app.state.desk = desk
    app.state.waiting = WaitingRoom()
    app.state.first = FirstPage()
    app.state.trials, app.state.runs = Trials(), Trials()
    for module in _PAGES:
        app.include_router(module.router)
    for router in more:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.add_exception_handler(HTTPException, _not_here)
    app.add_exception_handler(Forged, _forged)
    app.add_exception_handler(TooLarge, _too_large)
    app.add_exception_handler(WrongAsk, _wrong_ask)
    for away in AWAY:
        app.add_exception_handler(away, _silent)
    return Guard(app, hosts)


@asynccontextmanager
async def _settled(_: FastAPI) -> AsyncIterator[None]:
    """Keep what is loaded by now out of the collector's way.

    A full collection walked over all modules and the market: 70 ms in a page's time.
    """
    gc.collect()
    gc.freeze()
    yield


def _not_here(request: Request, fault: Exception) -> Response:
    status = fault.status_code if isinstance(fault, HTTPException) else 500
    return _fault(request, status, "gone", str(fault))


def _forged(request: Request, _: Exception) -> Response:
    return _fault(request, 403, "forged")


def _too_large(request: Request, _: Exception) -> Response:
    return _fault(request, 413, "large")


def _wrong_ask(request: Request, fault: Exception) -> Response:
    return _fault(request, 400, "asked", str(fault))


def _silent(request: Request, _: Exception) -> Response:
    """Say that the database is away; no page can be framed without it."""
    asks = visit(request)
    text = asks.words.say(
        "The database does not answer. Try again in a moment; nothing that was "
        "answered is lost."
    )
    if "json" in request.headers.get("content-type", ""):
        return JSONResponse({"detail": text}, 503)
    return PlainTextResponse(text, 503)


def _fault(request: Request, status: int, what: str, detail: str = "") -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"detail": detail or what}, status)
    asks = visit(request)
    with asks.desk.reading() as db:
        return asks.page(db, "fault.html", status=status, what=what, detail=detail)
