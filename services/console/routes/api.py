"""The API beside the pages: every list with the same filters, and every command."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Header, Query, Request
from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse

from events.envelope import Unreadable, strict_json
from projections.listing import MOST, Ask, Db, listed
from services.console.describe import command_docs, list_docs
from services.console.lists import Shelf, plain
from services.console.ports import Desk
from services.console.shelves import SHELVES
from services.console.tabular import as_csv, as_xlsx
from services.ledger.rules.base import Command, Refused
from services.ledger.rules.catalogue import COMMANDS

router = APIRouter(prefix="/api")
MOST_BYTES = 1 << 20
"""What a command may weigh."""
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _list(shelf: Shelf[Any]) -> None:
    """Give one list its three addresses."""
    docs = list_docs(shelf)
    rows = TypeAdapter(tuple[shelf.listing.relation.row, ...])

    @router.get(f"/{shelf.name}", **docs("json"))
    @router.get(f"/{shelf.name}.json", include_in_schema=False)
    def as_json(request: Request) -> Response:
        ask = _ask(shelf, request)
        with _desk(request).reading() as db:
            found = listed(db, shelf.listing, ask)
        body = {
            "position": found.position,
            "total": found.total,
            "rows": json.loads(rows.dump_json(found.rows, by_alias=True)),
        }
        return JSONResponse(body)

    @router.get(f"/{shelf.name}.csv", **docs("csv"))
    def csv(request: Request) -> Response:
        with _desk(request).reading() as db:
            found = list(_every(db, shelf, _ask(shelf, request)))
        lines = as_csv(shelf.listing.relation, found)
        return StreamingResponse(
            (line.encode() for line in lines),
            media_type="text/csv; charset=utf-8",
            headers=_attached(f"{shelf.name}.csv"),
        )

    @router.get(f"/{shelf.name}.xlsx", **docs("xlsx"))
    def xlsx(request: Request) -> Response:
        ask = _ask(shelf, request)
        with _desk(request).reading() as db:
            position = listed(db, shelf.listing, replace(ask, limit=0)).position
            found = list(_every(db, shelf, ask))
        book = as_xlsx(shelf.listing.relation, found, position=position)
        return Response(book, media_type=_XLSX, headers=_attached(f"{shelf.name}.xlsx"))


def _command(name: str, kind: type[Command]) -> None:
    """Give one command its address."""

    @router.post(f"/commands/{name}", **command_docs(name, kind))
    async def give(
        request: Request,
        who: Annotated[str, Query(alias="as", min_length=1, max_length=120)],
        order: Annotated[
            str | None, Header(alias="Idempotency-Key", max_length=100)
        ] = None,
    ) -> Response:
        command = _read(kind, await _body(request))
        number = order or f"api-{uuid4()}"
        return await run_in_threadpool(_give, _desk(request), command, who, number)


for _shelf in SHELVES.values():
    _list(_shelf)
for _name, _kind in sorted(COMMANDS.items()):
    _command(_name, _kind)


def _give(desk: Desk, command: Command, who: str, order: str) -> Response:
    try:
        done = desk.handle(command, by=who, order=order)
    except Refused as no:
        return JSONResponse({"detail": str(no)}, 409)
    positions = [] if done.last is None else [done.first, done.last]
    return JSONResponse({"order": order, "positions": positions})


async def _body(request: Request) -> bytes:
    """Return the body of a JSON request, and of no other that a form could send."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, "Send the command as application/json.")
    weight = request.headers.get("content-length", "")
    if not weight.isdecimal() or int(weight) > MOST_BYTES:
        raise HTTPException(413, "A command has at most 1 MB, and says its length.")
    return await request.body()


def _read(kind: type[Command], body: bytes) -> Command:
    try:
        told = strict_json(body)
        return kind.model_validate_json(json.dumps(told))
    except Unreadable as error:
        raise HTTPException(422, f"The command is not readable: {error}.") from error
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise HTTPException(422, _faults(faults)) from error


def _faults(faults: list[Any]) -> str:
    said = (f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in faults[:5])
    return "; ".join(said)


def _ask(shelf: Shelf[Any], request: Request) -> Ask:
    return shelf.ask(plain(request.query_params))


def _every(db: Db, shelf: Shelf[Any], ask: Ask) -> Iterator[Any]:
    """Yield all rows that were asked for, page after page of one snapshot."""
    offset = 0
    while True:
        found = listed(db, shelf.listing, replace(ask, limit=MOST, offset=offset))
        yield from found.rows
        offset += MOST
        if offset >= found.total:
            return


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
