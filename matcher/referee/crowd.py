"""Households in columns, and what a postcode is worth to each of them.

Days are proleptic ordinals. A household without an end has no `latest` and stays at
most as `long` as the policy's horizon; for all others it is the other way round.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.referee.alike import Bools, Ints, kinds
from matcher.referee.hall import Hall
from matcher.referee.reading import Asked, Given
from matcher.referee.sharing import relabelled
from matcher.referee.worths import taste

Days = NDArray[np.int32]
NEVER = 1 << 28
"""Later than any day, and longer than any stay."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Some households; `row` is where each stands among all.

    `kind` is what the rules make of them, `body` what beds they need, `taste` what they
    would like; `near` numbers where they have to be near.
    """

    row: Ints
    earliest: Days
    latest: Days
    long: Days
    persons: Ints
    body: Ints
    taste: Ints
    near: Ints
    kind: Ints

    def only(self, at: Ints) -> "Crowd":
        """Return some of them."""
        return Crowd(
            row=self.row[at],
            earliest=self.earliest[at],
            latest=self.latest[at],
            long=self.long[at],
            persons=self.persons[at],
            body=self.body[at],
            taste=self.taste[at],
            near=self.near[at],
            kind=self.kind[at],
        )


def crowd(hall: Hall, asked: Sequence[Asked], kind: Ints) -> Crowd:
    """Write households in columns; the rules have told their kind."""
    horizon: int = hall.policy["horizon_days"]
    return Crowd(
        row=np.arange(len(asked)),
        earliest=_days(one.earliest for one in asked),
        latest=_days(NEVER if one.open_ended else one.latest for one in asked),
        long=_days(horizon if one.open_ended else NEVER for one in asked),
        persons=np.array([one.persons for one in asked], np.int64),
        body=kinds((relabelled(hall.bodies[one.id]), one.persons) for one in asked)[0],
        taste=kinds(taste(one) for one in asked)[0],
        near=kinds(one.near for one in asked)[0],
        kind=kind,
    )


class Atlas:
    """How far each household is from a postcode, and what living there earns it."""

    def __init__(self, hall: Hall, asked: Sequence[Asked]) -> None:
        self.hall = hall
        self.asked = asked
        self.each = hall.policy["preferences"]
        first = kinds(one.near for one in asked)[1]
        near = [asked[n].near for n in first.tolist()]
        self._told = np.array([code is not None for code in near], np.bool_)
        at = [hall.court.places.get(code or "") for code in near]
        self._mapped = np.array([one is not None for one in at], np.bool_)
        points = [(0, 0) if one is None else (one[0], one[1]) for one in at]
        self._points = np.array(points, np.int64).reshape(-1, 2)
        self._wishes = _wishes(asked, len(self.each["wished_district"]))
        self._linked = [n for n, one in enumerate(asked) if one.near_homes]
        near_points = (self.each.get("near") or {"points": 0})["points"]
        waiting = [near_points * one.near_waiting for one in asked]
        self.waiting = np.array(waiting, np.int64)

    def reach(self, postcode: str | None) -> tuple[Bools, Ints]:
        """Return, by kind of `near`, whether it is not too far, and the kilometres."""
        most: int = self.hall.policy["max_metres"]
        here = self.hall.court.places.get(postcode or "")
        unknown = np.where(self._told, most // 1000, 0)
        if here is None:
            return np.ones(len(self._told), np.bool_), unknown
        metres = _root(((self._points - np.array(here)) ** 2).sum(axis=1))
        return ~self._mapped | (metres <= most), np.where(
            self._mapped, metres // 1000, unknown
        )

    def earned(self, postcode: str | None, some: Crowd, kilometres: Ints) -> Ints:
        """Return the points of each household for living in this postcode."""
        earned: Ints = self.each["kilometre"] * kilometres[some.near]
        earned += self.waiting[some.row]
        extra = np.zeros(len(self.asked), np.int64)
        if postcode is not None:
            for rank, wished in reversed(tuple(enumerate(self._wishes))):
                for word in (postcode, postcode[:3]):
                    extra[wished.get(word, [])] = self.each["wished_district"][rank]
        self._beside(postcode, extra)
        earned += extra[some.row]
        return earned

    def _beside(self, postcode: str | None, extra: Ints) -> None:
        """Add the points for linked households that have a home not far from here."""
        near = self.each.get("near")
        if near is None:
            return
        for n in self._linked:
            for home in self.asked[n].near_homes:
                far = self.hall.court.metres(postcode, home.postcode)
                if far is not None and far <= near["metres"]:
                    extra[n] += near["points"]

    def same_home(self, given: Given) -> list[int]:
        """Return who is linked to somebody at this very offer, which is off the map.

        On the map it is no distance from itself, and counted with its postcode.
        """
        if self.each.get("near") is None or given.postcode in self.hall.court.places:
            return []
        return [n for n in self._linked if given in self.asked[n].near_homes]


def _wishes(asked: Sequence[Asked], ranks: int) -> list[dict[str, list[int]]]:
    """Return for each rank who wishes for which district in it."""
    found: list[dict[str, list[int]]] = [{} for _ in range(ranks)]
    for n, one in enumerate(asked):
        for wished, value in zip(found, one.districts, strict=False):
            wished.setdefault(value, []).append(n)
    return found


def _root(squares: Ints) -> Ints:
    """Return the whole roots: the nearest float, put right by at most one."""
    found = np.sqrt(squares.astype(np.float64)).astype(np.int64)
    found -= found * found > squares
    found += (found + 1) * (found + 1) <= squares
    return found


def _days(values: Iterable[int]) -> Days:
    return np.array(list(values), np.int32)
