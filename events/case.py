"""What an offer and a need have in common: both are cases of the office."""

from collections.abc import Iterable
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from events.base import Fact
from events.match import MatchState
from events.pair import PairFact, PairForbidden, PairPinned
from events.values import (
    COARSE,
    OPEN,
    SEALED,
    Day,
    OpenQuestion,
    Origin,
    Ref,
    Sealed,
    Strict,
    Word,
)

Details = TypeVar("Details", bound=Strict)
CaseRef = Annotated[
    str, Field(pattern=r"^(offer|need):[A-Za-z0-9][A-Za-z0-9_.:/-]{0,119}$")
]
"""A case as its tag: `offer:…` or `need:…`."""


class RepresentedBy(Strict):
    """The organisation that speaks for the case, with its own number for it."""

    org: Annotated[Word, OPEN]
    ref: Annotated[Ref | None, OPEN] = None


class Private(Strict):
    """The sealed parts of a case, one box a purpose."""

    contact: Annotated[Sealed | None, SEALED] = None
    address: Annotated[Sealed | None, SEALED] = None
    message: Annotated[Sealed | None, SEALED] = None
    confidential: Annotated[Sealed | None, SEALED] = None
    external_ids: Annotated[Sealed | None, SEALED] = None

    def overlaid(self, later: "Private") -> "Private":
        """Return these parts with those that `later` brings in their place."""
        return self.model_copy(
            update={name: box for name, box in later if box is not None}
        )


class CaseTold(Fact):
    """A fact that tells about a case what came from outside."""

    private: Annotated[Private, SEALED] = Private()
    open_questions: Annotated[tuple[OpenQuestion, ...], OPEN] = ()
    origin: Annotated[Origin | None, OPEN] = None
    represented_by: Annotated[RepresentedBy | None, OPEN] = None
    similar_to: Annotated[tuple[Ref, ...], OPEN] = ()
    """Cases with the same mail, phone or address when this was recorded."""


class CaseAmended(CaseTold):
    """A fact that tells some fields of a case anew.

    A field is told as a whole: `accepts` replaces what was accepted before. Those in
    `unset` are unknown again. `settled` names the open questions that are answered by
    it. `breaks` names the matches that it ends or lays before a person.
    """

    unset: Annotated[tuple[Word, ...], OPEN] = ()
    settled: Annotated[tuple[Word, ...], OPEN] = ()
    breaks: Annotated[tuple[Ref, ...], OPEN] = ()


class CaseState(Strict):
    """What a case's facts add up to, kind aside."""

    id: Annotated[Ref, OPEN]
    person: Annotated[Ref, OPEN]
    """The provider or the household: whose keys seal the private parts."""
    position: Annotated[int, OPEN]
    """Where the case began in the ledger; cases are told apart by it on the phone."""
    told_on: Annotated[Day, OPEN]
    status: Annotated[Literal["open", "parked", "withdrawn", "merged"], OPEN] = "open"
    parked_until: Annotated[Day | None, OPEN] = None
    private: Annotated[Private, SEALED] = Private()
    questions: Annotated[tuple[OpenQuestion, ...], OPEN] = ()
    origin: Annotated[Origin | None, OPEN] = None
    represented_by: Annotated[RepresentedBy | None, OPEN] = None
    similar_to: Annotated[tuple[Ref, ...], OPEN] = ()
    apart_from: Annotated[tuple[Ref, ...], OPEN] = ()
    merged_into: Annotated[Ref | None, OPEN] = None
    pinned: Annotated[tuple[Ref, ...], COARSE] = ()
    forbidden: Annotated[tuple[Ref, ...], COARSE] = ()
    matches: Annotated[dict[Ref, MatchState], OPEN] = Field(default_factory=dict)

    @property
    def living(self) -> tuple[MatchState, ...]:
        """The matches that still go on."""
        return tuple([match for match in self.matches.values() if match.living])

    @property
    def holding(self) -> tuple[MatchState, ...]:
        """The matches that take beds or pieces away."""
        return tuple(match for match in self.matches.values() if match.holding)


def known(changes: Strict) -> tuple[str, ...]:
    """Return the fields that an amendment tells."""
    told = vars(changes)  # asked once a fact of a life: pydantic's own way takes long
    return tuple([n for n in told if told[n] is not None and n != "kind"])


def patched(details: Details, changes: Details, unset: Iterable[str]) -> Details:
    """Return the details with the told fields replaced and `unset` unknown again."""
    told = {name: getattr(changes, name) for name in known(changes)}
    return details.model_copy(update=told | dict.fromkeys(unset))


def told_anew(
    state: CaseState, fact: CaseAmended, told: tuple[str, ...]
) -> dict[str, object]:
    """Return what an amendment changes beside the details.

    Twins that a person has kept apart stay apart, whatever a later message says.
    """
    asked = (question.field for question in fact.open_questions)
    gone = {*told, *fact.unset, *fact.settled, *asked}
    left = tuple(q for q in state.questions if q.field not in gone)
    twins = joined(state.similar_to, *fact.similar_to)
    return {
        "private": state.private.overlaid(fact.private),
        "questions": left + fact.open_questions,
        "origin": fact.origin or state.origin,
        "represented_by": fact.represented_by or state.represented_by,
        "similar_to": tuple(t for t in twins if t not in state.apart_from),
    }


def merged(state: CaseState, case: str, into: str) -> dict[str, object]:
    """Return what a merge changes on either side of it."""
    if state.id == case:
        return {"status": "merged", "merged_into": into}
    return {"similar_to": without(state.similar_to, case)}


def kept_apart(state: CaseState, case: str, other: str) -> dict[str, object]:
    """Both live on by themselves; a merge between them is undone."""
    twin = other if state.id == case else case
    change: dict[str, object] = {
        "similar_to": without(state.similar_to, twin),
        "apart_from": joined(state.apart_from, twin),
    }
    if state.merged_into == twin:
        status = "open" if state.parked_until is None else "parked"
        change |= {"status": status, "merged_into": None}
    return change


def paired(state: CaseState, fact: PairFact, twin: str) -> dict[str, object]:
    """Return who is pinned and who is forbidden after a person's decision."""
    pinned, forbidden = without(state.pinned, twin), without(state.forbidden, twin)
    if isinstance(fact, PairPinned):
        pinned = joined(pinned, twin)
    if isinstance(fact, PairForbidden):
        forbidden = joined(forbidden, twin)
    return {"pinned": pinned, "forbidden": forbidden}


def without(refs: tuple[str, ...], ref: str) -> tuple[str, ...]:
    return tuple(other for other in refs if other != ref)


def joined(refs: tuple[str, ...], *more: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*refs, *more)))
