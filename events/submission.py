"""What a channel sends: the `data` of its CloudEvents, as the contract has it.

These are wishes, not facts: what becomes of one is said by its receipt. Names, phones
and streets travel in them in plain text; they are sealed before anything is recorded.
"""

from typing import Annotated

from pydantic import Field
from pydantic.config import JsonDict

from events.need import NeedDetails
from events.offer import OfferDetails
from events.values import Strict, Text, Word

WAYS = ("mail", "phone", "whatsapp", "telegram")
"""How somebody can be reached: a submission without any of them is set aside."""
CONTACT = ("name", "contact_person", "organisation", *WAYS)
ADDRESS = ("street", "house_number", "city", "country", "latitude", "longitude")
Cells = dict[Word, Text]
ROW = "row.submitted.v1"
"""A row of a sheet: its data is an object with the headings of a profile as keys."""


def _keys(names: tuple[str, ...]) -> JsonDict:
    """Tell readers of the schema which keys are read."""
    return {"propertyNames": {"enum": list(names)}}


class Submission(Strict):
    """What a partner's program sends: exact where it is typed, words where people are.

    Of `contact` and `address` the keys of `CONTACT` and `ADDRESS` are read.
    """

    contact: Annotated[Cells, Field(max_length=20, json_schema_extra=_keys(CONTACT))]
    address: Annotated[
        Cells, Field(max_length=20, json_schema_extra=_keys(ADDRESS))
    ] = Field(default_factory=dict)
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
    "ADDRESS",
    "CONTACT",
    "ROW",
    "SUBMISSIONS",
    "WAYS",
    "Cells",
    "NeedSubmission",
    "OfferSubmission",
    "Submission",
]
