"""A typed submission: a CloudEvent whose data says the details as the contract does."""

import json
from functools import cache

from events.envelope import CloudEvent
from events.submission import (
    SUBMISSIONS,
    NeedSubmission,
    OfferSubmission,
    Submission,
)
from events.values import Strict
from services.intake.cells import Asked, Values
from services.intake.draft import Aside, Built, Drafted, From, RowKey
from services.intake.drafts import dressed
from services.intake.fields import ADDRESS, CONTACT, FIELDS
from services.intake.parse import unclean
from services.intake.readers import Ways
from services.intake.reasons import Reason
from services.intake.tables import LONGEST_CELL
from services.intake.ways import can_be_reached

BY_HAND = "desk"
_WAYS = Ways()
_written = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def submitted(number: int, event: CloudEvent, channel: str) -> Drafted:
    """Return the draft of a typed submission; raise `ValidationError`."""
    data = _written(event.data)
    body = SUBMISSIONS[event.type].model_validate_json(data)
    attributes = {"ce-source": event.source, "ce-id": event.id, "ce-type": event.type}
    attributes |= {} if event.subject is None else {"ce-subject": event.subject}
    came = From(
        row=number,
        profile=event.type,
        channel=channel,
        whole={**attributes, "data": data},
        said=(data,),
        key=RowKey((event.subject or event.id,), personal=False),
        revision=event.revision,
        source=event.source,
        event=event.id,
        time=event.time,
        content="\n".join((event.type, event.subject or "", data)),
    )
    return _drafted(came, body)


def by_hand(body: OfferSubmission | NeedSubmission, order: str) -> Drafted:
    """Return the draft of what somebody told a person at the desk, once an order."""
    data = body.model_dump_json(exclude_none=True, by_alias=True)
    came = From(
        row=1,
        profile=BY_HAND,
        channel=BY_HAND,
        whole={},
        said=(data,),
        key=RowKey((order,), personal=False),
    )
    return _drafted(came, body)


def _drafted(came: From, body: OfferSubmission | NeedSubmission) -> Drafted:
    values = _values(came.row, body)
    if not can_be_reached(values):
        return Aside(came, "contact", "", Reason.NO_REACH)
    return dressed(came, values, Built(body.details), _fields(type(body.details)))


@cache
def _fields(details: type[Strict]) -> frozenset[str]:
    """Return what a submission can tell: all but what tells its details apart."""
    return frozenset(details.model_fields) - {"kind"}


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
        found = FIELDS[name](text, _WAYS)
        told |= {} if found.value is None else {name: found.value}
        asked += [] if found.reason is None else [Asked(name, text, found.reason)]
    told |= {} if body.priority is None else {"priority": body.priority}
    told |= _postcode(body)
    return Values(number, told, raw, tuple(asked))


def _postcode(body: Submission) -> dict[str, object]:
    """The postcode belongs to the address by which two homes look alike."""
    location = getattr(getattr(body, "details", None), "location", None)
    code = getattr(location, "postcode", None)
    return {} if code is None else {"postcode": code}
