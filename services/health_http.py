"""Health and figures over HTTP: routes for the desk, a port for all other processes.

What is answered is what is known at this moment; no question waits for a database.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import APIRouter, FastAPI
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services import metrics
from services.door import not_had
from services.health import Health, Standing, told
from services.settings import Settings

LOCALHOST = "127.0.0.1"
START_SECONDS = 10.0


def health_routes(health: Health) -> APIRouter:
    """Return `/health/live`, `/health/ready` and `/metrics`."""
    router = APIRouter()

    @router.get("/health/live")
    def live() -> JSONResponse:
        """The process answers; whether it can work, `ready` says."""
        return JSONResponse({"live": True})

    @router.get("/health/ready")
    def ready() -> JSONResponse:
        """200 when every part is well; 503 and a sentence for each that is not."""
        standings = health.standings()
        wrong = told(standings)
        found = {
            "ready": not wrong,
            "head": health.head,
            "wrong": wrong,
            "parts": [_as_json(one) for one in standings],
        }
        return JSONResponse(found, 503 if wrong else 200)

    @router.get("/metrics")
    def figures() -> Response:
        """Everything that Prometheus reads."""
        return Response(metrics.text(health), media_type=metrics.CONTENT_TYPE)

    return router


@contextmanager
def answering(health: Health, port: int, host: str = LOCALHOST) -> Iterator[int]:
    """Answer in a thread of its own while the block runs; lend the port.

    Port 0 takes a free one. Raises `PortTaken`.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(health_routes(health))
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    with _bound(host, port) as door:
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=server.run, args=([door],), name="health", daemon=True
        )
        thread.start()
        until = time.monotonic() + START_SECONDS
        while not server.started and thread.is_alive() and time.monotonic() < until:
            time.sleep(0.01)
        try:
            yield door.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def telling(health: Health, settings: Settings) -> Iterator[None]:
    """Answer on the health port of the settings while the block runs, if there is one.

    Raises `PortTaken`.
    """
    if settings.health_port is None:
        yield
        return
    with answering(health, settings.health_port, str(settings.health_host)):
        yield


def timed(app: ASGIApp) -> ASGIApp:
    """Measure every request of an application by its route, never by its path."""

    async def measured(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, noted)
        finally:
            seconds = time.perf_counter() - began
            metrics.answered(_route(scope), _method(scope), status, seconds)

    return measured


def _bound(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except OSError as error:
        advice = "set BEISTAND_HEALTH_PORT to a free one"
        raise not_had(host, port, error, advice) from error


def _as_json(one: Standing) -> dict[str, object]:
    return {
        "part": one.part,
        "well": one.well,
        "trouble": one.trouble,
        "note": one.note,
        "position": one.position,
        "lag": one.lag,
        "lag_seconds": round(one.lag_seconds, 1),
        "silent_seconds": None if one.age is None else round(one.age, 1),
    }


_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


def _method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in _METHODS else "other"


def _route(scope: Scope) -> str:
    """Return the pattern of the route that answered; strangers' paths are one."""
    route = scope.get("route")
    if route is None:
        return "/static" if str(scope["path"]).startswith("/static/") else "none"
    return str(route.path)
