"""What commands tell about a case, and what of it is news."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypedDict

from pydantic import ValidationError

from events.base import Fact, Said
from events.case import CaseState, Private, RepresentedBy, joined, patched
from events.desk import CaseLikened
from events.values import OpenQuestion, Origin, Ref, Sealed, Secret, Strict, Word
from services.ledger.rules.base import (
    Command,
    Model,
    Past,
    Question,
    Refused,
    Told,
    boxed,
)


class Telling(Command):
    """What is told about a case beside its details."""

    told: Told = Told()
    questions: tuple[Question, ...] = ()
    origin: Origin | None = None
    raw: Secret | None = None
    """The row as it came; it is kept, sealed, with its origin."""
    represented_by: RepresentedBy | None = None
    similar_to: tuple[Ref, ...] = ()

    def beside(self) -> "Beside":
        """Return it as a new case's first fact says it."""
        return {
            "private": self.told.private(),
            "open_questions": tuple(question.asked() for question in self.questions),
            "origin": self.sourced(),
            "represented_by": self.represented_by,
            "similar_to": self.similar_to,
        }

    def sourced(self) -> Origin | None:
        """Return where it came from, with the row as it came."""
        if self.raw is None:
            return self.origin
        if self.origin is None:
            raise Refused("A raw row came without its origin; send both.")
        return self.origin.model_copy(update={"raw": boxed(self.raw)})


class Retelling(Telling):
    """What is told anew. Whatever it does not name stays as it is.

    That holds for the parts of `accepts`, `available`, `location` and the like too:
    to make one unknown, name it in `unset`, as `accepts.pets`. `settled` closes open
    questions by their field; telling the field closes its question by itself.
    """

    unset: tuple[Word, ...] = ()
    settled: tuple[Word, ...] = ()


class Beside(TypedDict):
    """The arguments of a fact that tells about a case, its details aside."""

    private: Private
    open_questions: tuple[OpenQuestion, ...]
    origin: Origin | None
    represented_by: RepresentedBy | None
    similar_to: tuple[Ref, ...]


class Anew(Beside):
    """The same, of an amendment."""

    unset: tuple[Word, ...]
    settled: tuple[Word, ...]


@dataclass(frozen=True)
class News(Generic[Model]):
    """What an amendment really changes."""

    before: Model
    changes: Model
    beside: Anew

    @property
    def touched(self) -> frozenset[str]:
        """The fields whose content is another now."""
        told = {n for n, value in self.changes if value is not None and n != "kind"}
        return frozenset(told | set(self.beside["unset"]))

    @property
    def after(self) -> Model:
        return patched(self.before, self.changes, self.beside["unset"])

    @property
    def nothing(self) -> bool:
        """Whether all of it was known."""
        said = any(box is not None for _, box in self.beside["private"])
        rest = (value for name, value in self.beside.items() if name != "private")
        return not (self.touched or said or any(rest))


def news(
    state: CaseState, details: Model, changes: Model, told: Retelling
) -> News[Model]:
    """Return what of `changes` and `told` the case does not say already."""
    if type(details) is not type(changes):
        raise Refused("Housing cannot become goods; withdraw it and enter it anew.")
    changed, unset = _changed(details, changes, told.unset)
    found = News(
        before=details,
        changes=changed,
        beside={
            "private": _new_boxes(state.private, told.told.private()),
            "open_questions": _new_questions(state, told, changed),
            "origin": _new_origin(state.origin, told.sourced()),
            "represented_by": _unless(state.represented_by, told.represented_by),
            "similar_to": _new_twins(state, told.similar_to),
            "unset": unset,
            "settled": _settled(state, changes, told),
        },
    )
    _whole(found.after)
    return found


def open_case(state: CaseState) -> None:
    """Raise `Refused` when the case is not one to work on any more."""
    if state.status == "merged":
        raise Refused(
            "It was merged into {case}; work on that one.", case=state.merged_into
        )
    if state.status == "withdrawn":
        raise Refused("It was withdrawn; restore it first.")


def other_case(past: Past, case: str, other: str) -> None:
    """Both cases exist and are two."""
    if case == other:
        raise Refused("A case cannot be merged with itself; name two numbers.")
    past.case(case)
    past.case(other)


def likened(said: Said, case: str, to: Iterable[str]) -> list[Fact]:
    """Return what earlier cases that may be this one are told of it."""
    side = case.partition(":")[0]
    earlier = tuple(f"{side}:{name}" for name in to)
    return [CaseLikened(said=said, case=case, to=earlier)] if earlier else []


