"""The first tier of a large market, exactly: most of it never meets what is scarce.

Its prices are zero at nearly every pool. Whoever can go to such a pool is taken for
served; the few others choose among the pools that are scarce. That is never less than
can be reached (some limits are left out, none is added), the search for it is small,
and as a rule it is no more either: then the tier is proven. A choice that reaches it is
searched among the best edges of all who count in it, and taken over by a plan need by
need, as far as its own choice falls short.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matcher.around import Around
from matcher.ascending import once, within
from matcher.certificate import Tariff
from matcher.columns import Bools, Ints
from matcher.instance import SPAN, Instance, Source
from matcher.master import Found, search
from matcher.rounding import served
from matcher.rounds import Fine
from matcher.rows import NOTHING
from matcher.sweep import dearest, only_of, raise_to_highest

WAYS = 12
USED = 5
"""Thousandths of an edge that the rough relaxation really uses."""
NODES = 500
TURNS = 4
MOST = 500_000
"""Where more edges have only what is scarce, the tier keeps the bound of its prices."""
AROUND, AGAIN = 1_000, 12
"""Needs that choose anew together, and how often: all of a city at once reach no more,
and take five times as long and twice the memory."""
FEW = 3
"""Whoever has so few free places counts as one of the others in the second turn, and
with four times as many in each turn after."""


@dataclass(frozen=True, slots=True)
class First:
    """What the first tier can reach at most, and the best choice for it alone."""

    ceiling: int
    chosen: Ints


def first_tier(source: Source, fine: Fine, worth: Ints, *, hurried: bool) -> First:
    """Return the ceiling of the first tier, and edges that reach it, or nearly.

    `worth` is what each need can add to the tier. Where somebody is in a hurry, nothing
    is searched.
    """
    known, part = _near(source, fine, worth)
    loss = fine.proof.best[part.need] - Tariff(fine.prices).profit(part, 0)
    inside = served(part, np.argsort(loss, kind="stable"))
    if hurried:
        return First(fine.proof.bound, known[inside])
    scarce = once(fine.prices.key[fine.prices.price > 0] // SPAN)
    ceilings = _ceilings(source, worth, scarce)
    most = min(next(ceilings, fine.proof.bound), fine.proof.bound)
    if part.worth[0][inside].sum() < most:
        inside = _better(part, inside)
    while part.worth[0][inside].sum() < most:
        bound = next(ceilings, None)
        if bound is None:
            break
        most = min(most, bound)
    return First(most, known[inside])


def _better(part: Instance, inside: Ints) -> Ints:
    """Return a choice that gives the tier more, or the same one.

    Those who are left out choose anew with whoever could make way for them, and all
    others stay; then those who are left out by now.
    """
    near, worth = Around(part), part.worth[0]
    for _ in range(AGAIN):
        group = near.group(_left_out(part, inside), near.holders(inside), AROUND)
        seen, stays = np.nonzero(group[part.need])[0], ~group[part.need[inside]]
        found = _searched(part.beside(inside[stays]).only(seen))
        if found is None:
            break
        other = np.concatenate([inside[stays], seen[found.chosen]])
        if worth[other].sum() <= worth[inside].sum():
            break
        inside = np.sort(other)
    return inside


def _left_out(part: Instance, inside: Ints) -> list[int]:
    """Return who has edges and is not served, those worth most first."""
    most = np.zeros(part.needs, np.int64)
    raise_to_highest(most, part, part.worth[0])
    most[part.need[inside]] = 0
    order = np.argsort(-most, kind="stable")
    left: list[int] = order[most[order] > 0].tolist()
    return left


def _near(source: Source, fine: Fine, worth: Ints) -> tuple[Ints, Instance]:
    """Return the edges of the tier that earn most, and those that the prices use."""
    some = fine.edges[fine.value >= USED]
    counting = source.only(some).worth[0] > 0
    some = some[counting]
    best = dearest(source, 0, fine.prices, WAYS, fine.edges, counting=worth)
    known = once(best, some)
    return known, source.only(known)


def taken_over(instance: Instance, chosen: Ints, first: First) -> Ints:
    """Return a choice that gives the first tier as much as `first` does.

    Where that serves more of it, needs go where it puts them, and whoever has to leave
    for it too; who does not count in the tier may be left without.
    """
    theirs, mine = (_of_needs(instance, some) for some in (first.chosen, chosen))
    moving: Bools = _worth(instance, theirs) > _worth(instance, mine)
    while True:
        stay = mine[~moving & (mine >= 0)]
        stay = stay[np.argsort(-instance.worth[0][stay], kind="stable")]
        order = np.concatenate([theirs[moving & (theirs >= 0)], stay])
        part = instance.only(order)
        fitting: Ints = np.sort(order[served(part, np.arange(len(order)))])
        now = _worth(instance, _of_needs(instance, fitting))
        lost = ~moving & (now < _worth(instance, mine))
        if not lost.any():
            break
        moving |= lost
    worth = instance.worth[0]
    return fitting if worth[fitting].sum() > worth[chosen].sum() else chosen


def _of_needs(instance: Instance, edges: Ints) -> Ints:
    """Return the edge of each need among `edges`, or -1."""
    found = np.full(instance.needs, -1)
    found[instance.need[edges]] = edges
    return found


def _worth(instance: Instance, edges: Ints) -> Ints:
    worth: Ints = np.where(edges >= 0, instance.worth[0][edges], 0)
    return worth


def _ceilings(source: Source, most: Ints, scarce: Ints) -> Iterator[int]:
    """Yield bounds of the first tier, each with more limits than the one before."""
    for turn in range(TURNS):
        found = _without(source, most, scarce, FEW * 4**turn)
        if found is None:
            break
        bound, scarce = found
        yield bound


def _without(
    source: Source, most: Ints, scarce: Ints, few: int
) -> tuple[int, Ints] | None:
    """Return the bound with limits only at `scarce` pools, and more such pools.

    `None`: too much is scarce for one search.
    """
    reached, pools, kept = np.zeros(source.needs, np.bool_), [scarce], [NOTHING]
    count = 0
    for edges, part in source.stretches(only_of(most > 0)):
        counts = part.worth[0] > 0
        limited = np.zeros(part.edges, np.bool_)
        limited[part.use_edge[within(part.use_pool, scarce)]] = True
        places = np.bincount(part.need[counts & ~limited], minlength=source.needs)
        short = counts & ((places > 0) & (places <= few))[part.need]
        pools.append(once(part.use_pool[short[part.use_edge]]))
        kept.append(edges[counts & (places == 0)[part.need]])
        count += len(kept[-1])
        if count > MOST:
            return None
        reached |= places > 0
    others = source.only(np.concatenate(kept))
    found, bound = _searched(others), int(most.sum())
    if found is not None and found.ended:
        bound = int(most[reached].sum()) + int(others.worth[0][found.chosen].sum())
    return bound, once(*pools, others.use_pool)


def _searched(part: Instance) -> Found | None:
    if part.edges == 0:
        return Found(np.zeros(0, np.int64), ended=True)
    return search(part, 0, (), np.zeros(part.edges, np.bool_), NODES)
