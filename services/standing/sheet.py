"""The market document row by row: what facts change in it, without writing it anew.

The rows of a case rest on a few others: its twins, the offers that it is promised, the
needs that hold it. Of these few the document is written by the same code as of all.
"""

from collections.abc import Iterable, Mapping
from typing import cast

from events.case import CaseState
from events.need import NeedState
from events.offer import OfferState
from matcher import News
from services.market import Json, Market, document
from services.one_person import Names

Rows = dict[str, list[Json]]
_PARTS = {
    "offers": "id",
    "needs": "id",
    "held": "offer",
    "pinned": "need",
    "forbidden": "need",
    "held_back": "offer",
}
"""The tables of the document, each by what its rows belong to."""
_OF_OFFERS = frozenset({"offers", "held", "held_back"})


class Sheet:
    """The rows of a market as it was when it was last looked at."""

    def __init__(self, market: Market) -> None:
        self._kin = _Kin()
        self._begin(market)

    def _begin(self, market: Market) -> None:
        cases = _cases(market)
        self._kin.meet(cases)
        self._names = Names.of(market.offers, market.needs)
        self._merged = {tag: case.merged_into for tag, case in cases.items()}
        whole = market.document()
        self._rows = {part: _grouped(whole, part) for part in _PARTS}
        self._places = dict(cast("Mapping[str, list[int]]", whole["places"]))
        self._frame = market.today, market.policy, market.realm

    def look(self, market: Market, touched: Iterable[str]) -> News | None:
        """Return what is otherwise now that facts with these tags came in.

        `None` where more than rows is otherwise: another day or policy, a pin, rooms
        held back.
        """
        if self._frame != (market.today, market.policy, market.realm):
            self._begin(market)
            return None
        lives = _those(market, touched)
        self._kin.meet(lives)
        asked = {*lives, *self._renamed(market, lives)}
        about = self._kin.of(_beside(market, self._kin.of(asked)))
        found = _part(market, _beside(market, about), self._names)
        changed = {part: self._changed(found, part, about) for part in _PARTS}
        if changed["pinned"] or changed["held_back"]:
            return None
        listed, needs = self._rows["offers"], changed["needs"]
        return News(
            offers={
                name: _only(listed.get(name))
                for name in (*changed["offers"], *changed["held"])
            },
            needs={name: _only(rows) for name, rows in needs.items()},
            held={name: tuple(rows) for name, rows in changed["held"].items()},
            forbidden={
                need: frozenset(str(row["offer"]) for row in rows)
                for need, rows in changed["forbidden"].items()
            },
            places=self._new_places(found),
        )

    def _renamed(self, market: Market, lives: Mapping[str, CaseState]) -> set[str]:
        """Return who is to avoid a person that has other names now, after a merge."""
        now = {tag: case.merged_into for tag, case in lives.items()}
        if all(self._merged.get(tag) == into for tag, into in now.items()):
            return set()
        before, self._names = self._names, Names.of(market.offers, market.needs)
        self._merged |= now
        others = self._names.otherwise(before)
        needs, held = self._rows["needs"], self._rows["held"]
        return {
            *(f"need:{need}" for need, rows in needs.items() if _avoid(rows, others)),
            *(f"offer:{home}" for home, rows in held.items() if _avoid(rows, others)),
        }

    def _changed(self, found: Json, part: str, about: Iterable[str]) -> Rows:
        """Return the rows of one table that are otherwise; keep them from now on."""
        known, now = self._rows[part], _grouped(found, part)
        side = "offer" if part in _OF_OFFERS else "need"
        changed: Rows = {}
        for tag in sorted(about):
            kind, _, name = tag.partition(":")
            if kind == side and known.get(name, []) != now.get(name, []):
                changed[name] = now.get(name, [])
                known[name] = changed[name]
                if not changed[name]:
                    del known[name]
        return changed

    def _new_places(self, found: Json) -> dict[str, list[int]]:
        told = cast("Mapping[str, list[int]]", found["places"])
        fresh = {code: at for code, at in told.items() if code not in self._places}
        self._places |= fresh
        return fresh


class _Kin:
    """Which cases are said to be like others: whoever was once, stays among them."""

    def __init__(self) -> None:
        self._known: dict[str, set[str]] = {}

    def meet(self, cases: Mapping[str, CaseState]) -> None:
        for tag, case in cases.items():
            side = tag.partition(":")[0]
            for other in (*case.similar_to, case.merged_into):
                if other is not None:
                    self._known.setdefault(tag, set()).add(f"{side}:{other}")
                    self._known.setdefault(f"{side}:{other}", set()).add(tag)

    def of(self, tags: Iterable[str]) -> set[str]:
        """Return these and all that they are like, however far along."""
        found, ahead = set[str](), list(tags)
        while ahead:
            tag = ahead.pop()
            if tag not in found:
                found.add(tag)
                ahead += self._known.get(tag, ())
        return found


def _cases(market: Market) -> dict[str, CaseState]:
    offers = {f"offer:{name}": one for name, one in market.offers.items()}
    needs = {f"need:{name}": one for name, one in market.needs.items()}
    return {**offers, **needs}


def _those(market: Market, tags: Iterable[str]) -> dict[str, CaseState]:
    found: dict[str, CaseState] = {}
    for tag in tags:
        kind, _, name = tag.partition(":")
        sides: Mapping[str, Mapping[str, CaseState]] = {
            "offer": market.offers,
            "need": market.needs,
        }
        if name in sides.get(kind, ()):
            found[tag] = sides[kind][name]
    return found


def _beside(market: Market, tags: Iterable[str]) -> set[str]:
    """Return these cases and those that a match brings together with them."""
    found = set(tags)
    for case in _those(market, tuple(found)).values():
        for match in case.matches.values():
            if match.living or match.holding:
                found |= {f"offer:{match.offer}", f"need:{match.need}"}
    return found


def _part(market: Market, tags: Iterable[str], names: Names) -> Json:
    """Return the document of these cases alone."""
    offers: dict[str, OfferState] = {}
    needs: dict[str, NeedState] = {}
    for case in _those(market, sorted(tags)).values():
        if isinstance(case, OfferState):
            offers[case.id] = case
        elif isinstance(case, NeedState):
            needs[case.id] = case
    today = market.today
    if today is None:
        raise LookupError("no day has begun")
    return document(offers, needs, today=today, policy=market.policy, names=names)


def _avoid(rows: Iterable[Json], people: set[str]) -> bool:
    """Say whether rows of needs, or of what is held, name one of these people."""
    return any(not people.isdisjoint(_avoided(row)) for row in rows)


def _avoided(row: Json) -> Iterable[str]:
    details = cast("Json", row.get("details", {}))
    protection = cast("Json", details.get("protection", {}))
    told = row.get("no_contact") or protection.get("no_contact", ())
    return cast("Iterable[str]", told)


def _grouped(found: Json, part: str) -> Rows:
    by, rows = _PARTS[part], Rows()
    for row in cast("Iterable[Json]", found.get(part, ())):
        rows.setdefault(str(row[by]), []).append(row)
    return rows


def _only(rows: list[Json] | None) -> Json | None:
    return rows[0] if rows else None