def _changed(
    details: Model, changes: Model, unset: Iterable[str]
) -> tuple[Model, tuple[str, ...]]:
    """Return the changed fields, each as a whole, and those unknown from now on."""
    whole: dict[str, object] = {}
    for name, value in changes:
        if value is not None and name != "kind":
            whole[name] = _overlaid(getattr(details, name), value)
    gone: list[str] = []
    for path in unset:
        head, _, part = path.partition(".")
        if head not in type(details).model_fields or head == "kind":
            raise Refused(
                "There is no field {field}; see the schema of the command.", field=path
            )
        if part:
            whole[head] = _without(whole.get(head, getattr(details, head)), part, path)
        elif head in whole:
            raise Refused(
                "The field {field} is told and unset at once; choose one.", field=head
            )
        elif getattr(details, head) is not None:
            gone.append(head)
    same = [name for name, value in whole.items() if value == getattr(details, name)]
    told = {name: value for name, value in whole.items() if name not in same}
    return changes.model_copy(update=dict.fromkeys(same) | told), tuple(gone)


def _overlaid(known: object, told: object) -> object:
    """Return what is told, with the parts that it leaves out as they are known."""
    if not isinstance(known, Strict) or not isinstance(told, Strict):
        return told
    if any(field.is_required() for field in type(told).model_fields.values()):
        return told
    parts = {name: getattr(told, name) for name in told.model_fields_set}
    return known.model_copy(update={n: v for n, v in parts.items() if v is not None})


def _without(known: object, part: str, path: str) -> object:
    """Return a field without one of its parts."""
    if known is None:
        return None
    if isinstance(known, Strict):
        for name, field in type(known).model_fields.items():
            if part in {name, field.alias} and not field.is_required():
                return known.model_copy(update={name: field.get_default()})
    raise Refused(
        "There is no field {field}; see the schema of the command.", field=path
    )


def _whole(details: Strict) -> None:
    """Refuse details of which one part contradicts another."""
    try:
        type(details)(**dict(details))
    except ValidationError as error:
        why = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise Refused("The parts do not fit: {why}; send both.", why=why) from error


def _new_boxes(known: Private, told: Private) -> Private:
    """Return the sealed parts that say something else: marks tell, nobody reads."""
    before: dict[str, Sealed | None] = dict(known)
    new: dict[str, Sealed] = {}
    for name, box in told:
        old = before[name]
        if box is not None and (old is None or old.mark != box.mark):
            new[name] = box
    return Private(**new)


def _new_questions(
    state: CaseState, told: Retelling, changes: Strict
) -> tuple[OpenQuestion, ...]:
    """Return the questions that are not open in the same words already."""
    anew = {name for name, value in changes if value is not None}
    known = {
        _key(question) for question in state.questions if question.field not in anew
    }
    asked = (question.asked() for question in told.questions)
    return tuple(question for question in asked if _key(question) not in known)


def _key(question: OpenQuestion) -> tuple[str, str, str | None]:
    mark = None if question.raw is None else question.raw.mark
    return question.field, question.reason, mark


def _settled(state: CaseState, changes: Strict, told: Retelling) -> tuple[str, ...]:
    """Return the open questions that this answers, in the order they were asked."""
    answered = {*told.settled, *told.unset, *_paths(changes)}
    answered |= {name for name, secret in told.told if secret is not None}
    again = {question.field for question in told.questions}
    asked = dict.fromkeys(question.field for question in state.questions)
    return tuple(
        field
        for field in asked
        if field not in again
        and any(path == field or path.endswith(f".{field}") for path in answered)
    )


def _paths(changes: Strict) -> set[str]:
    """Return the fields that are told, and their parts by the names people use."""
    found: set[str] = set()
    for name, value in changes:
        if value is None or name == "kind":
            continue
        found.add(name)
        if isinstance(value, Strict):
            fields = type(value).model_fields
            found |= {f"{name}.{fields[p].alias or p}" for p in value.model_fields_set}
    return found


def _new_origin(known: Origin | None, told: Origin | None) -> Origin | None:
    """A row's state is news unless it is the one that was taken last."""
    if known is None or told is None or known.row_key != told.row_key:
        return told
    before, now = known.revision, told.revision
    if before is not None and now is not None and now < before:
        raise Refused(
            "Revision {revision} of this row was taken already; send a higher one.",
            revision=before,
        )
    return None if (known.digest, before) == (told.digest, now) else told


def _new_twins(state: CaseState, told: tuple[str, ...]) -> tuple[str, ...]:
    known = {*state.similar_to, *state.apart_from, state.id, state.merged_into}
    return tuple(twin for twin in joined((), *told) if twin not in known)


def _unless(known: Model | None, told: Model | None) -> Model | None:
    return None if told == known else told
