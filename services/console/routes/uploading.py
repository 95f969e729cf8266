"""Files: looked at first, taken in after a yes; and rows that are repaired."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from projections import set_aside
from projections.listing import one
from services.console.pages import Visit, visit
from services.console.ports import Repair, Report, Upload
from services.console.routes.doing import ask_who
from services.console.safe import MOST_BYTES, Filled, filled
from services.console.waiting import WaitingRoom
from services.intake.files import FileRefused
from services.ledger.rules.base import Refused

router = APIRouter(include_in_schema=False)
_ROWS_ON_A_PAGE = 500


@router.get("/upload")
def upload(request: Request) -> Response:
    return _upload_page(visit(request))


@router.post("/upload")
async def look(request: Request) -> Response:
    """Say what the file would lead to, and keep it for a yes."""
    asks = visit(request)
    form = await filled(request, asks)
    if form.file is None:
        return _upload_page(asks, refused=asks.words.say("Choose a file first."))
    came = Upload(form.file.name, form.file.content, form.one("profile") or None)
    return await run_in_threadpool(_looked, asks, _room(request), came)


@router.post("/upload/{ticket}")
async def take_in(request: Request, ticket: str) -> Response:
    asks = visit(request)
    await filled(request, asks)
    if not asks.seat.name:
        return ask_who("/upload")
    return await run_in_threadpool(_taken, asks, _room(request), ticket)


@router.post("/set-aside/{submission}/open")
async def open_row(request: Request, submission: str) -> Response:
    """Show a sealed row to whoever repairs it; that is recorded."""
    asks = visit(request)
    await filled(request, asks)
    if not asks.seat.name:
        return ask_who("/set-aside")
    return await run_in_threadpool(_row_opened, asks, submission)


@router.post("/set-aside/{submission}")
async def resend(request: Request, submission: str) -> Response:
    asks = visit(request)
    form = await filled(request, asks)
    if not asks.seat.name:
        return ask_who("/set-aside")
    return await run_in_threadpool(_resent, asks, submission, form)


def _room(request: Request) -> WaitingRoom:
    room: WaitingRoom = request.app.state.waiting
    return room


def _looked(asks: Visit, room: WaitingRoom, came: Upload) -> Response:
    try:
        report = asks.desk.preview(came)
    except (Refused, FileRefused) as no:
        return _upload_page(asks, came.profile, refused=asks.words.said(str(no)))
    ticket = room.put(asks.seat.number, came)
    return _report_page(asks, came.filename, report, ticket=ticket)


def _taken(asks: Visit, room: WaitingRoom, ticket: str) -> Response:
    came = room.take(ticket, asks.seat.number)
    if came is None:
        text = asks.words.say("The file is no longer kept; upload it again.")
        return asks.back("/upload", text, tone="warning")
    try:
        report = asks.desk.submit(came, by=asks.seat.name)
    except (Refused, FileRefused) as no:
        return _upload_page(asks, came.profile, refused=asks.words.said(str(no)))
    asks.desk.wait_for(asks.desk.position())
    return _report_page(asks, came.filename, report)


def _row_opened(asks: Visit, submission: str) -> Response:
    try:
        values = asks.desk.set_aside_row(submission, by=asks.seat.name)
    except Refused as no:
        return _not_opened(asks, no)
    return _repair_page(asks, submission, values)


def _resent(asks: Visit, submission: str, form: Filled) -> Response:
    columns = form.fields.get("columns[]", ())
    values = {c: form.one(f"value-{number}") for number, c in enumerate(columns)}
    try:
        report = asks.desk.resend(Repair(submission, values), by=asks.seat.name)
    except Refused as no:
        return _repair_page(asks, submission, values, asks.words.said(str(no)))
    if report.set_aside:
        said = [asks.words.said(row.reason) for row in report.rows]
        return _repair_page(asks, submission, values, " ".join(dict.fromkeys(said)))
    asks.desk.wait_for(asks.desk.position())
    return asks.back("/set-aside", asks.words.say("The row is taken in."))


def _not_opened(asks: Visit, no: Refused) -> Response:
    return asks.back("/set-aside", asks.words.said(str(no)), tone="danger")


def _upload_page(
    asks: Visit, chosen: str | None = None, *, refused: str = ""
) -> Response:
    with asks.desk.reading() as db:
        return asks.page(
            db, "upload.html", profiles=asks.desk.profiles(), chosen=chosen,
            refused=refused, most_megabytes=MOST_BYTES >> 20,
            status=422 if refused else 200,
        )  # fmt: skip


def _report_page(
    asks: Visit, filename: str, report: Report, *, ticket: str = ""
) -> Response:
    with asks.desk.reading() as db:
        return asks.page(
            db, "report.html", report=report, filename=filename, ticket=ticket,
            preview=bool(ticket), most_rows=_ROWS_ON_A_PAGE,
        )  # fmt: skip


def _repair_page(
    asks: Visit, submission: str, values: object, refused: str = ""
) -> Response:
    with asks.desk.reading() as db:
        row = one(db, set_aside.TABLE, submission)
        if row is None:
            raise HTTPException(404)
        return asks.page(db, "repair.html", row=row, values=values, refused=refused)
