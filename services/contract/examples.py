"""Messages as they may look: whole, valid, and of nobody who lives.

Facts have their golden files for examples; these are the messages around them.
"""

from services.contract.headers import Json

OFFER: Json = {
    "contact": {"name": "K. Muster", "phone": "0211 5550117"},
    "address": {"street": "Bilker Allee", "house_number": "1", "city": "Düsseldorf"},
    "details": {
        "kind": "housing",
        "dwelling": "flat",
        "beds": 3,
        "available": {"from": "2022-03-20", "max_days": 90},
        "location": {"postcode": "40217"},
    },
    "message": "Two rooms on the second floor; a cot can be had.",
}
NEED: Json = {
    "contact": {"name": "O. Beispiel", "mail": "o.beispiel@example.org"},
    "details": {
        "kind": "housing",
        "persons": 3,
        "waiting_since": "2022-03-16",
        "languages": ["uk", "en"],
    },
    "priority": 2,
}
ROW: Json = {
    "Angebots-Nr.": "17",
    "Name": "K. Muster",
    "Telefon": "0211 5550117",
    "PLZ": "40217",
    "Wohnform": "Wohnung",
    "Betten": "3",
    "Verfügbar ab": "20.03.2022",
}
TAKEN: Json = {
    "source": "/channels/web-form",
    "id": "4711",
    "outcome": "taken",
    "case": "offer:o-3f0c5a8d9b7e4412a6f01c2d",
    "case_no": "A-2022-0017",
    "questions": [
        {
            "field": "contact",
            "reason": "The phone number cannot be dialled as it stands; ask for it.",
        }
    ],
    "position": 4711,
}
SET_ASIDE: Json = {
    "source": "/channels/web-form",
    "id": "4712",
    "outcome": "set_aside",
    "reason": "There is no way to reach anyone; add a mail address or a phone.",
}


def attributes(name: str) -> dict[str, str]:
    """Return the CloudEvents attributes of an example, without its content type."""
    return {
        "specversion": "1.0",
        "id": "4711",
        "source": "/channels/web-form",
        "type": name,
        "subject": "4711",
    }


def structured(name: str, data: Json) -> Json:
    """Return an example as one whole CloudEvent."""
    return {**attributes(name), "data": data}
