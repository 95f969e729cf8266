"""The page of one case, and opening what is sealed in it."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from matcher import Today
from projections import cases, plans
from projections.listing import Db, one
from projections.plans import UnmetNeed
from services.console.case import CasePage, case_page
from services.console.pages import Visit, visit
from services.console.ports import Help, Opened, Purpose
from services.console.routes.doing import ask_who
from services.console.safe import Filled, filled
from services.ledger.rules.base import Refused

router = APIRouter(include_in_schema=False)
_PURPOSES: tuple[Purpose, ...] = (
    "contact",
    "address",
    "message",
    "confidential",
    "note",
)


@router.get("/offers/{name}")
def offer(request: Request, name: str) -> Response:
    return _page(request, f"offer:{name}")


@router.get("/needs/{name}")
def need(request: Request, name: str) -> Response:
    return _page(request, f"need:{name}")


@router.get("/needs/{name}/today")
def today(request: Request, name: str) -> Response:
    """Say what stands in a need's way now, beside what the newest plan said."""
    asks = visit(request)
    now, same, refused = None, False, ""
    with asks.desk.reading() as db:
        case = one(db, cases.TABLE, f"need:{name}")
        if case is None:
            raise HTTPException(404)
        try:
            now = asks.desk.today(name)
            same = _as_then(now, one(db, plans.UNMET, name))
        except Refused as no:
            refused = asks.words.said(str(no))
        return asks.page(
            db, "today.html", case=case, today=now, same=same, refused=refused
        )


def _as_then(now: Today, plan: UnmetNeed | None) -> bool:
    """Say whether today's answer is the newest plan's: nobody reads one twice."""
    if plan is None:
        return False
    then = (plan.reason, plan.compatible, dict(plan.blocked))
    return then == (now.reason, now.compatible, dict(now.blocked))


@router.post("/offers/{name}/open")
async def open_offer(request: Request, name: str) -> Response:
    """Show sealed parts once, on this answer only; who read them is recorded."""
    return await _open(request, f"offer:{name}")


@router.post("/needs/{name}/open")
async def open_need(request: Request, name: str) -> Response:
    return await _open(request, f"need:{name}")


def shown(
    asks: Visit, db: Db, ref: str, *, opened: Opened | None = None, purpose: str = ""
) -> Response:
    """Return the page of a case; what was opened for this answer comes with it."""
    page = found(asks, db, ref)
    helps: tuple[Help, ...] = ()
    if page.unmet is not None and not page.living:
        helps = asks.desk.helps(page.case.id)
    return asks.page(
        db, "case.html", page=page, helps=helps, opened=opened, opened_purpose=purpose
    )


def found(asks: Visit, db: Db, ref: str) -> CasePage:
    page = case_page(db, ref, asks.words)
    if page is None:
        raise HTTPException(404)
    return page


def _page(request: Request, ref: str) -> Response:
    asks = visit(request)
    with asks.desk.reading() as db:
        return shown(asks, db, ref)


async def _open(request: Request, ref: str) -> Response:
    asks = visit(request)
    form = await filled(request, asks)
    if not asks.seat.name:
        return ask_who(form.back)
    return await run_in_threadpool(_opened, asks, ref, form)


def _opened(asks: Visit, ref: str, form: Filled) -> Response:
    purpose = next((p for p in _PURPOSES if p == form.one("purpose")), None)
    if purpose is None or not form.one("reason"):
        text = asks.words.say("Say what is to be opened, and why.")
        return asks.back(form.back, text, tone="danger", at="people")
    try:
        opened: Opened = asks.desk.open_personal(
            ref, purpose=purpose, reason=form.one("reason"), by=asks.seat.name
        )
    except Refused as no:
        text = asks.words.said(str(no))
        return asks.back(form.back, text, tone="danger", at="people")
    with asks.desk.reading() as db:
        return shown(asks, db, ref, opened=opened, purpose=purpose)
