"""How the API says no: one sentence as JSON, with the status that fits.

400 the request says something that does not exist, 404 nothing of this name, 409 a
rule refuses or an id is taken, 413 too long, 415 no JSON, 422 fields do not fit, 503
others were faster or the database is away: ask again.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, get_args

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from events.values import Via
from projections.listing import WrongAsk
from services.console.ports import Desk
from services.ledger.batch import Conflicting
from services.ledger.handle import Contended
from services.ledger.recorder import Unreachable
from services.ledger.rules.base import Refused

POSITION = "Beistand-Position"
"""The header that says as of which fact an answer is."""
ACTOR, KEY, VIA = "Beistand-Actor", "Idempotency-Key", "Beistand-Via"
"""The headers of a command: who gives it, its id, by which way it came."""
VIAS: tuple[Via, ...] = get_args(Via)


class NotAsked(Exception):
    """The request cannot be answered; `told` is what the answer says."""

    def __init__(self, status: int, told: object) -> None:
        super().__init__(told)
        self.status = status
        self.told = told


class Answering(APIRoute):
    """A route of the API: every kind of no becomes its answer here, and only here."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await inner(request)
            except NotAsked as no:
                return _no(no.status, {"detail": no.told})
            except WrongAsk as no:
                return _no(400, {"detail": str(no)})
            except Refused as no:
                return _no(409, {"refused": str(no)}, await _position(request))
            except Conflicting as no:
                return _no(409, {"conflicting": str(no)}, await _position(request))
            except (Contended, Unreachable) as no:
                return _no(503, {"detail": str(no)}, {"Retry-After": "1"})

        return answer


def _no(
    status: int, told: Mapping[str, object], headers: Mapping[str, str] | None = None
) -> Response:
    return JSONResponse(dict(told), status, dict(headers or {}))


async def _position(request: Request) -> Mapping[str, str]:
    desk: Desk = request.app.state.desk
    return {POSITION: str(await run_in_threadpool(desk.position))}
