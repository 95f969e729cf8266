"""A plan is looked at, and its proposals accepted or turned down, some or all."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from projections.proposals import Proposal
from services.console.labels.matches import REASONS
from services.console.lists import Shelf
from services.console.pages import Visit, visit
from services.console.ports import Answers
from services.console.review import open_to, review, waiting
from services.console.routes.doing import ask_who
from services.console.safe import Filled, filled
from services.console.seat import Tone
from services.console.shelves import PROPOSALS
from services.ledger.rules.answers import RefuseMatch
from services.ledger.rules.base import Command, Refused
from services.ledger.rules.matches import CommunicateMatch
from services.standing.shown import certificate

router = APIRouter(include_in_schema=False)
Verdict = Literal["accept", "turn_down"]
WHY_NOT = tuple(reason for reason in REASONS["office"] if reason != "other")
"""Reasons for many at once; another one needs a note about the household it is of."""
_ROWS = 25


@router.get("/plans/{plan}")
def plan_page(request: Request, plan: str) -> Response:
    asks = visit(request)
    with asks.desk.reading() as db:
        found = review(db, plan)
        if found is None:
            raise HTTPException(404)
        usual = open_to(plan, newest=found.newest)
        shelf = Shelf("proposals", PROPOSALS.listing, usual, "-persons", _ROWS)
        rows = shelf.show(db, request.query_params, request.url.path)
        now = certificate(db)
        return asks.page(
            db,
            "plan.html",
            review=found,
            list=rows,
            why_not=WHY_NOT,
            stands=now if now is not None and now.plan == plan else None,
        )


@router.post("/plans/{plan}")
async def decide(request: Request, plan: str) -> Response:
    """Accept proposals of a plan, or turn them down: those that are ticked, or all."""
    asks = visit(request)
    form = await filled(request, asks)
    if not asks.seat.name:
        return ask_who(f"/plans/{plan}")
    return await run_in_threadpool(_decided, asks, plan, form)


def _decided(asks: Visit, plan: str, form: Filled) -> Response:
    try:
        chosen = _chosen(asks, plan, form)
        verdict = _verdict(form)
        orders = dict(_orders(verdict, chosen, form))
    except Refused as no:
        return _back(asks, plan, asks.words.said(str(no)), tone="danger")
    answers = asks.desk.handle_all(orders, by=asks.seat.name)
    asks.desk.wait_for(asks.desk.position())
    tone: Tone = "success" if answers.recorded else "info"
    return _back(asks, plan, _said(asks, verdict, answers, len(chosen)), tone=tone)


def _back(asks: Visit, plan: str, text: str, *, tone: Tone) -> Response:
    return asks.back(f"/plans/{plan}", text, tone=tone, at="decide")


def _chosen(asks: Visit, plan: str, form: Filled) -> tuple[Proposal, ...]:
    """Return what is meant, of what still waits: a plan's page may be an old one."""
    with asks.desk.reading() as db:
        there = waiting(db, plan)
    if form.one("which") == "all":
        return there
    ticked = set(form.fields.get("match", ()))
    chosen = tuple(match for match in there if match.match in ticked)
    if not chosen:
        raise Refused("Tick the proposals first, or choose all of them.")
    return chosen


def _verdict(form: Filled) -> Verdict:
    if form.one("verdict") != "turn_down":
        return "accept"
    if form.one("reason") not in WHY_NOT:
        raise Refused("Choose the reason why they are turned down.")
    return "turn_down"


def _orders(
    verdict: Verdict, chosen: Iterable[Proposal], form: Filled
) -> Iterator[tuple[str, Command]]:
    """Yield an order a proposal; one whose home nobody has seen waits, accepted or not.

    The form sent twice has the same names, so nothing is recorded twice.
    """
    for match in chosen:
        keys = {"match": match.match, "offer": match.offer, "need": match.need}
        name = f"{form.order}-{match.match}"
        if verdict == "turn_down":
            no = keys | {"side": "office", "reason": form.one("reason")}
            yield name, RefuseMatch.model_validate(no)
        elif "visit" not in match.due:
            yield name, CommunicateMatch.model_validate(keys)


def _said(asks: Visit, verdict: Verdict, answers: Answers, chosen: int) -> str:
    words = asks.words
    if verdict == "accept":
        text = words.say(
            "Accepted: both sides are asked about %(count)s proposals.",
            count=words.number(answers.recorded),
        )
    else:
        text = words.say(
            "Turned down: %(count)s proposals.", count=words.number(answers.recorded)
        )
    unseen = chosen - answers.recorded - len(answers.refused)
    if unseen:
        more = words.say(
            "%(count)s wait for the visit of the home.", count=words.number(unseen)
        )
        text = f"{text} {more}"
    refused = Counter(words.said(str(no)) for no in answers.refused)
    return " ".join([text, *(f"{no} (× {many})" for no, many in refused.items())])
