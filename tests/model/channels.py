"""What channels send: a few homes and households, told again and again, in any order.

Ten subjects, so that a history of forty steps meets the same ones often. Two pairs of
them share a mail: they are likely duplicates.
"""

import json
from dataclasses import dataclass, field
from random import Random
from typing import Literal

Json = dict[str, object]
SOURCES = {"web": "/web", "partner": "/partner"}
Mode = Literal["new", "again", "late", "same_id", "poison", "claimed"]
MODES: tuple[Mode, ...] = (
    *("new",) * 9,
    *("again",) * 4,
    "late",
    "same_id",
    "poison",
    "claimed",
)
FLAT: Json = {"kind": "housing", "dwelling": "flat", "provider_kind": "citizen"}
HOTEL: Json = {
    "kind": "housing",
    "dwelling": "hotel_unit",
    "provider_kind": "hotel",
    "units": [{"ref": "d", "type": "double", "sleeps": 2}],
}
BED: Json = {"category": "FURNITURE", "code": "bed-140", "unit": "piece"}


@dataclass(frozen=True)
class Subject:
    """A home, a lot, a household, as its channel knows it."""

    channel: str
    name: str
    side: Literal["offer", "need"]
    mail: str
    details: tuple[Json, Json, Json]
    """What it says of itself: one of three tellings."""


def _flats(*beds: int) -> tuple[Json, Json, Json]:
    one, two, three = ({**FLAT, "beds": count} for count in beds)
    return one, two, three


def _hotels(*counts: int) -> tuple[Json, Json, Json]:
    span = {"from": "2022-03-01", "to": "2022-12-01"}
    one, two, three = (
        {
            **HOTEL,
            "capacity": [{"unit": "d", "span": span, "count": count, "blocked": 0}],
        }
        for count in counts
    )
    return one, two, three


def _families(*persons: int) -> tuple[Json, Json, Json]:
    period = {"from": "2022-03-20", "to": "2022-06-20"}
    one, two, three = (
        {"kind": "housing", "persons": count, "period": period} for count in persons
    )
    return one, two, three


def _pieces(*counts: int) -> tuple[Json, Json, Json]:
    one, two, three = (
        {"kind": "goods", "item": BED, "quantity": count} for count in counts
    )
    return one, two, three


SUBJECTS = (
    Subject("web", "home-1", "offer", "anna", _flats(2, 3, 1)),
    Subject("partner", "home-7", "offer", "anna", _flats(2, 4, 2)),
    Subject("web", "home-2", "offer", "bea", _flats(3, 2, 4)),
    Subject("partner", "hotel-1", "offer", "hotel", _hotels(2, 1, 3)),
    Subject("web", "lot-1", "offer", "lot", _pieces(4, 2, 6)),
    Subject("web", "family-1", "need", "olha", _families(2, 3, 1)),
    Subject("web", "family-3", "need", "iryna", _families(1, 2, 3)),
    Subject("web", "wants-1", "need", "wanted", _pieces(3, 5, 1)),
    Subject("partner", "family-2", "need", "olha", _families(2, 2, 4)),
    Subject("partner", "family-4", "need", "daria", _families(2, 1, 2)),
)


@dataclass(frozen=True)
class Message:
    """What a channel sent, as it knows it, and the bytes."""

    channel: str
    subject: str
    id: str
    revision: int
    told: int
    value: bytes
    readable: bool = True

    @property
    def details(self) -> Json:
        """What it says of its subject."""
        named = {subject.name: subject for subject in SUBJECTS}
        return named[self.subject].details[self.told]


@dataclass
class Channels:
    """Sends; remembers everything that was sent."""

    sent: list[Message] = field(default_factory=list)
    revisions: dict[str, int] = field(default_factory=dict)

    def next(
        self, dice: Random, only: Mode | None = None, channel: str | None = None
    ) -> Message:
        """Return the next message, of whatever kind the dice say."""
        theirs = [s for s in SUBJECTS if channel in {None, s.channel}]
        subject = dice.choice(theirs)
        if channel is None and self.sent and dice.random() < 0.4:
            subject = next(s for s in SUBJECTS if s.name == self.sent[-1].subject)
        mode = only or dice.choice(MODES)
        before = [m for m in self.sent if m.readable and m.subject == subject.name]
        if mode == "poison":
            made = _poison(subject, dice.randrange(3))
        elif mode == "claimed":
            made = self._new(subject, dice, claimed="/somebody-else")
        elif not before or mode == "new":
            made = self._new(subject, dice)
        elif mode == "again":
            made = dice.choice(before)
        elif mode == "late" and self.revisions[subject.name] > 1:
            first = dice.choice([m for m in before if self._is_old(m)])
            name = f"{subject.name}-late-{len(self.sent)}"
            made = _message(subject, name, first.revision, dice.randrange(3))
        else:
            first = dice.choice(before)
            made = _message(subject, first.id, first.revision, (first.told + 1) % 3)
        self.sent.append(made)
        return made

    def _is_old(self, message: Message) -> bool:
        return message.revision < self.revisions[message.subject]

    def first(self, count: int) -> list[Message]:
        """Return the first word of so many subjects."""
        for subject in SUBJECTS[:count]:
            self.revisions[subject.name] = 1
            self.sent.append(_message(subject, f"{subject.name}-1", 1, 0))
        return self.sent

    def _new(
        self, subject: Subject, dice: Random, claimed: str | None = None
    ) -> Message:
        revision = self.revisions.get(subject.name, 0) + (claimed is None)
        name = f"{subject.name}-{revision}"
        if claimed is None:
            self.revisions[subject.name] = revision
        return _message(subject, name, revision, dice.randrange(3), claimed=claimed)


def _message(
    subject: Subject, name: str, revision: int, told: int, claimed: str | None = None
) -> Message:
    event = {
        "specversion": "1.0",
        "id": name,
        "source": claimed or SOURCES[subject.channel],
        "type": f"{subject.side}.submitted.v1",
        "subject": subject.name,
        "revision": revision,
        "data": {
            "contact": {"name": "Niemand", "mail": f"{subject.mail}@example.org"},
            "details": subject.details[told],
        },
    }
    value = json.dumps(event).encode()
    return Message(
        subject.channel, subject.name, name, revision, told, value, claimed is None
    )


def _poison(subject: Subject, number: int) -> Message:
    value = (b"\xff\xfe", b'{"specversion": "1.0"', b"[1, 2]")[number]
    name = f"poison-{number}"
    return Message(subject.channel, subject.name, name, 0, 0, value, readable=False)
