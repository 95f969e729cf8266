"""What a channel hears back: a message is accepted when its receipt says so, no sooner.

A Kafka acknowledgement means that the bus has the message; a receipt means that intake
has committed what came of it.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from events.values import OPEN, Ref, Strict, Word

Outcome = Literal["taken", "amended", "unchanged", "set_aside"]


class Question(Strict):
    """A field that a person of the office must settle; it blocks nothing else."""

    field: Annotated[Word, OPEN]
    reason: Annotated[str, OPEN, Field(min_length=1, max_length=500)]


class Receipt(Strict):
    """What became of the one message with this `source` and `id`.

    `taken`, `amended` and `unchanged` name the case, and what is still open about it;
    `set_aside` says why. Nothing personal stands in it.
    """

    type: ClassVar[str] = "receipt.given.v1"

    source: Annotated[str, OPEN, Field(min_length=1, max_length=500)]
    id: Annotated[str, OPEN, Field(min_length=1, max_length=500)]
    outcome: Annotated[Outcome, OPEN]
    case: Annotated[Ref | None, OPEN] = None
    """The case's tag: `offer:o-4711`, `need:n-4711`."""
    case_no: Annotated[Word | None, OPEN] = None
    """The number that one says on the phone: `A-2022-0017`."""
    questions: Annotated[tuple[Question, ...], OPEN] = ()
    reason: Annotated[str | None, OPEN, Field(max_length=500)] = None
    """Why it was set aside: a sentence that says what to do."""
    position: Annotated[int | None, OPEN, Field(ge=1)] = None
    """The last place in the ledger of what came of it; absent: nothing new."""


__all__ = ["Outcome", "Question", "Receipt"]
