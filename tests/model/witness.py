"""What must be true of a ledger at every step, counted from its bytes alone.

A witness shares nothing with those it watches: it reads the stored JSON, knows no
model, no rule and no fold of Beistand, and counts by its own arithmetic. It takes in
fact after fact, so that looking after every step costs what the step recorded.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from services.follow import StoredFact
from services.ledger.tree import fits
from tests.model import raw
from tests.model.raw import Json

OVER = frozenset({"match.refused.v1", "match.lapsed.v1", "match.cancelled.v1"})


@dataclass
class Case:
    """An offer or a need as its facts tell it, as far as promises go."""

    details: Json
    status: str = "open"
    twins: dict[str, int] = field(default_factory=dict)
    """Case that looks alike → the position at which that was told."""
    closed_ever: bool = False
    by_desk: bool = False
    """Whether somebody at the desk said otherwise than its channel."""
    revision: int = -1
    into: str | None = None


@dataclass
class Promise:
    """A match: what it holds from when to when, and whether it lives."""

    offer: str
    need: str
    lines: list[Json]
    plan: str | None
    living: bool = True
    sent: int = 0
    arrived: int = 0
    ended: int | None = None

    @property
    def pieces(self) -> int:
        """The pieces that its lot is without."""
        if self.living:
            return sum(raw.number(line, "quantity") for line in self.lines)
        if self.ended is not None and not self.sent:
            return sum(raw.number(line, "quantity") for line in self.lines)
        return self.sent

    @property
    def brought(self) -> int:
        """The pieces that its need can count on."""
        over = self.ended is not None and self.sent
        return self.arrived if over else self.pieces


@dataclass
class Witness:
    """Takes facts in, in the ledger's order, and finds what must never be."""

    position: int = 0
    recorded_us: int = 0
    commands: set[str] = field(default_factory=set)
    messages: dict[tuple[str, str], str] = field(default_factory=dict)
    """Source and id of each message that was taken → its case."""
    cases: dict[str, Case] = field(default_factory=dict)
    promises: dict[str, Promise] = field(default_factory=dict)
    plans: dict[str, int] = field(default_factory=dict)
    """Plan → the position that it saw."""
    aside: dict[str, str] = field(default_factory=dict)
    """What was set aside → the channel that it came by."""
    resent: set[str] = field(default_factory=set)

    def take(self, facts: Iterable[StoredFact]) -> None:
        """Take the next facts in; raise `AssertionError` with what must not be."""
        for command, group in groupby(facts, key=lambda fact: fact.command_id):
            assert command not in self.commands, f"{command} is recorded twice"
            self.commands.add(command)
            new: list[str] = []
            for number, fact in enumerate(group):
                assert fact.id == f"{command}.{number}", f"{fact.id} is out of order"
                self._place(fact)
                new += self._fact(fact.type, json.loads(fact.data))
            for name in new:
                if self.promises[name].living:
                    self._promised(name)

    def _place(self, fact: StoredFact) -> None:
        assert fact.position == self.position + 1, f"a gap before {fact.position}"
        assert fact.recorded_us >= self.recorded_us, "time went back"
        assert fits(fact), f"the leaf of {fact.position} does not fit"
        self.position, self.recorded_us = fact.position, fact.recorded_us

    def _fact(self, kind: str, data: Json) -> list[str]:
        """Let one fact change what was seen; return the match that it promises."""
        life = kind.partition(".")[0]
        if kind == "plan.made.v1":
            seen = raw.number(raw.table(data["content"]), "position")
            self.plans[raw.text(data, "plan")] = seen
        elif kind == "submission.set_aside.v1":
            name = raw.text(data, "submission")
            assert name not in self.aside, f"{name} is set aside twice"
            self.aside[name] = raw.text(data, "channel")
        elif kind == "submission.resent.v1":
            name = raw.text(data, "submission")
            assert name not in self.resent, f"{name} is settled twice"
            self.resent.add(name)
        elif kind == "submission.noted.v1":
            self._message(raw.text(data, "case"), raw.table(data["origin"]))
        elif life in {"offer", "need"}:
            self._case(life, kind, data)
        elif life in {"match", "goods"}:
            return self._match(kind, data)
        return []

    def _case(self, life: str, kind: str, data: Json) -> None:
        name = f"{life}:{data[life]}"
        if kind in {"offer.listed.v1", "need.raised.v2"}:
            assert name not in self.cases, f"{name} began twice"
            self.cases[name] = Case(raw.table(data["details"]))
        case = self.cases[name]
        match kind.split(".")[1]:
            case "amended":
                gone = set(map(str, raw.rows(data.get("unset"))))
                told = case.details | raw.table(data["changes"])
                case.details = {k: v for k, v in told.items() if k not in gone}
            case "capacity_changed":
                part = {k: data[k] for k in ("capacity", "quantity") if k in data}
                case.details, case.by_desk = case.details | part, True
            case "withdrawn" | "parked" as status:
                case.status = status
                case.closed_ever |= status == "withdrawn"
            case "reopened" | "reconfirmed":
                case.status = "open"
            case "merged":
                case.status, case.closed_ever = "merged", True
                case.into = f"{life}:{data['into']}"
            case "unmerged":
                self._apart(name, f"{life}:{data['other']}")
            case _:
                pass
        for twin in raw.rows(data.get("similar_to")):
            case.twins.setdefault(f"{life}:{twin}", self.position)
        self._origin(name, case, data.get("origin"))

    def _apart(self, name: str, other: str) -> None:
        for one, two in ((name, other), (other, name)):
            case = self.cases[one]
            case.twins.pop(two, None)
            if case.into == two:
                case.status, case.into = "open", None

    def _origin(self, name: str, case: Case, origin: object) -> None:
        """An older revision never comes after a newer one."""
        if not isinstance(origin, dict):
            return
        self._message(name, origin)
        revision = raw.number(origin, "revision")
        assert revision >= case.revision, f"{name}: revision {revision} came late"
        case.revision = revision

    def _message(self, case: str, origin: Json) -> None:
        """A message is one fact, for ever."""
        message = raw.text(origin, "source"), raw.text(origin, "id")
        assert message not in self.messages, f"{message} is taken twice"
        self.messages[message] = case

    def _match(self, kind: str, data: Json) -> list[str]:
        name = raw.text(data, "match")
        if kind == "match.proposed.v1":
            assert name not in self.promises, f"{name} is proposed twice"
            lines = [raw.table(line) for line in raw.rows(data["allocation"])]
            plan = raw.table(data["origin"]).get("plan")
            offer, need = f"offer:{data['offer']}", f"need:{data['need']}"
            self.promises[name] = Promise(
                offer, need, lines, None if plan is None else str(plan)
            )
            return [name]
        promise = self.promises[name]
        if kind == "match.answer_corrected.v1" and not promise.living:
            promise.living, promise.plan = True, None  # a person brought it back
            return [name]
        if kind in OVER:
            promise.living = False
        elif kind == "match.ended.v1":
            promise.living, promise.ended = False, raw.day(data["on"], 0)
        elif kind == "goods.dispatched.v1":
            promise.sent += raw.number(data, "quantity")
        elif kind == "goods.received.v1":
            promise.arrived += raw.number(data, "quantity")
        return []

    def _promised(self, name: str) -> None:
        """Look at a new promise, and at all that holds the same room, piece, home."""
        promise = self.promises[name]
        offer, need = self.cases[promise.offer], self.cases[promise.need]
        assert (offer.status, need.status) == ("open", "open"), f"{name} is of a closed"
        held = [p for p in self.promises.values() if p.offer == promise.offer]
        got = [p for p in self.promises.values() if p.need == promise.need]
        if offer.details["kind"] == "goods":
            given, wanted = sum(p.pieces for p in held), sum(p.brought for p in got)
            assert given <= raw.number(offer.details, "quantity"), (
                f"{name}: no piece left"
            )
            assert wanted <= raw.number(need.details, "quantity"), f"{name}: too much"
        else:
            assert sum(p.living for p in got) == 1, f"{name}: a second home"
            for line in promise.lines:
                self._rooms(name, line, held, offer.details)
        if promise.plan is not None:
            self._alone(name, promise.offer, promise.plan)
            self._alone(name, promise.need, promise.plan)

    def _rooms(self, name: str, mine: Json, held: list[Promise], there: Json) -> None:
        start, end = raw.span(mine, None)
        others = [
            (*raw.span(line, promise.ended), raw.number(line, "count"))
            for promise in held
            if promise.living or promise.ended is not None
            for line in promise.lines
            if line.get("unit") == mine.get("unit")
        ]
        lines = list(raw.contingent(there, mine.get("unit")))
        days = {start, *(d for a, b, _ in (*others, *lines) for d in (a, b))}
        for day in sorted(d for d in days if start <= d < end):
            taken = sum(n for a, b, n in others if a <= day < b)
            free = sum(n for a, b, n in lines if a <= day < b)
            if there.get("dwelling") != "hotel_unit":
                free = 1
            assert taken <= free, f"{name}: {taken} of {free} on {day}"

    def _alone(self, name: str, case: str, plan: str) -> None:
        """Of cases that the plan knew to be alike, no other one is promised."""
        seen = self.plans[plan]
        holding = {
            ref
            for other, promise in self.promises.items()
            if other != name and promise.living
            for ref in (promise.offer, promise.need)
        }
        twins = self._alike(case, seen) - {case}
        assert not twins & holding, f"{name}: {case} and {twins & holding} are alike"

    def _alike(self, case: str, upto: int) -> set[str]:
        """Return the open cases that look alike, directly or through others."""
        edges: dict[str, set[str]] = {}
        for one, found in self.cases.items():
            for two, told in found.twins.items():
                ends = self._stands_for(one), self._stands_for(two)
                if told <= upto and None not in ends:
                    edges.setdefault(str(ends[0]), set()).add(str(ends[1]))
                    edges.setdefault(str(ends[1]), set()).add(str(ends[0]))
        group, new = set[str](), {case}
        while new:
            group |= new
            new = {other for one in new for other in edges.get(one, ())} - group
        return group

    def _stands_for(self, name: str) -> str | None:
        case = self.cases.get(name)
        while case is not None and case.into is not None:
            name, case = case.into, self.cases.get(case.into)
        return name if case is not None and case.status == "open" else None
