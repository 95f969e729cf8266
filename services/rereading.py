"""The facts read a second time, as plain JSON, to be held against the market.

The market is folded by the models of `events`. Here the stored bytes are laid over
each other without them, so that an attribute that is mistranslated on its way from a
fact to the matcher is found, and named, long after: the referee begins with the market.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from events.upcast import as_today
from services.follow import StoredFact

Doc: TypeAlias = dict[str, Any]
_BERLIN = ZoneInfo("Europe/Berlin")


@dataclass
class Told:
    """What the facts of one case say of it."""

    person: str
    details: Doc
    priority: int = 0
    waiting_since: str = ""
    checks: dict[str, Doc] = field(default_factory=dict)


class Rereading:
    """Offers, needs and decisions about pairs, as the bytes of facts tell them."""

    def __init__(self) -> None:
        self.offers: dict[str, Told] = {}
        self.needs: dict[str, Told] = {}
        self.pinned: set[tuple[str, str]] = set()
        self.forbidden: set[tuple[str, str]] = set()
        self.held_back: dict[tuple[str, str], Doc] = {}
        self.merged: dict[str, dict[str, str]] = {"offer": {}, "need": {}}

    def take(self, facts: Iterable[StoredFact]) -> None:
        """Read the next facts, in their order."""
        for stored in facts:
            name, data = as_today(stored.type, stored.data)
            kind = name.rpartition(".v")[0]
            if kind.startswith("capacity."):
                self._capacity(kind, json.loads(data))
            elif kind.startswith(("offer.", "need.", "pair.", "match.")):
                fact = json.loads(data)
                self._read(kind, fact, _day(stored, fact))

    def faults(self, market: Mapping[str, Any]) -> Iterator[str]:
        """Yield what the market document says otherwise than the facts."""
        same = self._same_people()
        for row in market["offers"]:
            yield from _differences("offer", row, self.offers.get(row["id"]), same)
        for row in market["needs"]:
            yield from _differences("need", row, self.needs.get(row["id"]), same)
        asked = {row["id"] for row in market["needs"]}
        for name, known in (("pinned", self.pinned), ("forbidden", self.forbidden)):
            told = {(row["need"], row["offer"]) for row in market[name]}
            for need, offer in sorted(told ^ {p for p in known if p[0] in asked}):
                yield f"need {need}: the facts say otherwise whether {offer} is {name}"
        yield from self._hold_faults(market)

    def _hold_faults(self, market: Mapping[str, Any]) -> Iterator[str]:
        offered = {row["id"] for row in market["offers"]}
        known = (h for h in self.held_back.values() if h["offer"] in offered)
        told = {_hold(row) for row in market.get("held_back", ())}
        for hold, offer, *_ in sorted(told ^ {_hold(fact) for fact in known}, key=str):
            yield f"offer {offer}: the facts say otherwise what {hold} holds back"

    def _same_people(self) -> dict[str, set[str]]:
        """Return who is one person with whom, merge by merge."""
        same: dict[str, set[str]] = defaultdict(set)
        for lives, merged in (
            (self.offers, self.merged["offer"]),
            (self.needs, self.merged["need"]),
        ):
            for case, into in merged.items():
                one, other = lives[case].person, lives[into].person
                same[one].add(other)
                same[other].add(one)
        return same

    def _capacity(self, kind: str, fact: Doc) -> None:
        self.held_back.pop((fact["offer"], fact["hold"]), None)
        if kind == "capacity.held_back":
            self.held_back[fact["offer"], fact["hold"]] = fact

    def _merge(self, side: str, fact: Doc) -> None:
        """Note which case stands for which from now on, or does so no more."""
        merged, case = self.merged[side], fact[side]
        if "into" in fact:
            merged[case] = fact["into"]
            return
        for one, other in ((case, fact["other"]), (fact["other"], case)):
            if merged.get(one) == other:
                del merged[one]

    def _read(self, kind: str, fact: Doc, day: str) -> None:
        if kind.endswith("merged"):
            self._merge(kind.partition(".")[0], fact)
        if kind == "offer.listed":
            self.offers[fact["offer"]] = Told(fact["provider"], fact["details"])
        elif kind == "need.raised":
            told = fact["details"]
            since = told.get("waiting_since") or day
            first = Told(fact["household"], told, fact.get("priority", 0), since)
            self.needs[fact["need"]] = first
        elif kind.startswith("offer.") and fact["offer"] in self.offers:
            _offer(self.offers[fact["offer"]], kind, fact)
        elif kind.startswith("need."):
            self._need(kind, fact)
        else:
            self._pair(kind, fact)

    def _need(self, kind: str, fact: Doc) -> None:
        need = self.needs.get(fact["need"])
        if kind == "need.merged":
            same = [self.needs.get(fact["into"]), need]
            for one in (one for one in same if one is not None):
                since = fact.get("waiting_since") or one.waiting_since
                one.waiting_since = min(one.waiting_since, since)
        elif need is not None and kind == "need.amended":
            _overlay(need.details, fact)
            changed = fact["changes"].get("waiting_since")
            need.waiting_since = changed or need.waiting_since
            need.priority = fact.get("priority", need.priority)
        elif need is not None and kind == "need.prioritised":
            need.priority = fact["priority"]

    def _pair(self, kind: str, fact: Doc) -> None:
        pair = (fact.get("need", ""), fact.get("offer", ""))
        if kind.startswith("pair."):
            self.pinned.discard(pair)
            self.forbidden.discard(pair)
        if kind == "pair.pinned":
            self.pinned.add(pair)
        elif kind in ("pair.forbidden", "match.refused"):
            self.forbidden.add(pair)
        elif kind == "match.answer_corrected":
            self.forbidden.discard(pair)


def _hold(row: Doc) -> tuple[object, ...]:
    """Return what a hold says, as fact or as row of the market."""
    start, end = row.get("start", row.get("from")), row.get("end", row.get("to"))
    names = ("hold", "offer", "arrivals", "unit", "count", "household_min", "after")
    told = (row.get(name) for name in names)
    return (*told, start, end, tuple(row["features"]))


def _offer(offer: Told, kind: str, fact: Doc) -> None:
    if kind == "offer.amended":
        _overlay(offer.details, fact)
    elif kind == "offer.checked":
        offer.checks[fact["check"]] = fact
    elif kind == "offer.capacity_changed":
        name = "capacity" if "capacity" in fact else "quantity"
        offer.details[name] = fact.get(name)


def _overlay(details: Doc, fact: Doc) -> None:
    details |= fact["changes"]
    for name in fact.get("unset", ()):
        details.pop(name, None)


def _under_all_names(told: Doc, person: str, same: Mapping[str, set[str]]) -> Doc:
    """Return details in which people to avoid stand with all their names, sorted."""
    protection = told.get("protection")
    if not isinstance(protection, dict) or not protection.get("no_contact"):
        return told
    named = {*protection["no_contact"]}
    found, ahead = set(named), [*named]
    while ahead:
        more = same.get(ahead.pop(), set()) - found
        found |= more
        ahead += more
    every = found - ({person} - named)
    return told | {"protection": protection | {"no_contact": sorted(every)}}


def _differences(
    side: str, row: Doc, told: Told | None, same: Mapping[str, set[str]]
) -> Iterator[str]:
    """Yield the fields of a case in which market and facts differ, without values."""
    if told is None:
        yield f"{side} {row['id']}: no fact tells of it"
        return
    facts = dict(_under_all_names(told.details, told.person, same))
    market = dict(_under_all_names(row["details"], told.person, {}))
    facts["person"] = told.person
    market["person"] = row["provider" if side == "offer" else "household"]
    if side == "offer":
        facts["checks"] = _standing(told.checks.values(), "check")
        market["checks"] = _standing(row["checks"], "kind")
    else:
        facts |= {"priority": told.priority, "waiting_since": told.waiting_since}
        market |= {name: row[name] for name in ("priority", "waiting_since")}
    if side == "need" and market["kind"] == "goods":  # what is still lacking
        facts["quantity"] = market["quantity"] = None
    for name in sorted(facts.keys() | market.keys()):
        if facts.get(name) != market.get(name):
            yield f"{side} {row['id']}: the market says {name} otherwise than the facts"


def _standing(rows: Iterable[Doc], kind: str) -> set[tuple[str, str, str | None]]:
    return {(row[kind], row["state"], row.get("valid_until")) for row in rows}


def _day(stored: StoredFact, fact: Doc) -> str:
    """Return the day in Berlin since when a fact is true."""
    since = fact["said"].get("valid_from")
    if since is None:
        moment = datetime.fromtimestamp(stored.recorded_us / 1e6, UTC)
    else:
        moment = datetime.fromisoformat(since)
    return date.isoformat(moment.astimezone(_BERLIN).date())
