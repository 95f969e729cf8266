"""Who takes part: of a group of likely duplicates at most one, and only told cases."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from matcher.problem import Home, Market


class Case(Protocol):
    """An offer or a need, as far as duplicates go."""

    @property
    def id(self) -> str: ...
    @property
    def similar(self) -> frozenset[str]: ...


def duplicates(
    cases: Sequence[Case], order: Sequence[int], held: Iterable[str]
) -> frozenset[str]:
    """Return the ids that must wait until a person has decided.

    Of a group (linked by `similar`, directly or through others) the one that carries
    a promise already takes part, otherwise the earliest by `order`.
    """
    leader: dict[str, str] = {}
    for case in cases:
        for other in case.similar:
            _join(leader, case.id, other)
    promised = frozenset(held)
    settled = {_find(leader, name) for name in promised}
    waiting = set()
    for _, name in sorted(
        (place, case.id) for case, place in zip(cases, order, strict=True)
    ):
        group = _find(leader, name)
        if group in settled and name not in promised:
            waiting.add(name)
        settled.add(group)
    return frozenset(waiting)


def _find(leader: dict[str, str], name: str) -> str:
    while leader.get(name, name) != name:
        name = leader[name]
    return name


def _join(leader: dict[str, str], a: str, b: str) -> None:
    roots = sorted((_find(leader, a), _find(leader, b)))
    leader.setdefault(roots[0], roots[0])
    leader[roots[1]] = roots[0]


def offered_homes(market: Market) -> tuple[Home, ...]:
    """Return the homes that can be proposed today."""
    waiting = duplicates(
        market.homes,
        [home.listed for home in market.homes],
        (one.offer for one in market.held),
    )
    return tuple(
        home
        for home in market.homes
        if home.id not in waiting and home.option_until >= market.today
    )
