"""How an amendment is cut down to what it really changes."""

from collections.abc import Iterable

from events.case import CaseState, Private
from events.values import OpenQuestion, Sealed, Strict
from services.ledger.rules.base import Model, Past, Question, Refused


def news(details: Strict, changes: Model) -> Model:
    """Return `changes` without what `details` say already."""
    known = {
        name: None
        for name, value in changes
        if name != "kind" and value == getattr(details, name)
    }
    return changes.model_copy(update=known)


def is_empty(changes: Strict) -> bool:
    return all(value is None for name, value in changes if name != "kind")


def new_boxes(known: Private, told: Private) -> Private:
    """Return the sealed parts that say something else than the known ones."""
    return Private(
        **{
            name: box
            for name, box in told
            if box is not None and not _same(known, name, box)
        }
    )


def open_case(state: CaseState) -> None:
    """Raise `Refused` when the case is not one to work on any more."""
    if state.status == "merged":
        raise Refused(
            "It was merged into {case}; work on that one.", case=state.merged_into
        )
    if state.status == "withdrawn":
        raise Refused("It was withdrawn; enter it again if it is offered again.")


def known_fields(details: Strict, unset: Iterable[str]) -> tuple[str, ...]:
    """Return those of `unset` that are known now; refuse names that are no field."""
    fields = type(details).model_fields
    for name in unset:
        if name not in fields or name == "kind":
            raise Refused(
                "There is no field {field}; see the schema of the command.", field=name
            )
    return tuple(name for name in unset if getattr(details, name) is not None)


def new_questions(
    state: CaseState, asked: Iterable[Question]
) -> tuple[OpenQuestion, ...]:
    """Return the questions that are not open in the same words already."""
    known = {_question_key(question) for question in state.questions}
    questions = (question.asked() for question in asked)
    return tuple(q for q in questions if _question_key(q) not in known)


def same_kind(details: Strict, changes: Strict) -> None:
    if type(details) is not type(changes):
        raise Refused("Housing cannot become goods; withdraw it and enter it anew.")


def other_case(past: Past, case: str, other: str) -> None:
    """Both cases exist and are two."""
    if case == other:
        raise Refused("A case cannot be merged with itself; name two numbers.")
    past.case(case)
    past.case(other)


def _question_key(question: OpenQuestion) -> tuple[str, str, str | None]:
    mark = None if question.raw is None else question.raw.mark
    return question.field, question.reason, mark


def _same(known: Private, name: str, box: Sealed) -> bool:
    before: Sealed | None = getattr(known, name)
    return before is not None and before.mark == box.mark
