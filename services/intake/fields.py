"""Every field that a column can fill, and how its cells are read."""

from collections.abc import Mapping
from functools import partial

from services.intake import lists, parse, reach, readers
from services.intake.parse import Read
from services.intake.readers import Reader, just

CONTACT: Mapping[str, Reader] = {
    "name": readers.TEXT,
    "contact_person": readers.TEXT,
    "organisation": readers.TEXT,
    "represented_by": readers.TEXT,
    "mail": just(reach.mail),
    "phone": just(reach.phone),
    "whatsapp": just(reach.phone),
    "telegram": just(reach.telegram),
}
ADDRESS: Mapping[str, Reader] = {
    "street": readers.TEXT,
    "house_number": readers.TEXT,
    "city": readers.TEXT,
    "country": readers.country,
    "latitude": readers.TEXT,
    "longitude": readers.TEXT,
}
MESSAGE: Mapping[str, Reader] = {
    "message": readers.TEXT,
    "residents.pets": readers.TEXT,
    "wishes.household": readers.TEXT,
    "check.by": readers.TEXT,
}
ROW: Mapping[str, Reader] = {
    "reference": readers.reference,
    "case_no": readers.reference,
    "revision": readers.COUNT,
    "submitted": readers.submitted,
    "status": readers.status,
    "case": readers.case,
    "priority": readers.priority,
    "vulnerability": readers.vulnerability,
    "no_contact": readers.no_contact,
    "linked": just(lists.links),
}
HOUSING_OFFER: Mapping[str, Reader] = {
    "available.from": readers.start,
    "available.to": readers.day,
    "available.stay": readers.stay,
    "available.min_days": readers.DAYS,
    "available.max_days": readers.DAYS,
    "beds": just(parse.beds),
    "units": just(lists.units),
    "languages": just(parse.languages),
    "postcode": just(parse.postcode),
    "protected": readers.YES_NO,
    "provider_kind": readers.word_of("provider_kind"),
    "dwelling": readers.word_of("dwelling"),
    "whole_unit": readers.YES_NO,
    "m2": just(partial(parse.whole, most=2_000)),
    "floor": just(parse.floor),
    "lift": readers.YES_NO,
    "step_free": readers.step_free,
    "medical_equipment": readers.YES_NO,
    "bathroom": readers.word_of("bathroom"),
    "kitchen": readers.kitchen,
    "residents": just(lists.residents),
    "accepts.women_only": readers.YES_NO,
    "accepts.families": readers.YES_NO,
    "accepts.children_min_age": just(partial(parse.whole, most=18)),
    "accepts.max_persons": just(partial(parse.whole, most=500)),
    "accepts.pets": just(lists.accepted_pets),
    "accepts.smokers": readers.YES_NO,
    "option_until": readers.day,
    "tenant": readers.word_of("tenant"),
    "rent.kind": readers.word_of("rent.kind"),
    "rent.cold": readers.CENTS,
    "rent.operating": readers.CENTS,
    "rent.heating": readers.CENTS,
    "rent.deposit": readers.CENTS,
    "rent.room_night": readers.CENTS,
    "furnished": readers.YES_NO,
    "standing_until": readers.day,
    "unit.type": readers.word_of("unit.type"),
    "unit.sleeps": readers.BEDS_OF_ROOM,
    "unit.count": just(partial(parse.whole, most=5_000)),
    "unit.blocked": just(partial(parse.whole, most=5_000)),
    "unit.from": readers.day,
    "unit.to": readers.day,
    "unit.step_free": readers.YES_NO,
    "unit.cot": readers.YES_NO,
}
HOUSING_NEED: Mapping[str, Reader] = {
    "household": lambda raw, _: Read(raw),
    "persons": just(partial(parse.whole, most=60)),
    "horizon": readers.word_of("horizon"),
    "waiting_since": readers.day,
    "period.from": readers.start,
    "period.to": readers.day,
    "rent_payer": readers.word_of("rent_payer"),
    "may_split": readers.YES_NO,
    "pets": just(lists.pets),
    "smokers": readers.YES_NO,
    "requirements": just(lists.requirements),
    "expected_birth": readers.day,
    "protection": just(lists.protection),
    "near": just(parse.postcode),
    "wishes.district": readers.postcodes,
    "wishes.dwelling": readers.words_of("dwelling"),
}
GOODS: Mapping[str, Reader] = {
    "item.category": readers.word_of("item.category"),
    "item.code": readers.TEXT,
    "item.name": readers.TEXT,
    "item.size": readers.TEXT,
    "item.age_group": readers.TEXT,
    "item.condition": readers.word_of("item.condition"),
    "item.unit": readers.word_of("item.unit"),
    "equivalents": readers.TEXT,
    "kit": readers.TEXT,
    "quantity": readers.COUNT,
    "best_before": readers.day,
    "needed_by": readers.day,
    "value_minor": readers.CENTS,
}
CHECK: Mapping[str, Reader] = {
    "check.kind": readers.check("check.kind"),
    "check.state": readers.check("check.state"),
    "check.at": readers.day,
    "check.valid_until": readers.day,
}
FIELDS: Mapping[str, Reader] = {
    **CONTACT, **ADDRESS, **MESSAGE, **ROW, **HOUSING_OFFER, **HOUSING_NEED, **GOODS,
    **CHECK,
}  # fmt: skip
"""Field → reader. A profile's `to` is one of these names."""

PERSONAL = frozenset({*CONTACT, *ADDRESS, *MESSAGE, "no_contact", "vulnerability"})
"""Fields whose cells a report shows masked, whatever they hold."""
_QUESTION_OF = (
    {
        "postcode": "location",
        "protected": "location",
        "household": "members",
        "requirements": "members",
        "standing_until": "standing_agreement",
        "unit": "capacity",
        "linked": "linked_households",
        "no_contact": "protection",
        "vulnerability": "confidential",
        "check": "checks",
    }
    | dict.fromkeys(CONTACT, "contact")
    | dict.fromkeys(ADDRESS, "address")
)


def asked_about(name: str) -> str:
    """Return the field of the case's details that a question about a column is about.

    An amendment that tells this field answers the question.
    """
    if name in {"wishes.household", "residents.pets"}:
        return "message"
    top = name.partition(".")[0]
    return _QUESTION_OF.get(name) or _QUESTION_OF.get(top) or top
