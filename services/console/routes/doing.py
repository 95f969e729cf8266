"""Small forms: one command each, then back to the page with a sentence."""

from dataclasses import replace
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from projections import cases
from projections.listing import Ask, Db, listed, one
from services.console import forms
from services.console.labels import label
from services.console.pages import Visit, visit
from services.console.ports import Run
from services.console.safe import Filled, filled
from services.console.trials import Trials
from services.ledger.rules.base import Refused
from services.ledger.rules.catalogue import COMMANDS

router = APIRouter(include_in_schema=False)
PATIENCE = 8.0
"""Seconds that the button waits for a run before the page says how far it is."""
_BY_NUMBER = {
    "offer_no": ("offer", "offer"),
    "need_no": ("need", "need"),
    "other_no": ("other", "need"),
}
"""A number that was typed: the field that takes the id, and whose number it is."""


@router.post("/do/{name}")
async def do(request: Request, name: str) -> Response:
    """Give the command that a form stands for."""
    asks = visit(request)
    form = await filled(request, asks)
    if name not in COMMANDS:
        raise HTTPException(404)
    if not asks.seat.name:
        return ask_who(form.back)
    return await run_in_threadpool(_done, asks, name, form)


@router.post("/match")
async def match_now(request: Request) -> Response:
    """Let the matcher run, and say what it led to, or how far it is."""
    asks = visit(request)
    await filled(request, asks)
    if not asks.seat.name:
        return ask_who("/proposals")
    runs: Trials[Run] = request.app.state.runs
    return await run_in_threadpool(_matched, asks, runs)


@router.get("/match/progress")
def progress(request: Request) -> Response:
    """Say how far the run is that goes on; a page asks for it again and again."""
    asks = visit(request)
    with asks.desk.reading() as db:
        return asks.page(db, "running.html", stand=asks.desk.matching())


def ask_who(back: str) -> Response:
    """No command without an actor: ask who sits here, then come back."""
    return RedirectResponse(f"/who?next={quote(back)}", 303)


def _done(asks: Visit, name: str, form: Filled) -> Response:
    words = asks.words
    try:
        with asks.desk.reading() as db:
            form = _numbered(db, form, name)
        command = forms.command(name, form.fields)
        done = asks.desk.handle(command, by=asks.seat.name, order=form.order)
    except Refused as no:
        text = words.said(_by_number(asks, no))
        return asks.back(form.back, text, tone="danger", at=form.at)
    except forms.Unfit as unfit:
        names = ", ".join(label(words, "field", field) for field in unfit.fields)
        text = words.say("This does not fit yet: %(fields)s.", fields=names)
        return asks.back(form.back, text, tone="danger", at=form.at)
    if done.last is None:
        text = words.say("It was so already; nothing was to record.")
        return asks.back(form.back, text, tone="info", at=form.at)
    asks.desk.wait_for(done.last)
    return asks.back(form.back, label(words, "recorded", name), at=_at(form, name))


def _by_number(asks: Visit, no: Refused) -> str:
    """Return the sentence; a case that it names is called by its number."""
    with asks.desk.reading() as db:
        case = one(db, cases.TABLE, str(no.values.get("twin", "")))
    named = {} if case is None else {"twin": case.case_no}
    return no.template.format(**no.values | named)


def _matched(asks: Visit, runs: Trials[Run]) -> Response:
    words = asks.words
    try:
        trial = runs.start(
            asks.seat.number, lambda _: asks.desk.match_now(by=asks.seat.name)
        )
        trial.wait(PATIENCE)
        if trial.refused is not None:
            raise trial.refused
    except Refused as no:
        return asks.back("/proposals", words.said(str(no)), tone="danger")
    run = trial.found
    if run is None:
        text = words.say("The matcher runs; this page says how far it is.")
        return asks.back("/proposals", text, tone="info")
    asks.desk.wait_for(asks.desk.position())
    if run.plan is None:
        text = words.say("There was nothing to match: no open need, or no open offer.")
        return asks.back("/proposals", text, tone="info")
    text = words.say(
        "The matcher has run: %(placed)s needs placed, in %(seconds)s seconds.",
        placed=words.number(run.placed),
        seconds=words.decimal(run.seconds),
    )
    return asks.back("/proposals", text)


def _numbered(db: Db, form: Filled, name: str) -> Filled:
    """Put ids for numbers that were typed, and make the ids that are new."""
    fields = dict(form.fields)
    for number, (field, side) in _BY_NUMBER.items():
        if number in fields:
            (typed,) = fields.pop(number)
            fields[field] = (_id_of(db, side, typed),)
    if name == "propose-match":
        fields["match"] = (f"m-{form.order}",)
    if name == "hold-back-capacity":
        fields["hold"] = (f"h-{form.order}",)
    if name == "expect-arrivals" and fields.get("arrivals") == ("new",):
        fields["arrivals"] = (f"a-{form.order}",)
    if name == "assign-task" and fields.get("task") == ("new",):
        fields["task"] = (f"t-{form.order}",)
    return replace(form, fields=fields)


def _id_of(db: Db, side: str, typed: str) -> str:
    number = typed.upper().replace(" ", "")
    found = listed(db, cases.LISTING, Ask({"case_no": number, "side": side})).rows
    if not found:
        raise Refused("There is no case with this number; check it.")
    return found[0].id


def _at(form: Filled, name: str) -> str:
    """Say it where the form was, unless its row is gone from the list by now."""
    gone = {"merge-needs", "merge-offers", "unmerge-needs", "unmerge-offers", "resend",
            "resume-channel"}  # fmt: skip
    listed_there = form.back.partition("?")[0] in {
        "/duplicates",
        "/set-aside",
        "/visits",
    }
    if name == "check-offer" and listed_there:
        return ""
    return "" if name in gone or form.back.startswith("/tasks") else form.at
