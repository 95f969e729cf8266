"""The pages that are one list each."""

from collections.abc import Mapping
from typing import get_args

from fastapi import APIRouter, Request
from starlette.responses import Response

from events.arrivals import Feature
from projections import available_offers, cases, open_needs, open_questions, plans
from projections import set_aside as set_aside_rows
from projections.available_offers import AvailableOffer
from projections.held_capacity import HeldBack
from projections.listing import Ask, Db, listed
from projections.open_needs import OpenNeed
from projections.tasks import Task
from services.console import shelves
from services.console.lists import Row, Shelf, Shown, present, these
from services.console.pages import visit
from services.console.pairs import pairs

router = APIRouter(include_in_schema=False)
_PLAIN: Mapping[str, str] = {
    "needs": "needs.html",
    "offers": "offers.html",
    "visits": "visits.html",
    "goods": "goods.html",
    "placements": "placements.html",
    "plans": "plans.html",
    "unmet": "unmet.html",
}
_FEATURES: tuple[Feature, ...] = get_args(Feature)
_MOST_HOLDS = 1_000
_MOST_STOPPED = 200


def _plain(name: str, template: str) -> None:
    shelf = shelves.SHELVES[name]

    @router.get(f"/{name}", name=name)
    def show(request: Request) -> Response:
        asks = visit(request)
        with asks.desk.reading() as db:
            return asks.page(db, template, list=_shown(db, request, shelf))


for _name, _template in _PLAIN.items():
    _plain(_name, _template)


@router.get("/proposals")
def proposals(request: Request) -> Response:
    asks = visit(request)
    with asks.desk.reading() as db:
        found = _shown(db, request, shelves.PROPOSALS)
        latest = listed(db, plans.LISTING, Ask(limit=1)).rows
        return asks.page(
            db, "proposals.html", list=found, pairs=pairs(db, found.rows),
            plan=latest[0] if latest else None,
        )  # fmt: skip


@router.get("/arrivals")
def arrivals(request: Request) -> Response:
    """Show who is expected, what is held back for them, and what that costs."""
    asks = visit(request)
    with asks.desk.reading() as db:
        found = _shown(db, request, shelves.ARRIVALS)
        holds = held_for(db, [group.arrivals for group in found.rows])
        costs = asks.desk.hold_costs() if holds else ()
        return asks.page(
            db, "arrivals.html", list=found, holds=holds,
            costs={cost.hold: cost.price for cost in costs}, features=_FEATURES,
        )  # fmt: skip


@router.get("/set-aside")
def set_aside(request: Request) -> Response:
    """Show what could not be taken, and the channels that stand still for it."""
    asks = visit(request)
    with asks.desk.reading() as db:
        found = _shown(db, request, shelves.SET_ASIDE)
        stopped = listed(db, shelves.STOPPED.listing, Ask(limit=_MOST_STOPPED)).rows
        reasons = present(db, set_aside_rows.TABLE, "reason")
        return asks.page(db, "set_aside.html", list=found, stopped=stopped, why=reasons)


@router.get("/questions")
def questions(request: Request) -> Response:
    asks = visit(request)
    with asks.desk.reading() as db:
        found = _shown(db, request, shelves.SHELVES["questions"])
        return asks.page(
            db, "questions.html", list=found,
            fields=present(db, open_questions.TABLE, "field"),
            why=present(db, open_questions.TABLE, "reason"),
        )  # fmt: skip


@router.get("/tasks")
def tasks(request: Request) -> Response:
    asks = visit(request)
    with asks.desk.reading() as db:
        found = _shown(db, request, shelves.TASKS)
        return asks.page(db, "tasks.html", list=found, task_fields=task_fields)


@router.get("/duplicates")
def duplicates(request: Request) -> Response:
    asks = visit(request)
    with asks.desk.reading() as db:
        found = _shown(db, request, shelves.DUPLICATES)
        refs = {ref for row in found.rows for ref in (row.case_ref, row.other_ref)}
        return asks.page(
            db, "duplicates.html", list=found, numbers=case_numbers(db, refs),
            sides=_sides(db, refs),
        )  # fmt: skip


def _sides(db: Db, refs: set[str]) -> dict[str, AvailableOffer | OpenNeed]:
    """Return the offer or need behind each case, to be told apart by what it is."""
    names = [ref.partition(":")[::2] for ref in sorted(refs)]
    offers = [name for side, name in names if side == "offer"]
    needs = [name for side, name in names if side == "need"]
    found = these(db, available_offers.TABLE, "offer", offers)
    asked = these(db, open_needs.TABLE, "need", needs)
    return {f"offer:{name}": offer for name, offer in found.items()} | {
        f"need:{name}": need for name, need in asked.items()
    }


def case_numbers(db: Db, refs: set[str]) -> dict[str, str]:
    """Return what one says on the phone for each case."""
    return {
        ref: c.case_no for ref, c in these(db, cases.TABLE, "case_ref", refs).items()
    }


def held_for(db: Db, groups: list[str]) -> dict[str, list[HeldBack]]:
    """Return what is held back for each of these groups."""
    if not groups:
        return {}
    ask = Ask({"arrivals": ",".join(groups)}, limit=_MOST_HOLDS)
    found: dict[str, list[HeldBack]] = {}
    for hold in listed(db, shelves.HELD.listing, ask).rows:
        found.setdefault(hold.arrivals, []).append(hold)
    return found


def task_fields(task: Task, done: str) -> dict[str, str]:
    """Return the task as its command takes it, done or not."""
    told = {
        "task": task.task,
        "case": task.case_ref,
        "what": task.what,
        "assignee": task.assignee,
        "due": None if task.due is None else task.due.isoformat(),
        "match": task.match,
        "done": done,
    }
    return {name: value for name, value in told.items() if value is not None}


def _shown(db: Db, request: Request, shelf: Shelf[Row]) -> Shown[Row]:
    return shelf.show(db, request.query_params, request.url.path)
