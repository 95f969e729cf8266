"""What a channel sends: the `data` of its CloudEvents, as the contract has it.

These are wishes, not facts: what becomes of one is said by its receipt. Names, phones
and streets travel in them in plain text; they are sealed before anything is recorded.
"""

from typing import Annotated

from pydantic import Field

from events.need import NeedDetails
from events.offer import OfferDetails
from events.values import Strict, Text, Word

Cells = Annotated[dict[Word, Text], Field(max_length=20)]
ROW = "row.submitted.v1"
"""A row of a sheet: its data is an object with the headings of a profile as keys."""


class Submission(Strict):
    """What a partner's program sends: exact where it is typed, words where people are.

    `contact` has the keys name, mail, phone, whatsapp, telegram, organisation;
    `address` has street, house_number, city.
    """

    contact: Cells
    address: Cells = Field(default_factory=dict)
    message: Text | None = None
    represented_by: Word | None = None
    priority: Annotated[int | None, Field(ge=0, le=3)] = None
    no_contact: Text | None = None


class OfferSubmission(Submission):
    details: OfferDetails


class NeedSubmission(Submission):
    details: NeedDetails


SUBMISSIONS: dict[str, type[OfferSubmission] | type[NeedSubmission]] = {
    "offer.submitted.v1": OfferSubmission,
    "need.submitted.v1": NeedSubmission,
}
"""CloudEvents type → model of its data."""

__all__ = [
    "ROW",
    "SUBMISSIONS",
    "Cells",
    "NeedSubmission",
    "OfferSubmission",
    "Submission",
]
