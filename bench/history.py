"""Seeded ledgers: what a made-up office recorded, fact by fact, day after day.

The facts are of every kind and in an order that the rules allow; sealed boxes hold
noise. The same seed gives the same ledger. Cases grow with the facts, unless it is said
how many there are to be over a whole history. Not a yardstick: others measure with it.
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from bench.people import household
from bench.stock import goods_need, goods_offer, housing_offer
from events.base import Fact, Recorded
from events.contract import FACTS

FIRST_DAY = date(2022, 3, 1)
FIRST_US = 1_646_092_800_000_000
PLACES = [f"40{n:03}" for n in range(210, 247)]
A_DAY = 270
"""Facts a day: 100,000 in a year."""
Json = dict[str, object]
_NEXT = {
    "proposed": "match.communicated.v1",
    "communicated": "match.agreed.v1",
    "half": "match.agreed.v1",
    "agreed": "match.confirmed.v1",
    "confirmed": "match.begun.v1",
    "begun": "match.ended.v1",
}
_AFTER = dict(zip(_NEXT, [*list(_NEXT)[1:], "ended"], strict=True))


@dataclass(frozen=True, slots=True)
class Cases:
    """How many offers and needs come, evenly over so many facts."""

    offers: int
    needs: int
    facts: int


class Office:
    """Makes the facts; remembers just enough to make sense."""

    def __init__(
        self, seed: int, *, box: str = "bm9pc2U=", cases: Cases | None = None
    ) -> None:
        self._dice = random.Random(f"history {seed}")
        self._box, self._cases, self._made = box, cases, 0
        self._day = FIRST_DAY
        self._count = {"offer": 0, "lot": 0, "need": 0, "request": 0, "other": 0}
        self._homes: list[tuple[str, str]] = []
        self._waiting: list[tuple[str, str, int]] = []
        self._matches: dict[str, tuple[str, str, str]] = {}

    def history(self, count: int) -> Iterator[Recorded]:
        """Yield so many facts, from the opening of the realm on."""
        made = self._facts()
        for position in range(1, count + 1):
            self._made = position
            yield Recorded(
                position=position,
                id=f"c{position}.0",
                command_id=f"c{position}",
                recorded_us=FIRST_US + position * 320_000_000,
                fact=next(made),
            )

    def _facts(self) -> Iterator[Fact]:
        yield self._fact(
            "realm.opened.v1", {"realm": "00000000", "name": "Bench", "synthetic": True}
        )
        yield self._fact("policy.adopted.v2", {"policy": {"name": "bench"}})
        works: dict[Callable[[], Fact | None], int] = {
            self._list_home: 20,
            self._list_lot: 5,
            self._raise_need: 22,
            self._raise_request: 5,
            self._check: 15,
            self._amend: 8,
            self._propose: 14,
            self._go_on: 50,
            self._talk: 12,
            self._assign: 3,
            self._set_aside: 2,
        }
        while True:
            yield self._fact("day.began.v1", {"day": self._day.isoformat()})
            for _ in range(A_DAY - 1):
                made = None
                while made is None:
                    made = self._dice.choices(list(works), list(works.values()))[0]()
                yield made
            self._day += timedelta(days=1)

    def _fact(self, kind: str, data: Mapping[str, object]) -> Fact:
        said = {"actor": {"ref": "Bench", "role": "coordinator"}, "via": "desk"}
        return FACTS[kind].model_validate_json(json.dumps({**data, "said": said}))

    def _sometimes(self, percent: int) -> bool:
        return self._dice.randrange(100) < percent

    def _full(self, what: str, other: str) -> bool:
        """Say whether as many cases came as by now, where it is said how many come."""
        if self._cases is None:
            return False
        most = self._cases.offers if what == "offer" else self._cases.needs
        came = self._count[what] + self._count[other]
        return came * self._cases.facts >= most * self._made

    def _next(self, what: str) -> int:
        self._count[what] += 1
        return self._count[what]

    def _sealed(self, person: str, purpose: str) -> Json:
        key = f"k-{person}-{purpose}"
        return {
            "subject": person,
            "purpose": purpose,
            "key_id": key,
            "mark": "0a1b2c3d",
            "box": self._box,
        }

    def _told(self, person: str) -> Json:
        told: Json = {
            "private": {
                "contact": self._sealed(person, "contact"),
                "address": self._sealed(person, "address"),
            },
            "origin": {
                "channel": "sheet",
                "profile": "bench@1",
                "source": "bench.csv",
                "id": person,
                "row_key": person,
                "digest": "0a1b",
                "received_at": f"{self._day.isoformat()}T08:00:00Z",
                "raw": self._sealed(person, "raw"),
            },
        }
        if self._sometimes(15):
            raw = self._sealed(person, "raw")
            told["open_questions"] = [
                {"field": "beds", "reason": "number_unclear", "raw": raw}
            ]
        return told

    def _list_home(self) -> Fact | None:
        if self._full("offer", "lot"):
            return None
        made = housing_offer(self._dice, self._next("offer"), PLACES, self._day)
        ref, person = str(made["id"]), str(made["provider"])
        details = cast("dict[str, object]", made["details"])
        self._homes.append((ref, str(details["dwelling"])))
        told = self._told(person) | {"similar_to": made["similar_to"]}
        data = {"offer": ref, "provider": person, "details": made["details"]}
        return self._fact("offer.listed.v1", data | told)

    def _list_lot(self) -> Fact | None:
        if self._full("offer", "lot"):
            return None
        made = goods_offer(self._dice, self._next("lot"), PLACES, self._day)
        data = {"offer": made["id"], "provider": made["provider"]}
        told = self._told(str(made["provider"]))
        return self._fact("offer.listed.v1", data | told | {"details": made["details"]})

    def _raise_need(self) -> Fact | None:
        if self._full("need", "request"):
            return None
        ref = f"need-{self._next('need'):06}"
        details = household(self._dice, PLACES, self._day)
        persons = details["persons"]
        self._waiting.append((ref, f"p-{ref}", int(str(persons))))
        data = {"need": ref, "household": f"p-{ref}", "details": details}
        priority = {"priority": self._dice.choice([0, 0, 1, 2, 3])}
        return self._fact("need.raised.v2", data | priority | self._told(f"p-{ref}"))

    def _raise_request(self) -> Fact | None:
        if self._full("need", "request"):
            return None
        made = goods_need(self._dice, self._next("request"), PLACES, self._day)
        data = {"need": made["id"], "household": f"p-{made['id']}"}
        told = self._told(f"p-{made['id']}")
        return self._fact("need.raised.v2", data | told | {"details": made["details"]})

    def _check(self) -> Fact | None:
        if not self._homes:
            return None
        data = {
            "offer": self._dice.choice(self._homes)[0],
            "check": self._dice.choice(["identity", "visit", "background"]),
            "state": self._dice.choices(["passed", "failed"], [9, 1])[0],
            "on": self._day.isoformat(),
            "note": self._sealed("p-check", "note"),
        }
        return self._fact("offer.checked.v1", data)

    def _amend(self) -> Fact | None:
        if not self._waiting or not self._homes:
            return None
        if self._sometimes(50):
            changes = {"kind": "housing", "m2": self._dice.randint(20, 120)}
            ref = self._dice.choice(self._homes)[0]
            return self._fact("offer.amended.v1", {"offer": ref, "changes": changes})
        protection = {"confidential_address": self._sometimes(20)}
        need = self._dice.choice(self._waiting)[0]
        changes = {"kind": "housing", "protection": protection}
        return self._fact("need.amended.v2", {"need": need, "changes": changes})

    def _propose(self) -> Fact | None:
        if not self._waiting or not self._homes:
            return None
        place = self._dice.randrange(len(self._waiting))
        need, person, persons = self._waiting.pop(place)
        offer, dwelling = self._dice.choice(self._homes[-400:])
        match = f"m-{self._next('other'):06}"
        self._matches[match] = (offer, need, "proposed")
        unit = {"unit": "double"} if dwelling in {"hotel_unit", "shelter"} else {}
        first = self._day + timedelta(days=self._dice.randint(0, 20))
        line = {"start": first.isoformat(), "count": 1} | unit
        if self._sometimes(70):
            line["end"] = (first + timedelta(days=90)).isoformat()
        data: Json = {
            "match": match,
            "offer": offer,
            "need": need,
            "household": person,
            "persons": persons,
            "allocation": [line],
            "conditions": [{"check": "identity"}, {"check": "visit"}],
            "origin": {"how": "plan", "plan": f"plan-{self._day.isoformat()}"},
            "why": [{"code": "metres", "value": 1200}, {"code": "keep", "value": 5}],
        }
        return self._fact("match.proposed.v1", data)

    def _go_on(self) -> Fact | None:
        if not self._matches:
            return None
        match = self._dice.choice(list(self._matches)[-500:])
        offer, need, stage = self._matches.pop(match)
        data: Json = {"match": match, "offer": offer, "need": need}
        if stage in {"communicated", "half"} and self._sometimes(20):
            no = {"side": "provider", "reason": "refused_offer", "consequence": "none"}
            return self._fact("match.refused.v1", data | no)
        day, side = self._day.isoformat(), "household"
        more: Mapping[str, object] = {
            "match.communicated.v1": {"answer_by": day},
            "match.agreed.v1": {"side": "provider" if stage == "half" else side},
            "match.begun.v1": {"on": day},
            "match.ended.v1": {"on": day, "side": side, "reason": "moved_out"},
        }.get(_NEXT[stage], {})
        if _AFTER[stage] != "ended":
            self._matches[match] = (offer, need, _AFTER[stage])
        return self._fact(_NEXT[stage], {**data, **more})

    def _talk(self) -> Fact | None:
        if not self._homes or not self._waiting:
            return None
        ref = self._dice.choice(self._waiting)[0]
        case: Json = {"case": f"need:{ref}"}
        if self._sometimes(50):
            note: Json = {"note": self._sealed(f"p-{ref}", "note")}
            return self._fact("note.written.v1", case | note)
        if self._sometimes(30):
            why = {"purpose": "contact", "reason": "call back"}
            return self._fact(
                "personal.opened.v1", {**case, **why, "person": f"p-{ref}"}
            )
        call = {"way": "phone", "outcome": "reached"}
        return self._fact("contact.attempted.v1", {**case, **call})

    def _assign(self) -> Fact | None:
        if not self._homes:
            return None
        ref = self._dice.choice(self._homes)[0]
        data: Json = {
            "task": f"reconfirm-{ref}",
            "case": f"offer:{ref}",
            "what": "reconfirm_offer",
            "due": self._day.isoformat(),
            "done": self._sometimes(30),
        }
        return self._fact("task.assigned.v1", data)

    def _set_aside(self) -> Fact:
        ref = f"s-{self._next('other'):06}"
        data: Json = {
            "submission": ref,
            "channel": "sheet",
            "source": "bench.csv",
            "row": self._dice.randrange(1000),
            "reason": "no_contact",
            "raw": self._sealed(ref, "raw"),
        }
        return self._fact("submission.set_aside.v1", data)
