"""What is scarce, and what if: looked up and tried, never recorded."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from events.policy import Policy
from matcher import Comparison
from projections import cases, plans, realm
from projections.listing import Ask, Db, listed
from services.console.lists import these
from services.console.pages import Visit, visit
from services.console.safe import Filled, filled
from services.console.trials import Trials
from services.console.trying import asked, in_words, settings, turned
from services.ledger.rules.base import Refused

router = APIRouter(include_in_schema=False)
_KINDS = 25
PATIENCE = 2.0
"""Seconds that a form waits for an answer before a page says how far it is."""


@router.get("/scarcity")
def scarcity(request: Request) -> Response:
    """Say what is dear at the newest plan's prices."""
    asks = visit(request)
    with asks.desk.reading() as db:
        newest = next(iter(listed(db, plans.LISTING, Ask(limit=1)).rows), None)
        found = newest and asks.desk.scarcity(newest.plan, newest.position)
        kinds = [k for k in found.kinds if any(k.most)][:_KINDS] if found else []
        refs = (f"offer:{kind.like}" for kind in kinds)
        numbers = these(db, cases.TABLE, "case_ref", refs)
        return asks.page(
            db, "scarcity.html", plan=newest, found=found, kinds=kinds, numbers=numbers
        )


@router.get("/what-if")
def form(request: Request, offer_no: str = "") -> Response:
    asks = visit(request)
    with asks.desk.reading() as db:
        now = settings(_policy(db))
        return asks.page(db, "what_if.html", settings=now, offer_no=offer_no[:40])


@router.post("/what-if")
async def begin(request: Request) -> Response:
    """Begin to solve what would be otherwise; a short one is answered at once."""
    asks = visit(request)
    told = await filled(request, asks)
    trials: Trials[Comparison] = request.app.state.trials
    return await run_in_threadpool(_begun, asks, told, trials)


@router.get("/what-if/{ticket}")
def answer(request: Request, ticket: str) -> Response:
    """Show how far it is, or what came of it."""
    asks = visit(request)
    trials: Trials[Comparison] = request.app.state.trials
    trial = trials.of(ticket, asks.seat.number)
    if trial is None:
        raise HTTPException(404)
    with asks.desk.reading() as db:
        found = trial.found
        gains, loses = turned(db, found) if found is not None else ((), ())
        return asks.page(
            db,
            "what_if_answer.html",
            trial=trial,
            found=found,
            gains=gains,
            loses=loses,
        )


def _begun(asks: Visit, told: Filled, trials: Trials[Comparison]) -> Response:
    try:
        with asks.desk.reading() as db:
            wanted = asked(db, told, _policy(db))
        trial = trials.start(
            asks.seat.number,
            lambda progress: asks.desk.what_if(wanted, progress),
            in_words(wanted, told),
        )
        trial.wait(PATIENCE)
        if trial.refused is not None:
            raise trial.refused
    except Refused as no:
        return asks.back("/what-if", asks.words.said(str(no)), tone="danger")
    return RedirectResponse(f"/what-if/{trial.ticket}", 303)


def _policy(db: Db) -> Policy:
    here = realm.current(db)
    return (here and here.policy) or Policy(name="default")
