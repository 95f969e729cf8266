"""A typed submission: a CloudEvent whose data says the details as the contract does."""

import json
from typing import Annotated

from pydantic import Field, TypeAdapter

from events.envelope import CloudEvent
from events.need import NeedDetails
from events.offer import OfferDetails
from events.values import Strict, Text, Word
from services.intake.cells import Asked, Values
from services.intake.draft import Aside, Built, Draft, Drafted, From, RowKey
from services.intake.drafts import dressed
from services.intake.fields import ADDRESS, CONTACT, FIELDS
from services.intake.parse import unclean
from services.intake.readers import Ways
from services.intake.reasons import Reason
from services.intake.tables import LONGEST_CELL
from services.intake.ways import can_be_reached

Cells = Annotated[dict[Word, Text], Field(max_length=20)]


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


TYPES: dict[str, TypeAdapter[OfferSubmission] | TypeAdapter[NeedSubmission]] = {
    "offer.submitted.v1": TypeAdapter(OfferSubmission),
    "need.submitted.v1": TypeAdapter(NeedSubmission),
}


def submitted(number: int, event: CloudEvent) -> Drafted:
    """Return the draft of a typed submission; raise `ValidationError`."""
    body = TYPES[event.type].validate_json(json.dumps(event.data))
    data = json.dumps(event.data, ensure_ascii=False, sort_keys=True)
    came = From(
        row=number,
        profile=event.type,
        channel="cloudevents",
        whole={"data": data},
        said=(data,),
        key=RowKey((event.subject or event.id,), personal=False),
        revision=event.revision,
        source=event.source,
        event=event.id,
    )
    values = _values(number, body)
    if not can_be_reached(values):
        return Aside(came, "contact", "", Reason.NO_REACH)
    fields = frozenset(type(body.details).model_fields) - {"kind"}
    draft: Draft = dressed(came, values, Built(body.details), fields)
    return draft


def _values(number: int, body: Submission) -> Values:
    cells = {
        **{name: text for name, text in body.contact.items() if name in CONTACT},
        **{name: text for name, text in body.address.items() if name in ADDRESS},
        "message": body.message or "",
        "represented_by": body.represented_by or "",
        "no_contact": body.no_contact or "",
    }
    told: dict[str, object] = {}
    asked: list[Asked] = []
    raw = {name: text for name, text in cells.items() if text.strip()}
    for name, text in raw.items():
        if (why := unclean(text, longest=LONGEST_CELL)) is not None:
            asked.append(Asked(name, text, why))
            continue
        found = FIELDS[name](text, Ways())
        told |= {} if found.value is None else {name: found.value}
        asked += [] if found.reason is None else [Asked(name, text, found.reason)]
    told |= {} if body.priority is None else {"priority": body.priority}
    return Values(number, told, raw, tuple(asked))
