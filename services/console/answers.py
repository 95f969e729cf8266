"""How the API says no: one sentence as JSON, with the status that fits.

400 the request says something that does not exist, 404 nothing of this name, 409 a
rule refuses or an id is taken, 413 too long, 415 no JSON, 422 fields do not fit, 503
others were faster or the database is away: ask again.
"""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse, Response

from projections.listing import WrongAsk
from services.ledger.batch import Conflicting
from services.ledger.handle import Contended
from services.ledger.recorder import Unreachable
from services.ledger.rules.base import Refused

POSITION = "Beistand-Position"
"""The header that says as of which fact an answer is."""


class NotAsked(Exception):
    """The request cannot be answered; `told` is what the answer says."""

    def __init__(self, status: int, told: object) -> None:
        super().__init__(told)
        self.status = status
        self.told = told


class Answering(APIRoute):
    """A route of the API: every kind of no becomes its answer here, and only here."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:
        inner = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await inner(request)
            except NotAsked as no:
                return _no(no.status, {"detail": no.told})
            except WrongAsk as no:
                return _no(400, {"detail": str(no)})
            except Refused as no:
                return _no(409, {"refused": str(no)})
            except Conflicting as no:
                return _no(409, {"conflicting": str(no)})
            except (Contended, Unreachable) as no:
                return _no(503, {"detail": str(no)}, {"Retry-After": "1"})

        return answer


def _no(
    status: int, told: Mapping[str, object], headers: Mapping[str, str] | None = None
) -> Response:
    return JSONResponse(dict(told), status, dict(headers or {}))
