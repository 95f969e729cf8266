"""What channels say in a run: homes, households, lots, and stock told again and again.

Most of it is stock whose rows have one revision after the other, so that thousands of
messages do not become thousands of cases. A seed says it all: a story told twice is
the same, message by message.
"""

import json
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from tests.torture.journal import Sent

Json = dict[str, object]
FIRST_DAY, LAST_DAY = "2022-04-01", "2022-07-01"
ROWS = 40
"""Rows of stock that are told anew."""
BACK = 40
"""Messages among which an old one is drawn, to be said again."""
LATE = 60
"""Messages by which a late one comes late, about."""
CHAIR: Json = {"category": "FURNITURE", "code": "chair"}
STOCK: Json = {"category": "HOUSEHOLD", "code": "plate"}


@dataclass(frozen=True)
class Message:
    """What is sent, and how the log names it."""

    sent: Sent
    body: bytes
    """A structured CloudEvent, or what pretends to be one."""


@dataclass(frozen=True)
class Voice:
    """A channel that speaks: its name on the bus, its source, what it draws from."""

    channel: str
    seed: int
    poison: float = 0.0
    """How many of its messages cannot be taken."""

    @property
    def source(self) -> str:
        return f"https://{self.channel}.example.org/rows"

    def story(self) -> Iterator[Message]:
        """Tell without end: some said twice, some late, some unreadable."""
        dice = random.Random(f"{self.channel}-{self.seed}")
        revisions = [0] * ROWS
        behind = deque[Message](maxlen=BACK)
        waiting: list[Message] = []
        for number in range(10**6):
            message = self._message(number, dice, revisions)
            if dice.random() < 0.1:
                waiting.append(message)
                continue
            yield message
            behind.append(message)
            if dice.random() < 0.1:
                yield dice.choice(behind)
            if waiting and dice.random() < len(waiting) / LATE:
                yield waiting.pop(dice.randrange(len(waiting)))

    def _message(
        self, number: int, dice: random.Random, revisions: list[int]
    ) -> Message:
        name = f"{self.channel}-{number:06d}"
        if dice.random() < self.poison:
            return self._poison(name, dice.randrange(len(_POISONS)))
        what = dice.random()
        if what < 0.7:
            row = dice.randrange(ROWS)
            revisions[row] += 1
            return self._stock(name, row, revisions[row])
        if what < 0.8:
            return self._case(name, "offer", _home(dice))
        if what < 0.9:
            return self._case(name, "need", _household(dice))
        if what < 0.93:
            return self._case(name, "offer", _lot(CHAIR, dice.randint(1, 3)))
        return self._case(name, "need", _lot(CHAIR, 1))

    def _stock(self, name: str, row: int, revision: int) -> Message:
        """A row as it is now; told late, it must not undo what is newer."""
        sent = Sent(name, self.source, f"stock-{row}", revision, poison=False)
        event = self._event(sent, "offer.submitted.v1", _lot(STOCK, revision))
        return Message(sent, _json(event | {"revision": revision}))

    def _case(self, name: str, side: str, details: Json) -> Message:
        sent = Sent(name, self.source, name, None, poison=False)
        return Message(sent, _json(self._event(sent, f"{side}.submitted.v1", details)))

    def _poison(self, name: str, which: int) -> Message:
        sent = Sent(name, self.source, name, None, poison=True)
        event = self._event(sent, "offer.submitted.v1", _lot(STOCK, 1))
        return Message(sent, _POISONS[which](name, event))

    def _event(self, sent: Sent, kind: str, details: Json) -> Json:
        contact = {"name": sent.row, "mail": f"{sent.row}@{self.channel}.example.org"}
        return {
            "specversion": "1.0",
            "id": sent.id,
            "source": sent.source,
            "subject": sent.row,
            "type": kind,
            "data": {"contact": contact, "details": details},
        }


def _home(dice: random.Random) -> Json:
    return {
        "kind": "housing",
        "dwelling": "flat",
        "beds": dice.randint(2, 5),
        "available": {"from": FIRST_DAY},
        "rent": {"kind": "free"},
        "location": {"postcode": "40227"},
    }


def _household(dice: random.Random) -> Json:
    persons = dice.randint(1, 4)
    each = {"age_band": "27-64", "sex": "f"}
    members = [{"ref": f"m{n}"} | each for n in range(persons)]
    return {
        "kind": "housing",
        "persons": persons,
        "members": members,
        "period": {"from": FIRST_DAY, "to": LAST_DAY},
    }


def _lot(item: Json, quantity: int) -> Json:
    return {"kind": "goods", "item": item, "quantity": quantity}


def _json(event: Json) -> bytes:
    return json.dumps(event).encode()


def _no_utf8(name: str, event: Json) -> bytes:
    return b"\xff\xfe " + name.encode() + b" \xc3("


def _cut_short(name: str, event: Json) -> bytes:
    return _json(event)[:-20]


def _twice_a_key(name: str, event: Json) -> bytes:
    return _json(event).replace(b'"data":', b'"id": "another", "data":', 1)


def _not_a_number(name: str, event: Json) -> bytes:
    return _json(event | {"data": {"details": float("nan"), "name": name}})


def _of_another(name: str, event: Json) -> bytes:
    return _json(event | {"source": "https://somebody-else.example.org"})


def _unknown_type(name: str, event: Json) -> bytes:
    return _json(event | {"type": "wish.submitted.v7"})


def _nobody(name: str, event: Json) -> bytes:
    data = {"contact": {}, "message": name, "details": _lot(STOCK, 1)}
    return _json(event | {"data": data})


_POISONS = (
    _no_utf8,
    _cut_short,
    _twice_a_key,
    _not_a_number,
    _of_another,
    _unknown_type,
    _nobody,
)
