"""The first page, and the small addresses around every page."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from projections import cases
from projections.listing import Ask, listed
from services.console.pages import remember, speak, visit
from services.console.pairs import pairs
from services.console.safe import filled, own_path
from services.console.shelves import PROPOSALS
from services.console.start import Start
from services.console.words import LANGUAGES

router = APIRouter(include_in_schema=False)
_REVIEW = "proposed,communicated,agreed"
_REVIEWED = 5


@router.get("/")
def situation(request: Request) -> Response:
    asks = visit(request)
    with asks.desk.reading() as db:
        first: Start = request.app.state.first.read(db)
        ask = Ask({"state": _REVIEW, "provisional": "no"}, "-persons", _REVIEWED)
        review = pairs(db, listed(db, PROPOSALS.listing, ask).rows)
        return asks.page(db, "situation.html", start=first, pairs=review)


@router.get("/language/{tag}")
def language(tag: str, wanted: Annotated[str, Query(alias="next")] = "/") -> Response:
    """Keep the language that was chosen; it changes nothing else."""
    if tag not in LANGUAGES:
        raise HTTPException(404)
    response = RedirectResponse(own_path(wanted), 303)
    speak(response, tag)
    return response


@router.get("/openapi.json")
def openapi() -> Response:
    """The address where programs look for it first."""
    return RedirectResponse("/api/openapi.json", 308)


@router.get("/who")
def who(
    request: Request, wanted: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    asks = visit(request)
    with asks.desk.reading() as db:
        return asks.page(db, "who.html", wanted=own_path(wanted))


@router.post("/who")
async def sit_down(request: Request) -> Response:
    """Note the name; it is not a login."""
    asks = visit(request)
    form = await filled(request, asks)
    response = RedirectResponse(own_path(form.one("next") or "/"), 303)
    remember(response, asks.seat.taken_by(form.one("name")), asks.desk.secret)
    return response


@router.get("/find")
def find(request: Request, case_no: str = "") -> Response:
    """Go to the case with this number, however it was typed."""
    asks = visit(request)
    number = case_no.strip().upper().replace(" ", "")
    with asks.desk.reading() as db:
        found = listed(db, cases.LISTING, Ask({"case_no": number or "-"}, "", 1)).rows
    if not found:
        raise HTTPException(404)
    return RedirectResponse(f"/{found[0].side}s/{found[0].id}", 303)
