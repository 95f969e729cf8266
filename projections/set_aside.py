"""Read model: messages and rows that could not be taken, until they are repaired."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from events.base import Recorded
from events.desk import SubmissionResent, SubmissionSetAside
from projections.life import moment
from projections.listing import Listing, is_text, one_of, search
from projections.step import ReadModel, Step, replace
from projections.table import Cur, Table


@dataclass(frozen=True)
class Submission:
    """One row a message or row that was set aside; the row itself stays sealed."""

    submission: Annotated[str, "The submission's id"]
    state: Annotated[
        Literal["waiting", "taken", "given_up"],
        "waiting; taken: sent again and read; given_up",
    ]
    channel: Annotated[str, "The channel that it came by"]
    source: Annotated[str, "The file or sender as the channel names it"]
    profile: Annotated[str | None, "The mapping profile that tried to read it"]
    row_no: Annotated[int | None, "The row in the file"]
    field: Annotated[str | None, "The field that could not be read"]
    reason: Annotated[str, "Why, in a code or a few words"]
    case_ref: Annotated[str | None, "The case that it became, offer:… or need:…"]
    recorded_at: Annotated[datetime, "When it was set aside"]
    position: Annotated[int, "Where that stands in the ledger"]


TABLE = Table(
    "set_aside",
    Submission,
    key=("submission",),
    indexes=(("state", "position"),),
)

LISTING = Listing(
    TABLE,
    filters={
        "q": search("submission", "source", "reason"),
        "state": one_of("state"),
        "channel": one_of("channel"),
        "source": one_of("source"),
        "profile": one_of("profile"),
        "field": one_of("field"),
        "reason": is_text("reason"),
    },
    sorts=("position", "channel", "source", "row_no", "field", "reason"),
    order=("-position",),
)


def _apply(cursor: Cur, step: Step) -> None:
    new: dict[str, Submission] = {}
    resent: list[SubmissionResent] = []
    for recorded in step.facts:
        match recorded.fact:
            case SubmissionSetAside() as fact:
                new[fact.submission] = _waiting(fact, recorded)
            case SubmissionResent() as fact:
                resent.append(fact)
            case _:
                pass
    rows = list(new.values())
    replace(cursor, TABLE, "submission", gone=list(new), rows=rows)
    for fact in resent:
        cursor.execute(_RESENT, (fact.case, fact.case, fact.submission))


_RESENT = """
UPDATE set_aside SET case_ref = %s,
    state = CASE WHEN %s::text IS NULL THEN 'given_up' ELSE 'taken' END
WHERE submission = %s
"""


def _waiting(fact: SubmissionSetAside, recorded: Recorded) -> Submission:
    return Submission(
        submission=fact.submission,
        state="waiting",
        channel=fact.channel,
        source=fact.source,
        profile=fact.profile,
        row_no=fact.row,
        field=fact.field,
        reason=fact.reason,
        case_ref=None,
        recorded_at=moment(recorded),
        position=recorded.position,
    )


MODEL = ReadModel((TABLE,), _apply, sides=())
