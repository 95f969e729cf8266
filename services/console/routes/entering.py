"""Entering a case by hand, and completing or correcting one."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from events.values import Via
from services.console import forms
from services.console.case import saw, sort_of
from services.console.entering import Filled, Sheet, amendment, entry
from services.console.fields import Kind, Side
from services.console.frame import framed
from services.console.pages import Visit, visit
from services.console.routes.cases import found
from services.console.routes.doing import ask_who
from services.console.safe import Filled as Form
from services.console.safe import filled
from services.ledger.rules.base import Refused

router = APIRouter(include_in_schema=False)


@router.get("/new/{side}")
def blank(
    request: Request, side: Side, kind: Annotated[Kind, Query()] = "housing"
) -> Response:
    return _new_page(visit(request), Sheet(side, kind, {}))


@router.post("/new/{side}")
async def enter(
    request: Request, side: Side, kind: Annotated[Kind, Query()] = "housing"
) -> Response:
    """Take a case in that somebody told by phone, letter or at the counter."""
    asks = visit(request)
    form = await filled(request, asks)
    if not asks.seat.name:
        return ask_who(f"/new/{side}?kind={kind}")
    return await run_in_threadpool(_entered, asks, Sheet(side, kind, {}), form)


@router.get("/offers/{name}/edit")
def edit_offer(request: Request, name: str) -> Response:
    return _edit_page(visit(request), f"offer:{name}")


@router.get("/needs/{name}/edit")
def edit_need(request: Request, name: str) -> Response:
    return _edit_page(visit(request), f"need:{name}")


@router.post("/offers/{name}/edit")
async def amend_offer(request: Request, name: str) -> Response:
    return await _amend(request, f"offer:{name}")


@router.post("/needs/{name}/edit")
async def amend_need(request: Request, name: str) -> Response:
    return await _amend(request, f"need:{name}")


async def _amend(request: Request, ref: str) -> Response:
    asks = visit(request)
    form = await filled(request, asks)
    if not asks.seat.name:
        return ask_who(_address(ref))
    return await run_in_threadpool(_amended, asks, ref, form)


def _entered(asks: Visit, sheet: Sheet, form: Form) -> Response:
    with asks.desk.reading() as db:
        today = framed(db).today
    try:
        told = entry(sheet, form.fields, today)
        via: Via = "phone" if form.one("via") == "phone" else "desk"
        case = asks.desk.enter(told, by=asks.seat.name, order=form.order, via=via)
    except forms.Unfit as unfit:
        return _new_page(asks, _again(sheet, form.fields, unfit))
    except Refused as no:
        again = Sheet(sheet.side, sheet.kind, {}, form.fields)
        return _new_page(asks, again, refused=asks.words.said(str(no)))
    asks.desk.wait_for(asks.desk.position())
    text = asks.words.say("It is taken in.")
    return asks.back(_address(case), text, at="case")


def _amended(asks: Visit, ref: str, form: Form) -> Response:
    with asks.desk.reading() as db:
        page = found(asks, db, ref)
        newest, today = saw(db, ref), framed(db).today
    sheet = Sheet(*sort_of(page.case), page.about.details)
    if form.one("saw") != str(newest):
        text = asks.words.say(
            "Somebody else changed this case meanwhile. "
            "Look at it again, then correct it."
        )
        return asks.back(_address(ref), text, tone="warning", at="case")
    try:
        command = amendment(page.case.id, sheet, form.fields, today)
        if command is None:
            text = asks.words.say("Nothing was changed.")
            return asks.back(_address(ref), text, tone="info", at="case")
        done = asks.desk.handle(command, by=asks.seat.name, order=form.order)
    except forms.Unfit as unfit:
        return _edit_page(asks, ref, _again(sheet, form.fields, unfit))
    except Refused as no:
        return _edit_page(
            asks, ref, Sheet(sheet.side, sheet.kind, sheet.details, form.fields),
            refused=asks.words.said(str(no)),
        )  # fmt: skip
    if done.last is not None:
        asks.desk.wait_for(done.last)
    return asks.back(_address(ref), asks.words.say("It is told anew."), at="case")


def _new_page(asks: Visit, sheet: Sheet, *, refused: str = "") -> Response:
    status = 422 if sheet.wrong or refused else 200
    with asks.desk.reading() as db:
        return asks.page(db, "new.html", sheet=sheet, refused=refused, status=status)


def _edit_page(
    asks: Visit, ref: str, sheet: Sheet | None = None, *, refused: str = ""
) -> Response:
    with asks.desk.reading() as db:
        page = found(asks, db, ref)
        if not page.stands:
            return RedirectResponse(_address(ref), 303)
        shown = sheet or Sheet(*sort_of(page.case), page.about.details)
        return asks.page(
            db, "edit.html", page=page, sheet=shown, refused=refused,
            saw=saw(db, ref), status=422 if shown.wrong or refused else 200,
        )  # fmt: skip


def _again(sheet: Sheet, given: Filled, unfit: forms.Unfit) -> Sheet:
    return Sheet(sheet.side, sheet.kind, sheet.details, given, frozenset(unfit.fields))


def _address(ref: str) -> str:
    side, _, name = ref.partition(":")
    return f"/{side}s/{name}"
