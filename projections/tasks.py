"""Read model: what was laid before a person."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from events.base import Recorded
from events.desk import TaskAssigned
from projections.life import moment
from projections.listing import Listing, is_so, one_of, until
from projections.step import Known, ReadModel, Step, replace
from projections.table import Cur, Table


@dataclass(frozen=True)
class Task:
    """One row a task, as it was assigned last; `done` closes it."""

    task: Annotated[str, "The task's id"]
    case_ref: Annotated[str, "The case that it is about, offer:… or need:…"]
    case_no: Annotated[str | None, "Its number to say on the phone"]
    what: Annotated[
        str, "reconfirm_offer, rehouse, renew_check, call_back, review_match or other"
    ]
    assignee: Annotated[str | None, "Who is to do it; empty: anybody"]
    due: Annotated[date | None, "By which day"]
    match: Annotated[str | None, "The match that it is about"]
    done: Annotated[bool, "Whether it is done"]
    recorded_at: Annotated[datetime, "When it was assigned last"]
    position: Annotated[int, "Where that stands in the ledger"]


TABLE = Table(
    "tasks",
    Task,
    key=("task",),
    indexes=(("done", "due"), ("case_ref",)),
)

LISTING = Listing(
    TABLE,
    filters={
        "done": is_so("done"),
        "what": one_of("what"),
        "assignee": one_of("assignee"),
        "case_ref": one_of("case_ref"),
        "match": one_of("match"),
        "due_max": until("due"),
    },
    sorts=("due", "what", "assignee", "case_no", "position"),
    order=("due", "position"),
)


def _apply(cursor: Cur, step: Step) -> None:
    latest = {
        recorded.fact.task: _row(recorded.fact, recorded, step.known)
        for recorded in step.facts
        if isinstance(recorded.fact, TaskAssigned)
    }
    rows = list(latest.values())
    replace(cursor, TABLE, "task", gone=list(latest), rows=rows)


def _row(fact: TaskAssigned, recorded: Recorded, known: Known) -> Task:
    return Task(
        task=fact.task,
        case_ref=fact.case,
        case_no=known.cases.get(fact.case),
        what=fact.what,
        assignee=fact.assignee,
        due=fact.due,
        match=fact.match,
        done=fact.done,
        recorded_at=moment(recorded),
        position=recorded.position,
    )


MODEL = ReadModel((TABLE,), _apply)
