"""Households that are to be placed together are one merged need.

They get one home, or rooms of one unit of a contingent, from the first of them to come
until the last to leave, or nothing. Whatever one of them needs, the home must have;
rooms are shared within a household only. What wishes one of them told first are the
wishes of all. Who must not meet is not merged, whatever somebody said.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from matcher.problem import Household, Market
from matcher.rooms import Shape

_PAYERS = (None, "self", "jobcenter", "sozialamt", "none")
"""The later of two is the stricter."""


def merged(market: Market) -> Market:
    """Return the market in which linked households are one; alone they stay so."""
    groups = list(_groups(market.households))
    if all(len(group) == 1 for group in groups):
        return market
    name = {part.id: group[0].id for group in groups for part in group}
    rows = (_whole(group, name) for group in groups)
    return replace(
        market,
        households=tuple(sorted(rows, key=lambda one: one.id)),
        pinned=frozenset(_pins(market, groups)),
        forbidden=frozenset((name.get(n, n), o) for n, o in market.forbidden),
    )


def with_links(market: Market) -> Market:
    """Return the market that knows who would like to live near whom, both ways."""
    name = {part.id: one.id for one in market.households for part in parts(one)}
    home = {held.need: held.offer for held in market.held}
    near: dict[str, set[str]] = {}
    anchors: dict[str, set[str]] = {}
    for one in market.households:
        for other in one.near_to:
            if (waiting := name.get(other)) is not None and waiting != one.id:
                near.setdefault(one.id, set()).add(waiting)
                near.setdefault(waiting, set()).add(one.id)
            elif other in home:
                anchors.setdefault(one.id, set()).add(home[other])
    return replace(
        market,
        near={need: tuple(sorted(some)) for need, some in near.items()},
        anchors={need: tuple(sorted(some)) for need, some in anchors.items()},
        codes={home.id: home.postcode for home in market.homes if home.postcode},
    )


def linked(told: Mapping[str, object], how: str) -> frozenset[str]:
    """Return the needs to which a household says that it is linked in this way."""
    links = cast("Sequence[Mapping[str, str]]", told.get("linked_households") or ())
    return frozenset(link["ref"] for link in links if link["how"] == how)


def wishes(told: Mapping[str, object], kind: str) -> tuple[str, ...]:
    """Return what either side wishes for, the first first."""
    rows = cast("Sequence[Mapping[str, str]]", told.get("wishes") or ())
    return tuple(row["value"] for row in rows if row["kind"] == kind)


def parts(household: Household) -> tuple[Household, ...]:
    """Return the households of a merged need, or the one itself."""
    return household.parts or (household,)


def _groups(households: Sequence[Household]) -> Iterator[tuple[Household, ...]]:
    """Yield who belongs together, the earliest first, however far along."""
    known = {one.id: one for one in households}
    links: dict[str, set[str]] = {name: set() for name in known}
    for one in households:
        for other in one.together & known.keys():
            links[one.id].add(other)
            links[other].add(one.id)
    seen: set[str] = set()
    for one in households:
        if one.id in seen:
            continue
        names, todo = {one.id}, [one.id]
        while todo:
            fresh = links[todo.pop()] - names
            names |= fresh
            todo += fresh
        seen |= names
        some = sorted((known[n] for n in names), key=lambda h: (h.raised, h.id))
        if any(h.no_contact & other.refs for h in some for other in some):
            yield from ((h,) for h in some)
        else:
            yield tuple(some)


def _whole(group: tuple[Household, ...], name: dict[str, str]) -> Household:
    first = group[0]
    similar = frozenset(name.get(n, n) for one in group for n in one.similar)
    if len(group) == 1:
        return replace(first, similar=similar)
    complete = all(one.people for one in group)
    wishing = next((h for h in group if h.districts or h.dwellings), first)
    currents = {one.current for one in group}
    return replace(
        first,
        parts=group,
        doubtful=first.id in similar,
        similar=similar - {first.id},
        people=tuple(p for h in group for p in h.people) if complete else (),
        shape=_side_by_side([one.shape for one in group]) if complete else first.shape,
        ground_floor=any(one.ground_floor for one in group),
        lift=any(one.lift for one in group),
        medical=any(one.medical for one in group),
        pets=_union(one.pets for one in group),
        smokers=any(one.smokers for one in group),
        languages=frozenset.intersection(*(one.languages for one in group)),
        start=min(one.start for one in group),
        end=max(one.end for one in group),
        payer=max((one.payer for one in group), key=_PAYERS.index),
        near=next((one.near for one in group if one.near is not None), None),
        districts=wishing.districts,
        dwellings=wishing.dwellings,
        women_only=any(one.women_only for one in group),
        confidential=any(one.confidential for one in group),
        no_contact=_union(one.no_contact for one in group),
        current=first.current if len(currents) == 1 else None,
        near_to=_union(one.near_to for one in group),
    )


def _side_by_side(shapes: Sequence[Shape]) -> Shape:
    """Return several households as rooms see them: nobody shares with the others."""
    friends: list[int] = []
    for one in shapes:
        before = len(friends)
        friends += [mask << before for mask in one.friends]
    return Shape(
        tuple(infant for one in shapes for infant in one.infants),
        tuple(needs for one in shapes for needs in one.step_free),
        tuple(friends),
    )


def _pins(
    market: Market, groups: Iterable[tuple[Household, ...]]
) -> Iterator[tuple[str, str]]:
    """Yield where merged needs may go: to what every pin in the group allows."""
    offers: dict[str, set[str]] = {}
    for need, offer in market.pinned:
        offers.setdefault(need, set()).add(offer)
    for group in groups:
        mine = [offers.pop(one.id) for one in group if one.id in offers]
        if mine:
            common = set.intersection(*mine)
            yield from ((group[0].id, offer) for offer in common or {""})
    yield from ((need, offer) for need in offers for offer in offers[need])


def _union(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset(one for some in sets for one in some)
