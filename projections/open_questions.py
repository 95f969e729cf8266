"""Read model: what a person must still ask or settle about a case."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from projections.life import NeedLife, OfferLife
from projections.listing import Listing, is_text, one_of, search
from projections.step import Known, PerLife, ReadModel, Rows, parts
from projections.table import Table


@dataclass(frozen=True)
class OpenQuestionRow:
    """One row a field of a standing case that is not certain."""

    case_ref: Annotated[str, "The case, offer:… or need:…"]
    case_no: Annotated[str, "Its number to say on the phone"]
    number: Annotated[int, "Which of the case's questions, from 1"]
    kind: Annotated[str, "housing or goods"]
    field: Annotated[str, "The field in question"]
    reason: Annotated[str, "Why it is not certain, in a code or a few words"]
    sealed: Annotated[bool, "Whether the gateway can show what stood there"]
    told_on: Annotated[date, "The day on which the office heard of the case"]


TABLE = Table(
    "open_questions",
    OpenQuestionRow,
    key=("case_ref", "number"),
    indexes=(("told_on",), ("field",)),
)

LISTING = Listing(
    TABLE,
    filters={
        "q": search("case_no", "case_ref"),
        "case_ref": one_of("case_ref"),
        "kind": one_of("kind"),
        "field": one_of("field"),
        "reason": is_text("reason"),
    },
    sorts=("told_on", "case_no", "field", "reason"),
    order=("told_on", "case_no"),
)


def _of(life: OfferLife | NeedLife, side: str) -> Iterator[OpenQuestionRow]:
    state = life.state
    if state.status not in {"open", "parked"}:
        return
    for number, question in enumerate(state.questions, start=1):
        yield OpenQuestionRow(
            case_ref=f"{side}:{state.id}",
            case_no=life.case_no,
            number=number,
            kind=state.details.kind,
            field=question.field,
            reason=question.reason,
            sealed=question.raw is not None,
            told_on=state.told_on,
        )


def of_offer(life: OfferLife, _known: Known) -> Iterator[OpenQuestionRow]:
    return _of(life, "offer")


def of_need(life: NeedLife, _known: Known) -> Iterator[OpenQuestionRow]:
    return _of(life, "need")


_PARTS = parts("status", "questions", "details.kind")
MODEL = ReadModel(
    (TABLE,),
    lives=PerLife(
        TABLE,
        "case_ref",
        offers=Rows(of_offer, _PARTS),
        needs=Rows(of_need, _PARTS),
    ),
)
