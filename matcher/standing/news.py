"""What is otherwise in a market than a moment ago, row by row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from matcher.board import waiting_needs
from matcher.market import Doc, read_held, read_home, read_household
from matcher.parties import offered_homes
from matcher.problem import Home, Household, Market

Case = TypeVar("Case", Home, Household)
_ROWS = {"offers", "needs", "held", "forbidden", "places", "realm", "position"}


@dataclass(frozen=True, slots=True)
class News:
    """Rows of the market document that are otherwise; `None`: no longer open.

    `held` has all the lines of each offer it names, `forbidden` all offers that a need
    is kept from. An offer whose lines change is among `offers` too.
    """

    offers: Mapping[str, Doc | None] = field(default_factory=dict)
    needs: Mapping[str, Doc | None] = field(default_factory=dict)
    held: Mapping[str, Sequence[Doc]] = field(default_factory=dict)
    forbidden: Mapping[str, frozenset[str]] = field(default_factory=dict)
    places: Mapping[str, Sequence[int]] = field(default_factory=dict)


class Cases:
    """All households and homes by name, and which of them take part."""

    def __init__(self, market: Market, whole: Market) -> None:
        """`market` is what is left to choose in; `whole` still has who is pinned."""
        self.market = replace(market, households=(), homes=())
        self.households = {one.id: one for one in whole.households}
        self.homes = {home.id: home for home in whole.homes}
        self._alike = _alike(self.households.values())
        self._alike_homes = _alike(self.homes.values())
        self.fixed = frozenset(_fixed(whole))
        self._linked = {
            name for one in whole.households for name in (*one.together, *one.near_to)
        }

    def can_take(self, news: News) -> bool:
        """Say whether the news is about cases that stand for themselves.

        What is pinned, placed together, drawn near or held back depends on others.
        """
        touched = {*news.offers, *news.needs, *news.held, *news.forbidden}
        rows = [row for row in news.needs.values() if row is not None]
        if touched & (self.fixed | self._linked) or (rows and self.market.holds):
            return False
        told = (read_household(row) for row in rows if _is_housing(row))
        return not any(one.together or one.near_to for one in told)

    def take(self, news: News) -> None:
        """Read the rows."""
        market = self.market
        held = [one for one in market.held if one.offer not in news.held]
        held += [read_held(row) for rows in news.held.values() for row in rows]
        stays = {(n, o) for n, o in market.forbidden if n not in news.forbidden}
        more = {(n, o) for n, offers in news.forbidden.items() for o in offers}
        places = {code: (at[0], at[1]) for code, at in news.places.items()}
        self.market = replace(
            market,
            held=tuple(held),
            forbidden=frozenset(stays | more),
            places={**market.places, **places},
        )
        self._alike_homes |= _enter(self.homes, news.offers, read_home)
        self._alike |= _enter(self.households, news.needs, read_household)

    def parties(self, names: set[str]) -> dict[str, Household | None]:
        """Return these households, and those like others, or that they must wait."""
        alike = self._alike | names
        rows = [self.households[n] for n in sorted(alike & self.households.keys())]
        out = waiting_needs(replace(self.market, households=tuple(rows)))
        out |= {need for need, _ in self.market.pinned}
        found: dict[str, Household | None] = {}
        for name in sorted(alike):
            one = self.households.get(name)
            takes_part = one is not None and one.people and name not in out
            found[name] = one if takes_part else None
        return found

    def offered(self, names: set[str]) -> dict[str, Home | None]:
        """Return these homes, and those like others, or that nobody may have them."""
        alike = self._alike_homes | names
        known = [self.homes[n] for n in sorted(alike & self.homes.keys())]
        given = offered_homes(replace(self.market, homes=tuple(known)))
        found: dict[str, Home | None] = dict.fromkeys(alike)
        return found | {home.id: home for home in given}


def _alike(cases: Iterable[Home] | Iterable[Household]) -> set[str]:
    """Return those of whom it is said that they are like others, and these others."""
    some = (case for case in cases if case.similar)
    return {name for case in some for name in (case.id, *case.similar)}


def _enter(
    cases: dict[str, Case], rows: Mapping[str, Doc | None], read: Callable[[Doc], Case]
) -> set[str]:
    """Read rows; return the cases that are said to be like others now."""
    fresh = []
    for name, row in rows.items():
        if row is None:
            cases.pop(name, None)
        elif _is_housing(row):
            cases[name] = read(row)
            fresh.append(cases[name])
    return _alike(fresh)


def _is_housing(row: Doc) -> bool:
    return cast("Doc", row["details"])["kind"] == "housing"


def _fixed(whole: Market) -> Iterable[str]:
    """Yield needs and offers on which more depends than their own rows say."""
    for need, offer in whole.pinned:
        yield from (need, offer)
    for hold in whole.holds:
        yield hold.offer
    for one in whole.households:
        yield from (part.id for part in one.parts)
        if one.together or one.near_to:
            yield one.id


def between(before: Doc, after: Doc) -> News | None:
    """Return what is otherwise in `after`; `None` where it is more than rows."""
    names = (before.keys() | after.keys()) - _ROWS
    if any(before.get(name) != after.get(name) for name in names):
        return None
    held, refused, offers, needs = (
        _otherwise(_grouped(before, *key), _grouped(after, *key)) for key in _KEYS
    )
    known = cast("Mapping[str, Sequence[int]]", before["places"])
    places = cast("Mapping[str, Sequence[int]]", after["places"])
    listed = _grouped(after, "offers", "id")
    return News(
        offers={n: _only(listed.get(n)) for n in (*offers, *held)},
        needs={name: _only(rows) for name, rows in needs.items()},
        held={name: rows or () for name, rows in held.items()},
        forbidden={
            need: frozenset(str(row["offer"]) for row in rows or ())
            for need, rows in refused.items()
        },
        places={code: at for code, at in places.items() if known.get(code) != at},
    )


_KEYS = (("held", "offer"), ("forbidden", "need"), ("offers", "id"), ("needs", "id"))
Rows = dict[str, list[Doc]]


def _grouped(document: Doc, part: str, by: str) -> Rows:
    found: Rows = {}
    for row in cast("Sequence[Doc]", document[part]):
        found.setdefault(str(row[by]), []).append(row)
    return found


def _otherwise(before: Rows, after: Rows) -> dict[str, list[Doc] | None]:
    names = sorted(before.keys() | after.keys())
    return {n: after.get(n) for n in names if before.get(n) != after.get(n)}


def _only(rows: list[Doc] | None) -> Doc | None:
    return rows[0] if rows else None
